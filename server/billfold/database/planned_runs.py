"""Planned runs: whether what a plan was worked out from still holds, and the start of exactly what it foresaw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from billfold.database.parking import PARKED
from billfold.database.runs import Run
from billfold.domain.plans import IN_ANOTHER_RUN, PlanChange


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """When a plan was made, and what it told."""

    made_at: datetime
    told: Mapping[str, Any]

    @property
    def out_of_bounds(self) -> str:
        """Why it is out of bounds; empty when it is not."""
        return str(self.told.get("bounds", ""))


async def kept_plan(connection: asyncpg.Connection, plan_id: UUID) -> KeptPlan | None:
    """Read what was kept of a plan; None where there is none, or it is still being made."""
    row = await connection.fetchrow("SELECT created_at, plan FROM runs WHERE id = $1 AND plan IS NOT NULL", plan_id)
    return KeptPlan(row["created_at"], orjson.loads(row["plan"])) if row else None


@dataclass(frozen=True, slots=True)
class Changed:
    """What is no more as a plan was worked out: so many contracts, and of the first of them the number and what."""

    count: int = 0
    contracts: tuple[tuple[str, PlanChange], ...] = ()


@dataclass(frozen=True, slots=True)
class Now:
    """What a plan is held against: the contracts that fit it, and the usage records of those that have some.

    Where `is_charged_for`, its documents are of what is charged, and follow subscriptions, charges and usage.
    """

    contract_ids: Sequence[UUID]
    usage_counts: Mapping[UUID, int]
    is_charged_for: bool


# What a contract that is charged for the period already is charged changes no more, whatever is sold to it.
_CHANGED = f"""
WITH present AS (
  SELECT c.id, c.revision, c.parked_at IS NOT NULL AS is_parked, coalesce(n.records, 0) AS records
  FROM unnest($2::uuid[]) s(id) JOIN contracts c ON c.id = s.id
  LEFT JOIN unnest($6::uuid[], $7::bigint[]) n(id, records) ON n.id = c.id
), both_sides AS (
  SELECT coalesce(i.contract_id, p.id) AS contract_id, i.outcome, i.reason, i.revision, i.usage_count,
         p.revision AS revision_now, p.records AS usage_now, p.is_parked
  FROM (SELECT * FROM plan_items WHERE run_id = $1) i FULL JOIN present p ON p.id = i.contract_id
), found AS (
  SELECT b.contract_id, CASE
      WHEN b.outcome IS NULL THEN 'ADDED'
      WHEN b.revision_now IS NULL THEN 'LEFT'
      WHEN b.reason = '{IN_ANOTHER_RUN}' THEN NULL
      WHEN b.outcome = 'ALREADY_ISSUED' THEN CASE WHEN o.state IS DISTINCT FROM 'ISSUED' THEN 'VOIDED' END
      WHEN o.state = 'ISSUED' THEN 'ISSUED'
      WHEN b.outcome = 'ISSUE' AND o.state = 'PENDING' AND r.state IN ('RUNNING', 'PAUSED') THEN 'TAKEN'
      WHEN (b.reason = '{PARKED}') <> b.is_parked THEN 'PARKED'
      WHEN b.is_parked OR NOT $8 OR EXISTS (
        SELECT FROM charge_periods h WHERE h.contract_id = b.contract_id AND h.is_live AND NOT h.is_correction
          AND h.period_from = $4 AND h.period_until = $5) THEN NULL
      WHEN b.revision <> b.revision_now THEN 'TERMS'
      WHEN b.usage_count <> b.usage_now THEN 'USAGE'
    END AS change
  FROM both_sides b
  LEFT JOIN occurrences o ON o.contract_id = b.contract_id AND o.type = $3
    AND o.period_from = $4 AND o.period_until = $5
  LEFT JOIN runs r ON r.id = o.run_id
)
SELECT c.number, f.change, count(*) OVER () AS count
FROM found f JOIN contracts c ON c.id = f.contract_id WHERE f.change IS NOT NULL ORDER BY f.contract_id LIMIT $9
"""


async def changed_since(connection: asyncpg.Connection, plan: Run, present: Now, *, most: int) -> Changed:
    """Find what of a plan is no more as it was worked out, naming up to `most` contracts; one statement."""
    rows = await connection.fetch(
        _CHANGED,
        plan.id,
        present.contract_ids,
        plan.type,
        *((plan.period.start, plan.period.until) if plan.period else (None, None)),
        list(present.usage_counts.keys()),
        list(present.usage_counts.values()),
        present.is_charged_for,
        most,
    )
    return Changed(rows[0]["count"] if rows else 0, tuple((row["number"], PlanChange(row["change"])) for row in rows))


async def expect_planned(connection: asyncpg.Connection, plan_id: UUID, now: datetime) -> None:
    """Expect what a plan foresaw, and write down what it would skip or fail, as it was shown.

    Takes over what was skipped or failed before, or waits for no run that is going. In the order of the contracts, as
    every writer of occurrences locks them.
    """
    await connection.execute(
        """INSERT INTO occurrences AS o (id, run_id, contract_id, type, period_from, period_until, state, reason,
                                         planned, changed_at)
           SELECT gen_random_uuid(), r.id, i.contract_id, r.type, r.period_from, r.period_until,
                  CASE i.outcome WHEN 'ISSUE' THEN 'PENDING' WHEN 'SKIP' THEN 'SKIPPED' ELSE 'FAILED' END,
                  i.reason, i.digest, $2
           FROM runs r JOIN plan_items i ON i.run_id = r.id AND i.outcome IN ('ISSUE', 'SKIP', 'FAIL')
           WHERE r.id = $1 ORDER BY i.contract_id
           ON CONFLICT (contract_id, type, period_from, period_until) DO UPDATE
             SET state = excluded.state, reason = excluded.reason, run_id = excluded.run_id, due_at = NULL,
                 issue_date = NULL, planned = excluded.planned, changed_at = excluded.changed_at
             WHERE o.state IN ('SKIPPED', 'FAILED')
                OR (o.state = 'PENDING' AND excluded.state = 'PENDING'
                    AND NOT EXISTS (SELECT FROM runs r WHERE r.id = o.run_id AND r.state IN ('RUNNING', 'PAUSED')))""",
        plan_id,
        now,
    )


async def issued_of_plan(connection: asyncpg.Connection, plan_id: UUID) -> list[UUID]:
    """Find the contracts of a plan whose document was there before."""
    rows = await connection.fetch(
        "SELECT contract_id FROM plan_items WHERE run_id = $1 AND outcome = 'ALREADY_ISSUED'", plan_id
    )
    return [row["contract_id"] for row in rows]


async def confirm_run(connection: asyncpg.Connection, run_id: UUID) -> None:
    """Note that somebody has seen that a run is out of bounds, so that it does not stop."""
    await connection.execute("UPDATE runs SET is_confirmed = true WHERE id = $1", run_id)
