"""DocumentRules: the operator's settings by enterprise and document type."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any
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
from billfold.domain.rules import Backdating, DeliveryPolicy, DocumentRule
from billfold.domain.schedules import DayShift, Schedule, SchedulePeriod


class DocumentRuleRow(Model):
    """One rule. It is written with the plugin's defaults when the first document of its kind is issued.

    `scheduled_until` is the instant up to which its schedule was carried out.
    """

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
    schedule_day = fields.SmallIntField(db_default=1)
    schedule_time = fields.CharField(max_length=5, db_default="00:00")
    schedule_shift = fields.CharField(max_length=10, db_default="none")
    schedule_period = fields.CharField(max_length=20, db_default="previous_month")
    scheduled_until: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    backdating = fields.CharField(max_length=15, db_default="allowed")
    days_ahead = fields.SmallIntField(db_default=31)
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
            one_of("schedule_shift", DayShift),
            one_of("schedule_period", SchedulePeriod),
            one_of("backdating", Backdating),
            CheckConstraint(check="start >= 1", name="start_positive"),
            CheckConstraint(check="schedule_day BETWEEN 1 AND 31", name="schedule_day_in_range"),
            CheckConstraint(check="schedule_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'", name="schedule_time_is_a_time"),
            CheckConstraint(check="days_ahead BETWEEN 0 AND 366", name="days_ahead_in_range"),
            CheckConstraint(check="payment_terms_days BETWEEN 0 AND 366", name="rule_payment_terms_in_range"),
        )


async def rules_of(
    connection: asyncpg.Connection, enterprise_ids: Iterable[UUID], type: str, default: DocumentRule
) -> dict[UUID, DocumentRule]:
    """Read the rules of one document type by enterprise; an enterprise without one gets the plugin's default."""
    rows = await connection.fetch(
        "SELECT * FROM document_rules WHERE type = $1 AND enterprise_id = ANY($2::uuid[])", type, list(enterprise_ids)
    )
    return dict.fromkeys(enterprise_ids, default) | {row["enterprise_id"]: rule_of(row) for row in rows}


async def keep_rules(
    connection: asyncpg.Connection, enterprise_ids: Iterable[UUID], type: str, default: DocumentRule
) -> None:
    """Write the plugin's default for the enterprises that have no rule yet, so that SQL can ask it."""
    columns = _columns(default)
    values = ", ".join(f"${at}" for at in range(3, len(columns) + 3))
    await connection.execute(
        f"""INSERT INTO document_rules (id, enterprise_id, type, {", ".join(columns)})
            SELECT gen_random_uuid(), e, $2, {values} FROM unnest($1::uuid[]) e
            ON CONFLICT (enterprise_id, type) DO NOTHING""",
        sorted(enterprise_ids),
        type,
        *columns.values(),
    )


async def hold_rules(
    connection: asyncpg.Connection, enterprise_ids: Iterable[UUID], type: str, default: DocumentRule
) -> dict[UUID, DocumentRule]:
    """Read the rules of one document type as `rules_of`, and keep them as they are until the transaction ends.

    Where there is none yet, the plugin's default is written.
    """
    wanted = sorted(enterprise_ids)
    found = await _held(connection, wanted, type)
    if len(found) < len(wanted):
        await keep_rules(connection, wanted, type, default)
        found = await _held(connection, wanted, type)
    return found


async def _held(connection: asyncpg.Connection, wanted: list[UUID], type: str) -> dict[UUID, DocumentRule]:
    rows = await connection.fetch(
        """SELECT * FROM document_rules WHERE type = $1 AND enterprise_id = ANY($2::uuid[])
           ORDER BY enterprise_id FOR SHARE""",
        type,
        wanted,
    )
    return {row["enterprise_id"]: rule_of(row) for row in rows}


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


async def schedule_from(connection: asyncpg.Connection, rule_id: UUID, now: datetime) -> None:
    """Let the schedule of a rule that is locked begin now: what it would have made before is left out."""
    await connection.execute("UPDATE document_rules SET scheduled_until = $2 WHERE id = $1", rule_id, now)


def _columns(rule: DocumentRule) -> dict[str, object]:
    numbering, schedule = rule.numbering, rule.schedule
    return {
        "mask": numbering.mask,
        "prefix": numbering.prefix,
        "reset": numbering.reset.value,
        "scope": numbering.scope.value,
        "start": numbering.start,
        "mode": numbering.mode.value,
        "is_visible": rule.is_visible,
        "is_automatic": rule.is_automatic,
        "schedule_day": schedule.day,
        "schedule_time": f"{schedule.at:%H:%M}",
        "schedule_shift": schedule.shift.value,
        "schedule_period": schedule.period.value,
        "backdating": rule.backdating.value,
        "days_ahead": rule.days_ahead,
        "delivery": rule.delivery.value,
        "template": rule.template,
        "payment_terms_days": rule.payment_terms_days,
        "prints_facsimile": rule.prints_facsimile,
    }


def rule_of(row: Mapping[str, Any]) -> DocumentRule:
    """Give the rule that a row of document_rules holds."""
    numbering = NumberingRule(
        mask=row["mask"],
        prefix=row["prefix"],
        reset=Reset(row["reset"]),
        scope=Scope(row["scope"]),
        start=row["start"],
        mode=NumberMode(row["mode"]),
    )
    schedule = Schedule(
        day=row["schedule_day"],
        at=time.fromisoformat(row["schedule_time"]),
        shift=DayShift(row["schedule_shift"]),
        period=SchedulePeriod(row["schedule_period"]),
    )
    return DocumentRule(
        numbering=numbering,
        is_visible=row["is_visible"],
        is_automatic=row["is_automatic"],
        schedule=schedule,
        backdating=Backdating(row["backdating"]),
        days_ahead=row["days_ahead"],
        delivery=DeliveryPolicy(row["delivery"]),
        template=row["template"],
        payment_terms_days=row["payment_terms_days"],
        prints_facsimile=row["prints_facsimile"],
    )
