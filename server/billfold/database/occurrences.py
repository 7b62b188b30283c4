"""Occurrences: the expected generations, one a contract, type and period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import asyncpg
from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.fields.db_defaults import Now
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from billfold.database.columns import one_of
from billfold.database.contracts import ContractRow
from billfold.database.runs import RunRow, RunTerms
from billfold.domain.ids import new_id
from billfold.domain.lifecycle import OccurrenceState
from billfold.domain.periods import Period


class OccurrenceRow(Model):
    """One expected generation, unique by (contract, type, period): two schedulers or a retry make one document.

    One without a period is for an amount, and unique by its run. `due_at` is when its schedule wanted it made, and
    `issue_date` the date that it is to bear; both are empty by hand. `planned` is what a plan foresaw of it, as the
    digest of what was shown. `leased_until` keeps two workers from composing it at once; correctness does not rest on
    it.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    run: fields.ForeignKeyNullableRelation[RunRow] = fields.ForeignKeyField(
        "billfold.RunRow", related_name="occurrences", on_delete=OnDelete.RESTRICT, null=True
    )
    contract: fields.ForeignKeyRelation[ContractRow] = fields.ForeignKeyField(
        "billfold.ContractRow", related_name="occurrences", on_delete=OnDelete.RESTRICT
    )
    type = fields.CharField(max_length=100)
    period_from: fields.Field[date | None] = fields.DateField(null=True)
    period_until: fields.Field[date | None] = fields.DateField(null=True)
    due_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    issue_date: fields.Field[date | None] = fields.DateField(null=True)
    planned = fields.CharField(max_length=64, db_default="")
    state = fields.CharField(max_length=20)
    reason = fields.TextField(db_default="")
    changed_at = fields.DatetimeField(db_default=Now())
    leased_until: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta:
        table = "occurrences"
        app = "billfold"
        constraints = (
            UniqueConstraint(
                fields=("contract", "type", "period_from", "period_until"), name="occurrences_once_a_period"
            ),
            one_of("state", OccurrenceState),
            CheckConstraint(check="period_until > period_from", name="occurrences_period_not_empty"),
            CheckConstraint(
                check="(period_from IS NULL) = (period_until IS NULL) "
                "AND (period_from IS NOT NULL OR run_id IS NOT NULL)",
                name="occurrences_have_period_or_run",
            ),
        )
        indexes = (("run_id", "state"),)


