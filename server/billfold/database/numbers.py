"""Numbers: the counters of the series, and why a number is not on a live document."""

from datetime import date
from enum import StrEnum
from uuid import UUID

import asyncpg
from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.fields.db_defaults import Now
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from billfold.database.columns import one_of
from billfold.database.enterprises import EnterpriseRow
from billfold.domain.ids import new_id


class NumberEventKind(StrEnum):
    """What happened to a number: its document is void, or it was given to nobody's document here."""

    VOID = "void"
    IMPORTED = "imported"
    RESERVED = "reserved"
    SKIPPED = "skipped"


class NumberSeriesRow(Model):
    """The counter of one series; `next_counter` is drawn, and moved on, in the issuing transaction.

    `latest_on` is the latest date of its documents.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    enterprise: fields.ForeignKeyRelation[EnterpriseRow] = fields.ForeignKeyField(
        "billfold.EnterpriseRow", related_name="number_series", on_delete=OnDelete.RESTRICT
    )
    key = fields.CharField(max_length=200)
    next_counter = fields.BigIntField()
    latest_on: fields.Field[date | None] = fields.DateField(null=True)

    class Meta:
        table = "number_series"
        app = "billfold"
        constraints = (
            UniqueConstraint(fields=("enterprise", "key"), name="number_series_key"),
            CheckConstraint(check="next_counter >= 1", name="next_counter_positive"),
        )


class NumberEventRow(Model):
    """Why a number is not on a live document.

    It tells of `count` counters of a series from `counter` on, the first of which makes `number`; an imported number
    may stand in no series.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    enterprise: fields.ForeignKeyRelation[EnterpriseRow] = fields.ForeignKeyField(
        "billfold.EnterpriseRow", related_name="number_events", on_delete=OnDelete.RESTRICT
    )
    type = fields.CharField(max_length=100)
    series: fields.ForeignKeyNullableRelation[NumberSeriesRow] = fields.ForeignKeyField(
        "billfold.NumberSeriesRow", related_name="events", on_delete=OnDelete.RESTRICT, null=True
    )
    counter: fields.Field[int | None] = fields.BigIntField(null=True)
    count = fields.IntField(db_default=1)
    number = fields.CharField(max_length=200)
    kind = fields.CharField(max_length=20)
    reason = fields.TextField()
    actor = fields.TextField()
    dated_on: fields.Field[date | None] = fields.DateField(null=True)
    happened_at = fields.DatetimeField(db_default=Now())

    class Meta:
        table = "number_events"
        app = "billfold"
        constraints = (
            one_of("kind", NumberEventKind),
            CheckConstraint(check="count >= 1", name="event_count_positive"),
            CheckConstraint(check="series_id IS NULL OR counter IS NOT NULL", name="event_of_series_has_counter"),
        )


async def draw_counters(
    connection: asyncpg.Connection, enterprise_id: UUID, key: str, *, start: int, count: int
) -> tuple[UUID, int]:
    """Draw a block of `count` counters of one series; gives the series' id and the first counter.

    Locks the series' row until the transaction ends, so a rollback gives the block back: no gaps. To be the last step
    before the documents are written.
    """
    row = await connection.fetchrow(
        """INSERT INTO number_series AS s (id, enterprise_id, key, next_counter)
           VALUES (gen_random_uuid(), $1, $2, $3::bigint + $4)
           ON CONFLICT (enterprise_id, key) DO UPDATE SET next_counter = s.next_counter + $4
           RETURNING s.id, s.next_counter - $4 AS first""",
        enterprise_id,
        key,
        start,
        count,
    )
    return row["id"], row["first"]


async def next_counter(connection: asyncpg.Connection, enterprise_id: UUID, key: str, start: int) -> int:
    """Give the counter that the next document of a series would have, were no number taken; locks nothing."""
    found: int | None = await connection.fetchval(
        "SELECT next_counter FROM number_series WHERE enterprise_id = $1 AND key = $2", enterprise_id, key
    )
    return max(found or start, start)


async def record_void(connection: asyncpg.Connection, document_id: UUID, *, reason: str, actor: str) -> None:
    """Write down that a document's number stands on a void document, and why."""
    await connection.execute(
        """INSERT INTO number_events (id, enterprise_id, type, series_id, counter, number, kind, reason, actor,
                                      dated_on)
           SELECT gen_random_uuid(), enterprise_id, type, CASE WHEN counter IS NOT NULL THEN series_id END, counter,
                  number, 'void', $2, $3, issue_date
           FROM documents WHERE id = $1""",
        document_id,
        reason,
        actor,
    )
