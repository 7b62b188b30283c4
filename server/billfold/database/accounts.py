"""Accounts: what contracts were charged and paid over a period, whose money came before it, and their documents.

A period's charges are of its last day, those of a correction of the day of its document, and a one-off charge that
waits is of its own day; a payment is of the day on which it came.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import asyncpg
import orjson

from billfold.domain.account import Account, AccountEntry, Advance, EntryKind
from billfold.domain.document import DocumentReference
from billfold.domain.money import ZERO
from billfold.domain.periods import Period

_MOVES = """
SELECT p.contract_id, CASE WHEN p.is_correction THEN 'correction' ELSE 'charge' END AS kind,
       CASE WHEN p.is_correction THEN p.period_from ELSE p.period_until - 1 END AS day, s.gross AS amount,
       '' AS reference, p.id AS charge_period_id, p.charged_at AS at, p.id
FROM charge_periods p
JOIN LATERAL (SELECT sum(h.gross) AS gross FROM charges h WHERE h.charge_period_id = p.id) s ON s.gross IS NOT NULL
WHERE p.contract_id = ANY($1::uuid[]) AND p.is_live
UNION ALL
SELECT h.contract_id, 'charge', h.period_from, h.gross, '', NULL, h.created_at, h.id
FROM charges h
WHERE h.contract_id = ANY($1::uuid[]) AND h.charge_period_id IS NULL AND h.cancelled_at IS NULL
UNION ALL
SELECT m.contract_id, m.kind, m.received_on, -m.amount, m.reference, NULL, m.created_at, m.id
FROM payments m WHERE m.contract_id = ANY($1::uuid[]) AND m.cancelled_at IS NULL
"""

_OPENINGS = """
SELECT c.id, c.opening_balance - COALESCE((SELECT sum(m.amount) FROM moves m
                                           WHERE m.contract_id = c.id AND m.day < $2), 0) AS opening
FROM contracts c WHERE c.id = ANY($1::uuid[])
"""

_ENTRIES = "SELECT * FROM moves m WHERE m.day >= $2 AND m.day < $3 ORDER BY m.contract_id, m.day, m.at, m.id"

_REFERENCE = """
d.id, d.contract_id, d.charge_period_id, d.type, d.number, d.issue_date, d.net, d.tax, d.gross, d.period_from,
d.period_until, d.revision, d.revised_on, sealed.title, sealed.details
"""

# Only these two: a snapshot carries pictures.
_SEALED = """
CROSS JOIN LATERAL (SELECT convert_from(d.snapshot, 'UTF8')::json AS document) s
CROSS JOIN LATERAL (SELECT s.document ->> 'title' AS title, s.document -> 'details' AS details) sealed
"""

_OF_PERIODS = f"""
SELECT {_REFERENCE} FROM documents d {_SEALED} WHERE d.charge_period_id = ANY($1::uuid[]) AND d.status = 'ISSUED'
ORDER BY d.issued_at, d.id
"""

_OF_CONTRACTS = f"""
SELECT {_REFERENCE} FROM documents d {_SEALED}
WHERE d.contract_id = ANY($1::uuid[]) AND d.status = 'ISSUED'
  AND ((d.issue_date > $2::date - 366 AND d.issue_date <= $2) OR (d.period_from < $4 AND d.period_until > $3))
ORDER BY d.issue_date, d.issued_at, d.id
"""

# What was paid, less what of it was given back; the opening balance is the oldest money, or the oldest debt.
_PAID = """
SELECT m.contract_id, m.reference, m.received_on,
       m.amount + COALESCE((SELECT sum(r.amount) FROM payments r
                            WHERE r.refunds_id = m.id AND r.cancelled_at IS NULL), 0) AS amount
FROM payments m
WHERE m.contract_id = ANY($1::uuid[]) AND m.kind = 'payment' AND m.cancelled_at IS NULL AND m.received_on < $2
ORDER BY m.received_on, m.created_at, m.id
"""

_SPENT = """
SELECT c.id, c.signed_on, c.opening_balance, COALESCE((
  SELECT sum(h.gross) FROM charge_periods p JOIN charges h ON h.charge_period_id = p.id
  WHERE p.contract_id = c.id AND p.is_live
    AND CASE WHEN p.is_correction THEN p.period_from ELSE p.period_until - 1 END < $2), 0) AS charged
