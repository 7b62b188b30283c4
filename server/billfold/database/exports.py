"""Exports: files for other systems, and which documents each of them held."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.fields.db_defaults import Now
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from billfold.database.columns import not_empty
from billfold.database.documents import DocumentRow
from billfold.database.stored_files import NewFile, StoredFileRow
from billfold.domain.document import DocumentStatus
from billfold.domain.ids import new_id
from billfold.domain.lifecycle import FileKind


class ExportRow(Model):
    """One export in one format; `documents` is how many it held, `refused` how many the format could not hold."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    format = fields.CharField(max_length=100)
    file: fields.ForeignKeyRelation[StoredFileRow] = fields.ForeignKeyField(
        "billfold.StoredFileRow", related_name="exports", on_delete=OnDelete.RESTRICT
    )
    documents = fields.IntField()
    refused = fields.IntField(db_default=0)
    created_at = fields.DatetimeField(db_default=Now())
    created_by = fields.TextField(db_default="")

    class Meta:
        table = "exports"
        app = "billfold"
        constraints = (
            not_empty("format"),
            CheckConstraint(check="documents >= 0 AND refused >= 0", name="exported_counts_not_negative"),
        )


class ExportedDocumentRow(Model):
    """A document as an export held it: with the status that it had then, or why the format refused it."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    export: fields.ForeignKeyRelation[ExportRow] = fields.ForeignKeyField(
        "billfold.ExportRow", related_name="contents", on_delete=OnDelete.RESTRICT
    )
    document: fields.ForeignKeyRelation[DocumentRow] = fields.ForeignKeyField(
        "billfold.DocumentRow", related_name="exports", on_delete=OnDelete.RESTRICT
    )
    format = fields.CharField(max_length=100)
    status = fields.CharField(max_length=10)
    refusal = fields.TextField(db_default="")
    exported_at: fields.Field[datetime] = fields.DatetimeField(db_default=Now())

    class Meta:
        table = "exported_documents"
        app = "billfold"
        constraints = (UniqueConstraint(fields=("export", "document"), name="exported_once_an_export"),)
        indexes = (("document_id", "format", "exported_at"),)


@dataclass(frozen=True, slots=True)
class NewExport:
    """An export to be written: its file, how many documents it holds, and how many it could not hold."""

    format: str
    file_id: UUID
    documents: int
    refused: int


@dataclass(frozen=True, slots=True)
class ExportedDocument:
    """A document that an export held, or that was refused for the reason of `refusal`; `status` as it was then."""

    document_id: UUID
    status: DocumentStatus
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class RefusedDocument:
    """A document that an export could not hold, by the names that people know it by."""

    id: UUID
    type: str
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class Export:
    """An export that is there: its file, how many documents it holds, and those that it could not."""

    id: UUID
    format: str
    documents: int
    refused: tuple[RefusedDocument, ...]
    file_id: UUID
    file: NewFile
    created_at: datetime


async def keep_export(
    connection: asyncpg.Connection,
    new: NewExport,
    contents: Iterable[ExportedDocument],
    *,
    actor: str,
    exported_at: datetime,
) -> UUID:
    """Write one export with all its documents; gives its id.

    `exported_at` is the moment before the first document was read, so that whatever changed later counts as later.
    """
    id_ = new_id()
    await connection.execute(
        """INSERT INTO exports (id, format, file_id, documents, refused, created_at, created_by)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        id_,
        new.format,
        new.file_id,
        new.documents,
        new.refused,
        exported_at,
        actor,
    )
    await connection.copy_records_to_table(
        "exported_documents",
        columns=("id", "export_id", "document_id", "format", "status", "refusal", "exported_at"),
        records=(
            (new_id(), id_, one.document_id, new.format, one.status.value, one.refusal, exported_at) for one in contents
        ),
    )
    return id_


async def find_export(connection: asyncpg.Connection, export_id: UUID) -> Export:
    """Give an export that is there, with what it refused in the order of issue."""
    row = await connection.fetchrow(
        """SELECT e.format, e.documents, e.created_at, f.id AS file_id, f.kind, f.name, f.media_type, f.size, f.sha256,
                  f.key
           FROM exports e JOIN stored_files f ON f.id = e.file_id WHERE e.id = $1""",
        export_id,
    )
    refused = await connection.fetch(
        """SELECT d.id, d.type, d.number, e.refusal FROM exported_documents e JOIN documents d ON d.id = e.document_id
           WHERE e.export_id = $1 AND e.refusal <> '' ORDER BY d.issued_at, d.id""",
        export_id,
    )
    return Export(
        export_id,
        row["format"],
        row["documents"],
        tuple(RefusedDocument(*one) for one in refused),
        row["file_id"],
        NewFile(FileKind(row["kind"]), row["name"], row["media_type"], row["size"], row["sha256"], row["key"]),
        row["created_at"],
    )


async def sealed_template(connection: asyncpg.Connection, document_id: str) -> str | None:
    """Give the template that a document was issued with; None when there is no such document."""
    found: str | None = await connection.fetchval(
        "SELECT template FROM documents WHERE id = $1::text::uuid", document_id
    )
    return found
