"""Settling: free money of contracts goes to what is open of them, inside the transaction of whoever changed either."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import asyncpg

from billfold.database import settling as rows
from billfold.database.payments import Account, Payment, lock_payment
from billfold.database.settling import Payable
from billfold.domain.allocation import Funds, OpenItem, Share, allocate, shrink
from billfold.domain.document import DocumentStatus
from billfold.domain.errors import IllegalState, InvalidInput, NotFound
from billfold.domain.payments import AllocationKind


async def settle_contracts(
    connection: asyncpg.Connection, contract_ids: Collection[UUID], *, actor: str, now: datetime
) -> None:
    """Let the free money of contracts settle what is open of them: the opening debt, then the oldest due first.

    Inside the caller's transaction, which has locked the contracts. One statement where no contract has money, and a
    handful for any number of contracts otherwise. May be repeated: a second time settles nothing.
    """
    funds = await rows.free_funds(connection, contract_ids) if contract_ids else {}
    items = await rows.open_items(connection, list(funds)) if funds else {}
    shares = [
        (contract_id, share)
        for contract_id, open_ in sorted(items.items(), key=lambda found: found[0].bytes)
        for share in allocate(open_, funds[contract_id])
    ]
    await rows.add_allocations(connection, shares, AllocationKind.AUTOMATIC, actor=actor, now=now)


async def settle_referenced(
    connection: asyncpg.Connection,
    contract_id: UUID,
    funds: Funds,
    items: Sequence[OpenItem],
    *,
    actor: str,
    now: datetime,
) -> None:
    """Let a payment settle the documents that it refers to, in their order, as far as it goes.

    Inside the caller's transaction, which has locked the contract.
    """
    referenced = [item.document_id for item in items if item.document_id is not None]
    shares = [(contract_id, share) for share in allocate(items, [funds], referenced=referenced)]
    await rows.add_allocations(connection, shares, AllocationKind.REFERENCED, actor=actor, now=now)


async def release_document(
    connection: asyncpg.Connection, document_id: UUID, *, actor: str, reason: str, now: datetime
) -> None:
    """Take all money from a document; it is free again, and settles nothing until `settle_contracts`.

    Inside the caller's transaction, which has locked the contract.
    """
    live = await rows.live_allocations(connection, "document_id", document_id)
    await rows.release_allocations(connection, [each.id for each in live], actor=actor, reason=reason, now=now)


async def release_payment(
    connection: asyncpg.Connection, payment_id: UUID, *, left: Decimal, actor: str, reason: str, now: datetime
) -> None:
    """Release what a payment settles, the newest first, until the rest needs no more than `left` of its money.

    What is released in part is allocated anew for its rest. Inside the caller's transaction, which has locked the
    contract.
    """
    live = await rows.live_allocations(connection, "payment_id", payment_id)
    taken = shrink([each.use for each in live], left)
    touched = [(each, less) for each, less in zip(live, taken, strict=True) if less]
    await rows.release_allocations(connection, [each.id for each, _ in touched], actor=actor, reason=reason, now=now)
    for each, less in reversed(touched):
        rest = Share(payment_id, each.document_id, each.use.amount - less, each.use.is_advance)
        shares = [(each.contract_id, rest)] if rest.amount else []
        await rows.add_allocations(connection, shares, each.kind, actor=actor, now=now)


async def lock_live_payment(connection: asyncpg.Connection, payment_id: UUID) -> tuple[Account, Payment]:
    """Lock the contract of a payment and give both. Raises NotFound, and IllegalState for a cancelled payment."""
    account, payment = await lock_payment(connection, payment_id)
    if payment.is_cancelled:
        raise IllegalState("The payment is cancelled: it counts no more.", field="payment")
    return account, payment


def payable_item(account: Account, found: Payable | None, *, field: str) -> OpenItem:
    """Give what is open of a document that money of a contract shall settle.

    Raises NotFound, InvalidInput for a document of another contract, IllegalState for one that takes no money.
    """
    if found is None:
        raise NotFound("There is no such document.", field=field)
    number = found.item.number
    if found.contract_id != account.contract_id:
        raise InvalidInput(
            f"Document {number} is not of contract {account.number}: money never settles across contracts.", field=field
        )
    if found.status is not DocumentStatus.ISSUED:
        raise IllegalState(f"Document {number} is {found.status.value}: it takes no money.", field=field)
    if not found.is_payable:
        raise IllegalState(f"Document {number} is not one to be paid: it takes no money.", field=field)
    if found.item.open <= 0:
        raise IllegalState(f"Document {number} is paid: nothing is open of it.", field=field)
    return found.item
