"""Charges: money owed for services, kept by the period of the contract that they were charged for."""

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

from billfold.database.columns import ExactField, amount_check, one_of, rate_check
from billfold.database.contracts import ContractRow
from billfold.database.facts import SERVICE_COLUMNS, service_of
from billfold.database.prices import PriceRow
from billfold.database.services import ServiceRow
from billfold.domain.charging import Charge, ChargeKind, ServiceReference
from billfold.domain.document import TaxRegime
from billfold.domain.ids import new_id
from billfold.domain.tax import Taxation, TaxRounding


class ChargePeriodRow(Model):
    """A period of a contract that has been charged. Live ones of one contract never overlap (an exclusion constraint).

    It stops being live when the last document made from it is void, unless it is closed: then it stays for ever.
    Those of corrections are none of the contract's periods, and may lie on any days.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    contract: fields.ForeignKeyRelation[ContractRow] = fields.ForeignKeyField(
        "billfold.ContractRow", related_name="charge_periods", on_delete=OnDelete.RESTRICT
    )
    period_from = fields.DateField()
    period_until = fields.DateField()
    is_live = fields.BooleanField(db_default=True)
    is_closed = fields.BooleanField(db_default=False)
    is_correction = fields.BooleanField(db_default=False)
    charged_at = fields.DatetimeField(db_default=Now())

    class Meta:
        table = "charge_periods"
        app = "billfold"
        constraints = (CheckConstraint(check="period_until > period_from", name="charge_periods_not_empty"),)


class ChargeRow(Model):
    """One charge, in the contract's currency; `net + tax = gross`. It never changes.

    A one-off charge waits without a period until a document takes it over, and is let go when that is void; the
    others live and die with their period. `price` is the price list that rated it, `is_late` tells usage of an earlier
    period, `adjusts` the position in the same period that an adjustment changes.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    contract: fields.ForeignKeyNullableRelation[ContractRow] = fields.ForeignKeyField(
        "billfold.ContractRow", related_name="charges", on_delete=OnDelete.RESTRICT, null=True
    )
    charge_period: fields.ForeignKeyNullableRelation[ChargePeriodRow] = fields.ForeignKeyField(
        "billfold.ChargePeriodRow", related_name="charges", on_delete=OnDelete.RESTRICT, null=True
    )
    position: fields.Field[int | None] = fields.IntField(null=True)
    service: fields.ForeignKeyRelation[ServiceRow] = fields.ForeignKeyField(
        "billfold.ServiceRow", related_name="charges", on_delete=OnDelete.RESTRICT
    )
    kind = fields.CharField(max_length=20)
    period_from = fields.DateField()
    period_until = fields.DateField()
    quantity = ExactField()
    unit_price = ExactField()
    tax_included = fields.BooleanField()
    tax_rate = ExactField(null=True)
    net = ExactField()
    tax = ExactField()
    gross = ExactField()
    destination = fields.TextField(db_default="")
    active_days = fields.SmallIntField(db_default=0)
    month_days = fields.SmallIntField(db_default=0)
    is_late = fields.BooleanField(db_default=False)
    price: fields.ForeignKeyNullableRelation[PriceRow] = fields.ForeignKeyField(
        "billfold.PriceRow", related_name="charges", on_delete=OnDelete.RESTRICT, null=True
    )
    description = fields.TextField(db_default="")
    adjusts: fields.Field[int | None] = fields.IntField(null=True)
    created_at = fields.DatetimeField(db_default=Now())
    created_by = fields.TextField(db_default="")
    cancelled_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    cancelled_by = fields.TextField(db_default="")
    cancel_reason = fields.TextField(db_default="")

    class Meta:
        table = "charges"
        app = "billfold"
        constraints = (
            UniqueConstraint(fields=("charge_period", "position"), name="charges_position"),
            one_of("kind", ChargeKind),
            rate_check("quantity", "unit_price"),
            amount_check("net", "tax", "gross"),
            CheckConstraint(check="net + tax = gross", name="charges_add_up"),
            CheckConstraint(check="tax_rate BETWEEN 0 AND 100", name="tax_rate_in_range"),
            CheckConstraint(check="contract_id IS NOT NULL", name="charges_have_a_contract"),
            CheckConstraint(
                check="kind = 'one_off' OR charge_period_id IS NOT NULL", name="computed_charges_have_a_period"
            ),
            CheckConstraint(check="(charge_period_id IS NULL) = (position IS NULL)", name="position_within_a_period"),
            CheckConstraint(
                check="cancelled_at IS NULL OR (kind = 'one_off' AND charge_period_id IS NULL)",
                name="only_waiting_charges_are_cancelled",
            ),
            CheckConstraint(check="(kind = 'adjustment') = (adjusts IS NOT NULL)", name="adjustments_adjust"),
            CheckConstraint(check="adjusts BETWEEN 1 AND position - 1", name="adjustments_follow"),
        )
        indexes = (("contract_id",),)


@dataclass(frozen=True, slots=True)
class ChargedContract:
    """A contract as one-off charges see it: `closed_on` is its first day without service, None while it is open.

    Nothing dated before `closed_until` of its enterprise changes any more.
    """

    id: UUID
    number: str
    currency: str
    balance: Decimal
    closed_on: date | None
    closed_until: date | None
    taxation: Taxation


