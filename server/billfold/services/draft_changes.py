"""Changes of drafts: what may be changed of what was asked for and of its lines, checked before it is composed."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from billfold.database.connection import reading
from billfold.database.drafts import added_services
from billfold.database.issuing import find_charged_period
from billfold.domain.charging import ServiceReference
from billfold.domain.corrections import LineCorrection
from billfold.domain.draft_requests import DraftRequest
from billfold.domain.edits import AddedLine, Edits, LineEdit
from billfold.domain.errors import IllegalState, InvalidInput, NotFound
from billfold.domain.periods import Period
from billfold.plugin_api.document_type import Need
from billfold.services import asked
from billfold.services.drafts import Assignment
from billfold.services.parts import Parts

MOST_EDITS = 1_000


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line to add: so much of a service at a price, as of a day; without one, of the period's last."""

    service_id: UUID
    quantity: Decimal
    unit_price: Decimal
    is_tax_included: bool
    description: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class DraftChange:
    """What to change of a draft of a version; None leaves it as it is.

    `lines` and `added`, where given, replace all edits of before; the positions of `lines` are those of the charges
    that the draft of the version shows. `issue_date` counts where `is_redated`, and is then
    None for the day that the type declares.
    """

    version: int
    amount: Decimal | None = None
    description: str | None = None
    corrections: tuple[LineCorrection, ...] | None = None
    is_redated: bool = False
    issue_date: date | None = None
    lines: tuple[LineEdit, ...] | None = None
    added: tuple[NewLine, ...] | None = None


async def assignment_of(parts: Parts, request: DraftRequest) -> Assignment:
    """Give what is asked for in a draft, checked. Raises as the functions of `asked` do."""
    type, issue_date, description = request.type, request.issue_date, request.description
    if request.original_id is not None:
        return await asked.for_correction(
            parts, type, request.original_id, request.corrections, issue_date=issue_date, description=description
        )
    if request.contract_id is None:
        raise NotFound("There is no such contract.", field="contract")
    if request.amount is not None:
        return await asked.for_amount(
            parts, type, request.contract_id, request.amount, issue_date=issue_date, description=description
        )
    if description:
        raise InvalidInput(
            "Only a document for an amount, or a correction, has a description: edit the lines.", field="description"
        )
    if request.period is not None:
        return await asked.for_period(parts, type, request.contract_id, request.period, issue_date=issue_date)
    return await asked.for_day(parts, type, request.contract_id, issue_date=issue_date)


def changed_request(request: DraftRequest, change: DraftChange) -> DraftRequest:
    """Give what is asked for after a change. Raises InvalidInput for what the draft does not have."""
    if change.amount is not None and request.amount is None:
        raise InvalidInput("The draft is not for an amount.", field="amount")
    if change.corrections is not None and request.original_id is None:
        raise InvalidInput("The draft corrects no document.", field="corrections")
    return replace(
        request,
        amount=request.amount if change.amount is None else change.amount,
        description=request.description if change.description is None else change.description,
        corrections=request.corrections if change.corrections is None else change.corrections,
        issue_date=change.issue_date if change.is_redated else request.issue_date,
    )


async def changed_edits(parts: Parts, request: DraftRequest, edits: Edits, change: DraftChange) -> Edits:
    """Give the edits after a change, with the services of added lines as they are now.

    Raises InvalidInput for too many, for what no line can be, and for lines that the draft does not have; NotFound for
    a service that is not there.
    """
    lines = edits.lines if change.lines is None else change.lines
    if len(lines) + len(edits.added if change.added is None else change.added) > MOST_EDITS:
        raise InvalidInput(f"A draft has at most {MOST_EDITS:,} edits.", field="lines")
    _check_new(change)
    if change.added is not None:
        return replace(edits, lines=lines, added=await _added(parts, request, change.added))
    services = await _services([line.service_id for line in edits.added if line.service_id])
    added = tuple(replace(line, service=_named(services, line.service_id)) for line in edits.added)
    return replace(edits, lines=lines, added=added)


def _check_new(change: DraftChange) -> None:
    lines, added = change.lines or (), change.added or ()
    for description in (*(line.description for line in lines), *(line.description for line in added)):
        asked.check_description(description or "")
    for line in lines:
        if line.is_removed and (line.quantity, line.unit_price, line.description) != (None, None, None):
            raise InvalidInput(
                f"Line {line.position} is to be removed and to be changed: ask for one of both.", field="lines"
            )
    if any(line.quantity == 0 for line in added):
        raise InvalidInput("An added line has a quantity above 0: leave the line out.", field="addedLines")


async def _added(parts: Parts, request: DraftRequest, new: tuple[NewLine, ...]) -> tuple[AddedLine, ...]:
    if not new:
        return ()
    period = _edited_period(parts, request.type, request.period)
    services = await _services([line.service_id for line in new])
    return tuple(
        AddedLine(
            service=_named(services, line.service_id),
            on=line.on or period.last_day,
            quantity=line.quantity,
            unit_price=line.unit_price,
            is_tax_included=line.is_tax_included,
            description=line.description,
            service_id=line.service_id,
        )
        for line in new
    )


async def _services(ids: list[UUID]) -> dict[UUID, ServiceReference]:
    if not ids:
        return {}
    async with reading() as connection:
        return await added_services(connection, ids)


def _named(services: dict[UUID, ServiceReference], service_id: UUID | None) -> ServiceReference:
    found = services.get(service_id) if service_id else None
    if found is None:
        raise NotFound(f"No service has the id service_{service_id}.", field="addedLines")
    return found


async def check_editable(parts: Parts, assignment: Assignment) -> None:
    """Refuse to edit lines that are none of a period's charges, or are charged already, naming the documents.

    Raises InvalidInput and IllegalState.
    """
    period = _edited_period(parts, assignment.type, assignment.period)
    async with reading() as connection:
        found = await find_charged_period(connection, assignment.contract_id, period)
    if found is not None:
        documents = f" by {', '.join(found.documents)}" if found.documents else ""
        raise IllegalState(
            f"{period} is charged already{documents}, so its lines stay: void or correct what has charged them.",
            field="lines",
        )


def _edited_period(parts: Parts, type: str, period: Period | None) -> Period:
    if period is None or Need.CHARGES not in parts.plugins.document_type(type).needs:
        raise InvalidInput(
            "Only the lines of what a period charges are edited: change the amount, the description or the corrections "
            "of another draft.",
            field="lines",
        )
    return period
