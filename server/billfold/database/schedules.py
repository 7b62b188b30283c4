"""Schedules: which rules make documents by themselves, how far they were carried out, and what they expect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from billfold.database.rules import rule_of
from billfold.database.run_control import CANCELLED
from billfold.domain.cuts import Billed, Taken
from billfold.domain.periods import Period
from billfold.domain.rules import DocumentRule


@dataclass(frozen=True, slots=True)
class ScheduledRule:
    """The rule of a type; `scheduled_until` is the midnight up to which it was carried out, None before it began.

    That midnight is one of the zone that the enterprise has.
    """

    id: UUID
    type: str
    rule: DocumentRule
    scheduled_until: datetime | None
    timezone: str


@dataclass(frozen=True, slots=True)
class ScheduledEnterprise:
    """An enterprise with its rules by type, automatic or not."""

    id: UUID
    timezone: str
    country: str
    closed_until: date | None
    rules: Mapping[str, ScheduledRule]


@dataclass(frozen=True, slots=True)
class DueTick:
    """What a tick asks of contracts: those with the `lists`, or all where None, and those that end on its day.

    It reaches up to `until`, but for clients whose dates are among `own`: there up to its day.
    """

    type: str
    day: date
    until: date
    own: Sequence[str]
    lists: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class DueContract:
    """A contract that a tick may be for, with the dates that its client wants, as they were written."""

    id: UUID
    invoice_dates: str
    billed: Billed


_RULES = "SELECT r.*, e.timezone FROM document_rules r JOIN enterprises e ON e.id = r.enterprise_id"


async def read_schedules(connection: asyncpg.Connection, types: Sequence[str]) -> list[ScheduledEnterprise]:
    """Read the rules of every enterprise for these types, by the enterprise's code."""
    enterprises = await connection.fetch("SELECT id, timezone, country, closed_until FROM enterprises ORDER BY code")
    rows = await connection.fetch(f"{_RULES} WHERE r.type = ANY($1::text[])", types)
    rules: dict[UUID, dict[str, ScheduledRule]] = {row["id"]: {} for row in enterprises}
    for row in rows:
        if row["enterprise_id"] in rules:
            rules[row["enterprise_id"]][row["type"]] = _scheduled(row)
    return [ScheduledEnterprise(**row, rules=rules[row["id"]]) for row in enterprises]


async def rest_schedules(connection: asyncpg.Connection) -> None:
    """Forget how far rules were carried out that are automatic no more, so that none is caught up when they are."""
    await connection.execute(
        "UPDATE document_rules SET scheduled_until = NULL WHERE NOT is_automatic AND scheduled_until IS NOT NULL"
    )


async def begin_schedule(connection: asyncpg.Connection, rule_id: UUID, since: datetime) -> None:
    """Let a rule begin that has not yet."""
    await connection.execute(
        "UPDATE document_rules SET scheduled_until = $2 WHERE id = $1 AND is_automatic AND scheduled_until IS NULL",
        rule_id,
        since,
    )


async def hold_schedule(connection: asyncpg.Connection, rule_id: UUID) -> ScheduledRule | None:
    """Lock a rule and read it; None when somebody else holds it, who waits for nobody either."""
    row = await connection.fetchrow(f"{_RULES} WHERE r.id = $1 FOR NO KEY UPDATE OF r SKIP LOCKED", rule_id)
    return _scheduled(row) if row else None


async def move_schedule(connection: asyncpg.Connection, rule_id: UUID, until: datetime) -> None:
    """Write how far a rule was carried out; it never goes back."""
    await connection.execute(
        "UPDATE document_rules SET scheduled_until = $2 WHERE id = $1 AND scheduled_until < $2", rule_id, until
    )


async def move_zone(connection: asyncpg.Connection, enterprise_id: UUID, zone: str) -> None:
    """Take over how far rules were carried out into the zone that an enterprise is about to have: up to the same day.

    Before the enterprise itself is changed.
    """
    await connection.execute(
        """UPDATE document_rules r SET scheduled_until = (r.scheduled_until AT TIME ZONE e.timezone) AT TIME ZONE $2
           FROM enterprises e WHERE e.id = $1 AND r.enterprise_id = $1 AND e.timezone <> $2""",
        enterprise_id,
        zone,
    )


