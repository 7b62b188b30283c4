"""Leasing: which occurrences of a run a worker may compose now, in the order of schedules and of types."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg


@dataclass(frozen=True, slots=True)
class Leased:
    """One occurrence that is ours for a while.

    One by schedule has its `due_at`, and unless its type has a date of its own the `issue_date` that it is to bear; one
    of a plan the digest of what was shown of it as `planned`.
    `today` is that of its enterprise, whose books are closed before `closed_until`.
    """

    id: UUID
    contract_id: UUID
    due_at: datetime | None
    issue_date: date | None
    planned: str
    closed_until: date | None
    today: date


_LEASE = """
WITH due AS MATERIALIZED (
  SELECT o.id FROM occurrences o
  WHERE o.run_id = $1 AND o.state = 'PENDING' AND (o.leased_until IS NULL OR o.leased_until <= $3)
    AND (o.due_at IS NULL OR o.due_at <= $3)
    AND NOT EXISTS (
      SELECT FROM runs r JOIN runs e ON e.type = r.type AND e.scope = r.scope
        AND (e.scheduled_for, e.period_from, e.period_until) < (r.scheduled_for, r.period_from, r.period_until)
      WHERE r.id = $1 AND r.source = 'SCHEDULE' AND e.source = 'SCHEDULE' AND e.state IN ('RUNNING', 'PAUSED')
        AND EXISTS (SELECT FROM occurrences p WHERE p.run_id = e.id AND p.state = 'PENDING'))
    AND NOT EXISTS (
      SELECT FROM occurrences f
      WHERE f.contract_id = o.contract_id AND f.type = ANY($5::text[]) AND f.period_from = o.period_from
        AND f.period_until = o.period_until AND f.state = 'PENDING'
        AND (SELECT r.state FROM runs r WHERE r.id = f.run_id) = 'RUNNING'
      -- Looked up for one occurrence at a time: joined, each would be compared with all that wait.
      OFFSET 0)
  ORDER BY o.contract_id LIMIT $2 FOR UPDATE OF o SKIP LOCKED
)
UPDATE occurrences o SET leased_until = $4
FROM due, contracts c, enterprises e
WHERE o.id = due.id AND c.id = o.contract_id AND e.id = c.enterprise_id
RETURNING o.id, o.contract_id, o.due_at, o.issue_date, o.planned, e.closed_until,
          ($3::timestamptz AT TIME ZONE e.timezone)::date AS today
"""


async def lease_occurrences(
    connection: asyncpg.Connection,
    run_id: UUID,
    *,
    count: int,
    now: datetime,
    until: datetime,
    after: Iterable[str] = (),
) -> list[Leased]:
    """Take up to `count` pending occurrences of a run that no other worker holds, oldest contract first.

    Not before they are due, nor while a run of the same contract and period still waits for a document of a type in
    `after`. A run by schedule waits until the earlier ones of its enterprise and type are composed, though they be
    paused; those of one tick come in the order of their periods.
    """
    rows = await connection.fetch(_LEASE, run_id, count, now, until, sorted(after))
    return sorted((Leased(**row) for row in rows), key=lambda one: one.contract_id)
