"""Payments: money received is registered, and settles what is open in the same transaction."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import asyncpg

from billfold.database import payments as rows
from billfold.database.audit import record_event
from billfold.database.connection import writing
from billfold.database.payments import Account
from billfold.database.settling import payables
from billfold.domain.access import Scope, Viewer
from billfold.domain.allocation import Funds, OpenItem
from billfold.domain.errors import Conflict, InvalidInput, LimitExceeded, NotFound
from billfold.domain.payments import (
    AMOUNT_LIMIT,
    PaymentKind,
    PaymentMethod,
    check_amount,
    check_books_open,
    check_day,
    check_text,
)
from billfold.domain.periods import local_date
from billfold.services.idempotency import Remember, Request, once
from billfold.services.parts import Parts
from billfold.services.settling import payable_item, settle_contracts, settle_referenced

# More would make one payment's transaction long; a payer who pays more documents at once names none of them.
DOCUMENTS_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class NewPayment:
    """Money that came in: `amount` in the contract's currency, `received_on` a day of the enterprise's zone.

    `document_ids` are the documents that it refers to, to be settled first and in this order. `external_id` names it
    once within its `source`.
    """

    contract_id: UUID
    amount: Decimal
    received_on: date
    reference: str = ""
    document_ids: tuple[UUID, ...] = ()
    method: PaymentMethod = PaymentMethod.BANK
    comment: str = ""
    payer_name: str = ""
    payer_inn: str = ""
    payer_account: str = ""
    source: str = "manual"
    external_id: str | None = None


async def register(parts: Parts, viewer: Viewer, *, new: NewPayment, idempotency_key: str | None = None) -> UUID:
    """Register money that came in, and let it settle what is open; gives the id of the payment.

    Raises what `add_payment` raises. Asked twice without a key and without an external id, it makes two payments.
    """
    viewer.require(Scope.BOOKS_WRITE)

    async def act(remember: Remember) -> str:
        now = parts.clock.now()
        async with writing() as connection:
            payment_id = await add_payment(connection, new, actor=viewer.name, now=now)
            details = {"contract": new.contract_id, "amount": new.amount, "received_on": new.received_on}
            await record_event(
                connection, "registerPayment", ("payment", payment_id), actor=viewer.name, now=now, details=details
            )
            await remember(connection, str(payment_id))
        return str(payment_id)

    return UUID(await once(viewer, Request("registerPayment", idempotency_key, asdict(new)), act))


async def add_payment(connection: asyncpg.Connection, new: NewPayment, *, actor: str, now: datetime) -> UUID:
    """Write a payment inside the caller's transaction, and let it settle what is open; gives its id.

    Locks the contract. The documents that it refers to are settled first, in their order, then the opening debt, then
    the oldest due; the rest stays free on the contract. Raises NotFound for a contract or a document that is not
    there, InvalidInput for what is no payment of the contract, IllegalState for a document that takes no money or a
    day in closed books, Conflict for an external id that its source gave before, LimitExceeded for too much money.
    """
    account = await rows.lock_account(connection, new.contract_id)
    if account is None:
        raise NotFound("There is no such contract.", field="contract")
    amount = _checked_amount(account, new.amount)
    _check_received(account, new.received_on, now)
    items = await _referenced(connection, account, new.document_ids)
    columns = {**_columns(new), "amount": amount, "created_at": now, "created_by": actor}
    payment_id = await rows.insert_payment(connection, columns)
    if payment_id is None:
        raise Conflict(
            f"Payment {new.external_id!r} of {new.source!r} is registered already: it counts once.", field="externalId"
        )
    funds = Funds(payment_id, amount)
    await settle_referenced(connection, account.contract_id, funds, items, actor=actor, now=now)
    await settle_contracts(connection, [account.contract_id], actor=actor, now=now)
    return payment_id


def _checked_amount(account: Account, amount: Decimal) -> Decimal:
    amount = check_amount(amount, account.currency)
    if account.balance + amount > AMOUNT_LIMIT:
        raise LimitExceeded(
            f"Contract {account.number} would hold more than {AMOUNT_LIMIT} {account.currency}: correct the amount.",
            field="amount",
        )
    return amount


def _check_received(account: Account, received_on: date, now: datetime) -> None:
    check_day(received_on, local_date(now, account.timezone), field="receivedOn")
    check_books_open(received_on, account.closed_until, field="receivedOn")


def _columns(new: NewPayment) -> dict[str, object]:
    if not new.source.strip():
        raise InvalidInput("The source is empty: say where the payment comes from.", field="source")
    if new.external_id is not None and not new.external_id.strip():
        raise InvalidInput("The external id is empty: leave it out, or tell it.", field="externalId")
    return {
        "contract_id": new.contract_id,
        "kind": PaymentKind.PAYMENT.value,
        "method": new.method.value,
        "received_on": new.received_on,
        "reference": check_text(new.reference, field="reference"),
        "comment": check_text(new.comment, field="comment"),
        "payer_name": check_text(new.payer_name, field="payerName"),
        "payer_inn": check_text(new.payer_inn, field="payerInn", limit=20),
        "payer_account": check_text(new.payer_account, field="payerAccount", limit=34),
        "source": check_text(new.source, field="source", limit=100),
        "external_id": new.external_id and check_text(new.external_id, field="externalId", limit=200),
    }


async def _referenced(connection: asyncpg.Connection, account: Account, document_ids: Sequence[UUID]) -> list[OpenItem]:
    """Give what is open of the documents that a payment refers to, in their order."""
    field = "document" if len(document_ids) == 1 else "documents"
    if len(document_ids) > DOCUMENTS_LIMIT:
        raise LimitExceeded(f"A payment refers to at most {DOCUMENTS_LIMIT} documents: name fewer.", field="documents")
    found = await payables(connection, document_ids) if document_ids else {}
    return [payable_item(account, found.get(id_), field=field) for id_ in dict.fromkeys(document_ids)]