# What a run may be narrowed to, as its scope is kept.
SCOPE = ("enterprises", "clients", "contracts", "brands", "currencies", "billing", "services")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One expected generation as a worker sees it."""

    id: UUID
    contract_id: UUID
    state: OccurrenceState
    document_id: UUID | None = None


async def expect_document(connection: asyncpg.Connection, contract_id: UUID, type: str, period: Period) -> Occurrence:
    """Expect one document by hand: what was skipped or failed before waits again; what is issued stays."""
    row = await connection.fetchrow(
        """INSERT INTO occurrences AS o (id, contract_id, type, period_from, period_until, state)
           VALUES (gen_random_uuid(), $1, $2, $3, $4, 'PENDING')
           ON CONFLICT (contract_id, type, period_from, period_until) DO UPDATE
             SET state = CASE WHEN o.state IN ('SKIPPED', 'FAILED') THEN 'PENDING' ELSE o.state END
           RETURNING o.id, o.state,
             (SELECT d.id FROM documents d WHERE d.occurrence_id = o.id AND d.status = 'ISSUED') AS document_id""",
        contract_id,
        type,
        period.start,
        period.until,
    )
    state, document_id = OccurrenceState(row["state"]), row["document_id"]
    if state is OccurrenceState.ISSUED and document_id is None:
        # It was waited for, and the statement does not see the document that was issued meanwhile.
        document_id = await find_issued(connection, contract_id, type, period)
    return Occurrence(row["id"], contract_id, state, document_id)


async def contracts_in_scope(connection: asyncpg.Connection, terms: RunTerms, now: datetime) -> dict[UUID, str]:
    """Find the contracts of a run with their currencies, oldest first; what its scope does not name narrows nothing.

    A service narrows it to those that have a subscription of it in the period, or for an amount on the day of issue.
    Left out are those that were closed before it, or within it and have had their final period billed; for an amount
    also those that are signed later.
    """
    start = terms.period.start if terms.period else terms.issue_date
    rows = await connection.fetch(
        """SELECT c.id, c.currency FROM contracts c JOIN enterprises e ON e.id = c.enterprise_id
           CROSS JOIN LATERAL (SELECT ($11::timestamptz AT TIME ZONE e.timezone)::date AS day) t
           CROSS JOIN LATERAL (SELECT coalesce($8, t.day) AS start, coalesce($9, t.day + 1) AS until) p
           WHERE (cardinality($1::uuid[]) = 0 OR c.enterprise_id = ANY($1))
             AND (cardinality($2::uuid[]) = 0 OR c.client_id = ANY($2))
             AND (cardinality($3::uuid[]) = 0 OR c.id = ANY($3))
             AND (cardinality($4::uuid[]) = 0 OR e.brand_id = ANY($4))
             AND (cardinality($5::text[]) = 0 OR c.currency = ANY($5))
             AND (cardinality($6::text[]) = 0 OR c.billing = ANY($6))
             AND (cardinality($7::uuid[]) = 0 OR EXISTS (
               SELECT FROM subscriptions s WHERE s.contract_id = c.id AND s.service_id = ANY($7)
                 AND s.started_on < p.until AND (s.ended_on > p.start) IS NOT FALSE))
             AND (NOT $10 OR c.signed_on <= p.start)
             AND (c.closed_on > p.start) IS NOT FALSE
             AND (c.closed_on IS NULL OR c.closed_on >= p.until OR NOT EXISTS (
               SELECT FROM charge_periods h WHERE h.contract_id = c.id AND h.is_live AND NOT h.is_correction
                 AND h.period_until = c.closed_on))
           ORDER BY c.id""",
        *(terms.scope.get(name, []) for name in SCOPE),
        start,
        terms.period.until if terms.period else start and start + timedelta(days=1),
        terms.period is None,
        now,
    )
    return {row["id"]: row["currency"] for row in rows}


async def issued_contracts(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], type: str, period: Period
) -> set[UUID]:
    """Find the contracts whose document of this type and period is issued."""
    rows = await connection.fetch(
        """SELECT contract_id FROM occurrences WHERE contract_id = ANY($1::uuid[]) AND type = $2
             AND period_from = $3 AND period_until = $4 AND state = 'ISSUED'""",
        contract_ids,
        type,
        period.start,
        period.until,
    )
    return {row["contract_id"] for row in rows}


async def find_issued(connection: asyncpg.Connection, contract_id: UUID, type: str, period: Period) -> UUID | None:
    """Find the live document of a contract, type and period; None when there is none."""
    found: UUID | None = await connection.fetchval(
        """SELECT id FROM documents WHERE contract_id = $1 AND type = $2 AND period_from = $3 AND period_until = $4
             AND status = 'ISSUED'""",
        contract_id,
        type,
        period.start,
        period.until,
    )
    return found


async def expect_documents(
    connection: asyncpg.Connection, run_id: UUID, contract_ids: Sequence[UUID], type: str, period: Period
) -> None:
    """Expect the documents of a run; takes over what was skipped or failed, or waits for no run that is going.

    In the order of the contracts, as every writer of occurrences locks them.
    """
    await connection.execute(
        """INSERT INTO occurrences AS o (id, run_id, contract_id, type, period_from, period_until, state)
           SELECT gen_random_uuid(), $1, c, $3, $4, $5, 'PENDING' FROM unnest($2::uuid[]) c
           ON CONFLICT (contract_id, type, period_from, period_until) DO UPDATE
             SET state = 'PENDING', reason = '', run_id = excluded.run_id, due_at = NULL, issue_date = NULL,
                 planned = ''
             WHERE o.state IN ('SKIPPED', 'FAILED')
                OR (o.state = 'PENDING'
                    AND NOT EXISTS (SELECT FROM runs r WHERE r.id = o.run_id AND r.state IN ('RUNNING', 'PAUSED')))""",
        run_id,
        contract_ids,
        type,
        period.start,
        period.until,
    )


async def expect_for_amount(
    connection: asyncpg.Connection, run_id: UUID, contract_ids: Sequence[UUID], type: str
) -> None:
    """Expect the documents of a run for an amount: one a contract, whatever others were expected of it."""
    await connection.execute(
        """INSERT INTO occurrences (id, run_id, contract_id, type, state)
           SELECT gen_random_uuid(), $1, c, $3, 'PENDING' FROM unnest($2::uuid[]) c""",
        run_id,
        contract_ids,
        type,
    )


async def pending_occurrences(connection: asyncpg.Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock occurrences and give those that still wait for their document."""
    if not ids:
        return set()
    rows = await connection.fetch(
        """SELECT id FROM occurrences WHERE id = ANY($1::uuid[]) AND state = 'PENDING'
           ORDER BY contract_id, id FOR UPDATE""",
        ids,
    )
    return {row["id"] for row in rows}


async def settle_occurrences(
    connection: asyncpg.Connection, outcomes: Sequence[tuple[UUID, str, str]], now: datetime
) -> None:
    """Write (occurrence, state, reason) for occurrences that still wait; what is issued already stays."""
    if not outcomes:
        return
    await connection.execute(
        """UPDATE occurrences o SET state = t.state, reason = t.reason, changed_at = $4, leased_until = NULL
           FROM unnest($1::uuid[], $2::text[], $3::text[]) AS t(id, state, reason)
           WHERE o.id = t.id AND o.state = 'PENDING'""",
        [id_ for id_, _, _ in outcomes],
        [state for _, state, _ in outcomes],
        [reason for _, _, reason in outcomes],
        now,
    )
