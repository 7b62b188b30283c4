"""Asked for: what somebody asks to be made of one contract, checked before anything is read for it or written."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from billfold.database.connection import reading
from billfold.database.contracts import contract_currency
from billfold.database.corrections import CorrectedDocument, find_corrected
from billfold.domain.charging import ServiceReference
from billfold.domain.corrections import LineCorrection, as_corrected, correct
from billfold.domain.document import CorrectedLine, Document
from billfold.domain.errors import IllegalState, InvalidInput, NotFound
from billfold.domain.moves import DOCUMENTS, DocumentMove, move
from billfold.domain.payments import check_amount
from billfold.domain.periods import Period, check_billable, check_issue_date, local_date
from billfold.plugin_api.document_type import PeriodKind
from billfold.services.drafts import Assignment, Correction
from billfold.services.parts import Parts

DESCRIPTION_LIMIT = 1_000
NUMBER_LIMIT = 200


async def for_period(
    parts: Parts, type: str, contract_id: UUID, period: Period, *, issue_date: date | None = None, number: str = ""
) -> Assignment:
    """Ask for a document for a period. Raises UnknownDocumentType, InvalidInput, LimitExceeded or NotFound."""
    _check_kind(parts, type, PeriodKind.PERIOD)
    check_billable(period)
    _check_issue_date(issue_date)
    _check_number(number)
    await _currency(contract_id)
    return Assignment(
        contract_id=contract_id, type=type, period=period, issue_date=issue_date, is_by_hand=True, number=number
    )


async def for_amount(
    parts: Parts,
    type: str,
    contract_id: UUID,
    amount: Decimal,
    *,
    issue_date: date | None = None,
    description: str = "",
    number: str = "",
) -> Assignment:
    """Ask for a document for an amount, tax included, in the contract's currency. Raises as `for_period` does.

    InvalidInput is for an amount, too, that is not positive, is too large, or has more decimals than the currency.
    """
    _check_kind(parts, type, PeriodKind.AMOUNT)
    _check_issue_date(issue_date)
    check_description(description)
    _check_number(number)
    check_amount(amount, await _currency(contract_id))
    return Assignment(
        contract_id=contract_id,
        type=type,
        amount=amount,
        description=description,
        issue_date=issue_date,
        is_by_hand=True,
        number=number,
    )


async def for_day(
    parts: Parts, type: str, contract_id: UUID, *, issue_date: date | None = None, number: str = ""
) -> Assignment:
    """Ask for a document of the contract as it is on a day. Raises as `for_period` does."""
    _check_kind(parts, type, PeriodKind.INSTANT)
    _check_issue_date(issue_date)
    _check_number(number)
    await _currency(contract_id)
    return Assignment(contract_id=contract_id, type=type, issue_date=issue_date, is_by_hand=True, number=number)


async def for_correction(
    parts: Parts,
    type: str,
    original_id: UUID,
    corrections: Sequence[LineCorrection],
    *,
    issue_date: date | None = None,
    description: str = "",
    number: str = "",
) -> Assignment:
    """Ask for the correction of an issued document; what the lines are to be counts from its latest correction.

    Raises NotFound, InvalidInput for a line that is not there, a type that corrects no such document or a day before
    it, IllegalState for a document that is void or a correction itself.
    """
    _check_kind(parts, type, PeriodKind.CORRECTION)
    _check_issue_date(issue_date)
    check_description(description)
    _check_number(number)
    async with reading() as connection:
        found = await find_corrected(connection, original_id)
    if found is None:
        raise NotFound("There is no such document.", field="original")
    _check_original(parts, type, found, issue_date or local_date(parts.clock.now(), found.timezone))
    original = found.document
    lines = as_corrected(original, found.corrections)
    corrected = correct(lines, corrections, original.currency, originals=original.lines)
    _check_services(corrected, found.services)
    return Assignment(
        contract_id=found.contract_id,
        type=type,
        description=description,
        issue_date=issue_date,
        is_by_hand=True,
        number=number,
        correction=Correction(original_id, original, _ids(found.corrections), corrected, found.services),
    )


def _check_original(parts: Parts, type: str, found: CorrectedDocument, issue_date: date) -> None:
    corrects = parts.plugins.document_type(type).corrects
    original = found.document
    if found.is_correction:
        raise IllegalState("The document is a correction itself: correct its original once more.", field="original")
    move(DOCUMENTS, found.status, DocumentMove.CORRECT, field="original")
    if original.type not in corrects:
        allowed = ", ".join(sorted(corrects)) or "none"
        raise InvalidInput(f"Documents of type {type!r} correct {allowed}, and not {original.type!r}.", field="type")
    latest = max((one.issue_date for one in found.corrections), default=original.issue_date)
    if issue_date < latest:
        raise InvalidInput(
            f"A correction is not dated before what it corrects: date it {latest} or later.", field="issueDate"
        )


def _check_services(corrected: Sequence[CorrectedLine], services: Mapping[str, ServiceReference]) -> None:
    for line in corrected:
        if line.after.service not in services:
            raise InvalidInput(
                f"Line {line.after.position} is of no service, so nothing can be charged for it: void the document.",
                field="corrections",
            )


def _ids(documents: Sequence[Document]) -> tuple[str, ...]:
    return tuple(document.id for document in documents)


def _check_kind(parts: Parts, type: str, kind: PeriodKind) -> None:
    declared = parts.plugins.document_type(type)
    if kind not in declared.period_kinds:
        allowed = ", ".join(sorted(declared.period_kinds))
        raise InvalidInput(
            f"Document type {type!r} is not made by {kind.value}: it is made by {allowed}.", field="type"
        )


def _check_issue_date(issue_date: date | None) -> None:
    if issue_date is not None:
        check_issue_date(issue_date)


def check_description(description: str) -> None:
    """Refuse words that fit no line of a paper. Raises InvalidInput."""
    is_blank = description != "" and not description.strip()
    if is_blank or len(description) > DESCRIPTION_LIMIT or not description.isprintable():
        raise InvalidInput(
            f"The description must be one line of at most {DESCRIPTION_LIMIT} printable characters, or empty.",
            field="description",
        )


def _check_number(number: str) -> None:
    """Refuse a number by hand that fits no paper; empty is the next of its series."""
    if len(number) > NUMBER_LIMIT or number != number.strip() or not number.isprintable():
        raise InvalidInput(
            f"The number must be at most {NUMBER_LIMIT} printable characters, without spaces around it.", field="number"
        )


async def _currency(contract_id: UUID) -> str:
    async with reading() as connection:
        currency = await contract_currency(connection, contract_id)
    if currency is None:
        raise NotFound("There is no such contract.", field="contract")
    return currency
