"""Kept drafts: documents that somebody makes, looks over, edits and issues; until then they charge nothing.

What composing gives on the way to an issued document is a draft, too, and has a file of its own: `drafts.py`.
"""

from dataclasses import asdict, replace
from uuid import UUID

import asyncpg

from billfold.database import drafts as rows
from billfold.database.audit import record_event
from billfold.database.connection import reading, writing
from billfold.database.documents import read_issued
from billfold.database.drafts import DrawnUp, KeptDraft
from billfold.database.occurrences import expect_document
from billfold.domain.access import Scope, Viewer
from billfold.domain.draft_requests import DraftRequest
from billfold.domain.edits import Edits, LineChanged, seen
from billfold.domain.errors import CallerError, Conflict, NotFound
from billfold.domain.ids import new_id
from billfold.domain.lifecycle import OccurrenceState
from billfold.domain.moves import DOCUMENTS, DocumentMove, move
from billfold.services.charging import Computed
from billfold.services.document_previews import DocumentPreview, foresee
from billfold.services.document_previews import preview as preview_document
from billfold.services.draft_changes import DraftChange, assignment_of, changed_edits, changed_request, check_editable
from billfold.services.drafts import Assignment, Issued, Skipped, already_issued
from billfold.services.idempotency import Remember, Request, once
from billfold.services.making import make
from billfold.services.parts import Parts


async def create(parts: Parts, viewer: Viewer, *, request: DraftRequest, idempotency_key: str | None = None) -> UUID:
    """Make a draft of a document; gives its id, which becomes the document's.

    It has no number, and nothing is charged. Raises what `document_previews.preview` does. Asked twice without a key,
    it makes two drafts.
    """
    viewer.require(Scope.DOCUMENTS_ISSUE)

    async def act(remember: Remember) -> str:
        draft_id, now = new_id(), parts.clock.now()
        asked, drawn = await _draw_up(parts, draft_id, request, Edits())
        async with writing() as connection:
            await rows.insert_draft(connection, (draft_id, asked), drawn, actor=viewer.name, now=now)
            await record_event(
                connection,
                "createDraft",
                ("draft", draft_id),
                actor=viewer.name,
                now=now,
                details={"type": asked.type, "contract": asked.contract_id},
            )
            await remember(connection, str(draft_id))
        return str(draft_id)

    return UUID(await once(viewer, Request("createDraft", idempotency_key, asdict(request)), act))


async def update(parts: Parts, viewer: Viewer, *, draft_id: UUID, change: DraftChange) -> UUID:
    """Change a draft, and compose it anew from the present books; without a change it is brought up to date.

    Raises NotFound, Conflict for a version that is not the present one, for a kept edit whose charge has changed since
    and for any whose charge is gone, InvalidInput for what the draft does not have, IllegalState for lines that are
    charged already, NothingToBill when nothing is left.
    """
    viewer.require(Scope.DOCUMENTS_ISSUE)
    kept = await _find(draft_id)
    _check_version(kept, change.version)
    request = changed_request(kept.request, change)
    edits = await changed_edits(parts, request, kept.edits, change)
    asked, drawn = await _draw_up(parts, draft_id, request, edits)
    async with writing() as connection:
        now = parts.clock.now()
        if await rows.change_draft(connection, kept, asked, drawn, now):
            await record_event(
                connection,
                "updateDraft",
                ("draft", draft_id),
                actor=viewer.name,
                now=now,
                details={"version": kept.version + 1, "gross": drawn.document.totals.gross},
            )
            return draft_id
    await _check_unchanged(kept)
    raise NotFound("The draft is not there any more.", field="draft")


async def delete(parts: Parts, viewer: Viewer, *, draft_id: UUID) -> UUID:
    """Delete a draft; nothing was charged for it. Raises NotFound, and Conflict when somebody changes it meanwhile."""
    viewer.require(Scope.DOCUMENTS_ISSUE)
    kept = await _find(draft_id)
    async with writing() as connection:
        if await rows.remove_draft(connection, draft_id, version=kept.version):
            await record_event(
                connection,
                "deleteDraft",
                ("draft", draft_id),
                actor=viewer.name,
                now=parts.clock.now(),
                details={"type": kept.request.type, "contract": kept.request.contract_id},
            )
            return draft_id
    await _check_unchanged(kept)
    raise NotFound("The draft is not there any more.", field="draft")


async def preview(parts: Parts, viewer: Viewer, *, draft_id: UUID) -> DocumentPreview:
    """Print a draft as it is kept, marked as a draft. Raises NotFound, and Conflict when the books have changed."""
    viewer.require(Scope.DOCUMENTS_ISSUE)
    kept = await _find(draft_id)
    try:
        return await preview_document(parts, viewer, await _as_kept(parts, kept))
    except Conflict as error:
        raise _out_of_date(error) from error


