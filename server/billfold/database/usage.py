"""UsageRecords: what was measured."""

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from billfold.database.columns import ExactField, rate_check
from billfold.database.contracts import ContractRow
from billfold.database.services import ServiceRow


class UsageRow(Model):
    """One measured use; counted once by (source, external id)."""

    id = fields.BigIntField(primary_key=True, generated=True)
    source = fields.CharField(max_length=100)
    external_id = fields.CharField(max_length=200)
    contract: fields.ForeignKeyRelation[ContractRow] = fields.ForeignKeyField(
        "billfold.ContractRow", related_name="usage", on_delete=OnDelete.RESTRICT
    )
    service: fields.ForeignKeyRelation[ServiceRow] = fields.ForeignKeyField(
        "billfold.ServiceRow", related_name="usage", on_delete=OnDelete.RESTRICT
    )
    occurred_at = fields.DatetimeField()
    quantity = ExactField()
    unit_price = ExactField()
    tax_included = fields.BooleanField()
    destination = fields.TextField(db_default="")
    party = fields.TextField(db_default="")

    class Meta:
        table = "usage_records"
        app = "billfold"
        constraints = (
            UniqueConstraint(fields=("source", "external_id"), name="usage_records_counted_once"),
            rate_check("quantity", "unit_price"),
        )
        indexes = (("contract_id", "occurred_at"),)
