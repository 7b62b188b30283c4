"""Payments of a statement: what `add_payment` does for one, done for thousands in a handful of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import asyncpg

from billfold.database.connection import copy_rows
from billfold.database.matching import paid_accounts
from billfold.database.payments import Account
from billfold.database.settling import Payable, add_allocations, payables
from billfold.domain.allocation import Funds, Share, allocate
from billfold.domain.document import DocumentStatus
from billfold.domain.errors import CallerError, LimitExceeded
from billfold.domain.ids import new_id
from billfold.domain.payments import (
    AMOUNT_LIMIT,
    AllocationKind,
    PaymentKind,
    check_amount,
    check_books_open,
    check_day,
    check_text,
)
from billfold.domain.periods import local_date
from billfold.services.payments import NewPayment
from billfold.services.settling import settle_contracts


@dataclass(frozen=True, slots=True)
class Registered:
    """A payment that was registered, and whether it settles one of the documents that it refers to."""

    payment_id: UUID
    is_settling: bool


async def register_payments(
    connection: asyncpg.Connection, news: Sequence[NewPayment], *, actor: str, now: datetime
) -> list[Registered | CallerError]:
    """Write payments inside the caller's transaction, which has locked their contracts; gives the outcome of each.

    All documents that are referred to are settled first, in the order of the payments, then what is due of the
    contracts. A document that takes no money any more is passed over; a payment that may not be leaves its error in its
    place, and the others stand. Their external ids must be new.
    """
    contract_ids = {new.contract_id for new in news}
    documents = await payables(connection, [id_ for new in news for id_ in new.document_ids])
    batch = _Batch(await paid_accounts(connection, contract_ids), dict(documents), actor, now)
    outcomes = [batch.outcome(new) for new in news]
    await copy_rows(connection, "payments", batch.rows)
    await add_allocations(connection, batch.shares, AllocationKind.REFERENCED, actor=actor, now=now)
    await settle_contracts(connection, contract_ids, actor=actor, now=now)
    return outcomes


@dataclass(slots=True)
class _Batch:
    """Payments on their way: their rows, what they settle, and what that leaves open."""

    accounts: Mapping[UUID, Account]
    documents: dict[UUID, Payable]
    actor: str
    now: datetime
    rows: list[dict[str, object]] = field(default_factory=list)
    shares: list[tuple[UUID, Share]] = field(default_factory=list)
    added: dict[UUID, Decimal] = field(default_factory=dict)

    def outcome(self, new: NewPayment) -> Registered | CallerError:
        """Take a payment, or give what stands against it."""
        try:
            row = self._row(new)
        except CallerError as error:
            return error
        self.rows.append(row)
        return Registered(UUID(str(row["id"])), self._settle(new, UUID(str(row["id"]))))

    def _row(self, new: NewPayment) -> dict[str, object]:
        account = self.accounts[new.contract_id]
        amount = check_amount(new.amount, account.currency)
        added = self.added.get(new.contract_id, Decimal(0)) + amount
        if account.balance + added > AMOUNT_LIMIT:
            raise LimitExceeded(f"Contract {account.number} would hold more than {AMOUNT_LIMIT} {account.currency}.")
        check_day(new.received_on, local_date(self.now, account.timezone), field="receivedOn")
        check_books_open(new.received_on, account.closed_until, field="receivedOn")
        texts = {name: check_text(getattr(new, name), field=name) for name in _TEXTS}
        self.added[new.contract_id] = added
        return {
            "id": new_id(),
            "contract_id": new.contract_id,
            "kind": PaymentKind.PAYMENT.value,
            "method": new.method.value,
            "amount": amount,
            "received_on": new.received_on,
            **texts,
            "source": new.source,
            "external_id": new.external_id,
            "created_at": self.now,
            "created_by": self.actor,
        }

    def _settle(self, new: NewPayment, payment_id: UUID) -> bool:
        meant = [found for id_ in new.document_ids if (found := self.documents.get(id_)) and _takes(found, new)]
        shares = allocate([one.item for one in meant], [Funds(payment_id, new.amount)], referenced=new.document_ids)
        for share in shares:
            if share.document_id is not None:
                found = self.documents[share.document_id]
                left = replace(found.item, open=found.item.open - share.amount)
                self.documents[share.document_id] = replace(found, item=left)
        self.shares += [(new.contract_id, share) for share in shares]
        return bool(shares)


_TEXTS = ("reference", "comment", "payer_name", "payer_inn", "payer_account")


def _takes(found: Payable, new: NewPayment) -> bool:
    is_open = found.status is DocumentStatus.ISSUED and found.is_payable and found.item.open > 0
    return is_open and found.contract_id == new.contract_id
