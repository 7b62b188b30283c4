"""Documents by hand: issue one for a period or for an amount, and void one."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from uuid import UUID

from billfold.database import documents as rows
from billfold.database.audit import record_event
from billfold.database.connection import reading, writing
from billfold.database.contracts import contract_currency
from billfold.database.numbers import record_void
from billfold.database.occurrences import expect_document
from billfold.domain.access import Scope, Viewer
from billfold.domain.document import DocumentStatus
from billfold.domain.errors import AlreadyIssued, IllegalState, InvalidInput, NotFound, NothingToBill
from billfold.domain.lifecycle import OccurrenceState
from billfold.domain.payments import check_amount
from billfold.domain.periods import Period, check_billable, check_issue_date
from billfold.plugin_api.document_type import PeriodKind
from billfold.services.drafts import Assignment, Skipped
from billfold.services.idempotency import Remember, Request, once
from billfold.services.issuing import Issued
from billfold.services.making import make
from billfold.services.parts import Parts
from billfold.services.settling import release_document, settle_contracts

REASON_LIMIT = 1_000
DESCRIPTION_LIMIT = 1_000


async def issue_for_period(
    parts: Parts,
    viewer: Viewer,
    *,
    type: str,
    contract_id: UUID,
    period: Period,
    issue_date: date | None = None,
    idempotency_key: str | None = None,
) -> UUID:
    """Issue one document for what a contract owes for a period; gives its id, printing follows.

    Raises NotFound, NothingToBill with the reason, AlreadyIssued with the id of the document that is there, or what
    the plugin or its template failed with. May be repeated: one contract, type and period make one document.
    """
    viewer.require(Scope.DOCUMENTS_ISSUE)
    _check_kind(parts, type, PeriodKind.PERIOD)
    check_billable(period)
    _check_issue_date(issue_date)
    await _currency(contract_id)

    async def act(remember: Remember) -> str:
        async with writing() as connection:
            occurrence = await expect_document(connection, contract_id, type, period)
        if occurrence.state is OccurrenceState.ISSUED:
            raise AlreadyIssued(
                f"This contract has its {type} for {period} already: document_{occurrence.document_id}."
            )
        assignment = Assignment(
            contract_id=contract_id,
            type=type,
            period=period,
            issue_date=issue_date,
            occurrence_id=occurrence.id,
        )
        return await _make(parts, assignment, remember)

    arguments = {"type": type, "contract": contract_id, "period": str(period), "issue_date": issue_date}
    return UUID(await once(viewer, Request("issueDocument", idempotency_key, arguments), act))


async def issue_for_amount(
    parts: Parts,
    viewer: Viewer,
    *,
    type: str,
    contract_id: UUID,
    amount: Decimal,
    issue_date: date | None = None,
    description: str = "",
    idempotency_key: str | None = None,
) -> UUID:
    """Issue one document for an amount, tax included, in the contract's currency; gives its id, printing follows.

    It charges nothing and moves no period. Asked twice without a key, it makes two documents. Raises InvalidInput for
    an amount that is not positive, is too large, or has more decimals than the currency.
    """
    viewer.require(Scope.DOCUMENTS_ISSUE)
    _check_kind(parts, type, PeriodKind.AMOUNT)
    _check_issue_date(issue_date)
    _check_description(description)
    check_amount(amount, await _currency(contract_id))
    assignment = Assignment(
        contract_id=contract_id, type=type, amount=amount, description=description, issue_date=issue_date
    )
    act: Callable[[Remember], Awaitable[str]] = lambda remember: _make(parts, assignment, remember)  # noqa: E731
    arguments = {
        "type": type,
        "contract": contract_id,
        "amount": amount,
        "issue_date": issue_date,
        "description": description,
    }
    return UUID(await once(viewer, Request("issueDocument", idempotency_key, arguments), act))


async def void(parts: Parts, viewer: Viewer, *, document_id: UUID, reason: str) -> UUID:
    """Void an issued document: it keeps its number, and its period may be billed anew once nothing else rests on it.

    Money that settled it goes to what else is open of the contract. Locks the contract and the document. Raises
    NotFound, InvalidInput without a reason, IllegalState when it is void already or lies in closed books.
    """
    viewer.require(Scope.DOCUMENTS_VOID)
    reason = reason.strip()
    if not reason or len(reason) > REASON_LIMIT:
        raise InvalidInput(f"Say why the document is void, in at most {REASON_LIMIT} characters.", field="reason")
    async with writing() as connection:
        status = await rows.lock_document(connection, document_id)
        if status is None:
            raise NotFound("There is no such document.", field="document")
        if status is not DocumentStatus.ISSUED:
            raise IllegalState(f"The document is {status.value} and cannot be voided again.", field="document")
        if (closed_until := await rows.closed_books(connection, document_id)) is not None:
            raise IllegalState(
                f"The books that hold the document are closed until {closed_until}: enter a credit of a later day.",
                field="document",
            )
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
    return document_id


async def _make(parts: Parts, assignment: Assignment, remember: Remember) -> str:
    (result,) = await make(parts, assignment.type, [assignment], remember=remember)
    if isinstance(result, Issued):
        return result.document.id
    if isinstance(result, Skipped):
        raise NothingToBill(f"Nothing is due for this contract and period: {result.reason}.", field="period")
    raise result.error


def _check_kind(parts: Parts, type: str, kind: PeriodKind) -> None:
    document_type = parts.plugins.document_type(type)
    if kind not in document_type.period_kinds:
        allowed = ", ".join(sorted(document_type.period_kinds))
        raise InvalidInput(
            f"Document type {type!r} is not made by {kind.value}: it is made by {allowed}.", field="type"
        )


def _check_issue_date(issue_date: date | None) -> None:
    if issue_date is not None:
        check_issue_date(issue_date)


def _check_description(description: str) -> None:
    if len(description) > DESCRIPTION_LIMIT or not description.isprintable():
        raise InvalidInput(
            f"The description must be one line of at most {DESCRIPTION_LIMIT} printable characters.",
            field="description",
        )


async def _currency(contract_id: UUID) -> str:
    async with reading() as connection:
        currency = await contract_currency(connection, contract_id)
    if currency is None:
        raise NotFound("There is no such contract.", field="contract")
    return currency
