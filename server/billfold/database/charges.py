"""Charges: money owed for services, kept by the period of the contract that they were charged for."""

from datetime import datetime

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.fields.db_defaults import Now
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from billfold.database.columns import ExactField, amount_check, one_of, rate_check
from billfold.database.contracts import ContractRow
from billfold.database.prices import PriceRow
from billfold.database.services import ServiceRow
from billfold.domain.charging import ChargeKind
from billfold.domain.ids import new_id


class ChargePeriodRow(Model):
    """A period of a contract that has been charged. Live ones of one contract never overlap (an exclusion constraint).

    It stops being live when the last document made from it is void, unless it is closed: then it stays for ever.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    contract: fields.ForeignKeyRelation[ContractRow] = fields.ForeignKeyField(
        "billfold.ContractRow", related_name="charge_periods", on_delete=OnDelete.RESTRICT
    )
    period_from = fields.DateField()
    period_until = fields.DateField()
    is_live = fields.BooleanField(db_default=True)
    is_closed = fields.BooleanField(db_default=False)
    charged_at = fields.DatetimeField(db_default=Now())

    class Meta:
        table = "charge_periods"
        app = "billfold"
        constraints = (CheckConstraint(check="period_until > period_from", name="charge_periods_not_empty"),)


class ChargeRow(Model):
    """One charge, in the contract's currency; `net + tax = gross`. It never changes.

    A one-off charge waits without a period until a document takes it over, and is let go when that is void; the
    others live and die with their period. `price` is the price list that rated it, `is_late` tells usage of an earlier
    period.
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
        )
        indexes = (("contract_id",),)