@dataclass(frozen=True, slots=True)
class EnteredCharge:
    """A charge as its cancelling sees it; `document` is the number of a live one that took it, empty where none did."""

    contract_id: UUID
    kind: ChargeKind
    on: date
    is_cancelled: bool
    is_carried_over: bool
    is_taken: bool
    document: str
    closed_until: date | None


async def lock_charged_contract(connection: asyncpg.Connection, contract_id: UUID) -> ChargedContract | None:
    """Lock a contract, and read what a one-off charge needs of it."""
    locked = await connection.fetchval("SELECT id FROM contracts WHERE id = $1 FOR UPDATE", contract_id)
    if locked is None:
        return None
    # Read after the lock, so that books which were closed meanwhile are seen.
    row = await connection.fetchrow(
        """SELECT c.number, c.currency, c.balance, c.closed_on, e.code, e.closed_until, e.tax_rounding,
                  ARRAY(SELECT ROW(t.valid_from, t.regime) FROM tax_regimes t WHERE t.enterprise_id = e.id
                        ORDER BY t.valid_from) AS regimes
           FROM contracts c JOIN enterprises e ON e.id = c.enterprise_id WHERE c.id = $1""",
        contract_id,
    )
    regimes = tuple((since, TaxRegime(regime)) for since, regime in row["regimes"])
    taxation = Taxation(row["code"], regimes, TaxRounding(row["tax_rounding"]))
    own = {name: row[name] for name in ("number", "currency", "balance", "closed_on", "closed_until")}
    return ChargedContract(id=contract_id, **own, taxation=taxation)


async def charged_service(connection: asyncpg.Connection, service_id: UUID) -> ServiceReference | None:
    """Read a service as charges name it; None when there is none."""
    row = await connection.fetchrow(f"SELECT {SERVICE_COLUMNS} FROM services v WHERE v.id = $1", service_id)
    return service_of(row) if row else None


# The columns that have the names of what they hold.
_NAMED = (
    *("quantity", "unit_price", "tax_included", "tax_rate", "net", "tax", "gross", "destination", "active_days"),
    *("month_days", "description", "is_late", "price_id", "adjusts"),
)


def charge_columns(charge: Charge) -> dict[str, object]:
    """Give the columns of a charge by their names: what it says itself, without where it stands."""
    days = {"period_from": charge.period.start, "period_until": charge.period.until}
    return {"kind": charge.kind.value, **days, **{name: getattr(charge, name) for name in _NAMED}}


async def insert_one_off(
    connection: asyncpg.Connection, contract_id: UUID, service_id: UUID, charge: Charge, *, actor: str, now: datetime
) -> UUID:
    """Write a one-off charge that waits for a document; a trigger takes it off the balance. Gives its id."""
    columns = {
        "id": new_id(),
        "contract_id": contract_id,
        "service_id": service_id,
        **charge_columns(charge),
        "created_at": now,
        "created_by": actor,
    }
    marks = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
    statement = f"INSERT INTO charges ({', '.join(columns)}) VALUES ({marks}) RETURNING id"  # Names of ours.
    id_: UUID = await connection.fetchval(statement, *columns.values())
    return id_


async def lock_charge(connection: asyncpg.Connection, charge_id: UUID) -> EnteredCharge | None:
    """Lock a charge with its contract, the contract first as everybody does; None when there is no such charge."""
    await connection.execute(
        "SELECT FROM contracts WHERE id = (SELECT contract_id FROM charges WHERE id = $1) FOR UPDATE", charge_id
    )
    row = await connection.fetchrow(
        """SELECT h.contract_id, h.kind, h.period_from, h.cancelled_at, h.charge_period_id, h.created_by,
                  e.closed_until,
                  (SELECT d.number FROM documents d WHERE d.charge_period_id = h.charge_period_id
                     AND d.status = 'ISSUED' ORDER BY d.issued_at, d.id LIMIT 1) AS document
           FROM charges h JOIN contracts c ON c.id = h.contract_id JOIN enterprises e ON e.id = c.enterprise_id
           WHERE h.id = $1 FOR UPDATE OF h""",
        charge_id,
    )
    if row is None:
        return None
    return EnteredCharge(
        contract_id=row["contract_id"],
        kind=ChargeKind(row["kind"]),
        on=row["period_from"],
        is_cancelled=row["cancelled_at"] is not None,
        is_carried_over=row["created_by"] == "billfold",
        is_taken=row["charge_period_id"] is not None,
        document=row["document"] or "",
        closed_until=row["closed_until"],
    )


async def cancel_charge(
    connection: asyncpg.Connection, charge_id: UUID, *, reason: str, actor: str, now: datetime
) -> None:
    """End a one-off charge that waits; a trigger gives its amount back to the balance."""
    await connection.execute(
        "UPDATE charges SET cancelled_at = $2, cancelled_by = $3, cancel_reason = $4 WHERE id = $1",
        charge_id,
        now,
        actor,
        reason,
    )
