"""Allocations by hand: a person says which document a payment settles, or that it does not."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from billfold.database import settling as rows
from billfold.database.audit import record_event
from billfold.database.connection import writing
from billfold.database.payments import Account, lock_account
from billfold.domain.access import Scope, Viewer
from billfold.domain.allocation import OpenItem, Share
from billfold.domain.errors import Conflict, IllegalState, InvalidInput, NotFound
from billfold.domain.payments import AllocationKind, PaymentKind, check_amount, check_reason
from billfold.domain.periods import local_date
from billfold.services.idempotency import Remember, Request, once
from billfold.services.parts import Parts
from billfold.services.settling import lock_live_payment, payable_item


async def allocate(
    parts: Parts,
    viewer: Viewer,
    *,
    payment_id: UUID,
    document_id: UUID,
    amount: Decimal | None = None,
    idempotency_key: str | None = None,
) -> UUID:
    """Let a payment settle a document of its contract, by as much as it can or by `amount`; gives the allocation's id.

    Locks the contract. Raises NotFound, InvalidInput for a document of another contract or more than is open of it,
    IllegalState for a document or a payment that cannot take part, Conflict when the payment has not enough free money.
    """
    viewer.require(Scope.BOOKS_WRITE)

    async def act(remember: Remember) -> str:
        now = parts.clock.now()
        async with writing() as connection:
            account, payment = await lock_live_payment(connection, payment_id)
            if payment.kind is PaymentKind.REFUND:
                raise IllegalState("A refund settles nothing: name a payment.", field="payment")
            found = await rows.payables(connection, [document_id])
            item = payable_item(account, found.get(document_id), field="document")
            free = (await rows.funds_of(connection, payment_id, payment.left)).share(item)
            share = Share(payment_id, document_id, _amount(account, item, free, amount), item.is_advance)
            (allocation_id,) = await rows.add_allocations(
                connection, [(account.contract_id, share)], AllocationKind.MANUAL, actor=viewer.name, now=now
            )
            await record_event(
                connection, "allocatePayment", ("payment", payment_id), actor=viewer.name, now=now, details=arguments
            )
            await remember(connection, str(allocation_id))
        return str(allocation_id)

    arguments = {"payment": payment_id, "document": document_id, "amount": amount}
    return UUID(await once(viewer, Request("allocatePayment", idempotency_key, arguments), act))


async def release(parts: Parts, viewer: Viewer, *, allocation_id: UUID, reason: str) -> UUID:
    """Release one allocation: its document is open again, and its money stays free on purpose.

    Nothing settles it in this transaction, so that it may be allocated elsewhere; the next payment or document of the
    contract may. Locks the contract. Raises NotFound, InvalidInput without a reason, IllegalState when it is
    released or was made on a day of closed books.
    """
    viewer.require(Scope.BOOKS_WRITE)
    reason = check_reason(reason, "the allocation is released")
    now, actor = parts.clock.now(), viewer.name
    async with writing() as connection:
        contract_id = await rows.allocation_contract(connection, allocation_id)
        if contract_id is None:
            raise NotFound("There is no such allocation.", field="allocation")
        account = await lock_account(connection, contract_id)
        live = await rows.live_allocations(connection, "id", allocation_id)
        if account is None or not live:
            raise IllegalState("The allocation is released already.", field="allocation")
        _check_open(account, local_date(live[0].created_at, account.timezone))
        await rows.release_allocations(connection, [allocation_id], actor=actor, reason=reason, now=now)
        await record_event(
            connection,
            "releaseAllocation",
            ("allocation", allocation_id),
            actor=actor,
            now=now,
            details={"reason": reason},
        )
    return allocation_id


def _check_open(account: Account, made_on: date) -> None:
    if account.closed_until is not None and made_on < account.closed_until:
        raise IllegalState(
            f"The allocation was made on {made_on}, and the books are closed until {account.closed_until}: give the "
            "money back instead.",
            field="allocation",
        )


def _amount(account: Account, item: OpenItem, free: Decimal, asked: Decimal | None) -> Decimal:
    """Give how much to allocate. `free` is what the payment may give, at most what is open of the item."""
    amount = item.open if asked is None else check_amount(asked, account.currency)
    if amount > item.open:
        raise InvalidInput(
            f"Only {item.open} {account.currency} are open of document {item.number}: ask for as much at most.",
            field="amount",
        )
    if (asked is None and free <= 0) or (asked is not None and amount > free):
        raise Conflict(
            f"Only {free} {account.currency} of the payment are free for document {item.number}: release what it "
            "settles first.",
            field="amount",
        )
    return min(amount, free)
