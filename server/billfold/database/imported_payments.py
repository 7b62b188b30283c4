"""Imported payments: how payments.csv is merged, each row once by its external id, and what its new rows refer to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import asyncpg

from billfold.database.books import BookTable, Reference, Refusal
from billfold.database.staging import MERGE_TIMEOUT_SECONDS

_IS_NEW = "NOT EXISTS (SELECT FROM payments k WHERE k.source = 'import' AND k.external_id = s.external_id)"
_CLOSED = Refusal(
    "received_on",
    f"""SELECT s.line, e.closed_until AS told
        FROM staged s JOIN contracts c ON c.number = s.contract JOIN enterprises e ON e.id = c.enterprise_id
        WHERE s.received_on < e.closed_until AND {_IS_NEW} ORDER BY s.line LIMIT 1""",
    "the books are closed until {told}: name that day or a later one.",
)
_NOTHING = Refusal(
    "amount",
    "SELECT line, '' AS told FROM staged WHERE amount <= 0 ORDER BY line LIMIT 1",
    "a payment is above 0: correct the amount, or leave the row out.",
)

PAYMENTS = BookTable(
    "payments",
    key=("source", "external_id"),
    staged_key=("external_id",),
    references=(Reference("contract", "contract_id", "SELECT number AS code, id FROM contracts"),),
    extra={"document": "text"},
    computed={"source": "'import'", "kind": "'payment'", "created_by": "'import'"},
    is_updated=False,
    # The books of what was imported before may be closed by now.
    passes=(_IS_NEW,),
    refusals=(_NOTHING, _CLOSED),
)


@dataclass(frozen=True, slots=True)
class StagedDigits:
    """The currency of staged amounts, the most decimals that one of them has, and the first line with so many."""

    line: int
    currency: str
    digits: int


@dataclass(frozen=True, slots=True)
class ImportedPayment:
    """A payment that this import added, with the open document of its contract that it refers to, if it does."""

    id: UUID
    contract_id: UUID
    amount: Decimal
    document_id: UUID | None


async def lock_staged_contracts(connection: asyncpg.Connection) -> None:
    """Lock the contracts of staged payments, in the order in which everybody locks contracts."""
    await connection.execute(
        """SELECT 1 FROM contracts WHERE number IN (SELECT contract FROM staged) ORDER BY id FOR NO KEY UPDATE""",
        timeout=MERGE_TIMEOUT_SECONDS,
    )


async def staged_digits(connection: asyncpg.Connection) -> list[StagedDigits]:
    """Give, of each currency, what decimals the staged amounts have: the most of them."""
    rows = await connection.fetch(
        """SELECT DISTINCT ON (c.currency) s.line, c.currency, scale(trim_scale(s.amount)) AS digits
           FROM staged s JOIN contracts c ON c.number = s.contract
           ORDER BY c.currency, scale(trim_scale(s.amount)) DESC, s.line""",
        timeout=MERGE_TIMEOUT_SECONDS,
    )
    return [StagedDigits(*row) for row in rows]


async def write_out_amounts(connection: asyncpg.Connection, currency: str, digits: int) -> None:
    """Give the staged amounts of a currency all its decimals."""
    await connection.execute(
        """UPDATE staged s SET amount = round(s.amount, $2) FROM contracts c
           WHERE c.number = s.contract AND c.currency = $1 AND scale(s.amount) <> $2""",
        currency,
        digits,
        timeout=MERGE_TIMEOUT_SECONDS,
    )


async def added_payments(connection: asyncpg.Connection) -> list[ImportedPayment]:
    """Give the payments that the merge added, in the order of receipt.

    A number that no open document of the contract has refers to nothing: the document may be one of another system.
    """
    rows = await connection.fetch(
        """SELECT p.id, p.contract_id, p.amount, (
             SELECT d.id FROM documents d WHERE d.contract_id = p.contract_id AND d.number = s.document
               AND d.status = 'ISSUED' AND d.is_payable AND d.settled < d.gross ORDER BY d.issued_at, d.id LIMIT 1
           ) AS document_id
           FROM staged s JOIN payments p ON p.id = s.id ORDER BY p.received_on, s.line""",
        timeout=MERGE_TIMEOUT_SECONDS,
    )
    return [ImportedPayment(*row) for row in rows]


async def transaction_time(connection: asyncpg.Connection) -> datetime:
    """Give the instant at which the rows of this transaction were made."""
    found: datetime = await connection.fetchval("SELECT now()")
    return found


def documents_of(payments: Sequence[ImportedPayment]) -> list[UUID]:
    """Give the documents that payments refer to, each once."""
    return list(dict.fromkeys(each.document_id for each in payments if each.document_id is not None))
