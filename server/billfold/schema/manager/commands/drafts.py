"""Commands on drafts: make, change, look at, issue, delete."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated

import strawberry
from strawberry import ID, UNSET, field

from billfold.domain.corrections import LineCorrection
from billfold.domain.draft_requests import DraftRequest
from billfold.domain.edits import LineEdit
from billfold.domain.errors import InvalidInput
from billfold.schema.context import Info
from billfold.schema.manager.commands.asked import (
    AskedDocumentInput,
    LineCorrectionInput,
    check_asked,
    line_corrections,
)
from billfold.schema.manager.commands.documents import DocumentResult
from billfold.schema.manager.commands.previews import PreviewResult, preview_of
from billfold.schema.manager.documents import Document
from billfold.schema.manager.drafts import Draft
from billfold.schema.manager.inputs import INPUT, KEY, changed, idempotency_key, key_of
from billfold.schema.problems import Problem
from billfold.schema.resolvers import resolver
from billfold.services import kept_drafts
from billfold.services.draft_changes import MOST_EDITS, DraftChange, NewLine

_DRAFT = "The draft."


@strawberry.input(
    description="A draft of a document: for a period, for an amount, of a day, or the correction of another."
)
class CreateDraftInput(AskedDocumentInput):
    idempotency_key: str | None = field(default=None, description=KEY)


@strawberry.input(description="What one charge of a draft is to be; what is left out stays as the books have it.")
class LineEditInput:
    position: int = field(description="The place of the charge among those that the draft shows.")
    quantity: Decimal | None = field(default=None, description="Its quantity.")
    unit_price: Decimal | None = field(default=None, description="Its unit price, with tax where the charge's has it.")
    description: str | None = field(
        default=None, description="What its line says, at most 1,000 characters; empty is what the charge says."
    )
    is_removed: bool = field(
        default=False, description="Whether its line is left out, and not owed; then nothing else is given."
    )


@strawberry.input(description="A line to add to a draft.")
class AddedLineInput:
    service: ID = field(description="The service.")
    quantity: Decimal = field(description="How much, more than 0.")
    unit_price: Decimal = field(description="The price of one unit.")
    tax_included: bool = field(description="Whether the price holds the tax.")
    description: str = field(default="", description="What the line says; empty is the service's name.")
    on: date | None = field(default=None, description="The day of the supply; the period's last one when left out.")


@strawberry.input(
    description="What of a draft is to be changed; what is left out stays. It is drawn up from the present books."
)
class UpdateDraftInput:
    draft: ID = field(description=_DRAFT)
    version: int = field(description="The version that was looked at; another one is a conflict.")
    issue_date: date | None = field(
        default=UNSET, description="The date on the paper; null is the day that the type declares."
    )
    amount: Decimal | None = field(default=None, description="The amount, of a draft that is for one.")
    description: str | None = field(default=None, description="What the amount or the correction is for.")
    corrections: list[LineCorrectionInput] | None = field(
        default=None, description="What lines of the original are to be, in place of those of before."
    )
    lines: list[LineEditInput] | None = field(
        default=None, description="The edits of charges, in place of all of before; an empty list takes them back."
    )
    added_lines: list[AddedLineInput] | None = field(
        default=None, description="The lines to add, in place of all of before; an empty list takes them back."
    )


@strawberry.input(description="Which draft to issue.")
class IssueDraftInput:
    draft: ID = field(description=_DRAFT)
    version: int | None = field(default=None, description="The version that was looked at; any when left out.")
    idempotency_key: str | None = field(default=None, description=KEY)


@strawberry.input(description="Which draft is meant.")
class DraftInput:
    draft: ID = field(description=_DRAFT)


@strawberry.type(description="A draft that was deleted.")
class DeletedDraft:
    id: ID = field(description="The id that the draft had.")


DraftResult = Annotated[
    Draft | Problem, strawberry.union("DraftResult", description="The draft, or why it is not as asked for.")
]
DeleteDraftResult = Annotated[
    DeletedDraft | Problem,
    strawberry.union("DeleteDraftResult", description="The id of the deleted draft, or why it is still there."),
]


@strawberry.type
class DraftCommands:
    """The commands on drafts."""

    @resolver("Make a draft of a document, to look over and edit. It has no number and charges nothing.")
    async def create_draft(self, info: Info, input: Annotated[CreateDraftInput, INPUT]) -> DraftResult:
        context = info.context
        draft_id = await kept_drafts.create(
            context.parts,
            context.viewer,
            request=_request(input),
            idempotency_key=idempotency_key(info, input.idempotency_key),
        )
        return await changed(info, Draft, draft_id)

    @resolver("Change a draft and its lines, and draw it up from the present books.")
    async def update_draft(self, info: Info, input: Annotated[UpdateDraftInput, INPUT]) -> DraftResult:
        draft_id = key_of("draft", input.draft, "draft")
        await kept_drafts.update(info.context.parts, info.context.viewer, draft_id=draft_id, change=_change(input))
        return await changed(info, Draft, draft_id)

    @resolver("Show a draft on paper, marked as one.")
    async def preview_draft(self, info: Info, input: Annotated[DraftInput, INPUT]) -> PreviewResult:
        draft_id = key_of("draft", input.draft, "draft")
        found = await kept_drafts.preview(info.context.parts, info.context.viewer, draft_id=draft_id)
        return preview_of(info, found)

    @resolver("Issue exactly what a draft shows; the document has the draft's id, and the draft is gone.")
    async def issue_draft(self, info: Info, input: Annotated[IssueDraftInput, INPUT]) -> DocumentResult:
        document_id = await kept_drafts.issue(
            info.context.parts,
            info.context.viewer,
            draft_id=key_of("draft", input.draft, "draft"),
            version=input.version,
            idempotency_key=idempotency_key(info, input.idempotency_key),
        )
        return await changed(info, Document, document_id)

    @resolver("Delete a draft. Nothing was charged for it, and no number is lost.")
    async def delete_draft(self, info: Info, input: Annotated[DraftInput, INPUT]) -> DeleteDraftResult:
        draft_id = key_of("draft", input.draft, "draft")
        await kept_drafts.delete(info.context.parts, info.context.viewer, draft_id=draft_id)
        return DeletedDraft(id=ID(f"draft_{draft_id}"))


def _request(input: CreateDraftInput) -> DraftRequest:
    check_asked(input)
    return DraftRequest(
        type=input.type,
        contract_id=None if input.contract is None else key_of("contract", input.contract, "contract"),
        period=input.period.period() if input.period else None,
        amount=input.amount,
        description=input.description,
        issue_date=input.issue_date,
        original_id=None if input.original is None else key_of("document", input.original, "original"),
        corrections=() if input.original is None else tuple(line_corrections(input.corrections)),
    )


def _change(input: UpdateDraftInput) -> DraftChange:
    corrections: tuple[LineCorrection, ...] | None = None
    if input.corrections is not None:
        corrections = tuple(line_corrections(input.corrections))
    for name, given in (("lines", input.lines), ("addedLines", input.added_lines)):
        if given is not None and len(given) > MOST_EDITS:
            raise InvalidInput(f"A draft has at most {MOST_EDITS:,} edits.", field=name)
    return DraftChange(
        version=input.version,
        amount=input.amount,
        description=input.description,
        corrections=corrections,
        is_redated=input.issue_date is not UNSET,
        issue_date=None if input.issue_date is UNSET else input.issue_date,
        lines=None if input.lines is None else tuple(map(_edit, input.lines)),
        added=None if input.added_lines is None else _added(input.added_lines),
    )


def _edit(line: LineEditInput) -> LineEdit:
    return LineEdit(line.position, line.quantity, line.unit_price, line.description, line.is_removed)


def _added(lines: Sequence[AddedLineInput]) -> tuple[NewLine, ...]:
    return tuple(
        NewLine(
            service_id=key_of("service", line.service, "addedLines"),
            quantity=line.quantity,
            unit_price=line.unit_price,
            is_tax_included=line.tax_included,
            description=line.description,
            on=line.on,
        )
        for line in lines
    )
