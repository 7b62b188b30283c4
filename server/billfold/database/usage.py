"""UsageRecords: what was measured, and which of it came after its period was charged."""

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.fields.db_defaults import Now
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from billfold.database.charges import ChargePeriodRow
from billfold.database.columns import ExactField, rate_check
from billfold.database.contracts import ContractRow
from billfold.database.services import ServiceRow


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
