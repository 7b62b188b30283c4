"""Documents by hand: issue one for a period, an amount, a day or as a correction, and void one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from billfold.database import documents as rows
from billfold.database.audit import record_event
from billfold.database.connection import writing
from billfold.database.corrections import later_correction
from billfold.database.numbers import record_void
from billfold.database.occurrences import expect_document
from billfold.domain.access import Scope, Viewer
from billfold.domain.corrections import LineCorrection
from billfold.domain.errors import IllegalState, InvalidInput, NotFound
from billfold.domain.lifecycle import OccurrenceState
from billfold.domain.moves import DOCUMENTS, DocumentMove, move
from billfold.domain.periods import Period
from billfold.services import asked
from billfold.services.drafts import Assignment, already_issued
from billfold.services.idempotency import Remember, Request, once
from billfold.services.making import make_by_hand
from billfold.services.parts import Parts
from billfold.services.settling import release_document, settle_contracts

REASON_LIMIT = 1_000


async def issue_for_period(
    parts: Parts,
    viewer: Viewer,
    *,
    type: str,
    contract_id: UUID,
    period: Period,
    issue_date: date | None = None,
    number: str = "",
    idempotency_key: str | None = None,
) -> UUID:
    """Issue one document for what a contract owes for a period; gives its id, printing follows.

    It bears `number`, or the next of its series where that is empty. Raises NotFound, NothingToBill with the reason,
    AlreadyIssued with the id of the document that is there, NumberingConflict for a number that is taken, or what the
    plugin or its template failed with. May be repeated: one contract, type and period make one document.
    """
    viewer.require(Scope.DOCUMENTS_ISSUE)
    assignment = await asked.for_period(parts, type, contract_id, period, issue_date=issue_date, number=number)

    async def act(remember: Remember) -> str:
        async with writing() as connection:
            occurrence = await expect_document(connection, contract_id, type, period)
        if occurrence.state is OccurrenceState.ISSUED:
            raise already_issued(type, period, occurrence.document_id)
        return await make_by_hand(parts, replace(assignment, occurrence_id=occurrence.id), remember)

    arguments = {"type": type, "contract": contract_id, "period": str(period), "issue_date": issue_date}
    return UUID(await once(viewer, Request("issueDocument", idempotency_key, _with_number(arguments, number)), act))


async def issue_for_amount(
    parts: Parts,
    viewer: Viewer,
    *,
    type: str,
    contract_id: UUID,
    amount: Decimal,
    issue_date: date | None = None,
    description: str = "",
    number: str = "",
    idempotency_key: str | None = None,
) -> UUID:
    """Issue one document for an amount, tax included, in the contract's currency; gives its id, printing follows.

    It charges nothing and moves no period. Asked twice without a key, it makes two documents. Raises InvalidInput for
    an amount that is not positive, is too large, or has more decimals than the currency.
    """
    viewer.require(Scope.DOCUMENTS_ISSUE)
    assignment = await asked.for_amount(
        parts, type, contract_id, amount, issue_date=issue_date, description=description, number=number
    )
    arguments = {
        "type": type,
        "contract": contract_id,
        "amount": amount,
        "issue_date": issue_date,
        "description": description,
    }
    return await _issue(parts, viewer, assignment, idempotency_key, _with_number(arguments, number))


async def issue_for_day(
    parts: Parts,
    viewer: Viewer,
    *,
    type: str,
    contract_id: UUID,
    issue_date: date | None = None,
    number: str = "",
    idempotency_key: str | None = None,
) -> UUID:
    """Issue one document of a contract as it is on a day, such as the contract itself; gives its id.

    It charges nothing. Asked twice without a key, it makes two documents.
    """
    viewer.require(Scope.DOCUMENTS_ISSUE)
    assignment = await asked.for_day(parts, type, contract_id, issue_date=issue_date, number=number)
    arguments = {"type": type, "contract": contract_id, "issue_date": issue_date}
    return await _issue(parts, viewer, assignment, idempotency_key, _with_number(arguments, number))


async def issue_correction(
    parts: Parts,
    viewer: Viewer,
    *,
    type: str,
    original_id: UUID,
    corrections: Sequence[LineCorrection],
    issue_date: date | None = None,
    description: str = "",
    number: str = "",
    idempotency_key: str | None = None,
) -> UUID:
    """Correct an issued document by another one; gives its id. The difference is charged on the day of the correction.

    The original stays as it is. Raises as `asked.for_correction` does, NothingToBill where nothing changes, Conflict
    where somebody else corrects it at the same time.
    """
    viewer.require(Scope.DOCUMENTS_ISSUE)
    assignment = await asked.for_correction(
        parts, type, original_id, corrections, issue_date=issue_date, description=description, number=number
    )
    changes = [(one.position, one.quantity, one.unit_price) for one in corrections]
    arguments = {"type": type, "original": original_id, "corrections": str(changes), "issue_date": issue_date}
    arguments["description"] = description
    return await _issue(parts, viewer, assignment, idempotency_key, _with_number(arguments, number))


async def void(parts: Parts, viewer: Viewer, *, document_id: UUID, reason: str) -> UUID:
    """Void an issued document: it keeps its number, and its period may be billed anew once nothing else rests on it.

    Money that settled it goes to what else is open of the contract. It is printed once more with the mark of a void
    one. Locks the contract and the document. Raises NotFound, InvalidInput without a reason, IllegalState when it is
    void already, lies in closed books, or is corrected.
    """
    viewer.require(Scope.DOCUMENTS_VOID)
    reason = reason.strip()
    if not reason or len(reason) > REASON_LIMIT:
        raise InvalidInput(f"Say why the document is void, in at most {REASON_LIMIT} characters.", field="reason")
    async with writing() as connection:
        status = await rows.lock_document(connection, document_id)
        if status is None:
            raise NotFound("There is no such document.", field="document")
        move(DOCUMENTS, status, DocumentMove.VOID)
        if (closed_until := await rows.closed_books(connection, document_id)) is not None:
            raise IllegalState(
                f"The books that hold the document are closed until {closed_until}: enter a credit of a later day.",
                field="document",
            )
        if (number := await later_correction(connection, document_id)) is not None:
            raise IllegalState(f"Document {number} corrects it: void that first.", field="document")
        now = parts.clock.now()
        await release_document(connection, document_id, actor=viewer.name, reason=reason, now=now)
        contract_id = await rows.mark_void(connection, document_id, reason=reason, now=now)
        await record_void(connection, document_id, reason=reason, actor=viewer.name)
        await settle_contracts(connection, [contract_id], actor=viewer.name, now=now)
        await record_event(
            connection,
            "voidDocument",
            ("document", document_id),
            actor=viewer.name,
            now=now,
            details={"reason": reason},
        )
    await parts.bell.ring("print_documents", [[str(document_id)]])
    return document_id


def _with_number(arguments: dict[str, object], number: str) -> dict[str, object]:
    # Requests that came before numbers could be given are to be known again.
    return {**arguments, "number": number} if number else arguments


async def _issue(
    parts: Parts,
    viewer: Viewer,
    assignment: Assignment,
    idempotency_key: str | None,
    arguments: dict[str, object],
) -> UUID:
    return UUID(
        await once(
            viewer,
            Request("issueDocument", idempotency_key, arguments),
            lambda remember: make_by_hand(parts, assignment, remember),
        )
    )
