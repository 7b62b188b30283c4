"""Settling: the money of contracts that is free, what of them is open, and the allocations that join the two."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import asyncpg

from billfold.database.connection import copy_rows
from billfold.domain.allocation import BEFORE_ALL, Funds, Issued, OpenItem, Share, Use
from billfold.domain.document import DocumentStatus
from billfold.domain.ids import new_id
from billfold.domain.payments import AllocationKind

# Money that is used up by charges matters only where an advance is open, for which it may work once more.
_FUNDS = """
WITH refunded AS (
  SELECT refunds_id, -sum(amount) AS amount FROM payments
  WHERE contract_id = ANY($1::uuid[]) AND kind = 'refund' AND cancelled_at IS NULL GROUP BY refunds_id
), there AS (
  SELECT p.id, p.contract_id, p.received_on, p.created_at, p.allocated, p.advanced,
         p.amount - COALESCE(r.amount, 0) AS amount
  FROM payments p LEFT JOIN refunded r ON r.refunds_id = p.id
  WHERE p.contract_id = ANY($1::uuid[]) AND p.kind = 'payment' AND p.cancelled_at IS NULL
), advances AS (
  SELECT contract_id FROM documents WHERE contract_id = ANY($1::uuid[]) AND status = 'ISSUED' AND is_payable
    AND settled < gross AND charge_period_id IS NULL
)
SELECT contract_id, id, amount, allocated + advanced AS used, received_on, created_at FROM there
WHERE allocated < amount OR (advanced < amount AND contract_id IN (SELECT contract_id FROM advances))
UNION ALL
SELECT id, NULL, opening_balance, opening_allocated + opening_advanced, NULL, NULL FROM contracts
WHERE id = ANY($1::uuid[]) AND (opening_balance > opening_allocated
  OR (opening_balance > opening_advanced AND id IN (SELECT contract_id FROM advances)))
ORDER BY contract_id, received_on NULLS FIRST, created_at, id
"""
_USES = """
SELECT COALESCE(a.payment_id, a.contract_id) AS source_id, a.amount, a.is_advance, d.issued_at, d.id AS document_id
FROM allocations a LEFT JOIN documents d ON d.id = a.document_id
WHERE a.released_at IS NULL
  AND (a.payment_id = ANY($1::uuid[]) OR (a.payment_id IS NULL AND a.contract_id = ANY($2::uuid[])))
