"""Stored files that are of no document: previews, copies and exports, made for whoever asked for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
from tortoise import fields
from tortoise.fields.db_defaults import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from billfold.database.columns import one_of
from billfold.domain.ids import new_id
from billfold.domain.lifecycle import FileKind


class StoredFileRow(Model):
    """A file that staff asked for, stored under the hash of its bytes; after `expires_at` it is nobody's."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    kind = fields.CharField(max_length=20)
    name = fields.TextField()
    media_type = fields.CharField(max_length=100)
    size = fields.BigIntField()
    sha256 = fields.CharField(max_length=64)
    key = fields.CharField(max_length=200)
    created_at = fields.DatetimeField(db_default=Now())
    created_by = fields.TextField(db_default="")
    expires_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta:
        table = "stored_files"
        app = "billfold"
        constraints = (
            one_of("kind", FileKind),
            CheckConstraint(check="size >= 0", name="stored_size_not_negative"),
        )


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that lies in the store and is yet to be known: its kind, its name as people read it, where it is."""

    kind: FileKind
    name: str
    media_type: str
    size: int
    sha256: str
    key: str


async def keep_stored_file(
    connection: asyncpg.Connection, file: NewFile, *, actor: str, now: datetime, expires_at: datetime | None = None
) -> UUID:
    """Write a stored file for whoever asked; gives its id."""
    id_ = new_id()
    await connection.execute(
        """INSERT INTO stored_files (id, kind, name, media_type, size, sha256, key, created_at, created_by, expires_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
        id_,
        file.kind.value,
        file.name,
        file.media_type,
        file.size,
        file.sha256,
        file.key,
        now,
        actor,
        expires_at,
    )
    return id_


async def expired_files(connection: asyncpg.Connection, now: datetime, *, limit: int) -> dict[UUID, str]:
    """Give stored files whose time is over with their keys, those first that are over longest."""
    records = await connection.fetch(
        "SELECT id, key FROM stored_files WHERE expires_at <= $1 ORDER BY expires_at, id LIMIT $2", now, limit
    )
    return {record["id"]: record["key"] for record in records}


async def keys_in_use(connection: asyncpg.Connection, keys: Sequence[str], now: datetime) -> set[str]:
    """Give those of the keys under which there is a file whose time is not over."""
    records = await connection.fetch(
        """SELECT key FROM stored_files WHERE key = ANY($1::text[]) AND coalesce(expires_at > $2, TRUE)
           UNION SELECT key FROM files WHERE key = ANY($1::text[])""",
        list(keys),
        now,
    )
    return {record["key"] for record in records}


async def forget_stored_files(connection: asyncpg.Connection, ids: Sequence[UUID]) -> None:
    """Delete stored files that no longer lie in the store."""
    await connection.execute("DELETE FROM stored_files WHERE id = ANY($1::uuid[])", list(ids))
