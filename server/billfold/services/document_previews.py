"""Previews of documents: what would be issued, on paper marked as a draft; no number is drawn, nothing is charged.

And copies: the paper of an issued document, marked as a copy.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from billfold.database.connection import reading, writing
from billfold.database.documents import read_issued
from billfold.database.occurrences import find_issued
from billfold.database.stored_files import NewFile, keep_stored_file
from billfold.domain.access import Scope, Viewer
from billfold.domain.document import Document, DocumentStatus
from billfold.domain.errors import IllegalState, NotFound
from billfold.domain.lifecycle import FileKind
from billfold.domain.snapshot import from_json, to_json
from billfold.rendering.orders import Mark
from billfold.rendering.press import PrintOrder
from billfold.services.composing import compose
from billfold.services.drafts import Assignment, Draft, Failed, already_issued
from billfold.services.due import in_closed_books
from billfold.services.parts import Parts
from billfold.services.printing import PDF_TYPE, file_name
from billfold.services.written_files import budget_of

# A preview is looked at now or never.
PREVIEWS_LAST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DocumentPreview:
    """A document as it would be issued, its page for a browser, and the stored file of its PDF."""

    document: Document
    html: str
    file_id: UUID


async def preview(parts: Parts, viewer: Viewer, assignment: Assignment) -> DocumentPreview:
    """Compose a document and print it as a draft; only the PDF is kept, for a day.

    Raises NothingToBill with the reason, AlreadyIssued, IllegalState in closed books, or what the plugin or its
    template failed with. May be repeated.
    """
    viewer.require(Scope.DOCUMENTS_ISSUE)
    composed = await foresee(parts, assignment)
    document = composed.document
    order = PrintOrder(to_json(document), composed.template, budget_of(parts, document.type), mark=Mark.DRAFT)
    html = await parts.press.html(order)
    file_id = await _kept(parts, viewer, order, FileKind.PREVIEW, file_name(parts, document))
    return DocumentPreview(document, html, file_id)


async def foresee(parts: Parts, assignment: Assignment) -> Draft:
    """Compose a document as it would be issued now; writes and prints nothing. Raises as `preview` does."""
    await _check_not_issued(assignment)
    (composed,) = await compose(parts, assignment.type, [assignment], with_trial=False)
    if isinstance(composed, Failed):
        raise composed.error
    if not isinstance(composed, Draft):
        raise composed.problem
    if (error := in_closed_books(composed)) is not None:
        raise error
    return composed


async def _check_not_issued(assignment: Assignment) -> None:
    if (period := assignment.period) is None:
        return
    async with reading() as connection:
        found = await find_issued(connection, assignment.contract_id, assignment.type, period)
    if found is not None:
        raise already_issued(assignment.type, period, found)


async def copy(parts: Parts, viewer: Viewer, document_id: UUID) -> UUID:
    """Print an issued document once more, marked as a copy; gives the stored file, which is kept for a day.

    Raises NotFound, and IllegalState for a void document, whose PDF says so by itself.
    """
    viewer.require(Scope.DOCUMENTS_READ)
    async with reading() as connection:
        found = await read_issued(connection, document_id)
    if found is None:
        raise NotFound("There is no such document.", field="document")
    if found.status is not DocumentStatus.ISSUED:
        raise IllegalState(f"The document is {found.status.value}: its PDF is marked so.", field="document")
    document = from_json(found.snapshot)
    order = PrintOrder(found.snapshot, found.template, budget_of(parts, document.type), mark=Mark.COPY)
    return await _kept(parts, viewer, order, FileKind.COPY, file_name(parts, document))


async def _kept(parts: Parts, viewer: Viewer, order: PrintOrder, kind: FileKind, name: str) -> UUID:
    stored = await parts.files.put((await parts.press.print(order)).pdf, is_expiring=True)
    now = parts.clock.now()
    file = NewFile(kind, name, PDF_TYPE, stored.size, stored.sha256, stored.key)
    async with writing() as connection:
        return await keep_stored_file(connection, file, actor=viewer.name, now=now, expires_at=now + PREVIEWS_LAST)
