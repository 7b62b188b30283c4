"""Subscriptions: a service on a contract, from a day to a day."""

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from billfold.database.columns import ExactField, one_of, rate_check
from billfold.database.contracts import ContractRow
from billfold.database.services import ServiceRow
from billfold.domain.ids import new_id
from billfold.domain.subscriptions import Proration


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
    proration = fields.CharField(max_length=10, db_default="by_day")

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
            one_of("proration", Proration),
        )


class SubscriptionChangeRow(Model):
    """What a subscription is from a day on, until its next change: price, quantity, and whether it rests."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    subscription: fields.ForeignKeyRelation[SubscriptionRow] = fields.ForeignKeyField(
        "billfold.SubscriptionRow", related_name="changes", on_delete=OnDelete.RESTRICT
    )
    valid_from = fields.DateField()
    price = ExactField()
    quantity = ExactField()
    tax_included = fields.BooleanField()
    is_suspended = fields.BooleanField(db_default=False)

    class Meta:
        table = "subscription_changes"
        app = "billfold"
        constraints = (
            UniqueConstraint(fields=("subscription", "valid_from"), name="subscription_changes_one_a_day"),
            rate_check("price", "quantity"),
            CheckConstraint(check="price >= 0 AND quantity >= 0", name="price_and_quantity_not_negative"),
        )
