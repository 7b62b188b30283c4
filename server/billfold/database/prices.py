"""Prices: what a used unit of a service costs from a day on, for everybody or for one contract."""

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from billfold.database.columns import ExactField, currency_check, one_of, rate_check
from billfold.database.contracts import ContractRow
from billfold.database.services import ServiceRow
from billfold.domain.ids import new_id
from billfold.domain.rating import PriceModel


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
