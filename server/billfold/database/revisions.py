"""Revisions: what an issued document is when it is to be replaced, and what of it goes over to its revision."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import asyncpg

from billfold.domain.document import DocumentStatus
from billfold.domain.payments import AllocationKind

# It was mailed, or may have been, or its client may read it in the cabinet now, as `reading/visibility.py` has it.
_FIND = """
SELECT d.contract_id, d.type, d.status, d.number, d.series_id, d.counter, d.revision, d.occurrence_id, d.snapshot,
       d.gross, e.timezone, d.original_id IS NOT NULL AS is_correction, d.paid_by_hand_at, d.paid_by_hand_by,
       d.paid_by_hand_reason, d.is_hidden,
       EXISTS (SELECT FROM deliveries v WHERE v.document_id = d.id AND v.state IN ('SENT', 'UNKNOWN'))
         OR (d.visible_vote = 2 AND NOT d.is_hidden AND COALESCE(d.published_at <= $2, false)
             AND NOT EXISTS (SELECT FROM document_rules r WHERE r.enterprise_id = d.enterprise_id AND r.type = d.type
                             AND NOT r.is_visible)) AS is_received
FROM documents d JOIN enterprises e ON e.id = d.enterprise_id WHERE d.id = $1
"""

# What the rule or a person tied to the document; what was only the oldest due is settled anew.
_TIED = """
SELECT a.payment_id, a.amount, a.kind, p.amount + COALESCE(
  (SELECT sum(r.amount) FROM payments r WHERE r.refunds_id = p.id AND r.cancelled_at IS NULL), 0) AS kept
FROM allocations a JOIN payments p ON p.id = a.payment_id
WHERE a.document_id = $1 AND a.released_at IS NULL AND a.kind <> 'automatic' ORDER BY a.created_at, a.id
"""


@dataclass(frozen=True, slots=True)
class HandMark:
    """That a person says a document is paid: when, who, and why."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Revisable:
    """A document that somebody would replace: its place in its series, and what may keep it from being replaced.

    `is_received` tells that its client has it. `timezone` is that of the enterprise.
    """

    contract_id: UUID
    type: str
    status: DocumentStatus
    number: str
    series_id: UUID
    counter: int | None
    revision: int
    occurrence_id: UUID | None
    snapshot: bytes
    gross: Decimal
    timezone: str
    is_correction: bool
    is_received: bool
    is_hidden: bool
    mark: HandMark | None


@dataclass(frozen=True, slots=True)
class TiedMoney:
    """What of a payment is tied to a document, and why; `kept` is what of the payment was not given back."""

    payment_id: UUID
    amount: Decimal
    kind: AllocationKind
    kept: Decimal


async def find_revisable(connection: asyncpg.Connection, document_id: UUID, now: datetime) -> Revisable | None:
    """Read a document that somebody would replace; None when there is no such document."""
    row = await connection.fetchrow(_FIND, document_id, now)
    if row is None:
        return None
    told = dict(row)
    at, by, reason = (told.pop(f"paid_by_hand_{name}") for name in ("at", "by", "reason"))
    mark = HandMark(at, by, reason) if at else None
    return Revisable(**{**told, "status": DocumentStatus(told["status"])}, mark=mark)


async def tied_money(connection: asyncpg.Connection, document_id: UUID) -> list[TiedMoney]:
    """Read the money that was tied to a document by a reference or by hand, the first tied first."""
    rows = await connection.fetch(_TIED, document_id)
    return [TiedMoney(row["payment_id"], row["amount"], AllocationKind(row["kind"]), row["kept"]) for row in rows]


async def expect_again(connection: asyncpg.Connection, occurrence_id: UUID | None) -> None:
    """Let the expected generation of a document that was just voided wait for its revision."""
    await connection.execute(
        "UPDATE occurrences SET state = 'PENDING', reason = '' WHERE id = $1 AND state = 'SKIPPED'", occurrence_id
    )
