"""Numbers: the counters of the series, and why a number is not on a live document."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
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
from billfold.database.connection import copy_rows
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


@dataclass(frozen=True, slots=True)
class Series:
    """A series as it stands: the counter to be drawn next, and the latest date of its documents."""

    id: UUID
    next_counter: int
    latest_on: date | None


class Purpose(StrEnum):
    """What a number is asked about for: to be drawn, to be given by hand, or because it may be drawn next."""

    DRAW = "draw"
    HAND = "hand"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number of an enterprise that a document may bear, if nobody holds it."""

    enterprise_id: UUID
    number: str
    purpose: Purpose = Purpose.DRAW


@dataclass(frozen=True, slots=True)
class Move:
    """Where a series goes: its next counter, and the latest date of the documents that are numbered."""

    series_id: UUID
    next_counter: int
    latest_on: date | None = None


@dataclass(frozen=True, slots=True)
class SkippedNumber:
    """Counters of a series that no document bears, from `counter` on, the first of which makes `number`."""

    enterprise_id: UUID
    type: str
    series_id: UUID
    counter: int
    number: str
    reason: str
    dated_on: date
    count: int = 1


async def lock_series(connection: asyncpg.Connection, wanted: Sequence[tuple[UUID, str, int]]) -> list[Series]:
    """Lock series by (enterprise, key, start) in the order given, and give them; a new one begins at its start.

    They are locked until the transaction ends, so a rollback gives what is drawn back: no gaps. To be the last step
    before the documents are written.
    """
    rows = await connection.fetch(
        """INSERT INTO number_series AS s (id, enterprise_id, key, next_counter)
           SELECT gen_random_uuid(), w.enterprise_id, w.key, w.start
           FROM unnest($1::uuid[], $2::text[], $3::bigint[]) WITH ORDINALITY AS w (enterprise_id, key, start, place)
           ORDER BY w.place
           ON CONFLICT (enterprise_id, key) DO UPDATE SET next_counter = s.next_counter
           RETURNING s.id, s.enterprise_id, s.key, s.next_counter, s.latest_on""",
        *([one[at] for one in wanted] for at in range(3)),
    )
    found = {(row["enterprise_id"], row["key"]): row for row in rows}
    ordered = (found[enterprise_id, key] for enterprise_id, key, _ in wanted)
    return [Series(row["id"], row["next_counter"], row["latest_on"]) for row in ordered]


async def move_series(
    connection: asyncpg.Connection, type: str, candidates: Sequence[Candidate], moves: Sequence[Move]
) -> dict[Candidate, str]:
    """Move locked series on, unless a number to be drawn or given is taken; gives who holds which candidate.

    A number is taken by any document of the type, void ones too, by an imported number and, unless it is given by
    hand, by a reserved one. Numbers asked about ahead keep nothing from moving.
    """
    rows = await connection.fetch(
        """WITH asked AS (
             SELECT * FROM unnest($2::uuid[], $3::text[], $4::text[]) AS a (enterprise_id, number, purpose)),
           taken AS MATERIALIZED (
             SELECT a.*, format('document %s of %s', d.id, d.issue_date) AS holder
             FROM asked a JOIN documents d ON d.enterprise_id = a.enterprise_id AND d.type = $1 AND d.number = a.number
             UNION ALL
             SELECT a.*, format('%s number', e.kind) FROM asked a JOIN number_events e
               ON e.enterprise_id = a.enterprise_id AND e.type = $1 AND e.number = a.number
             WHERE e.kind = 'imported' OR (e.kind = 'reserved' AND a.purpose <> 'hand')),
           moved AS (
             UPDATE number_series s SET next_counter = m.next_counter, latest_on = greatest(s.latest_on, m.latest_on)
             FROM unnest($5::uuid[], $6::bigint[], $7::date[]) AS m (id, next_counter, latest_on)
             WHERE s.id = m.id AND NOT EXISTS (SELECT FROM taken WHERE purpose <> 'ahead'))
           SELECT * FROM taken""",
        type,
        *([getattr(one, name) for one in candidates] for name in ("enterprise_id", "number", "purpose")),
        *([getattr(one, name) for one in moves] for name in ("series_id", "next_counter", "latest_on")),
    )
    return {Candidate(row["enterprise_id"], row["number"], Purpose(row["purpose"])): row["holder"] for row in rows}


async def record_skipped(connection: asyncpg.Connection, skipped: Sequence[SkippedNumber]) -> None:
    """Write down which counters of series no document bears, and why."""
    await copy_rows(
        connection,
        "number_events",
        [
            {"id": new_id(), "kind": NumberEventKind.SKIPPED.value, "actor": "billfold", **asdict(one)}
            for one in skipped
        ],
    )


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
