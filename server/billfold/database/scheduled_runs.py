"""Scheduled runs: the runs of a tick, and the occurrences that they wait for, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg
import orjson

from billfold.domain.periods import Period


@dataclass(frozen=True, slots=True)
class ScheduledRun:
    """A run to be written: its period, the date that its documents bear, and its contracts."""

    id: UUID
    key: str
    period: Period
    issue_date: date | None
    due_at: datetime
    contract_ids: Sequence[UUID]


_EXPECT = """
WITH groups AS (
  SELECT * FROM unnest($4::uuid[], $5::text[], $6::date[], $7::date[], $8::date[], $9::timestamptz[])
    AS g(id, key, period_from, period_until, issue_date, due_at)
), open AS (
  SELECT w.contract_id, g.* FROM unnest($10::uuid[], $11::uuid[]) AS w(contract_id, run_id)
  JOIN groups g ON g.id = w.run_id
  LEFT JOIN occurrences o ON o.contract_id = w.contract_id AND o.type = $2
    AND o.period_from = g.period_from AND o.period_until = g.period_until
  WHERE o.id IS NULL OR (o.state = 'PENDING' AND NOT EXISTS (
    SELECT FROM runs r WHERE r.id = o.run_id AND r.state IN ('RUNNING', 'PAUSED')))
), written AS (
  INSERT INTO runs (id, type, period_from, period_until, state, scope, source, scheduled_for, schedule_key, issue_date,
                    started_by, started_at)
  SELECT g.id, $2, g.period_from, g.period_until, 'RUNNING', $1::jsonb, 'SCHEDULE', $3, g.key, g.issue_date,
         'schedule', $12
  FROM groups g WHERE g.id IN (SELECT id FROM open)
  ON CONFLICT (schedule_key) DO NOTHING RETURNING id
), expected AS (
  INSERT INTO occurrences AS o (id, run_id, contract_id, type, period_from, period_until, state, due_at, issue_date)
  SELECT gen_random_uuid(), w.id, p.contract_id, $2, p.period_from, p.period_until, 'PENDING', p.due_at, p.issue_date
  FROM open p JOIN written w ON w.id = p.id ORDER BY p.contract_id
  ON CONFLICT (contract_id, type, period_from, period_until) DO UPDATE
    SET run_id = excluded.run_id, due_at = excluded.due_at, issue_date = excluded.issue_date
    WHERE o.state = 'PENDING' AND NOT EXISTS (
      SELECT FROM runs r WHERE r.id = o.run_id AND r.state IN ('RUNNING', 'PAUSED'))
)
SELECT id FROM written
"""


async def expect_scheduled(
    connection: asyncpg.Connection,
    enterprise_id: UUID,
    type: str,
    day: date,
    runs: Sequence[ScheduledRun],
    *,
    now: datetime,
) -> list[UUID]:
    """Write the runs of a tick with what they expect, and give their ids; one that expects nothing is not written.

    What was expected of a contract before stays as it is, unless it waits for no run; a run that was written once is
    not written again. One statement, whatever the number of contracts.
    """
    scope = {"enterprises": [str(enterprise_id)], "clients": [], "contracts": []}
    rows = await connection.fetch(
        _EXPECT,
        orjson.dumps(scope).decode(),
        type,
        day,
        [run.id for run in runs],
        [run.key for run in runs],
        [run.period.start for run in runs],
        [run.period.until for run in runs],
        [run.issue_date for run in runs],
        [run.due_at for run in runs],
        [id_ for run in runs for id_ in run.contract_ids],
        [run.id for run in runs for _ in run.contract_ids],
        now,
    )
    return [row["id"] for row in rows]
