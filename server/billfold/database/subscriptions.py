"""Subscriptions: a service on a contract, from a day to a day."""

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from billfold.database.columns import ExactField, rate_check
from billfold.database.contracts import ContractRow
from billfold.database.services import ServiceRow
from billfold.domain.ids import new_id


class SubscriptionRow(Model):
    """One subscription; the price is for a month and one piece, `ended_on` is exclusive.

    `ordinal` tells apart subscriptions to one service that start on one day.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    contract: fields.ForeignKeyRelation[ContractRow] = fields.ForeignKeyField(
        "billfold.ContractRow", related_name="subscriptions", on_delete=OnDelete.RESTRICT
    )
    service: fields.ForeignKeyRelation[ServiceRow] = fields.ForeignKeyField(
        "billfold.ServiceRow", related_name="subscriptions", on_delete=OnDelete.RESTRICT
    )
    started_on = fields.DateField()
    ended_on = fields.DateField(null=True)
    ordinal = fields.SmallIntField(db_default=1)
    price = ExactField()
    quantity = ExactField()
    tax_included = fields.BooleanField()

    class Meta:
        table = "subscriptions"
        app = "billfold"
        constraints = (
            UniqueConstraint(
                fields=("contract", "service", "started_on", "ordinal"), name="subscriptions_once_a_start"
            ),
            rate_check("price", "quantity"),
            CheckConstraint(check="price >= 0 AND quantity >= 0", name="price_and_quantity_not_negative"),
            CheckConstraint(check="ended_on IS NULL OR ended_on >= started_on", name="ended_on_after_start"),
        )
