"""Plan items: what a plan foresees, contract by contract."""

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from billfold.database.columns import ExactField, one_of
from billfold.database.contracts import ContractRow
from billfold.database.runs import RunRow
from billfold.domain.ids import new_id
from billfold.domain.lifecycle import PlannedOutcome


class PlanItemRow(Model):
    """What a plan foresees for one contract, and what it was worked out from; never changed.

    `net`, `gross` and `lines` are of the document that would be issued; `previous_gross` is of the live document of the
    same type for the period just before, NULL where there is none. `warnings` are codes. `digest` is that of what was
    shown, `revision` and `usage_count` what it was shown of.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    run: fields.ForeignKeyRelation[RunRow] = fields.ForeignKeyField(
        "billfold.RunRow", related_name="items", on_delete=OnDelete.RESTRICT
    )
    contract: fields.ForeignKeyRelation[ContractRow] = fields.ForeignKeyField(
        "billfold.ContractRow", related_name="plan_items", on_delete=OnDelete.RESTRICT
    )
    outcome = fields.CharField(max_length=20)
    reason = fields.TextField(db_default="")
    currency = fields.CharField(max_length=3)
    net = ExactField(null=True)
    gross = ExactField(null=True)
    lines = fields.IntField(db_default=0)
    previous_gross = ExactField(null=True)
    warnings: fields.Field[list[str]] = fields.JSONField(db_default="[]")
    digest = fields.CharField(max_length=64, db_default="")
    revision = fields.BigIntField(db_default=0)
    usage_count = fields.BigIntField(db_default=0)

    class Meta:
        table = "plan_items"
        app = "billfold"
        constraints = (
            UniqueConstraint(fields=("run", "contract"), name="plan_items_once_a_plan"),
            one_of("outcome", PlannedOutcome),
        )
