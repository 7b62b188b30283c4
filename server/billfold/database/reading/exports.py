"""Exports as managers read them, and the documents that one takes: through the one door, in the order of issue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from billfold.database.connection import reading
from billfold.database.reading.conditions import Condition, Statement, among, within
from billfold.database.reading.document_parts import FILE_COLUMNS
from billfold.database.reading.documents import DOCUMENTS
from billfold.database.reading.listings import Listing, Order
from billfold.database.reading.selections import PageRequest, Sorting
from billfold.database.reading.shapes import Shape, ToMany, ToOne, identity, instant
from billfold.database.reading.visibility import readable_by
from billfold.domain.access import Scope, Viewer
from billfold.domain.document import DocumentStatus

EXPORT = Shape(
    "Export",
    source="exports {t}",
    noun="export",
    scope=Scope.DOCUMENTS_READ,
    columns={
        "id": identity("export"),
        "format": "{t}.format",
        "documents": "{t}.documents",
        "refused_documents": "{t}.refused",
        "created_at": instant("{t}.created_at"),
        "created_by": "{t}.created_by",
    },
    relations={
        "file": ToOne("StoredFile", "{r}.id = {t}.file_id"),
        "refused": ToMany("RefusedDocument", "{t}.export_id", "{t}.id", where="{t}.refusal <> ''"),
    },
)

# Files of nobody's document are shown as a document's are.
STORED_FILE = Shape(
    "StoredFile",
    source="stored_files {t}",
    scope=Scope.DOCUMENTS_READ,
    columns=FILE_COLUMNS,
    relations={"export": ToOne("Export", "{r}.file_id = {t}.id", is_optional=True)},
)

REFUSED_DOCUMENT = Shape(
    "RefusedDocument",
    source="exported_documents {t}",
    scope=Scope.DOCUMENTS_READ,
    columns={"reason": "{t}.refusal"},
    relations={"document": ToOne("Document", "{r}.id = {t}.document_id")},
)

DOCUMENT_EXPORT = Shape(
    "DocumentExport",
    source="exported_documents {t}",
    scope=Scope.DOCUMENTS_READ,
    columns={"format": "{t}.format", "exported_at": instant("{t}.exported_at"), "status": "{t}.status"},
    relations={"export": ToOne("Export", "{r}.id = {t}.export_id")},
)

EXPORTS = Listing(
    "Export",
    orders={"CREATED_AT": Order("{t}.created_at", "timestamptz")},
    default=Sorting("CREATED_AT", is_descending=True),
    filters={
        "format": lambda keys: among("{t}.format", keys),
        "created_at": lambda span: within("{t}.created_at", span),
    },
)

SHAPES = (EXPORT, STORED_FILE, REFUSED_DOCUMENT, DOCUMENT_EXPORT)
LISTINGS = {"exports": EXPORTS}

_EXPORTED = [DocumentStatus.ISSUED.value, DocumentStatus.VOID.value]


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """A document as it was sealed, and where it stands now.

    `seller_address` and `buyer_address` are where its parties take electronic documents now.
    """

    id: UUID
    status: DocumentStatus
    snapshot: bytes
    seller_address: str
    buyer_address: str


async def documents_to_export(
    viewer: Viewer, now: datetime, filters: Mapping[str, Any], *, types: Sequence[str], most: int | None
) -> list[UUID]:
    """Find issued and void documents in the order of issue, at most `most`; `types` empty narrows nothing.

    `filters` are those of the list `documents`, by the same names.
    """
    statement = Statement(now)
    conditions = [readable_by(viewer, now), among("{t}.status", _EXPORTED)]
    conditions += DOCUMENTS.conditions(PageRequest(filters=filters))
    if types:
        conditions.append(among("{t}.type", types))
    where = statement.conditions(conditions, "d")
    limit = f" LIMIT {statement.value(most)}" if most is not None else ""
    sql = f"SELECT d.id FROM documents d WHERE {where} ORDER BY d.issued_at, d.id{limit}"
    async with reading() as connection:
        return [record[0] for record in await connection.fetch(sql, *statement.values)]


async def sealed_documents(viewer: Viewer, now: datetime, ids: Sequence[UUID]) -> list[SealedDocument]:
    """Read documents as they were sealed, in the order of the ids."""
    statement = Statement(now)
    asked = Condition("{t}.id = ANY(?::uuid[])", (list(ids),))
    where = statement.conditions([readable_by(viewer, now), asked], "d")
    sql = (
        "SELECT d.id, d.status, d.snapshot, e.electronic_address, k.electronic_address FROM documents d"
        " JOIN enterprises e ON e.id = d.enterprise_id JOIN clients k ON k.id = d.client_id"
        f" WHERE {where} ORDER BY d.issued_at, d.id"
    )
    async with reading() as connection:
        records = await connection.fetch(sql, *statement.values)
    return [SealedDocument(id_, DocumentStatus(status), *rest) for id_, status, *rest in records]
