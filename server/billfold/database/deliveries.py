"""Deliveries: one document set to one recipient, with every attempt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.fields.db_defaults import Now
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from billfold.database.columns import one_of
from billfold.database.documents import DocumentRow
from billfold.domain.ids import new_id
from billfold.domain.lifecycle import DeliveryState


class DeliveryRow(Model):
    """One delivery; `asked_as` is the key of the request, so that asking twice mails once.

    A skipped delivery has an empty recipient and its reason. `next_attempt_at` is when a pending one may be tried; an
    attempt under way moves it on, as its lease.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    document: fields.ForeignKeyRelation[DocumentRow] = fields.ForeignKeyField(
        "billfold.DocumentRow", related_name="deliveries", on_delete=OnDelete.RESTRICT
    )
    channel = fields.CharField(max_length=10, db_default="email")
    recipient = fields.TextField()
    asked_as = fields.CharField(max_length=100)
    state = fields.CharField(max_length=10)
    reason = fields.TextField(db_default="")
    message_id = fields.TextField()
    attempts = fields.SmallIntField(db_default=0)
    created_at = fields.DatetimeField(db_default=Now())
    next_attempt_at = fields.DatetimeField(db_default=Now())
    sent_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta:
        table = "deliveries"
        app = "billfold"
        constraints = (
            UniqueConstraint(fields=("document", "recipient", "asked_as"), name="deliveries_asked_once"),
            one_of("channel", ("email",)),
            one_of("state", DeliveryState),
        )


class DeliveryAttemptRow(Model):
    """One attempt of a delivery and what the server said."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    delivery: fields.ForeignKeyRelation[DeliveryRow] = fields.ForeignKeyField(
        "billfold.DeliveryRow", related_name="attempt_rows", on_delete=OnDelete.RESTRICT
    )
    started_at = fields.DatetimeField()
    finished_at = fields.DatetimeField(db_default=Now())
    outcome = fields.CharField(max_length=10)
    reply = fields.TextField(db_default="")

    class Meta:
        table = "delivery_attempts"
        app = "billfold"
        constraints = (one_of("outcome", ("SENT", "DEFERRED", "REFUSED", "UNCERTAIN")),)


@dataclass(frozen=True, slots=True)
class MailedFile:
    """A stored file that goes with a mail; `size` in bytes."""

    name: str
    media_type: str
    size: int
    key: str


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """A delivery to be made now, with what its mail is made of.

    `statistics` are the files of that kind, where the client has them sent along.
    """

    id: UUID
    recipient: str
    message_id: str
    attempts: int
    created_at: datetime
    snapshot: bytes
    sender: str
    sender_name: str
    mail_subject: str
    mail_signature: str
    pdf: MailedFile
    statistics: tuple[MailedFile, ...]
    uncertain: int


def _file(alias: str) -> str:
    return f"ROW({alias}.name, {alias}.media_type, {alias}.size, {alias}.key)"


async def lease_deliveries(
    connection: asyncpg.Connection, *, ids: Sequence[UUID] | None, count: int, now: datetime, until: datetime
) -> list[DueDelivery]:
    """Take up to `count` pending deliveries whose time has come, oldest first; `ids` None takes any."""
    rows = await connection.fetch(
        f"""WITH taken AS (
             UPDATE deliveries t SET next_attempt_at = $4, attempts = t.attempts + 1
             FROM (SELECT id FROM deliveries
                   WHERE state = 'PENDING' AND next_attempt_at <= $3 AND ($1::uuid[] IS NULL OR id = ANY($1))
                     AND EXISTS (SELECT FROM documents d WHERE d.id = document_id AND d.status = 'ISSUED')
                   ORDER BY next_attempt_at, id LIMIT $2 FOR UPDATE SKIP LOCKED) due
             WHERE t.id = due.id RETURNING t.*)
           SELECT t.id, t.recipient, t.message_id, t.attempts, t.created_at, d.snapshot, b.email AS sender,
                  b.name AS sender_name, b.mail_subject, b.mail_signature, {_file("f")} AS pdf,
                  ARRAY(SELECT {_file("s")} FROM files s
                        WHERE s.document_id = d.id AND s.kind = 'STATISTICS' AND k.send_stats
                        ORDER BY s.name, s.id) AS statistics,
                  (SELECT count(*) FROM delivery_attempts a
                   WHERE a.delivery_id = t.id AND a.outcome = 'UNCERTAIN') AS uncertain
           FROM taken t
           JOIN documents d ON d.id = t.document_id
           JOIN clients k ON k.id = d.client_id
           JOIN enterprises e ON e.id = d.enterprise_id
           JOIN brands b ON b.id = e.brand_id
           JOIN files f ON f.document_id = d.id AND f.kind = 'PDF'
           ORDER BY t.created_at, t.id""",
        ids,
        count,
        now,
        until,
    )
    return [_due_delivery(dict(row)) for row in rows]


def _due_delivery(row: dict[str, Any]) -> DueDelivery:
    pdf, statistics = row.pop("pdf"), row.pop("statistics")
    return DueDelivery(**row, pdf=MailedFile(*pdf), statistics=tuple(MailedFile(*file) for file in statistics))


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one attempt came to: the delivery's new state, the attempt's own outcome and what was replied."""

    state: DeliveryState
    outcome: str
    reply: str


async def keep_attempt(
    connection: asyncpg.Connection,
    due: DueDelivery,
    attempt: Attempt,
    *,
    started_at: datetime,
    now: datetime,
    again_at: datetime | None,
) -> None:
    """Write what one attempt came to, unless a later attempt has taken the delivery over meanwhile."""
    await connection.execute(
        """INSERT INTO delivery_attempts (id, delivery_id, started_at, finished_at, outcome, reply)
           VALUES (gen_random_uuid(), $1, $2, $3, $4, $5)""",
        due.id,
        started_at,
        now,
        attempt.outcome,
        attempt.reply,
    )
    await connection.execute(
        """UPDATE deliveries SET state = $2::text, reason = $3, next_attempt_at = coalesce($4, next_attempt_at),
                  sent_at = CASE WHEN $2::text = 'SENT' THEN $5::timestamptz END
           WHERE id = $1 AND attempts = $6 AND state = 'PENDING'""",
        due.id,
        attempt.state.value,
        "" if attempt.state is DeliveryState.SENT else attempt.reply,
        again_at,
        now,
        due.attempts,
    )


async def due_deliveries(connection: asyncpg.Connection, now: datetime) -> list[UUID]:
    """Find the pending deliveries whose time has come, oldest first."""
    rows = await connection.fetch(
        """SELECT id FROM deliveries WHERE state = 'PENDING' AND next_attempt_at <= $1
           ORDER BY next_attempt_at, id LIMIT 5000""",
        now,
    )
    return [row["id"] for row in rows]


async def unprinted_among(connection: asyncpg.Connection, document_ids: Sequence[UUID]) -> tuple[int, list[str]]:
    """Give how many of the documents are there, and the numbers of those that have no PDF yet or are void."""
    rows = await connection.fetch(
        """SELECT d.number, d.status = 'ISSUED' AND EXISTS (
                    SELECT 1 FROM files f WHERE f.document_id = d.id AND f.kind = 'PDF') AS is_ready
           FROM documents d WHERE d.id = ANY($1::uuid[])""",
        document_ids,
    )
    return len(rows), [row["number"] for row in rows if not row["is_ready"]]