FROM contracts c WHERE c.id = ANY($1::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Money:
    """The money that came before a supply, the oldest first, and what was spent of it on earlier ones."""

    payments: tuple[Advance, ...]
    spent: Decimal


async def accounts_of(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], period: Period
) -> dict[UUID, Account]:
    """Read the accounts of contracts over a period, each with the documents of its charges."""
    moves = f"WITH moves AS ({_MOVES})"
    openings = await connection.fetch(moves + _OPENINGS, contract_ids, period.start)
    rows = await connection.fetch(moves + _ENTRIES, contract_ids, period.start, period.until)
    documents = await _documents_of(connection, [row["charge_period_id"] for row in rows if row["charge_period_id"]])
    entries: dict[UUID, list[AccountEntry]] = defaultdict(list)
    for row in rows:
        entries[row["contract_id"]].append(_entry(row, documents))
    return {row["id"]: Account(row["opening"], tuple(entries[row["id"]])) for row in openings}


def _entry(row: asyncpg.Record, documents: Mapping[UUID, list[DocumentReference]]) -> AccountEntry:
    return AccountEntry(
        kind=EntryKind(row["kind"]),
        on=row["day"],
        amount=row["amount"],
        reference=row["reference"],
        documents=tuple(documents.get(row["charge_period_id"], ())),
    )


async def _documents_of(
    connection: asyncpg.Connection, charge_period_ids: Sequence[UUID]
) -> dict[UUID, list[DocumentReference]]:
    found: dict[UUID, list[DocumentReference]] = defaultdict(list)
    for row in await connection.fetch(_OF_PERIODS, charge_period_ids) if charge_period_ids else ():
        found[row["charge_period_id"]].append(_reference(row))
    return found


async def claims_on(connection: asyncpg.Connection, charge_period_ids: Sequence[UUID], type: str) -> dict[UUID, str]:
    """Find the charged periods that a live payable document of another type claims; gives its type and number."""
    rows = await connection.fetch(
        """SELECT DISTINCT ON (charge_period_id) charge_period_id, type, number FROM documents
           WHERE charge_period_id = ANY($1::uuid[]) AND status = 'ISSUED' AND is_payable AND type <> $2
           ORDER BY charge_period_id, issued_at""",
        charge_period_ids,
        type,
    )
    return {row["charge_period_id"]: f"{row['type']} {row['number']}" for row in rows}


async def count_documents(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], types: Sequence[str]
) -> dict[UUID, int]:
    """Count the documents of some types, a void one twice: whatever is issued or voided changes the count."""
    rows = await connection.fetch(
        """SELECT contract_id, count(*) + count(*) FILTER (WHERE status = 'VOID') AS count FROM documents
           WHERE contract_id = ANY($1::uuid[]) AND type = ANY($2::text[]) GROUP BY contract_id""",
        contract_ids,
        types,
    )
    return {row["contract_id"]: row["count"] for row in rows}


async def documents_of(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], on: date, period: Period | None
) -> dict[UUID, tuple[DocumentReference, ...]]:
    """Read the live documents of contracts of the year up to `on`, and those of the period, the oldest first."""
    found: dict[UUID, list[DocumentReference]] = defaultdict(list)
    borders = (period.start, period.until) if period else (None, None)
    for row in await connection.fetch(_OF_CONTRACTS, contract_ids, on, *borders):
        found[row["contract_id"]].append(_reference(row))
    return {contract: tuple(documents) for contract, documents in found.items()}


def _reference(row: asyncpg.Record) -> DocumentReference:
    return DocumentReference(
        id=str(row["id"]),
        type=row["type"],
        title=row["title"],
        number=row["number"],
        issue_date=row["issue_date"],
        net=row["net"],
        tax=row["tax"],
        gross=row["gross"],
        period=Period(row["period_from"], row["period_until"]) if row["period_from"] else None,
        details=orjson.loads(row["details"]),
        revision=row["revision"],
        revised_on=row["revised_on"],
    )


async def money_before(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], period: Period
) -> dict[UUID, Money]:
    """Read the money that came to contracts by the end of a period, and what they were charged before its start."""
    payments: dict[UUID, list[Advance]] = defaultdict(list)
    spent = await connection.fetch(_SPENT, contract_ids, period.start)
    for row in spent:
        if row["opening_balance"] > 0:
            payments[row["id"]].append(Advance("", row["signed_on"], row["opening_balance"]))
    for row in await connection.fetch(_PAID, contract_ids, period.until):
        payments[row["contract_id"]].append(Advance(row["reference"], row["received_on"], row["amount"]))
    return {
        row["id"]: Money(tuple(payments[row["id"]]), row["charged"] + max(-row["opening_balance"], ZERO))
        for row in spent
    }