async def issue(
    parts: Parts, viewer: Viewer, *, draft_id: UUID, version: int | None = None, idempotency_key: str | None = None
) -> UUID:
    """Issue exactly what a draft shows; gives the document's id, which is the draft's, and the draft is gone.

    Raises NotFound, IllegalState when it is issued already, Conflict when the books or the draft have changed or
    somebody else issues it at the same time, and what `documents.issue_for_period` does. One draft makes one document.
    """
    viewer.require(Scope.DOCUMENTS_ISSUE)

    async def act(remember: Remember) -> str:
        kept = await _find(draft_id, to_issue=True)
        if version is not None:
            _check_version(kept, version)
        try:
            return await _issue(parts, viewer, kept, remember)
        except CallerError as error:
            await _check_unchanged(kept)
            if isinstance(error, Conflict):
                raise _out_of_date(error) from error
            raise

    arguments = {"draft": draft_id, "version": version}
    return UUID(await once(viewer, Request("issueDraft", idempotency_key, arguments), act))


async def _issue(parts: Parts, viewer: Viewer, kept: KeptDraft, remember: Remember) -> str:
    assignment = await _as_kept(parts, kept)
    # What cannot be issued is refused before anything is expected of the contract.
    await foresee(parts, assignment)

    async def settle(connection: asyncpg.Connection, document_id: str) -> None:
        if not await rows.remove_draft(connection, kept.id, version=kept.version):
            raise Conflict("Somebody has changed the draft meanwhile.", field="draft")
        await record_event(
            connection,
            "issueDraft",
            ("document", UUID(document_id)),
            actor=viewer.name,
            now=parts.clock.now(),
            details={"version": kept.version},
        )
        await remember(connection, document_id)

    (result,) = await make(parts, assignment.type, [await _expected(assignment)], remember=settle)
    if isinstance(result, Issued):
        return result.document.id
    raise result.problem if isinstance(result, Skipped) else result.error


async def _expected(assignment: Assignment) -> Assignment:
    """Expect the document of a period, which one contract has once."""
    if (period := assignment.period) is None:
        return assignment
    async with writing() as connection:
        occurrence = await expect_document(connection, assignment.contract_id, assignment.type, period)
    if occurrence.state is OccurrenceState.ISSUED:
        raise already_issued(assignment.type, period, occurrence.document_id)
    return replace(assignment, occurrence_id=occurrence.id)


async def _draw_up(parts: Parts, draft_id: UUID, request: DraftRequest, edits: Edits) -> tuple[DraftRequest, DrawnUp]:
    """Compose a draft from the present books; gives what was asked for with its contract, and what came of it."""
    assignment = await assignment_of(parts, request)
    if not edits.is_empty:
        await check_editable(parts, assignment)
    draft = await foresee(parts, replace(assignment, document_id=draft_id, edits=edits))
    charges = draft.charged.billed.charges if isinstance(draft.charged, Computed) else ()
    drawn = DrawnUp(draft.document, seen(edits, charges), charges)
    return replace(request, contract_id=assignment.contract_id), drawn


async def _as_kept(parts: Parts, kept: KeptDraft) -> Assignment:
    """Give what is to be made of a draft: what it shows, and nothing else."""
    assignment = await assignment_of(parts, kept.request)
    return replace(assignment, document_id=kept.id, edits=kept.edits, foreseen=kept.digest)


async def _find(draft_id: UUID, *, to_issue: bool = False) -> KeptDraft:
    async with reading() as connection:
        kept = await rows.find_draft(connection, draft_id)
        issued = await read_issued(connection, draft_id) if kept is None else None
    if kept is not None:
        return kept
    if issued is None:
        raise NotFound("There is no such draft.", field="draft")
    if to_issue:
        move(DOCUMENTS, issued.status, DocumentMove.ISSUE, field="draft")
    raise NotFound(f"The draft is issued already, as document_{draft_id}.", field="draft")


def _check_version(kept: KeptDraft, version: int) -> None:
    if version != kept.version:
        raise Conflict(
            f"The draft is at version {kept.version} by now, and not {version}: look at it again.", field="version"
        )


async def _check_unchanged(kept: KeptDraft) -> None:
    """Say who was faster, where somebody was. Raises Conflict."""
    async with reading() as connection:
        present = await rows.find_draft(connection, kept.id)
        issued = await read_issued(connection, kept.id) if present is None else None
    if present is not None:
        _check_version(present, kept.version)
    if issued is not None:
        raise Conflict(f"Somebody else has issued the draft meanwhile, as document_{kept.id}.", field="draft")


def _out_of_date(error: Conflict) -> Conflict:
    # Without another edit of the line an update cannot bring it up to date.
    mend = "" if isinstance(error, LineChanged) else " Update the draft to bring it up to date."
    return Conflict(f"{error.message}{mend}", field="draft")
