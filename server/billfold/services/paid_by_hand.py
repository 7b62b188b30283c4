"""Paid by hand: a person says that a document is paid, with a reason; no payment is invented."""

from uuid import UUID

import asyncpg

from billfold.database import paid_by_hand as rows
from billfold.database.audit import record_event
from billfold.database.connection import writing
from billfold.database.documents import lock_document
from billfold.database.settling import Payable, payables
from billfold.domain.access import Scope, Viewer
from billfold.domain.document import DocumentStatus
from billfold.domain.errors import IllegalState, NotFound
from billfold.domain.payments import check_reason
from billfold.services.parts import Parts


async def mark(parts: Parts, viewer: Viewer, *, document_id: UUID, reason: str) -> UUID:
    """Mark a document as paid by hand, until money covers it; the balance stays what it is.

    Locks the contract and the document. Raises NotFound, InvalidInput without a reason, IllegalState for a document
    that is not issued, is not to be paid, is covered by money, or is marked already.
    """
    viewer.require(Scope.BOOKS_WRITE)
    reason = check_reason(reason, "the document is paid")
    now = parts.clock.now()
    async with writing() as connection:
        found = await _locked(connection, document_id)
        if found.item.open <= 0:
            raise IllegalState(f"Document {found.item.number} is paid with money: it needs no mark.", field="document")
        if found.item.is_marked:
            raise IllegalState(f"Document {found.item.number} is marked as paid already.", field="document")
        await rows.mark_paid(connection, document_id, actor=viewer.name, reason=reason, now=now)
        subject, details = ("document", document_id), {"reason": reason}
        await record_event(connection, "markDocumentPaid", subject, actor=viewer.name, now=now, details=details)
    return document_id


async def unmark(parts: Parts, viewer: Viewer, *, document_id: UUID, reason: str) -> UUID:
    """Take back that a document is paid by hand: it owes again what money does not cover.

    Locks the contract and the document. Raises NotFound, InvalidInput without a reason, IllegalState for a document
    that is not marked, or is not issued.
    """
    viewer.require(Scope.BOOKS_WRITE)
    reason = check_reason(reason, "the document is not paid")
    async with writing() as connection:
        found = await _locked(connection, document_id)
        if not found.item.is_marked:
            raise IllegalState(f"Document {found.item.number} is not marked as paid by hand.", field="document")
        await rows.unmark_paid(connection, document_id)
        subject, details = ("document", document_id), {"reason": reason}
        await record_event(
            connection, "unmarkDocumentPaid", subject, actor=viewer.name, now=parts.clock.now(), details=details
        )
    return document_id


async def _locked(connection: asyncpg.Connection, document_id: UUID) -> Payable:
    await lock_document(connection, document_id)
    found = (await payables(connection, [document_id])).get(document_id)
    if found is None:
        raise NotFound("There is no such document.", field="document")
    if found.status is not DocumentStatus.ISSUED:
        raise IllegalState(f"Document {found.item.number} is {found.status.value}: it is not paid.", field="document")
    if not found.is_payable:
        raise IllegalState(f"Document {found.item.number} is not one to be paid.", field="document")
    return found
