"""Importing payments: what payments.csv may hold, and how its new payments settle what is open."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import asyncpg

from billfold.database import imported_payments as rows
from billfold.database.imported_payments import PAYMENTS, ImportedPayment
from billfold.database.settling import Payable, add_allocations, payables
from billfold.domain.allocation import Funds, Share, allocate
from billfold.domain.money import exponent
from billfold.domain.payments import AllocationKind, PaymentMethod
from billfold.services.imports.cells import day, decimal, one_of, short_text
from billfold.services.imports.columns import Column, Sheet
from billfold.services.imports.failures import ImportFailed
from billfold.services.settling import settle_contracts
from billfold.services.steps import chunked

ACTOR = "import"
_CONTRACTS_AT_ONCE = 1_000
_method = one_of(PaymentMethod)


def _method_or_bank(text: str) -> str:
    return str(_method(text or PaymentMethod.BANK.value))


async def prepare(connection: asyncpg.Connection, file: str) -> None:
    """Check the staged amounts by their currencies, and lock their contracts. Raises ImportFailed."""
    for staged in await rows.staged_digits(connection):
        digits = exponent(staged.currency)
        if staged.digits > digits:
            reason = f"the amount has more than the {digits} decimals of {staged.currency}: correct it."
            raise ImportFailed(file, staged.line, "amount", reason)
        await rows.write_out_amounts(connection, staged.currency, digits)
    await rows.lock_staged_contracts(connection)


async def settle(connection: asyncpg.Connection) -> None:
    """Let the payments that were added settle the documents they refer to, then what else is open."""
    added = await rows.added_payments(connection)
    now = await rows.transaction_time(connection)
    await _settle_referenced(connection, added, now)
    contracts = sorted({each.contract_id for each in added})
    for some in chunked(contracts, _CONTRACTS_AT_ONCE):
        await settle_contracts(connection, some, actor=ACTOR, now=now)


async def _settle_referenced(connection: asyncpg.Connection, added: Sequence[ImportedPayment], now: datetime) -> None:
    found = await payables(connection, rows.documents_of(added))
    shares = _referenced_shares(added, found)
    await add_allocations(connection, shares, AllocationKind.REFERENCED, actor=ACTOR, now=now)


def _referenced_shares(added: Sequence[ImportedPayment], found: Mapping[UUID, Payable]) -> list[tuple[UUID, Share]]:
    """Give what each payment gives to its document, in the order of receipt: several may refer to one."""
    open_ = {document_id: payable.item for document_id, payable in found.items()}
    shares: list[tuple[UUID, Share]] = []
    for payment in added:
        if payment.document_id is None:
            continue
        item = open_[payment.document_id]
        for share in allocate([item], [Funds(payment.id, payment.amount)]):
            shares.append((payment.contract_id, share))
            open_[payment.document_id] = replace(item, open=item.open - share.amount)
    return shares


SHEET = Sheet(
    "payments",
    PAYMENTS,
    (
        Column("external_id", short_text(limit=200, is_needed=True)),
        Column("contract", short_text(limit=100, is_needed=True)),
        Column("amount", decimal(digits=14, places=4)),
        Column("received_on", day),
        Column("reference", short_text()),
        Column("document", short_text(limit=200), is_optional=True),
        Column("method", _method_or_bank, is_optional=True),
    ),
    prepare=prepare,
    settle=settle,
)
