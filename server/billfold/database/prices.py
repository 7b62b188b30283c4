"""Prices: what a used unit of a service costs from a day on, for everybody or for one contract."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg
import orjson
from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from billfold.database.columns import ExactField, currency_check, one_of, rate_check
from billfold.database.contracts import ContractRow
from billfold.database.services import ServiceRow
from billfold.domain.ids import new_id
from billfold.domain.periods import Period
from billfold.domain.rating import DatedPrice, PriceList, PriceModel, tiers_of


class PriceRow(Model):
    """One price in force from a day until the next one of its (service, contract, currency, destination).

    A contract's own price goes before the service's, and one for a destination before one for all (`''`). `tiers` are
    a list of `[up to, price]`, the last of them without an end: `[["100", "1.50"], [null, "1.20"]]`. `allowance` is the
    quantity that is free each month.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    service: fields.ForeignKeyRelation[ServiceRow] = fields.ForeignKeyField(
        "billfold.ServiceRow", related_name="prices", on_delete=OnDelete.RESTRICT
    )
    contract: fields.ForeignKeyNullableRelation[ContractRow] = fields.ForeignKeyField(
        "billfold.ContractRow", related_name="prices", on_delete=OnDelete.RESTRICT, null=True
    )
    currency = fields.CharField(max_length=3)
    destination = fields.TextField(db_default="")
    valid_from = fields.DateField()
    model = fields.CharField(max_length=10)
    tax_included = fields.BooleanField()
    allowance = ExactField(db_default=0)
    tiers: fields.Field[list[tuple[str | None, str]]] = fields.JSONField()

    class Meta:
        table = "prices"
        app = "billfold"
        constraints = (
            one_of("model", PriceModel),
            currency_check("currency"),
            rate_check("allowance"),
            CheckConstraint(check="allowance >= 0", name="allowance_not_negative"),
            CheckConstraint(check="jsonb_array_length(tiers) >= 1", name="tiers_not_empty"),
        )


# Of the prices that began before the period, only the newest of each key can be in force in it.
_IN_FORCE = """
SELECT p.id, p.contract_id, p.currency, v.code, p.destination, p.valid_from, p.model, p.tax_included, p.allowance,
       p.tiers
FROM prices p JOIN services v ON v.id = p.service_id
WHERE (p.contract_id = ANY($1::uuid[]) OR p.contract_id IS NULL AND p.currency = ANY($2::text[]))
  AND p.valid_from < $4 AND NOT EXISTS (
    SELECT FROM prices n WHERE n.service_id = p.service_id AND n.contract_id IS NOT DISTINCT FROM p.contract_id
      AND n.currency = p.currency AND n.destination = p.destination AND n.valid_from > p.valid_from
      AND n.valid_from <= $3)
ORDER BY v.code, p.destination, p.valid_from
"""


async def price_lists(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], period: Period
) -> dict[UUID, list[DatedPrice]]:
    """Read the prices that may rate usage of the period's days, by contract: its own, and the general ones.

    In two statements for any number of contracts; every contract that is there has its list, which may be empty.
    """
    found = await connection.fetch("SELECT id, currency FROM contracts WHERE id = ANY($1::uuid[])", contract_ids)
    currencies = {row["id"]: row["currency"] for row in found}
    own: dict[UUID, list[DatedPrice]] = defaultdict(list)
    general: dict[str, list[DatedPrice]] = defaultdict(list)
    rows = await connection.fetch(_IN_FORCE, contract_ids, sorted({*currencies.values()}), period.start, period.until)
    for row in rows:
        price = _dated(row)
        if price.is_own:
            own[row["contract_id"]].append(price)
        else:
            general[row["currency"]].append(price)
    return {contract_id: [*own[contract_id], *general[currency]] for contract_id, currency in currencies.items()}


def _dated(row: asyncpg.Record) -> DatedPrice:
    is_own = row["contract_id"] is not None
    return DatedPrice(row["code"], row["destination"], row["valid_from"], is_own, _price_list(row))


def _price_list(row: asyncpg.Record) -> PriceList:
    return PriceList(
        id=row["id"],
        model=PriceModel(row["model"]),
        tax_included=row["tax_included"],
        allowance=row["allowance"],
        tiers=tiers_of(orjson.loads(row["tiers"])),
    )


async def price_contract(connection: asyncpg.Connection, price_id: UUID) -> tuple[bool, UUID | None]:
    """Tell whether a price is there, and the contract that it is of, None for everybody's."""
    row = await connection.fetchrow("SELECT contract_id FROM prices WHERE id = $1", price_id)
    return (True, row["contract_id"]) if row else (False, None)


async def lock_price(connection: asyncpg.Connection, price_id: UUID) -> bool:
    """Lock a price until the transaction ends; gives whether it is still there."""
    return bool(await connection.fetchval("SELECT true FROM prices WHERE id = $1 FOR UPDATE", price_id))


async def is_price_charged(connection: asyncpg.Connection, price_id: UUID) -> bool:
    """Tell whether a charge was ever computed from the price."""
    charged: bool = await connection.fetchval("SELECT EXISTS (SELECT FROM charges WHERE price_id = $1)", price_id)
    return charged


async def own_open_from(connection: asyncpg.Connection, contract_id: UUID) -> date | None:
    """Give the day before which a contract's days are charged or closed, None where they are not."""
    day: date | None = await connection.fetchval(
        """SELECT greatest(
             (SELECT max(period_until) FROM charge_periods WHERE contract_id = $1 AND is_live AND NOT is_correction),
             (SELECT e.closed_until FROM contracts c JOIN enterprises e ON e.id = c.enterprise_id WHERE c.id = $1))""",
        contract_id,
    )
    return day


async def general_open_from(connection: asyncpg.Connection, service_id: UUID, currency: str) -> date | None:
    """Give the day before which the books are closed that charged usage of a service in a currency."""
    day: date | None = await connection.fetchval(
        """SELECT max(e.closed_until) FROM enterprises e
           WHERE e.closed_until IS NOT NULL AND EXISTS (
             SELECT FROM charges h JOIN contracts c ON c.id = h.contract_id
             WHERE c.enterprise_id = e.id AND c.currency = $2 AND h.service_id = $1 AND h.kind = 'usage')""",
        service_id,
        currency,
    )
    return day


async def delete_price(connection: asyncpg.Connection, price_id: UUID) -> None:
    """Delete a price that nothing was charged from; drafts of its contract are to be composed anew."""
    await connection.execute(
        """WITH gone AS (DELETE FROM prices WHERE id = $1 RETURNING contract_id)
           UPDATE contracts SET revision = revision + 1 WHERE id = (SELECT contract_id FROM gone)""",
        price_id,
    )


async def price_list(connection: asyncpg.Connection, price_id: UUID) -> PriceList:
    """Read what a price that is there comes to."""
    row = await connection.fetchrow(
        "SELECT id, model, tax_included, allowance, tiers FROM prices WHERE id = $1", price_id
    )
    return _price_list(row)
