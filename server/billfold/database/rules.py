"""DocumentRules: the operator's settings by enterprise and document type."""

from collections.abc import Iterable, Mapping
from uuid import UUID

import asyncpg
from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from billfold.database.columns import one_of
from billfold.database.enterprises import EnterpriseRow
from billfold.database.single_rows import update_row
from billfold.domain.ids import new_id
from billfold.domain.numbering import NumberingRule, NumberMode, Reset, Scope
from billfold.domain.rules import DeliveryPolicy, DocumentRule


class DocumentRuleRow(Model):
    """One rule. It is written with the plugin's defaults when the first document of its kind is issued."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    enterprise: fields.ForeignKeyRelation[EnterpriseRow] = fields.ForeignKeyField(
        "billfold.EnterpriseRow", related_name="document_rules", on_delete=OnDelete.RESTRICT
    )
    type = fields.CharField(max_length=100)
    mask = fields.CharField(max_length=200)
    prefix = fields.CharField(max_length=50, db_default="")
    reset = fields.CharField(max_length=10)
    scope = fields.CharField(max_length=10)
    start = fields.BigIntField(db_default=1)
    mode = fields.CharField(max_length=10)
    is_visible = fields.BooleanField(db_default=True)
    is_automatic = fields.BooleanField(db_default=False)
    delivery = fields.CharField(max_length=10)
    template = fields.CharField(max_length=200, db_default="")
    payment_terms_days = fields.IntField(null=True)
    prints_facsimile = fields.BooleanField(db_default=False)

    class Meta:
        table = "document_rules"
        app = "billfold"
        constraints = (
            UniqueConstraint(fields=("enterprise", "type"), name="document_rules_one_each"),
            one_of("reset", Reset),
            one_of("scope", Scope),
            one_of("mode", NumberMode),
            one_of("delivery", DeliveryPolicy),
            CheckConstraint(check="start >= 1", name="start_positive"),
            CheckConstraint(check="payment_terms_days BETWEEN 0 AND 366", name="rule_payment_terms_in_range"),
        )


async def rules_of(
    connection: asyncpg.Connection, enterprise_ids: Iterable[UUID], type: str, default: DocumentRule
) -> dict[UUID, DocumentRule]:
    """Read the rules of one document type by enterprise; an enterprise without one gets the plugin's default."""
    rows = await connection.fetch(
        "SELECT * FROM document_rules WHERE type = $1 AND enterprise_id = ANY($2::uuid[])", type, list(enterprise_ids)
    )
    return dict.fromkeys(enterprise_ids, default) | {row["enterprise_id"]: _rule(row) for row in rows}


async def keep_rules(
    connection: asyncpg.Connection, enterprise_ids: Iterable[UUID], type: str, default: DocumentRule
) -> None:
    """Write the plugin's default for the enterprises that have no rule yet, so that SQL can ask it."""
    numbering = default.numbering
    await connection.execute(
        """INSERT INTO document_rules (id, enterprise_id, type, mask, prefix, reset, scope, start, mode, is_visible,
                                       is_automatic, delivery, template, payment_terms_days,
                                       prints_facsimile)
           SELECT gen_random_uuid(), e, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
           FROM unnest($1::uuid[]) e
           ON CONFLICT (enterprise_id, type) DO NOTHING""",
        sorted(enterprise_ids),
        type,
        numbering.mask,
        numbering.prefix,
        numbering.reset.value,
        numbering.scope.value,
        numbering.start,
        numbering.mode.value,
        default.is_visible,
        default.is_automatic,
        default.delivery.value,
        default.template,
        default.payment_terms_days,
        default.prints_facsimile,
    )


async def change_rule(
    connection: asyncpg.Connection, enterprise_id: UUID, type: str, changes: Mapping[str, object]
) -> tuple[UUID, dict[str, object]]:
    """Change columns of the one rule of an enterprise and a type, which must be there; gives its id.

    Gives too what really changed: (old, new) by column. Locks the rule until the transaction ends.
    """
    row = await connection.fetchrow(
        "SELECT * FROM document_rules WHERE enterprise_id = $1 AND type = $2 FOR NO KEY UPDATE", enterprise_id, type
    )
    changed = {name: value for name, value in changes.items() if row[name] != value}
    await update_row(connection, "document_rules", row["id"], changed)
    return row["id"], {name: (row[name], value) for name, value in changed.items()}


def _rule(row: asyncpg.Record) -> DocumentRule:
    numbering = NumberingRule(
        mask=row["mask"],
        prefix=row["prefix"],
        reset=Reset(row["reset"]),
        scope=Scope(row["scope"]),
        start=row["start"],
        mode=NumberMode(row["mode"]),
    )
    return DocumentRule(
        numbering=numbering,
        is_visible=row["is_visible"],
        is_automatic=row["is_automatic"],
        delivery=DeliveryPolicy(row["delivery"]),
        template=row["template"],
        payment_terms_days=row["payment_terms_days"],
        prints_facsimile=row["prints_facsimile"],
    )