"""
_ITEM = """d.contract_id, d.id AS document_id, d.gross - d.settled AS open, d.due_date, d.number, d.issued_at,
  d.charge_period_id IS NULL AS is_advance, d.paid_by_hand_at IS NOT NULL AS is_marked"""
_ITEMS = f"""
SELECT {_ITEM} FROM documents d
WHERE d.contract_id = ANY($1::uuid[]) AND d.status = 'ISSUED' AND d.is_payable AND d.settled < d.gross
UNION ALL
SELECT id, NULL, -opening_balance - opening_allocated, NULL, '', NULL, false, false FROM contracts
WHERE id = ANY($1::uuid[]) AND -opening_balance > opening_allocated
"""


@dataclass(frozen=True, slots=True)
class Payable:
    """A document with what is open of it; `is_void` and not `is_payable` ones take no money."""

    contract_id: UUID
    item: OpenItem
    status: DocumentStatus
    is_payable: bool


@dataclass(frozen=True, slots=True)
class Allocation:
    """A live allocation; without a payment it is of the opening balance, without a document of the opening debt."""

    id: UUID
    contract_id: UUID
    payment_id: UUID | None
    document_id: UUID | None
    kind: AllocationKind
    use: Use
    created_at: datetime


async def free_funds(connection: asyncpg.Connection, contract_ids: Collection[UUID]) -> dict[UUID, list[Funds]]:
    """Give the money of contracts that may settle something: the opening balance first, then by day of receipt.

    One statement where there is none, two where there is some.
    """
    rows = await connection.fetch(_FUNDS, list(contract_ids))
    spent = [row for row in rows if row["used"]]
    uses = await _uses(
        connection,
        [row["id"] for row in spent if row["id"]],
        [row["contract_id"] for row in spent if row["id"] is None],
    )
    funds: dict[UUID, list[Funds]] = defaultdict(list)
    for row in rows:
        used = uses[row["id"] or row["contract_id"]]
        funds[row["contract_id"]].append(Funds(row["id"], row["amount"], tuple(used)))
    return dict(funds)


async def funds_of(connection: asyncpg.Connection, payment_id: UUID, amount: Decimal) -> Funds:
    """Give the money of one payment, of which `amount` was not given back."""
    uses = await _uses(connection, [payment_id], [])
    return Funds(payment_id, amount, tuple(uses[payment_id]))


async def _uses(
    connection: asyncpg.Connection, payment_ids: Sequence[UUID], contract_ids: Sequence[UUID]
) -> dict[UUID, list[Use]]:
    """Give what payments, and the opening balances of contracts, settle: by payment or by contract."""
    uses: dict[UUID, list[Use]] = defaultdict(list)
    for row in await connection.fetch(_USES, payment_ids, contract_ids) if payment_ids or contract_ids else ():
        uses[row["source_id"]].append(_use(row))
    return uses


async def open_items(connection: asyncpg.Connection, contract_ids: Collection[UUID]) -> dict[UUID, list[OpenItem]]:
    """Give what is open of contracts, in no order: documents, and the opening debt."""
    items: dict[UUID, list[OpenItem]] = defaultdict(list)
    for row in await connection.fetch(_ITEMS, list(contract_ids)):
        items[row["contract_id"]].append(_item(row))
    return dict(items)


async def payables(connection: asyncpg.Connection, document_ids: Sequence[UUID]) -> dict[UUID, Payable]:
    """Find documents by their ids, whatever their state."""
    rows = await connection.fetch(
        f"SELECT {_ITEM}, d.status, d.is_payable FROM documents d WHERE d.id = ANY($1::uuid[])", document_ids
    )
    return {
        row["document_id"]: Payable(
            row["contract_id"], _item(row), DocumentStatus(row["status"]), is_payable=row["is_payable"]
        )
        for row in rows
    }


async def add_allocations(
    connection: asyncpg.Connection,
    shares: Sequence[tuple[UUID, Share]],
    kind: AllocationKind,
    *,
    actor: str,
    now: datetime,
) -> list[UUID]:
    """Write (contract, share) as allocations by COPY; gives their ids. Triggers settle the documents."""
    rows: list[dict[str, object]] = [
        {
            "id": new_id(),
            "contract_id": contract_id,
            "payment_id": share.payment_id,
            "document_id": share.document_id,
            "amount": share.amount,
            "kind": kind.value,
            "is_advance": share.is_advance,
            "created_at": now,
            "created_by": actor,
        }
        for contract_id, share in shares
    ]
    await copy_rows(connection, "allocations", rows)
    return [UUID(str(row["id"])) for row in rows]


async def allocation_contract(connection: asyncpg.Connection, allocation_id: UUID) -> UUID | None:
    """Give the contract of an allocation, or None when there is no such allocation."""
    found: UUID | None = await connection.fetchval("SELECT contract_id FROM allocations WHERE id = $1", allocation_id)
    return found


async def live_allocations(
    connection: asyncpg.Connection, of: Literal["id", "payment_id", "document_id"], key: UUID
) -> list[Allocation]:
    """Give the live allocations of a payment or of a document, or one by its own id; the newest first."""
    rows = await connection.fetch(
        f"""SELECT a.id, a.contract_id, a.payment_id, a.kind, a.amount, a.is_advance, a.document_id, d.issued_at,
                   a.created_at
            FROM allocations a LEFT JOIN documents d ON d.id = a.document_id
            WHERE a.{of} = $1 AND a.released_at IS NULL ORDER BY a.created_at DESC, a.id DESC""",
        key,
    )
    return [
        Allocation(
            id=row["id"],
            contract_id=row["contract_id"],
            payment_id=row["payment_id"],
            document_id=row["document_id"],
            kind=AllocationKind(row["kind"]),
            use=_use(row),
            created_at=row["created_at"],
        )
        for row in rows
    ]


async def release_allocations(
    connection: asyncpg.Connection, allocation_ids: Sequence[UUID], *, actor: str, reason: str, now: datetime
) -> None:
    """Release allocations that are live: their documents are open again. Triggers keep the sums."""
    if allocation_ids:
        await connection.execute(
            """UPDATE allocations SET released_at = $2, released_by = $3, release_reason = $4
               WHERE id = ANY($1::uuid[]) AND released_at IS NULL""",
            allocation_ids,
            now,
            actor,
            reason,
        )


def _issued(row: Any) -> Issued:
    return BEFORE_ALL if row["document_id"] is None else (row["issued_at"], row["document_id"])


def _use(row: Any) -> Use:
    return Use(row["amount"], _issued(row), row["is_advance"])


def _item(row: Any) -> OpenItem:
    return OpenItem(
        document_id=row["document_id"],
        open=row["open"],
        due_on=row["due_date"],
        number=row["number"],
        issued=_issued(row),
        is_advance=row["is_advance"],
        is_marked=row["is_marked"],
    )
