"""UsageRecords: what was measured, and which of it came after its period was charged."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import asyncpg
from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.fields.db_defaults import Now
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from billfold.database.charges import ChargePeriodRow
from billfold.database.columns import ExactField, rate_check
from billfold.database.contracts import ContractRow
from billfold.database.services import ServiceRow
from billfold.domain.metering import MeasuredUsage


class UsageRow(Model):
    """One measured use; counted once by (source, external id), never changed.

    Without a unit price it is rated by the price list. `corrects` is the id of the record that this one takes back, in
    whole or in part. Its contract and service are held by a trigger that asks once a statement, not once a row.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    source = fields.CharField(max_length=100)
    external_id = fields.CharField(max_length=200)
    contract: fields.ForeignKeyRelation[ContractRow] = fields.ForeignKeyField(
        "billfold.ContractRow", related_name="usage", on_delete=OnDelete.RESTRICT, db_constraint=False
    )
    service: fields.ForeignKeyRelation[ServiceRow] = fields.ForeignKeyField(
        "billfold.ServiceRow", related_name="usage", on_delete=OnDelete.RESTRICT, db_constraint=False
    )
    occurred_at = fields.DatetimeField()
    quantity = ExactField()
    unit_price = ExactField(null=True)
    tax_included = fields.BooleanField()
    destination = fields.TextField(db_default="")
    party = fields.TextField(db_default="")
    corrects: fields.Field[int | None] = fields.BigIntField(null=True)
    recorded_at = fields.DatetimeField(db_default=Now())

    class Meta:
        table = "usage_records"
        app = "billfold"
        constraints = (
            UniqueConstraint(fields=("source", "external_id"), name="usage_records_counted_once"),
            rate_check("quantity", "unit_price"),
            CheckConstraint(check="corrects IS NULL OR quantity < 0", name="corrections_are_negative"),
        )
        indexes = (("contract_id", "occurred_at"),)


class LateUsageRow(Model):
    """A usage record that came after its day was charged; a later period of the contract takes it over.

    A trigger writes it. `charge_period` is the period that it was charged in, empty while it waits.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    usage_id = fields.BigIntField(unique=True)
    contract: fields.ForeignKeyRelation[ContractRow] = fields.ForeignKeyField(
        "billfold.ContractRow", related_name="late_usage", on_delete=OnDelete.RESTRICT
    )
    charge_period: fields.ForeignKeyNullableRelation[ChargePeriodRow] = fields.ForeignKeyField(
        "billfold.ChargePeriodRow", related_name="late_usage", on_delete=OnDelete.RESTRICT, null=True
    )

    class Meta:
        table = "late_usage"
        app = "billfold"
        indexes = (("contract_id",), ("charge_period_id",))


@dataclass(frozen=True, slots=True)
class UsedContract:
    """A contract that usage may be recorded of: by its number in an enterprise, closed on a day of that zone."""

    id: UUID
    number: str
    enterprise: str
    timezone: str
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class KeptUsage:
    """A record that is there; `remaining` is what its corrections have left of the quantity."""

    id: int
    usage: MeasuredUsage
    remaining: Decimal


_CONTRACTS = """
SELECT c.id, c.number, e.code AS enterprise, e.timezone, c.closed_on
FROM contracts c JOIN enterprises e ON e.id = c.enterprise_id
WHERE c.id = ANY($1::uuid[]) OR c.number = ANY($2::text[])
ORDER BY c.id FOR KEY SHARE OF c
"""

_KEPT = """
SELECT u.id, u.external_id, u.contract_id, u.service_id, u.occurred_at, u.quantity, u.unit_price, u.tax_included,
       u.destination, u.party, o.external_id AS corrects,
       u.quantity + COALESCE((SELECT sum(c.quantity) FROM usage_records c WHERE c.corrects = u.id), 0) AS remaining
FROM usage_records u LEFT JOIN usage_records o ON o.id = u.corrects
WHERE u.source = $1 AND u.external_id = ANY($2::text[])
"""

# In one order, so that calls which share external ids wait for one another, never in a circle.
_INSERT = """
INSERT INTO usage_records (id, source, external_id, contract_id, service_id, occurred_at, quantity, unit_price,
                           tax_included, destination, party, corrects, recorded_at)
