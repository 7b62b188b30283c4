"""Closing the books of an enterprise: which days are not charged yet, what closing charged, and the closing itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from billfold.domain.periods import Period, local_date


@dataclass(frozen=True, slots=True)
class Books:
    """How far the books of an enterprise are closed, and which day it is there."""

    code: str
    today: date
    closed_until: date | None


# The first month of a contract is that of the first thing that may be charged for it. Where no books were closed yet,
# nobody looks back beyond the day told, or the first month that was charged at all: what was before is in the opening
# balances. Between two closings there is no gap. After its end a contract is charged only for usage that came late.
_OPEN_DAYS = """
SELECT c.id, lower(r) AS start, upper(r) AS until
FROM contracts c JOIN enterprises e ON e.id = c.enterprise_id
CROSS JOIN LATERAL (SELECT least(
    c.signed_on,
    (SELECT min(s.started_on) FROM subscriptions s WHERE s.contract_id = c.id),
    (SELECT (min(u.occurred_at) AT TIME ZONE e.timezone)::date FROM usage_records u WHERE u.contract_id = c.id)) AS day
) first
CROSS JOIN LATERAL (SELECT greatest(
    date_trunc('month', first.day)::date,
    COALESCE(e.closed_until, $4::date, (
      SELECT date_trunc('month', min(p.period_from))::date
      FROM charge_periods p JOIN contracts o ON o.id = p.contract_id
      WHERE o.enterprise_id = e.id AND p.is_live AND NOT p.is_correction),
      date_trunc('month', $2::date - 1)::date)) AS day
) since
CROSS JOIN LATERAL unnest(
  datemultirange(daterange(least(since.day, $2::date), $2::date))
  - COALESCE((SELECT range_agg(daterange(p.period_from, p.period_until)) FROM charge_periods p
              WHERE p.contract_id = c.id AND p.is_live AND NOT p.is_correction), '{}')) r
WHERE c.enterprise_id = $1 AND ($3::uuid[] IS NULL OR c.id = ANY($3))
  AND (c.closed_on IS NULL OR lower(r) < c.closed_on
       OR EXISTS (SELECT FROM late_usage w WHERE w.contract_id = c.id AND w.charge_period_id IS NULL))
"""


async def read_books(
    connection: asyncpg.Connection, enterprise_id: UUID, now: datetime, *, is_locked: bool = False
) -> Books | None:
    """Read how far the books are closed, perhaps locking the enterprise; None when there is no such enterprise."""
    row = await connection.fetchrow(
        "SELECT code, timezone, closed_until FROM enterprises WHERE id = $1" + (" FOR UPDATE" if is_locked else ""),
        enterprise_id,
    )
    return Books(row["code"], local_date(now, row["timezone"]), row["closed_until"]) if row else None


async def open_days(
    connection: asyncpg.Connection,
    enterprise_id: UUID,
    until: date,
    *,
    start: date | None,
    contract_ids: Sequence[UUID] | None = None,
) -> list[tuple[UUID, Period]]:
    """Find the runs of days before `until` that are not charged yet, by contract; of all contracts unless told.

    A contract may have several; what was closed before has none. Where nothing was, `start` is the first day.
    """
    rows = await connection.fetch(_OPEN_DAYS, enterprise_id, until, contract_ids, start)
    return [(row["id"], Period(row["start"], row["until"])) for row in rows]


async def lock_all_contracts(connection: asyncpg.Connection, enterprise_id: UUID) -> None:
    """Lock all contracts of an enterprise in the order of their ids: whoever writes money or charges of one is done."""
    await connection.execute("SELECT FROM contracts WHERE enterprise_id = $1 ORDER BY id FOR UPDATE", enterprise_id)


async def mark_closed(connection: asyncpg.Connection, enterprise_id: UUID, until: date, *, beyond: int) -> bool:
    """Mark charged periods that start before `until` as closed while there are more than `beyond`, as many at once.

    Those of corrections wait for the closing itself: a correction whose period is closed can be voided no more.
    Gives whether there were: one asks again until there are none.
    """
    done: str = await connection.execute(
        """UPDATE charge_periods SET is_closed = true WHERE id IN (
             SELECT p.id FROM charge_periods p JOIN contracts c ON c.id = p.contract_id
             WHERE c.enterprise_id = $1 AND p.is_live AND NOT p.is_closed AND NOT p.is_correction AND p.period_from < $2
             ORDER BY p.id OFFSET $3 LIMIT $3)""",
        enterprise_id,
        until,
        beyond,
    )
    return done != "UPDATE 0"


async def close(connection: asyncpg.Connection, enterprise_id: UUID, until: date) -> None:
    """Close the books: charged periods that start before `until` stay for ever, and nothing dated before it changes."""
    await connection.execute(
        """UPDATE charge_periods p SET is_closed = true FROM contracts c
           WHERE c.id = p.contract_id AND c.enterprise_id = $1 AND p.is_live AND NOT p.is_closed
             AND p.period_from < $2""",
        enterprise_id,
        until,
    )
    await connection.execute("UPDATE enterprises SET closed_until = $2 WHERE id = $1", enterprise_id, until)
