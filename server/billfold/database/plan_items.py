"""Plan items: what a plan foresees, contract by contract; `planned_runs.py` starts it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from billfold.database.columns import ExactField, one_of
from billfold.database.connection import copy_rows
from billfold.database.contracts import ContractRow
from billfold.database.runs import RunRow, RunTerms
from billfold.domain.ids import new_id
from billfold.domain.lifecycle import PlannedOutcome
from billfold.domain.periods import Period
from billfold.domain.plans import PlanItem, starts_before


class PlanItemRow(Model):
    """What a plan foresees for one contract, and what it was worked out from; never changed.

    `net`, `gross` and `lines` are of the document that would be issued; `previous_gross` is of the live document of the
    same type for the period just before, NULL where there is none. `warnings` are codes. `digest` is that of what was
    shown, `revision` and `usage_count` what it was shown of.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    run: fields.ForeignKeyRelation[RunRow] = fields.ForeignKeyField(
        "billfold.RunRow", related_name="items", on_delete=OnDelete.RESTRICT
    )
    contract: fields.ForeignKeyRelation[ContractRow] = fields.ForeignKeyField(
        "billfold.ContractRow", related_name="plan_items", on_delete=OnDelete.RESTRICT
    )
    outcome = fields.CharField(max_length=20)
    reason = fields.TextField(db_default="")
    currency = fields.CharField(max_length=3)
    net = ExactField(null=True)
    gross = ExactField(null=True)
    lines = fields.IntField(db_default=0)
    previous_gross = ExactField(null=True)
    warnings: fields.Field[list[str]] = fields.JSONField(db_default="[]")
    digest = fields.CharField(max_length=64, db_default="")
    revision = fields.BigIntField(db_default=0)
    usage_count = fields.BigIntField(db_default=0)

    class Meta:
        table = "plan_items"
        app = "billfold"
        constraints = (
            UniqueConstraint(fields=("run", "contract"), name="plan_items_once_a_plan"),
            one_of("outcome", PlannedOutcome),
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a contract stands before it is planned.

    `is_taken` tells that a run which is going or paused is to make the same document; `is_compared` that there is a
    period before, and `previous_gross` is of its document, None where there is none. The last three tell who would be
    mailed.
    """

    id: UUID
    currency: str
    revision: int
    is_issued: bool
    is_taken: bool
    is_compared: bool
    previous_gross: Decimal | None
    wants_mail: bool
    has_email: bool
    has_contact: bool

    @property
    def is_open(self) -> bool:
        """Whether its document is to be made."""
        return not self.is_issued and not self.is_taken


# The live document of the type for the period just before, of a contract `c`; `$2` to `$5` are told by `_before`.
_PREVIOUS = """
SELECT d.currency, d.gross FROM documents d
WHERE d.contract_id = c.id AND d.type = $2 AND d.status = 'ISSUED' AND d.original_id IS NULL
  AND d.period_until = $3 AND d.period_from >= $4 AND d.period_from < $5
ORDER BY d.period_from LIMIT 1
"""
_STANDINGS = f"""
SELECT c.id, c.currency, c.revision,
       coalesce(o.state = 'ISSUED', false) AS is_issued,
       coalesce(o.state = 'PENDING' AND r.state IN ('RUNNING', 'PAUSED'), false) AS is_taken,
       $3::date IS NOT NULL AS is_compared, p.gross AS previous_gross,
       k.send_invoices AS wants_mail, k.email <> '' AS has_email,
       EXISTS (SELECT FROM contacts t WHERE t.client_id = k.id AND t.role = 'accounting') AS has_contact
FROM contracts c
JOIN clients k ON k.id = c.client_id
LEFT JOIN occurrences o ON o.contract_id = c.id AND o.type = $2 AND o.period_from = $3 AND o.period_until = $6
LEFT JOIN runs r ON r.id = o.run_id
LEFT JOIN LATERAL ({_PREVIOUS}) p ON true
WHERE c.id = ANY($1::uuid[])
"""
_GONE = f"""
SELECT p.currency, count(*) AS documents, sum(p.gross) AS gross
FROM contracts c JOIN enterprises e ON e.id = c.enterprise_id
CROSS JOIN LATERAL ({_PREVIOUS}) p
WHERE NOT EXISTS (SELECT FROM plan_items i WHERE i.run_id = $1 AND i.contract_id = c.id)
  AND (cardinality($6::uuid[]) = 0 OR c.enterprise_id = ANY($6))
  AND (cardinality($7::uuid[]) = 0 OR c.client_id = ANY($7))
  AND (cardinality($8::uuid[]) = 0 OR c.id = ANY($8))
  AND (cardinality($9::uuid[]) = 0 OR e.brand_id = ANY($9))
  AND (cardinality($10::text[]) = 0 OR c.currency = ANY($10))
  AND (cardinality($11::text[]) = 0 OR c.billing = ANY($11))
GROUP BY p.currency
"""


async def standings(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], type: str, period: Period | None
) -> dict[UUID, Standing]:
    """Read where contracts stand; without a period each is open, and has nothing before."""
    until = period.until if period else None
    rows = await connection.fetch(_STANDINGS, contract_ids, *_before(type, period), until)
    return {row["id"]: Standing(**row) for row in rows}


async def copy_items(connection: asyncpg.Connection, plan_id: UUID, items: Sequence[PlanItem]) -> None:
    """Write items of a plan by COPY."""
    await copy_rows(
        connection,
        "plan_items",
        [
            {
                "id": new_id(),
                "run_id": plan_id,
                "contract_id": item.contract_id,
                "outcome": item.outcome.value,
                "reason": item.reason,
                "currency": item.currency,
                "net": item.net,
                "gross": item.gross,
                "lines": item.lines,
                "previous_gross": item.previous_gross,
                "warnings": orjson.dumps(item.warnings).decode(),
                "digest": item.digest,
                "revision": item.revision,
                "usage_count": item.usage_count,
            }
            for item in items
        ],
    )


async def gone_documents(
    connection: asyncpg.Connection, plan_id: UUID, terms: RunTerms
) -> list[tuple[str, int, Decimal]]:
    """Add up the documents for the period before of contracts that fit the narrowing of a plan, but are not in it.

    Gives (currency, count, gross). None where it is narrowed to services: who has one follows from the days.
    """
    if terms.period is None or terms.scope.get("services"):
        return []
    names = ("enterprises", "clients", "contracts", "brands", "currencies", "billing")
    narrowing = (terms.scope.get(name, []) for name in names)
    rows = await connection.fetch(_GONE, plan_id, *_before(terms.type, terms.period), *narrowing)
    return [(row["currency"], row["documents"], row["gross"]) for row in rows]


async def list_items(
    connection: asyncpg.Connection, plan_id: UUID, *, is_warned: bool = False, most: int | None = None
) -> list[dict[str, Any]]:
    """Read what a plan foresees, in the order of its contracts; `is_warned` only what is worth a look.

    What is merely new comes last then, as in a first plan everything is.
    """
    rows = await connection.fetch(
        """SELECT c.number AS contract, e.code AS enterprise, i.outcome, i.reason, i.currency, i.net, i.gross, i.lines,
                  i.previous_gross, i.warnings
           FROM plan_items i JOIN contracts c ON c.id = i.contract_id JOIN enterprises e ON e.id = c.enterprise_id
           WHERE i.run_id = $1 AND (NOT $2 OR i.warnings <> '[]')
           ORDER BY $2 AND i.warnings = '["NEW"]', i.contract_id LIMIT $3""",
        plan_id,
        is_warned,
        most,
    )
    return [{**row, "warnings": orjson.loads(row["warnings"])} for row in map(dict, rows)]


async def finish_plan(connection: asyncpg.Connection, plan_id: UUID, told: Mapping[str, object], now: datetime) -> None:
    """Make a plan of a run whose items are written: until then it is none."""
    plan = orjson.dumps(told).decode()
    await connection.execute("UPDATE runs SET plan = $2, created_at = $3 WHERE id = $1", plan_id, plan, now)


def _before(type: str, period: Period | None) -> tuple[object, ...]:
    if period is None:
        return (type, None, None, None)
    starts = starts_before(period)
    return (type, period.start, starts.start, starts.until)
