"""Payments of a statement, many at once: the same outcome as one by one, and no line spoils another."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from billfold.database.connection import writing
from billfold.domain.errors import CallerError
from billfold.services.parts import Parts
from billfold.services.payments import NewPayment, add_payment
from billfold.services.statement_payments import Registered, register_payments
from tests.factories_rows import add_contract, add_document
from tests.services.asking import rows, value

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)


@pytest.fixture
async def billed(parts: Parts) -> NewPayment:
    """A payment of 2200.00 for a contract with an opening debt of 100.00 and the open invoices 1, 2 and 3."""
    async with writing() as connection:
        contract = await add_contract(connection, "157/1-2026", opening_balance=Decimal("-100.00"))
        for number in ("1", "2", "3"):
            await add_document(connection, number, contract_id=contract, due_date=date(2026, 11, int(number)))
    return NewPayment(contract, Decimal("2200.00"), date(2026, 10, 31), source="statement")


async def document(number: str) -> UUID:
    found: UUID = await value("SELECT id FROM documents WHERE number = $1", number)
    return found


async def register(*news: NewPayment) -> list[Registered | CallerError]:
    async with writing() as connection:
        named = [replace(new, external_id=str(at)) for at, new in enumerate(news)]
        return await register_payments(connection, named, actor="operator", now=NOW)


async def settled() -> list[Any]:
    return [row["settled"] for row in await rows("SELECT settled FROM documents ORDER BY number")]


async def test_documents_that_are_referred_to_go_first_and_then_the_oldest(billed: NewPayment) -> None:
    outcomes = await register(billed, replace(billed, document_ids=(await document("3"),)))

    assert [one.is_settling for one in outcomes if isinstance(one, Registered)] == [False, True]
    assert await settled() == [Decimal("2100.00"), Decimal(0), Decimal("2200.00")]
    assert await value("SELECT balance FROM contracts") == Decimal("4300.00")


async def test_a_document_that_the_payment_before_paid_is_passed_over(billed: NewPayment) -> None:
    new = replace(billed, document_ids=(await document("3"),))

    outcomes = await register(new, new)

    assert [one.is_settling for one in outcomes if isinstance(one, Registered)] == [True, False]
    assert await settled() == [Decimal("2100.00"), Decimal(0), Decimal("2200.00")]


async def test_one_payment_settles_the_same_as_by_itself(billed: NewPayment) -> None:
    new = replace(billed, document_ids=(await document("2"), await document("3")), amount=Decimal("3000.00"))

    await register(new)
    together = await settled()
    async with writing() as connection:
        await connection.execute("UPDATE allocations SET released_at = $1, released_by = 'x'", NOW)
        await add_payment(connection, replace(new, external_id="alone"), actor="operator", now=NOW)

    assert together == [Decimal(0), Decimal("2200.00"), Decimal("800.00")]
    assert (await rows("SELECT amount FROM allocations WHERE kind = 'referenced' ORDER BY created_at, id"))[2:] == [
        {"amount": Decimal("2200.00")},
        {"amount": Decimal("800.00")},
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": Decimal("1.001")},
        {"amount": Decimal("99999999999999")},
        {"received_on": date(2026, 11, 3)},
        {"payer_name": "\x01"},
    ],
)
async def test_a_payment_that_may_not_be_leaves_the_others(billed: NewPayment, changes: dict[str, Any]) -> None:
    outcomes = await register(billed, replace(billed, **changes), billed)

    assert [isinstance(one, Registered) for one in outcomes] == [True, False, True]
    assert await value("SELECT count(*) FROM payments") == 2
    assert await value("SELECT balance FROM contracts") == Decimal("4300.00")


async def test_no_payments_are_no_work(parts: Parts) -> None:
    assert await register() == []