async def own_lists(connection: asyncpg.Connection, enterprise_id: UUID) -> list[str]:
    """Read the invoice dates that clients of an enterprise have, each once."""
    rows = await connection.fetch(
        """SELECT DISTINCT l.invoice_dates FROM contracts c JOIN clients l ON l.id = c.client_id
           WHERE c.enterprise_id = $1 AND l.invoice_dates <> ''""",
        enterprise_id,
    )
    return [row["invoice_dates"] for row in rows]


async def closings(connection: asyncpg.Connection, enterprise_id: UUID, days: Period) -> list[date]:
    """Read the days on which contracts of an enterprise ended, each once."""
    rows = await connection.fetch(
        "SELECT DISTINCT closed_on FROM contracts WHERE enterprise_id = $1 AND closed_on >= $2 AND closed_on < $3",
        enterprise_id,
        days.start,
        days.until,
    )
    return [row["closed_on"] for row in rows]


async def due_contracts(connection: asyncpg.Connection, enterprise_id: UUID, tick: DueTick) -> list[DueContract]:
    """Read the contracts that a tick may be for.

    What was expected of them last is that of the type, as far as the tick reaches. What a run left when it was
    cancelled is not expected.
    """
    rows = await connection.fetch(
        """SELECT c.id, l.invoice_dates, c.signed_on, c.closed_on, o.latest, o.is_scheduled
           FROM contracts c JOIN clients l ON l.id = c.client_id
           CROSS JOIN LATERAL (
             SELECT max(period_until) AS latest, coalesce(bool_or(due_at IS NOT NULL), false) AS is_scheduled
             FROM occurrences
             WHERE contract_id = c.id AND type = $2 AND NOT (state = 'SKIPPED' AND reason = $7)
               AND period_until > $3::date - 366
               AND period_from < CASE WHEN l.invoice_dates = ANY($5::text[]) THEN $3::date ELSE $4::date END) o
           WHERE c.enterprise_id = $1
             AND ($6::text[] IS NULL OR l.invoice_dates = ANY($6) OR c.closed_on = $3)
           ORDER BY c.id""",
        enterprise_id,
        tick.type,
        tick.day,
        tick.until,
        tick.own,
        tick.lists,
        CANCELLED,
    )
    return [
        DueContract(
            row["id"],
            row["invoice_dates"],
            Billed(row["signed_on"], row["closed_on"], row["latest"], row["is_scheduled"]),
        )
        for row in rows
    ]


async def taken_days(
    connection: asyncpg.Connection, days: Mapping[UUID, Period], *, others: Sequence[str], cutting: Sequence[str]
) -> dict[UUID, Taken]:
    """Read which of the days of contracts are charged, and for which other types were expected.

    `others` charge days too. Of those that are `cutting`, what failed or was skipped has cut them as well.
    """
    rows = await connection.fetch(
        """WITH asked AS (
             SELECT * FROM unnest($1::uuid[], $2::date[], $3::date[]) AS a(contract_id, since, until)
           )
           SELECT contract_id, p.period_from, p.period_until, true AS is_charged
           FROM asked a JOIN charge_periods p USING (contract_id)
           WHERE p.is_live AND NOT p.is_correction AND p.period_until > a.since AND p.period_from < a.until
           UNION
           SELECT contract_id, o.period_from, o.period_until, false
           FROM asked a JOIN occurrences o USING (contract_id)
           WHERE o.type = ANY($4::text[]) AND o.period_until > a.since AND o.period_from < a.until
             AND (o.state IN ('PENDING', 'ISSUED') OR (o.type = ANY($5::text[]) AND o.reason <> $6))""",
        list(days),
        [one.start for one in days.values()],
        [one.until for one in days.values()],
        others,
        cutting,
        CANCELLED,
    )
    found: dict[UUID, tuple[list[Period], list[Period]]] = {}
    for row in rows:
        charged, expected = found.setdefault(row["contract_id"], ([], []))
        (charged if row["is_charged"] else expected).append(Period(row["period_from"], row["period_until"]))
    return {id_: Taken(charged, expected) for id_, (charged, expected) in found.items()}


def _scheduled(row: asyncpg.Record) -> ScheduledRule:
    return ScheduledRule(row["id"], row["type"], rule_of(row), row["scheduled_until"], row["timezone"])
