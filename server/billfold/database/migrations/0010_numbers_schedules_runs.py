"""What numbering, schedules, plans and drafts need: events of every number, times of day, what a plan foresaw."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.fields.db_defaults import Now
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from billfold.database.columns import ExactField
from billfold.database.together import Together
from billfold.domain.ids import new_id

# Events of numbers are never changed, so those that are there are written anew with their enterprise and type.
SET_EVENTS_ASIDE = """
CREATE TEMPORARY TABLE events_before ON COMMIT DROP AS SELECT * FROM number_events;
ALTER TABLE number_events DISABLE TRIGGER number_events_kept;
DELETE FROM number_events;
"""

PUT_EVENTS_BACK = """
INSERT INTO number_events (id, enterprise_id, type, series_id, counter, number, kind, reason, actor, happened_at, dated_on)
SELECT b.id, s.enterprise_id, d.type, b.series_id, b.counter, b.number, b.kind, b.reason, b.actor, b.happened_at,
       d.issue_date
FROM events_before b JOIN number_series s ON s.id = b.series_id
JOIN documents d ON d.series_id = b.series_id AND d.counter = b.counter;
ALTER TABLE number_events ENABLE TRIGGER number_events_kept;
"""


class Migration(migrations.Migration):
    dependencies = [("billfold", "0009_laws_of_types")]

    initial = False

    operations = [
        ops.RunSQL(SET_EVENTS_ASIDE, ops.RunSQL.noop),
        Together(
            [
                ops.CreateModel(
                    name="CalendarDayRow",
                    fields=[
                        ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                        ("country", fields.CharField(max_length=2)),
                        ("day", fields.DateField()),
                        ("is_working", fields.BooleanField()),
                        ("name", fields.CharField(db_default="", max_length=200)),
                    ],
                    options={
                        "table": "calendar_days",
                        "app": "billfold",
                        "constraints": [UniqueConstraint(fields=("country", "day"), name="calendar_days_once_a_day")],
                        "pk_attr": "id",
                        "table_description": "One day that the operator has set, over what the calendar of the country says.",
                    },
                    bases=["Model"],
                ),
                ops.CreateModel(
                    name="DraftRow",
                    fields=[
                        ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                        ("type", fields.CharField(max_length=100)),
                        (
                            "contract",
                            fields.ForeignKeyField(
                                "billfold.ContractRow",
                                source_field="contract_id",
                                db_constraint=True,
                                to_field="id",
                                related_name="drafts",
                                on_delete=OnDelete.RESTRICT,
                            ),
                        ),
                        ("request", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                        ("edits", fields.JSONField(db_default="[]", encoder=JSON_DUMPS, decoder=loads)),
                        ("snapshot", fields.BinaryField()),
                        ("digest", fields.CharField(max_length=64)),
                        ("currency", fields.CharField(max_length=3)),
                        ("net", ExactField(generated=False, null=False, unique=False)),
                        ("tax", ExactField(generated=False, null=False, unique=False)),
                        ("gross", ExactField(generated=False, null=False, unique=False)),
                        ("issue_date", fields.DateField(null=True)),
                        ("period_from", fields.DateField(null=True)),
                        ("period_until", fields.DateField(null=True)),
                        ("version", fields.IntField(db_default=0)),
                        ("created_by", fields.TextField(db_default="", unique=False)),
                        ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                        ("changed_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                    ],
                    options={
                        "table": "drafts",
                        "app": "billfold",
                        "constraints": [CheckConstraint(check="net + tax = gross", name="drafts_add_up")],
                        "indexes": [Index(fields=["contract_id"])],
                        "pk_attr": "id",
                        "table_description": "One draft: what was asked for, how its lines were edited, and the document as it would be issued now.",
                    },
                    bases=["Model"],
                ),
                ops.CreateModel(
                    name="PlanItemRow",
                    fields=[
                        ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                        (
                            "run",
                            fields.ForeignKeyField(
                                "billfold.RunRow",
                                source_field="run_id",
                                db_constraint=True,
                                to_field="id",
                                related_name="items",
                                on_delete=OnDelete.RESTRICT,
                            ),
                        ),
                        (
                            "contract",
                            fields.ForeignKeyField(
                                "billfold.ContractRow",
                                source_field="contract_id",
                                db_constraint=True,
                                to_field="id",
                                related_name="plan_items",
                                on_delete=OnDelete.RESTRICT,
                            ),
                        ),
                        ("outcome", fields.CharField(max_length=20)),
                        ("reason", fields.TextField(db_default="", unique=False)),
                        ("currency", fields.CharField(max_length=3)),
                        ("net", ExactField(null=True, generated=False, unique=False)),
                        ("gross", ExactField(null=True, generated=False, unique=False)),
                        ("lines", fields.IntField(db_default=0)),
                        ("previous_gross", ExactField(null=True, generated=False, unique=False)),
                        ("warnings", fields.JSONField(db_default="[]", encoder=JSON_DUMPS, decoder=loads)),
                        ("digest", fields.CharField(db_default="", max_length=64)),
                        ("revision", fields.BigIntField(db_default=0)),
                        ("usage_count", fields.BigIntField(db_default=0)),
                    ],
                    options={
                        "table": "plan_items",
                        "app": "billfold",
                        "constraints": [
                            UniqueConstraint(fields=("run", "contract"), name="plan_items_once_a_plan"),
                            CheckConstraint(
                                check="outcome IN ('ISSUE', 'SKIP', 'FAIL', 'ALREADY_ISSUED')", name="outcome_is_known"
                            ),
                        ],
                        "pk_attr": "id",
                        "table_description": "What a plan foresees for one contract, and what it was worked out from; never changed.",
                    },
                    bases=["Model"],
                ),
                ops.AddField(
                    model_name="ContractRow",
                    name="parked_at",
                    field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ops.AddField(
                    model_name="ContractRow",
                    name="parked_reason",
                    field=fields.TextField(db_default="", unique=False),
                ),
                ops.RemoveConstraint(
                    model_name="DocumentRow",
                    name="documents_number_once",
                    fields=None,
                ),
                ops.RemoveConstraint(
                    model_name="DocumentRow",
                    name="documents_counter_once",
                    fields=None,
                ),
                ops.AlterField(
                    model_name="DocumentRow",
                    name="counter",
                    field=fields.BigIntField(null=True),
                ),
                ops.AddField(
                    model_name="DocumentRow",
                    name="replaces",
                    field=fields.ForeignKeyField(
                        "billfold.DocumentRow",
                        source_field="replaces_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="replacements",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ops.AddField(
                    model_name="DocumentRow",
                    name="revised_on",
                    field=fields.DateField(null=True),
                ),
                ops.AddField(
                    model_name="DocumentRow",
                    name="revision",
                    field=fields.SmallIntField(db_default=0),
                ),
                ops.AddConstraint(
                    model_name="DocumentRow",
                    constraint=UniqueConstraint(
                        fields=("enterprise", "type", "number", "revision"), name="documents_number_once"
                    ),
                ),
                ops.AddConstraint(
                    model_name="DocumentRow",
                    constraint=UniqueConstraint(
                        fields=("series", "counter", "revision"), name="documents_counter_once"
                    ),
                ),
                ops.AddConstraint(
                    model_name="DocumentRow",
                    constraint=UniqueConstraint(fields=("replaces",), name="documents_replaced_once"),
                ),
                ops.AddConstraint(
                    model_name="DocumentRow",
                    constraint=CheckConstraint(
                        check="revision >= 0 AND (revision = 0) = (replaces_id IS NULL) AND (revision = 0) = (revised_on IS NULL)",
                        name="revisions_replace",
                    ),
                ),
                ops.AddField(
                    model_name="DocumentRuleRow",
                    name="backdating",
                    field=fields.CharField(db_default="allowed", max_length=15),
                ),
                ops.AddField(
                    model_name="DocumentRuleRow",
                    name="days_ahead",
                    field=fields.SmallIntField(db_default=31),
                ),
                ops.AddField(
                    model_name="DocumentRuleRow",
                    name="schedule_day",
                    field=fields.SmallIntField(db_default=1),
                ),
                ops.AddField(
                    model_name="DocumentRuleRow",
                    name="schedule_period",
                    field=fields.CharField(db_default="previous_month", max_length=20),
                ),
                ops.AddField(
                    model_name="DocumentRuleRow",
                    name="schedule_shift",
                    field=fields.CharField(db_default="none", max_length=10),
                ),
                ops.AddField(
                    model_name="DocumentRuleRow",
                    name="schedule_time",
                    field=fields.CharField(db_default="00:00", max_length=5),
                ),
                ops.AddField(
                    model_name="DocumentRuleRow",
                    name="scheduled_until",
                    field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ops.AddConstraint(
                    model_name="DocumentRuleRow",
                    constraint=CheckConstraint(
                        check="schedule_shift IN ('none', 'next', 'previous')", name="schedule_shift_is_known"
                    ),
                ),
                ops.AddConstraint(
                    model_name="DocumentRuleRow",
                    constraint=CheckConstraint(
                        check="schedule_period IN ('previous_month', 'current_month', 'since_last_cut')",
                        name="schedule_period_is_known",
                    ),
                ),
                ops.AddConstraint(
                    model_name="DocumentRuleRow",
                    constraint=CheckConstraint(
                        check="backdating IN ('allowed', 'chronological', 'refused')", name="backdating_is_known"
                    ),
                ),
                ops.AddConstraint(
                    model_name="DocumentRuleRow",
                    constraint=CheckConstraint(check="schedule_day BETWEEN 1 AND 31", name="schedule_day_in_range"),
                ),
                ops.AddConstraint(
                    model_name="DocumentRuleRow",
                    constraint=CheckConstraint(
                        check="schedule_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'", name="schedule_time_is_a_time"
                    ),
                ),
                ops.AddConstraint(
                    model_name="DocumentRuleRow",
                    constraint=CheckConstraint(check="days_ahead BETWEEN 0 AND 366", name="days_ahead_in_range"),
                ),
                ops.RemoveConstraint(
                    model_name="NumberEventRow",
                    name="kind_is_known",
                    fields=None,
                ),
                ops.AlterField(
                    model_name="NumberEventRow",
                    name="counter",
                    field=fields.BigIntField(null=True),
                ),
                ops.AlterField(
                    model_name="NumberEventRow",
                    name="series",
                    field=fields.ForeignKeyField(
                        "billfold.NumberSeriesRow",
                        source_field="series_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="events",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ops.AddField(
                    model_name="NumberEventRow",
                    name="count",
                    field=fields.IntField(db_default=1),
                ),
                ops.AddField(
                    model_name="NumberEventRow",
                    name="dated_on",
                    field=fields.DateField(null=True),
                ),
                ops.AddField(
                    model_name="NumberEventRow",
                    name="enterprise",
                    field=fields.ForeignKeyField(
                        "billfold.EnterpriseRow",
                        source_field="enterprise_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="number_events",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ops.AddField(
                    model_name="NumberEventRow",
                    name="type",
                    field=fields.CharField(max_length=100),
                ),
                ops.AddConstraint(
                    model_name="NumberEventRow",
                    constraint=CheckConstraint(
                        check="kind IN ('void', 'imported', 'reserved', 'skipped')", name="kind_is_known"
                    ),
                ),
                ops.AddConstraint(
                    model_name="NumberEventRow",
                    constraint=CheckConstraint(check="count >= 1", name="event_count_positive"),
                ),
                ops.AddConstraint(
                    model_name="NumberEventRow",
                    constraint=CheckConstraint(
                        check="series_id IS NULL OR counter IS NOT NULL", name="event_of_series_has_counter"
                    ),
                ),
                ops.AddField(
                    model_name="NumberSeriesRow",
                    name="latest_on",
                    field=fields.DateField(null=True),
                ),
                ops.AlterField(
                    model_name="OccurrenceRow",
                    name="period_from",
                    field=fields.DateField(null=True),
                ),
                ops.AlterField(
                    model_name="OccurrenceRow",
                    name="period_until",
                    field=fields.DateField(null=True),
                ),
                ops.AddField(
                    model_name="OccurrenceRow",
                    name="due_at",
                    field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ops.AddField(
                    model_name="OccurrenceRow",
                    name="issue_date",
                    field=fields.DateField(null=True),
                ),
                ops.AddField(
                    model_name="OccurrenceRow",
                    name="planned",
                    field=fields.CharField(db_default="", max_length=64),
                ),
                ops.AddConstraint(
                    model_name="OccurrenceRow",
                    constraint=CheckConstraint(
                        check="(period_from IS NULL) = (period_until IS NULL) AND (period_from IS NOT NULL OR run_id IS NOT NULL)",
                        name="occurrences_have_period_or_run",
                    ),
                ),
                ops.RemoveConstraint(
                    model_name="RunRow",
                    name="state_is_known",
                    fields=None,
                ),
                ops.AlterField(
                    model_name="RunRow",
                    name="period_from",
                    field=fields.DateField(null=True),
                ),
                ops.AlterField(
                    model_name="RunRow",
                    name="period_until",
                    field=fields.DateField(null=True),
                ),
                ops.AddField(
                    model_name="RunRow",
                    name="amount",
                    field=ExactField(null=True, generated=False, unique=False),
                ),
                ops.AddField(
                    model_name="RunRow",
                    name="description",
                    field=fields.TextField(db_default="", unique=False),
                ),
                ops.AddField(
                    model_name="RunRow",
                    name="is_confirmed",
                    field=fields.BooleanField(db_default=False),
                ),
                ops.AddField(
                    model_name="RunRow",
                    name="schedule_key",
                    field=fields.CharField(null=True, unique=True, max_length=300),
                ),
                ops.AddField(
                    model_name="RunRow",
                    name="scheduled_for",
                    field=fields.DateField(null=True),
                ),
                ops.AddField(
                    model_name="RunRow",
                    name="source",
                    field=fields.CharField(db_default="HAND", max_length=10),
                ),
                ops.AddField(
                    model_name="RunRow",
                    name="state_reason",
                    field=fields.TextField(db_default="", unique=False),
                ),
                ops.AddConstraint(
                    model_name="RunRow",
                    constraint=CheckConstraint(
                        check="state IN ('PLANNED', 'RUNNING', 'PAUSED', 'CANCELLED', 'DONE')", name="state_is_known"
                    ),
                ),
                ops.AddConstraint(
                    model_name="RunRow",
                    constraint=CheckConstraint(check="source IN ('HAND', 'SCHEDULE')", name="source_is_known"),
                ),
                ops.AddConstraint(
                    model_name="RunRow",
                    constraint=CheckConstraint(
                        check="amount BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(amount) <= 4",
                        name="amount_in_range",
                    ),
                ),
                ops.AddConstraint(
                    model_name="RunRow",
                    constraint=CheckConstraint(
                        check="(period_from IS NULL) = (period_until IS NULL) AND (period_from IS NULL) = (amount IS NOT NULL)",
                        name="runs_have_period_or_amount",
                    ),
                ),
            ]
        ),
        ops.RunSQL(PUT_EVENTS_BACK, ops.RunSQL.noop),
    ]