SELECT r.id, $1, r.external_id, r.contract_id, r.service_id, r.occurred_at, r.quantity, r.unit_price,
       r.tax_included, r.destination, r.party, r.corrects, $2
FROM unnest($3::bigint[], $4::text[], $5::uuid[], $6::uuid[], $7::timestamptz[], $8::numeric[], $9::numeric[],
            $10::bool[], $11::text[], $12::text[], $13::bigint[])
  AS r (id, external_id, contract_id, service_id, occurred_at, quantity, unit_price, tax_included, destination, party,
        corrects)
ORDER BY r.external_id
ON CONFLICT (source, external_id) DO NOTHING RETURNING id, external_id
"""


async def used_contracts(
    connection: asyncpg.Connection, ids: Collection[UUID], numbers: Collection[str]
) -> list[UsedContract]:
    """Find contracts by id or number, and hold them against whoever charges them, in the order of their ids."""
    rows = await connection.fetch(_CONTRACTS, list(ids), list(numbers))
    return [UsedContract(**row) for row in rows]


async def used_service_ids(
    connection: asyncpg.Connection, ids: Collection[UUID], codes: Collection[str]
) -> tuple[set[UUID], dict[str, UUID]]:
    """Find services by id or code; gives the ids that are there, and the ids by code."""
    rows = await connection.fetch(
        "SELECT id, code FROM services WHERE id = ANY($1::uuid[]) OR code = ANY($2::text[])", list(ids), list(codes)
    )
    return {row["id"] for row in rows}, {row["code"]: row["id"] for row in rows}


async def lock_usage(connection: asyncpg.Connection, source: str, external_ids: Collection[str]) -> None:
    """Lock records in the order of their ids, so that two corrections of one wait for each other."""
    await connection.execute(
        "SELECT 1 FROM usage_records WHERE source = $1 AND external_id = ANY($2::text[]) ORDER BY id FOR UPDATE",
        source,
        list(external_ids),
    )


async def kept_usage(
    connection: asyncpg.Connection, source: str, external_ids: Collection[str]
) -> dict[str, KeptUsage]:
    """Read the records of a source that are there, by external id."""
    found = {}
    for row in await connection.fetch(_KEPT, source, list(external_ids)):
        values = dict(row)
        key, remaining = values.pop("id"), values.pop("remaining")
        found[row["external_id"]] = KeptUsage(key, MeasuredUsage(**values), remaining)
    return found


async def insert_usage(
    connection: asyncpg.Connection,
    source: str,
    records: Sequence[MeasuredUsage],
    *,
    originals: Mapping[str, int],
    now: datetime,
) -> dict[str, int]:
    """Insert records that are not there; gives the ids of those that this made, by external id.

    `originals` are the ids of records there that are corrected; others may stand among the records. Waits for a
    parallel call with the same external id. One statement, whatever their number.
    """
    ids = await _next_ids(connection, len(records))
    places = {**originals, **{one.external_id: id_ for one, id_ in zip(records, ids, strict=True)}}
    columns = zip(
        *(
            (
                id_,
                one.external_id,
                one.contract_id,
                one.service_id,
                one.occurred_at,
                one.quantity,
                one.unit_price,
                one.tax_included,
                one.destination,
                one.party,
                places[one.corrects] if one.corrects is not None else None,
            )
            for id_, one in zip(ids, records, strict=True)
        ),
        strict=True,
    )
    rows = await connection.fetch(_INSERT, source, now, *columns)
    return {row["external_id"]: row["id"] for row in rows}


async def _next_ids(connection: asyncpg.Connection, count: int) -> list[int]:
    rows = await connection.fetch(
        "SELECT nextval(pg_get_serial_sequence('usage_records', 'id')) AS id FROM generate_series(1, $1)", count
    )
    return [row["id"] for row in rows]


async def late_count(connection: asyncpg.Connection, ids: Collection[int]) -> int:
    """Count the records among these whose days were charged or closed already."""
    count: int = await connection.fetchval(
        "SELECT count(*) FROM late_usage WHERE usage_id = ANY($1::bigint[])", list(ids)
    )
    return count
