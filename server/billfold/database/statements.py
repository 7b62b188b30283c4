"""Bank statements: the files that were imported, and what became of each line."""

from datetime import date, datetime
from decimal import Decimal

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.fields.db_defaults import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from billfold.database.columns import ExactField, amount_check, one_of
from billfold.database.enterprises import EnterpriseRow
from billfold.database.payments import PaymentRow
from billfold.domain.ids import new_id
from billfold.domain.payments import LineState


class StatementRow(Model):
    """One imported file; `warnings` are sentences, such as of balances that do not close."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    sha256 = fields.CharField(max_length=64, unique=True)
    name = fields.TextField(db_default="")
    warnings: fields.Field[list[str]] = fields.JSONField(db_default="[]")
    created_at = fields.DatetimeField(db_default=Now())
    created_by = fields.TextField(db_default="")

    class Meta:
        table = "statements"
        app = "billfold"


class StatementLineRow(Model):
    """One payment in that a statement tells. `key` is the digest of what makes it the same one in another file.

    `rule` is the step of the matching ladder that found its contract, empty while nothing did.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    statement: fields.ForeignKeyRelation[StatementRow] = fields.ForeignKeyField(
        "billfold.StatementRow", related_name="lines", on_delete=OnDelete.RESTRICT
    )
    enterprise: fields.ForeignKeyRelation[EnterpriseRow] = fields.ForeignKeyField(
        "billfold.EnterpriseRow", related_name="statement_lines", on_delete=OnDelete.RESTRICT
    )
    line = fields.IntField()
    key = fields.CharField(max_length=64, unique=True)
    account = fields.CharField(max_length=34)
    currency = fields.CharField(max_length=3)
    number = fields.TextField(db_default="")
    dated_on: fields.Field[date | None] = fields.DateField(null=True)
    received_on = fields.DateField()
    amount: fields.Field[Decimal] = ExactField()
    payer_name = fields.TextField(db_default="")
    payer_inn = fields.TextField(db_default="")
    payer_account = fields.TextField(db_default="")
    purpose = fields.TextField(db_default="")
    state = fields.CharField(max_length=10)
    rule = fields.CharField(max_length=30, db_default="")
    payment: fields.ForeignKeyNullableRelation[PaymentRow] = fields.ForeignKeyField(
        "billfold.PaymentRow", related_name="statement_lines", on_delete=OnDelete.RESTRICT, null=True
    )
    resolved_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    resolved_by = fields.TextField(db_default="")
    comment = fields.TextField(db_default="")

    class Meta:
        table = "statement_lines"
        app = "billfold"
        constraints = (
            one_of("state", LineState),
            amount_check("amount"),
            CheckConstraint(check="amount > 0", name="amount_positive"),
            CheckConstraint(
                check="(state IN ('matched', 'credited')) = (payment_id IS NOT NULL)", name="credited_has_a_payment"
            ),
        )
        indexes = (("statement_id",), ("state", "received_on"))
