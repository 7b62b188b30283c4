"""Statement lines by hand: a person says whose money it is, that it is nobody's, or that what was said was wrong."""

from dataclasses import replace
from uuid import UUID

import asyncpg

from billfold.database import statements as rows
from billfold.database.audit import record_event
from billfold.database.connection import reading, writing
from billfold.database.contracts import contract_currency
from billfold.database.issuing import lock_contracts
from billfold.database.statements import KeptLine, LineChange
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import IllegalState, InvalidInput, NotFound
from billfold.domain.ids import new_id
from billfold.domain.matching import MatchRule
from billfold.domain.payments import TEXT_LIMIT, LineState, check_reason
from billfold.services import refunds
from billfold.services.parts import Parts
from billfold.services.payments import NewPayment, add_payment
from billfold.services.statements import SOURCE, order_words


async def resolve(
    parts: Parts, viewer: Viewer, *, line_id: UUID, contract_id: UUID, document_ids: tuple[UUID, ...] = ()
) -> UUID:
    """Register the money of a line for a contract of its enterprise, and for documents of it if they are told.

    Locks the contract, then the line. Raises NotFound, IllegalState for a line that is resolved or dismissed,
    InvalidInput for a contract of another enterprise or currency, and what `add_payment` raises.
    """
    viewer.require(Scope.BOOKS_WRITE)
    now = parts.clock.now()
    async with writing() as connection:
        await lock_contracts(connection, [contract_id])
        line = await _locked(connection, line_id)
        _check_waits(line)
        await _check_contract(connection, line, contract_id)
        new = _new_payment(line, contract_id, document_ids)
        payment_id = await add_payment(connection, new, actor=viewer.name, now=now)
        state = LineState.MATCHED if document_ids else LineState.CREDITED
        change = LineChange(state, MatchRule.HAND.value, payment_id, actor=viewer.name, at=now)
        await rows.change_line(connection, line_id, change)
        details = {"contract": contract_id, "payment": payment_id}
        subject = ("statement_line", line_id)
        await record_event(connection, "resolveStatementLine", subject, actor=viewer.name, now=now, details=details)
    return line_id


async def dismiss(parts: Parts, viewer: Viewer, *, line_id: UUID, reason: str) -> UUID:
    """Put a line aside that is no client's money. Locks the line.

    Raises NotFound, InvalidInput without a reason, IllegalState for a line that is resolved or dismissed.
    """
    viewer.require(Scope.BOOKS_WRITE)
    reason = check_reason(reason, "the line is put aside")
    now = parts.clock.now()
    async with writing() as connection:
        _check_waits(await _locked(connection, line_id))
        change = LineChange(LineState.DISMISSED, comment=reason, actor=viewer.name, at=now)
        await rows.change_line(connection, line_id, change)
        subject, details = ("statement_line", line_id), {"reason": reason}
        await record_event(connection, "dismissStatementLine", subject, actor=viewer.name, now=now, details=details)
    return line_id


async def reopen(parts: Parts, viewer: Viewer, *, line_id: UUID, reason: str) -> UUID:
    """Take back what became of a line: its payment is cancelled, and the line waits again.

    Two transactions: once the payment is cancelled, the line counts as unmatched, whatever becomes of the second.
    Raises NotFound, InvalidInput without a reason, IllegalState for a line that waits already, and what cancelling a
    payment raises.
    """
    viewer.require(Scope.BOOKS_WRITE)
    reason = check_reason(reason, "the line is opened again")
    async with reading() as connection:
        line = await rows.find_line(connection, line_id)
    if line is None:
        raise _no_line()
    if line.state is LineState.UNMATCHED:
        raise IllegalState("The line waits for a contract already.", field="line")
    if line.payment_id is not None:
        await refunds.cancel(parts, viewer, payment_id=line.payment_id, reason=reason)
    now = parts.clock.now()
    async with writing() as connection:
        found = await _locked(connection, line_id)
        if found not in (line, _waiting(line)):
            raise IllegalState("The line has just been changed: look at it again.", field="line")
        await rows.change_line(connection, line_id, LineChange(LineState.UNMATCHED, comment=reason))
        subject, details = ("statement_line", line_id), {"reason": reason, "payment": line.payment_id}
        await record_event(connection, "reopenStatementLine", subject, actor=viewer.name, now=now, details=details)
    return line_id


def _waiting(line: KeptLine) -> KeptLine:
    return replace(line, state=LineState.UNMATCHED, payment_id=None)


async def _locked(connection: asyncpg.Connection, line_id: UUID) -> KeptLine:
    line = await rows.lock_line(connection, line_id)
    if line is None:
        raise _no_line()
    return line


def _no_line() -> NotFound:
    return NotFound("There is no such line of a statement.", field="line")


def _check_waits(line: KeptLine) -> None:
    if line.state is not LineState.UNMATCHED:
        raise IllegalState(f"The line is {line.state.value} already: open it again first.", field="line")


async def _check_contract(connection: asyncpg.Connection, line: KeptLine, contract_id: UUID) -> None:
    currency = await contract_currency(connection, contract_id)
    if currency is None:
        raise NotFound("There is no such contract.", field="contract")
    if not await rows.is_contract_of(connection, contract_id, line.enterprise_id):
        raise InvalidInput(
            f"The money came to {line.enterprise_code}, and the contract is of another enterprise.", field="contract"
        )
    if currency != line.currency:
        raise InvalidInput(f"The money is {line.currency}, and the contract is in {currency}.", field="contract")


def _new_payment(line: KeptLine, contract_id: UUID, document_ids: tuple[UUID, ...]) -> NewPayment:
    return NewPayment(
        contract_id=contract_id,
        amount=line.amount,
        received_on=line.received_on,
        reference=line.purpose[:TEXT_LIMIT],
        document_ids=document_ids,
        comment=order_words(line.number, line.dated_on),
        payer_name=line.payer_name[:TEXT_LIMIT],
        payer_inn=line.payer_inn,
        payer_account=line.payer_account,
        source=SOURCE,
        # A cancelled payment keeps the line's key: the next one is told apart.
        external_id=f"{line.key}:{new_id()}" if line.was_paid else line.key,
    )
