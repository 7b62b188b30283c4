"""Money for tests: contracts, documents of charges and advances with little ado, and the proof that the sums agree."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR
from billfold.services import payments
from billfold.services.parts import Parts
from billfold.services.payments import NewPayment
from tests.factories_rows import add_charge, add_charge_period, add_contract, add_document
from tests.services.asking import rows, value

WRONG_BALANCES = """
SELECT c.number, c.balance FROM contracts c WHERE c.balance <> c.opening_balance
  + COALESCE((SELECT sum(amount) FROM payments p WHERE p.contract_id = c.id AND p.cancelled_at IS NULL), 0)
  - COALESCE((SELECT sum(h.gross) FROM charges h LEFT JOIN charge_periods q ON q.id = h.charge_period_id
              WHERE h.contract_id = c.id AND h.cancelled_at IS NULL AND q.is_live IS NOT FALSE), 0)
"""
WRONG_DOCUMENTS = """
SELECT d.number, d.settled FROM documents d WHERE d.settled <> COALESCE(
  (SELECT sum(amount) FROM allocations a WHERE a.document_id = d.id AND a.released_at IS NULL), 0)
"""
WRONG_PAYMENTS = """
SELECT id FROM (
  SELECT p.*, COALESCE(s.allocated, 0) AS sum_allocated, COALESCE(s.advanced, 0) AS sum_advanced,
    p.amount + COALESCE((SELECT sum(amount) FROM payments r WHERE r.refunds_id = p.id AND r.cancelled_at IS NULL), 0)
      AS remains
  FROM payments p LEFT JOIN (
    SELECT payment_id, sum(amount) FILTER (WHERE NOT is_advance) AS allocated,
           sum(amount) FILTER (WHERE is_advance) AS advanced
    FROM allocations WHERE released_at IS NULL GROUP BY 1) s ON s.payment_id = p.id
) x WHERE (allocated, advanced) IS DISTINCT FROM (sum_allocated, sum_advanced)
   OR (kind = 'payment' AND (allocated > remains OR advanced > remains)) OR (kind = 'payment' AND remains < 0)
"""
WRONG_OPENINGS = """
SELECT c.number FROM contracts c CROSS JOIN LATERAL (
  SELECT COALESCE(sum(amount) FILTER (WHERE NOT is_advance), 0) AS plain,
         COALESCE(sum(amount) FILTER (WHERE is_advance), 0) AS advance
  FROM allocations a WHERE a.contract_id = c.id AND a.released_at IS NULL
     AND (a.payment_id IS NULL OR a.document_id IS NULL)) s
WHERE (c.opening_allocated, c.opening_advanced) <> (s.plain, s.advance)
"""


async def assert_sums_agree() -> None:
    """Compute every kept sum anew from the rows: balances, settled, allocated, advanced, opening_allocated."""
    for query in (WRONG_BALANCES, WRONG_DOCUMENTS, WRONG_PAYMENTS, WRONG_OPENINGS):
        assert await rows(query) == []


async def open_contract(number: str = "1", **columns: Any) -> UUID:
    """Insert a contract."""
    async with writing() as connection:
        return await add_contract(connection, number, **columns)


async def bill(contract_id: UUID, number: str, gross: str, *, month: int, **columns: Any) -> UUID:
    """Insert a document of charges for a month of 2026, issued on its last day at noon."""
    amounts = {"gross": Decimal(gross), "net": Decimal(gross), "tax": Decimal(0)}
    async with writing() as connection:
        days = {"period_from": date(2026, month, 1), "period_until": date(2026, month + 1, 1)}
        period_id = await add_charge_period(connection, contract_id=contract_id, **days)
        await add_charge(connection, charge_period_id=period_id, **days, **amounts)
        issued = {"issued_at": datetime(2026, month, 28, 12, tzinfo=UTC), "due_date": date(2026, month + 1, 10)}
        return await add_document(
            connection,
            number,
            contract_id=contract_id,
            charge_period_id=period_id,
            **{**issued, **days, **amounts, **columns},
        )


async def ask_advance(contract_id: UUID, number: str, gross: str, *, month: int, **columns: Any) -> UUID:
    """Insert a document for an amount, issued on the first of a month of 2026 at noon."""
    amounts = {"gross": Decimal(gross), "net": Decimal(gross), "tax": Decimal(0)}
    issued = {"issued_at": datetime(2026, month, 1, 12, tzinfo=UTC), "due_date": date(2026, month, 5)}
    async with writing() as connection:
        return await add_document(
            connection,
            number,
            contract_id=contract_id,
            **{**issued, **amounts, "period_from": None, "period_until": None, **columns},
        )


async def pay(parts: Parts, contract_id: UUID, amount: str, *documents: UUID, **changes: Any) -> UUID:
    """Register a payment of 30 October 2026."""
    given = {"received_on": date(2026, 10, 30), **changes}
    new = NewPayment(contract_id, Decimal(amount), document_ids=documents, **given)
    return await payments.register(parts, OPERATOR, new=new)


async def settled(document_id: UUID) -> str:
    """Give what is settled of a document."""
    return str(await value("SELECT settled FROM documents WHERE id = $1", document_id))


async def balance(contract_id: UUID) -> str:
    """Give what a contract holds."""
    return str(await value("SELECT balance FROM contracts WHERE id = $1", contract_id))


async def shares(contract_id: UUID) -> list[tuple[str, str, str]]:
    """Give the live allocations of a contract, the oldest first: kind, number of the document, amount."""
    found = await rows(
        """SELECT a.kind, COALESCE(d.number, 'debt') AS number, a.amount::text AS amount
           FROM allocations a LEFT JOIN documents d ON d.id = a.document_id
           WHERE a.contract_id = $1 AND a.released_at IS NULL ORDER BY a.created_at, a.id""",
        contract_id,
    )
    return [(row["kind"], row["number"], row["amount"]) for row in found]


async def close(until: date) -> None:
    """Close the books of every enterprise."""
    async with writing() as connection:
        await connection.execute("UPDATE enterprises SET closed_until = $1", until)
