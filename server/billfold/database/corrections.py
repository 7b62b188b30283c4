"""Corrections: an issued document with what has corrected it so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from billfold.database.facts import SERVICE_COLUMNS, service_of
from billfold.domain.charging import ServiceReference
from billfold.domain.document import Document, DocumentStatus
from billfold.domain.snapshot import from_json


@dataclass(frozen=True, slots=True)
class CorrectedDocument:
    """An issued document, its live corrections, the oldest first, and the services that its lines name by code.

    `timezone` is that of the enterprise.
    """

    contract_id: UUID
    timezone: str
    status: DocumentStatus
    is_correction: bool
    document: Document
    corrections: tuple[Document, ...]
    services: Mapping[str, ServiceReference]


async def find_corrected(connection: asyncpg.Connection, document_id: UUID) -> CorrectedDocument | None:
    """Read a document with its corrections; None when there is no such document."""
    row = await connection.fetchrow(
        """SELECT d.contract_id, d.status, d.original_id, d.snapshot, e.timezone
           FROM documents d JOIN enterprises e ON e.id = d.enterprise_id WHERE d.id = $1""",
        document_id,
    )
    if row is None:
        return None
    document = from_json(row["snapshot"])
    corrections = await connection.fetch(
        """SELECT snapshot FROM documents WHERE original_id = $1 AND status = 'ISSUED'
           ORDER BY issued_at, counter""",
        document_id,
    )
    services = await connection.fetch(
        f"SELECT {SERVICE_COLUMNS} FROM services v WHERE v.code = ANY($1::text[])",
        [line.service for line in document.lines],
    )
    return CorrectedDocument(
        contract_id=row["contract_id"],
        timezone=row["timezone"],
        status=DocumentStatus(row["status"]),
        is_correction=row["original_id"] is not None,
        document=document,
        corrections=tuple(from_json(one["snapshot"]) for one in corrections),
        services={one["code"]: service_of(one) for one in services},
    )


async def standing_corrections(
    connection: asyncpg.Connection, document_ids: Sequence[UUID]
) -> dict[UUID, tuple[str, ...]]:
    """Give the ids of the live corrections of issued documents, the oldest first; a void document is left out."""
    rows = await connection.fetch(
        """SELECT d.id, ARRAY(SELECT c.id::text FROM documents c WHERE c.original_id = d.id AND c.status = 'ISSUED'
                              ORDER BY c.issued_at, c.counter) AS corrections
           FROM documents d WHERE d.id = ANY($1::uuid[]) AND d.status = 'ISSUED'""",
        document_ids,
    )
    return {row["id"]: tuple(row["corrections"]) for row in rows}


async def later_correction(connection: asyncpg.Connection, document_id: UUID) -> str | None:
    """Give the number of the newest live document that corrects this one, or that corrects its original after it."""
    number: str | None = await connection.fetchval(
        """SELECT c.number FROM documents d JOIN documents c ON c.status = 'ISSUED' AND c.id <> d.id
             AND (c.original_id = d.id OR (c.original_id = d.original_id AND (c.issued_at, c.counter)
                                                                            > (d.issued_at, d.counter)))
           WHERE d.id = $1 ORDER BY c.issued_at DESC, c.counter DESC LIMIT 1""",
        document_id,
    )
    return number
