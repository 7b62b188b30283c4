"""Runs: what was asked to be made; `run_outcomes` tells what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import asyncpg
import orjson
from tortoise import fields
from tortoise.fields.db_defaults import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from billfold.database.columns import ExactField, amount_check, one_of
from billfold.domain.ids import new_id
from billfold.domain.lifecycle import RunSource, RunState
from billfold.domain.periods import Period


class RunRow(Model):
    """One request to generate many documents; `scope` is what it was narrowed to, `plan` what its dry run told,
    `outcome` what it came to when it was finished, whatever a later run makes of the same contracts.

    `already_issued` counts the contracts whose document was there before. `issue_date` empty means the day of issuing.
    A run without a period is for an `amount`. One by schedule has its `schedule_key`, unique, and the day
    `scheduled_for`. `state_reason` says why it is paused or cancelled; `is_confirmed` that somebody has seen that it is
    out of bounds, and let it go on.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    type = fields.CharField(max_length=100)
    period_from: fields.Field[date | None] = fields.DateField(null=True)
    period_until: fields.Field[date | None] = fields.DateField(null=True)
    amount = ExactField(null=True)
    description = fields.TextField(db_default="")
    source = fields.CharField(max_length=10, db_default="HAND")
    scheduled_for: fields.Field[date | None] = fields.DateField(null=True)
    schedule_key: fields.Field[str | None] = fields.CharField(max_length=300, null=True, unique=True)
    state = fields.CharField(max_length=20)
    state_reason = fields.TextField(db_default="")
    is_confirmed = fields.BooleanField(db_default=False)
    scope: fields.Field[dict[str, list[str]]] = fields.JSONField(db_default="{}")
    plan: fields.Field[dict[str, object] | None] = fields.JSONField(null=True)
    outcome: fields.Field[dict[str, object] | None] = fields.JSONField(null=True)
    issue_date: fields.Field[date | None] = fields.DateField(null=True)
    already_issued = fields.IntField(db_default=0)
    started_by = fields.TextField(db_default="")
    created_at = fields.DatetimeField(db_default=Now())
    started_at = fields.DatetimeField(null=True)
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "runs"
        app = "billfold"
        constraints = (
            one_of("state", RunState),
            one_of("source", RunSource),
            amount_check("amount"),
            CheckConstraint(check="period_until > period_from", name="runs_period_not_empty"),
            CheckConstraint(
                check="(period_from IS NULL) = (period_until IS NULL) AND (period_from IS NULL) = (amount IS NOT NULL)",
                name="runs_have_period_or_amount",
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTerms:
    """What a run makes: documents for a period, or for an amount, tax included, of the contracts of its scope."""

    type: str
    scope: Mapping[str, list[str]]
    period: Period | None = None
    amount: Decimal | None = None
    description: str = ""
    issue_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(RunTerms):
    """A run as services see it."""

    id: UUID
    state: RunState
    is_confirmed: bool


async def insert_run(
    connection: asyncpg.Connection,
    run_id: UUID,
    terms: RunTerms,
    *,
    state: RunState,
    started_by: str,
) -> None:
    """Write a run, or one that is being planned."""
    await connection.execute(
        """INSERT INTO runs (id, type, period_from, period_until, amount, description, scope, issue_date, state,
                             started_by, started_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text, $10, CASE WHEN $9::text = 'RUNNING' THEN now() END)""",
        run_id,
        terms.type,
        *_days(terms.period),
        terms.amount,
        terms.description,
        orjson.dumps(terms.scope).decode(),
        terms.issue_date,
        state.value,
        started_by,
    )


async def find_run(connection: asyncpg.Connection, run_id: UUID) -> Run | None:
    """Read a run."""
    row = await connection.fetchrow("SELECT * FROM runs WHERE id = $1", run_id)
    return _run(row) if row else None


async def lock_run(connection: asyncpg.Connection, run_id: UUID) -> Run | None:
    """Read a run and lock it against other changes of it; documents may refer to it meanwhile."""
    row = await connection.fetchrow("SELECT * FROM runs WHERE id = $1 FOR NO KEY UPDATE", run_id)
    return _run(row) if row else None


async def hold_run(connection: asyncpg.Connection, run_id: UUID) -> Run | None:
    """Read a run and keep it as it is until the end of the transaction; any number may hold it at once."""
    row = await connection.fetchrow("SELECT * FROM runs WHERE id = $1 FOR SHARE", run_id)
    return _run(row) if row else None


async def same_running_run(connection: asyncpg.Connection, terms: RunTerms) -> UUID | None:
    """Find the run by hand on the same terms that is going or paused; two starters wait for each other here.

    The date of its documents tells apart runs for an amount only: one for a period makes each of them once.
    """
    lock = f"run {terms.type} {terms.period or ''}"
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", lock)
    found: UUID | None = await connection.fetchval(
        """SELECT id FROM runs WHERE state IN ('RUNNING', 'PAUSED') AND source = 'HAND' AND type = $1
             AND period_from IS NOT DISTINCT FROM $2 AND period_until IS NOT DISTINCT FROM $3
             AND amount IS NOT DISTINCT FROM $4::numeric AND description = $5 AND scope = $6::jsonb
             AND ($4 IS NULL OR issue_date IS NOT DISTINCT FROM $7::date)""",
        terms.type,
        *_days(terms.period),
        terms.amount,
        terms.description,
        orjson.dumps(terms.scope).decode(),
        terms.issue_date,
    )
    return found


async def set_running(connection: asyncpg.Connection, run_id: UUID, *, started_by: str, now: datetime) -> None:
    """Turn a plan into a run."""
    await connection.execute(
        "UPDATE runs SET state = 'RUNNING', started_by = $2, started_at = $3 WHERE id = $1", run_id, started_by, now
    )


async def note_already_issued(connection: asyncpg.Connection, run_id: UUID, count: int) -> None:
    """Write down how many contracts had their document before."""
    await connection.execute("UPDATE runs SET already_issued = $2 WHERE id = $1", run_id, count)


def _run(row: asyncpg.Record) -> Run:
    return Run(
        id=row["id"],
        type=row["type"],
        period=Period(row["period_from"], row["period_until"]) if row["period_from"] else None,
        amount=row["amount"],
        description=row["description"],
        scope=orjson.loads(row["scope"]),
        issue_date=row["issue_date"],
        state=RunState(row["state"]),
        is_confirmed=row["is_confirmed"],
    )


def _days(period: Period | None) -> tuple[date | None, date | None]:
    return (period.start, period.until) if period else (None, None)


async def running_runs(connection: asyncpg.Connection) -> list[UUID]:
    """Find the runs that are going, oldest first, and those of one tick by period; those that are paused rest."""
    rows = await connection.fetch(
        """SELECT id FROM runs WHERE state = 'RUNNING'
           ORDER BY created_at, scheduled_for, period_from, period_until, id"""
    )
    return [row["id"] for row in rows]
