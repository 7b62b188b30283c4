"""Drafts: documents that somebody looks over and edits before they are issued. They have no number and owe nothing."""

from datetime import date, datetime
from decimal import Decimal

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.fields.db_defaults import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from billfold.database.columns import ExactField
from billfold.database.contracts import ContractRow
from billfold.domain.ids import new_id


class DraftRow(Model):
    """One draft: what was asked for, how its lines were edited, and the document as it would be issued now.

    Its document's id is its own. `request` is what was asked for beside the columns, `edits` what was changed of the
    lines that came of it, `snapshot` the document with the edits in it, and `digest` that of what was edited, so that a
    change of the books is noticed. `version` counts the edits. Once issued, it is gone.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    type = fields.CharField(max_length=100)
    contract: fields.ForeignKeyRelation[ContractRow] = fields.ForeignKeyField(
        "billfold.ContractRow", related_name="drafts", on_delete=OnDelete.RESTRICT
    )
    request: fields.Field[dict[str, object]] = fields.JSONField()
    edits: fields.Field[list[dict[str, object]]] = fields.JSONField(db_default="[]")
    snapshot = fields.BinaryField()
    digest = fields.CharField(max_length=64)
    currency = fields.CharField(max_length=3)
    net: fields.Field[Decimal] = ExactField()
    tax: fields.Field[Decimal] = ExactField()
    gross: fields.Field[Decimal] = ExactField()
    issue_date: fields.Field[date | None] = fields.DateField(null=True)
    period_from: fields.Field[date | None] = fields.DateField(null=True)
    period_until: fields.Field[date | None] = fields.DateField(null=True)
    version = fields.IntField(db_default=0)
    created_by = fields.TextField(db_default="")
    created_at: fields.Field[datetime] = fields.DatetimeField(db_default=Now())
    changed_at: fields.Field[datetime] = fields.DatetimeField(db_default=Now())

    class Meta:
        table = "drafts"
        app = "billfold"
        constraints = (CheckConstraint(check="net + tax = gross", name="drafts_add_up"),)
        indexes = (("contract_id",),)
