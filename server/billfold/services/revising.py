"""Revising: an issued document is made anew under its number and date, and the old one is void."""

from dataclasses import replace
from uuid import UUID

from billfold.database.connection import reading
from billfold.database.facts import charges_behind
from billfold.database.revisions import Revisable
from billfold.domain.access import Scope, Viewer
from billfold.domain.adjustments import edits_behind
from billfold.domain.document import Document
from billfold.domain.edits import LineChanged
from billfold.domain.errors import CallerError, Conflict, IllegalState, InvalidInput
from billfold.domain.periods import local_date
from billfold.domain.snapshot import from_json
from billfold.plugin_api.document_type import PeriodKind
from billfold.services.asked import check_description
from billfold.services.drafts import Assignment, Issued, Replacement, Skipped
from billfold.services.idempotency import Remember, Request, once
from billfold.services.making import make
from billfold.services.parts import Parts
from billfold.services.replacing import find

REASON_LIMIT = 1_000


async def revise(
    parts: Parts,
    viewer: Viewer,
    *,
    document_id: UUID,
    reason: str,
    description: str = "",
    idempotency_key: str | None = None,
) -> UUID:
    """Make an issued document anew from the books of now, under its number and date; gives the id of the revision.

    The old one is void in the same transaction, so that never both stand, nor neither. Money that was tied to it goes
    over. A document for an amount keeps its amount, and its words unless others are given; one whose lines were edited
    as a draft keeps the edits, and is a Conflict where what they edit has changed. Raises as
    `replacing.find` does, InvalidInput without a reason, NothingToBill where nothing is due any more, Conflict where
    somebody changes the same, or what the plugin or its template failed with; then the old one stands.
    """
    viewer.require(Scope.DOCUMENTS_ISSUE)
    viewer.require(Scope.DOCUMENTS_VOID)
    told = reason.strip()
    if not told or len(told) > REASON_LIMIT:
        raise InvalidInput(f"Say why the document is revised, in at most {REASON_LIMIT} characters.", field="reason")
    check_description(description)

    async def act(remember: Remember) -> str:
        async with reading() as connection:
            found = await find(parts, connection, document_id)
            edits = edits_behind(await charges_behind(connection, document_id))
        replacement = _replacement(parts, viewer, found, document_id=document_id, reason=told)
        assignment = replace(
            _assignment(parts, found, description), replaces=replacement, edits=None if edits.is_empty else edits
        )
        (result,) = await make(parts, found.type, [assignment], remember=remember)
        if isinstance(result, Issued):
            return result.document.id
        raise result.problem if isinstance(result, Skipped) else _as_told(result.error)

    arguments = {"document": document_id, "reason": told, "description": description}
    revision_id = UUID(await once(viewer, Request("reviseDocument", idempotency_key, arguments), act))
    # The old one is printed once more, with the mark of a void one.
    await parts.bell.ring("print_documents", [[str(document_id)]])
    return revision_id


def _as_told(error: CallerError) -> CallerError:
    """Say what is to be done about an edit that fits no more, which nobody gives anew for an issued document."""
    if not isinstance(error, LineChanged):
        return error
    mend = "void the document and draw it up as a new draft, or correct it"
    return Conflict(f"{error.fact}, so that the edits of the document do not fit: {mend}.", field="document")


def _replacement(parts: Parts, viewer: Viewer, found: Revisable, *, document_id: UUID, reason: str) -> Replacement:
    return Replacement(
        document_id=document_id,
        reason=reason,
        actor=viewer.name,
        number=found.number,
        series_id=found.series_id,
        counter=found.counter,
        revision=found.revision + 1,
        revised_on=local_date(parts.clock.now(), found.timezone),
    )


def _assignment(parts: Parts, found: Revisable, description: str) -> Assignment:
    """Ask for the same once more: the period, the amount or the day of the old document."""
    document = from_json(found.snapshot)
    asked = Assignment(
        contract_id=found.contract_id,
        type=found.type,
        period=document.period,
        description=description,
        issue_date=document.issue_date,
        is_by_hand=True,
        occurrence_id=found.occurrence_id,
    )
    if document.period is not None:
        return asked
    kinds = parts.plugins.document_type(found.type).period_kinds
    if PeriodKind.AMOUNT in kinds and document.lines:
        words = description or document.lines[0].description
        return replace(asked, amount=document.totals.gross, description=words)
    if PeriodKind.INSTANT in kinds:
        return asked
    raise _unknown_kind(document)


def _unknown_kind(document: Document) -> IllegalState:
    return IllegalState(
        f"Documents of type {document.type!r} are no longer made in the way that this one was: void it.",
        field="document",
    )
