"""Payments that come in: what they settle, in which order, and what is refused."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR, ROLE_SCOPES, Role, Viewer
from billfold.domain.errors import (
    CallerError,
    Conflict,
    Forbidden,
    IdempotencyKeyReused,
    IllegalState,
    InvalidInput,
    LimitExceeded,
    NotFound,
)
from billfold.services import documents, payments
from billfold.services.parts import Parts
from billfold.services.payments import NewPayment
from tests.services.asking import rows, value
from tests.services.money import (
    ask_advance,
    assert_sums_agree,
    balance,
    bill,
    close,
    open_contract,
    pay,
    settled,
    shares,
)

NOBODY = UUID("0192f0c4-0000-7000-8000-000000000000")
VIEWER = Viewer(name="viewer", scopes=ROLE_SCOPES[Role.VIEWER], role=Role.VIEWER)


async def test_a_payment_settles_the_document_that_it_refers_to_first(parts: Parts) -> None:
    contract = await open_contract()
    await bill(contract, "1", "100.00", month=8)
    second = await bill(contract, "2", "100.00", month=9)

    await pay(parts, contract, "150.00", second)

    assert await shares(contract) == [("referenced", "2", "100.00"), ("automatic", "1", "50.00")]
    assert await balance(contract) == "-50.00"
    await assert_sums_agree()


async def test_a_payment_without_a_reference_settles_the_debt_and_then_the_oldest_due(parts: Parts) -> None:
    contract = await open_contract(opening_balance=Decimal("-30.00"))
    await bill(contract, "10", "100.00", month=9, due_date=date(2026, 10, 10))
    await bill(contract, "9", "100.00", month=8, due_date=date(2026, 10, 10))
    await bill(contract, "1", "100.00", month=7, due_date=None)

    await pay(parts, contract, "240.00")

    assert await shares(contract) == [
        ("automatic", "debt", "30.00"),
        ("automatic", "9", "100.00"),
        ("automatic", "10", "100.00"),
        ("automatic", "1", "10.00"),
    ]
    await assert_sums_agree()


async def test_the_surplus_stays_on_the_contract_as_credit(parts: Parts) -> None:
    contract = await open_contract()
    document = await bill(contract, "1", "100.00", month=9)

    await pay(parts, contract, "170.00", document)

    assert (await settled(document), await balance(contract)) == ("100.00", "70.00")
    await assert_sums_agree()


async def test_the_opening_balance_is_used_before_the_payment(parts: Parts) -> None:
    contract = await open_contract(opening_balance=Decimal("60.00"))
    document = await bill(contract, "1", "100.00", month=9)

    payment = await pay(parts, contract, "100.00")

    assert await settled(document) == "100.00"
    assert str(await value("SELECT allocated FROM payments WHERE id = $1", payment)) == "40.00"
    assert str(await value("SELECT opening_allocated FROM contracts")) == "60.00"
    await assert_sums_agree()


async def test_money_of_an_advance_settles_the_charges_that_follow_it(parts: Parts) -> None:
    contract = await open_contract()
    advance = await ask_advance(contract, "A-1", "100.00", month=8)
    await pay(parts, contract, "100.00", advance)
    charged = await bill(contract, "1", "70.00", month=8)

    await pay(parts, contract, "10.00")

    assert (await settled(advance), await settled(charged)) == ("100.00", "70.00")
    assert await balance(contract) == "40.00"
    assert await shares(contract) == [("referenced", "A-1", "100.00"), ("automatic", "1", "70.00")]
    await assert_sums_agree()


async def test_money_of_an_advance_settles_no_charges_of_before(parts: Parts) -> None:
    contract = await open_contract()
    charged = await bill(contract, "1", "70.00", month=7)
    advance = await ask_advance(contract, "A-1", "100.00", month=9)

    await pay(parts, contract, "100.00", advance)

    assert (await settled(advance), await settled(charged)) == ("100.00", "0")
    await assert_sums_agree()


@pytest.mark.parametrize(
    ("currency", "amount", "wrong"),
    [("JPY", "1220", "1220.5"), ("KWD", "1220.125", "1220.1255"), ("RUB", "1220.50", "1220.505")],
)
async def test_an_amount_has_the_decimals_of_its_currency(parts: Parts, currency: str, amount: str, wrong: str) -> None:
    contract = await open_contract(currency=currency)
    document = await bill(contract, "1", amount, month=9, currency=currency)

    await pay(parts, contract, amount)

    assert await settled(document) == amount
    with pytest.raises(InvalidInput, match=f"decimals of {currency}") as refused:
        await pay(parts, contract, wrong)
    assert refused.value.field == "amount"


async def test_an_amount_is_kept_with_all_the_decimals_of_its_currency(parts: Parts) -> None:
    await pay(parts, await open_contract(), "5")

    assert str(await value("SELECT amount FROM payments")) == "5.00"


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"contract_id": NOBODY}, NotFound, "contract"),
        ({"amount": Decimal(0)}, InvalidInput, "amount"),
        ({"amount": Decimal("-1.00")}, InvalidInput, "amount"),
        ({"amount": Decimal("NaN")}, InvalidInput, "amount"),
        ({"amount": Decimal("1E+14")}, InvalidInput, "amount"),
        ({"amount": Decimal("99999999999999")}, LimitExceeded, "amount"),
        ({"received_on": date(2026, 11, 3)}, InvalidInput, "receivedOn"),
        ({"received_on": date(1999, 12, 31)}, InvalidInput, "receivedOn"),
        ({"received_on": date(2026, 8, 31)}, IllegalState, "receivedOn"),
        ({"document_ids": (NOBODY,)}, NotFound, "document"),
        ({"document_ids": (NOBODY, UUID(int=1))}, NotFound, "documents"),
        ({"document_ids": tuple(UUID(int=at) for at in range(1_001))}, LimitExceeded, "documents"),
        ({"reference": "x" * 1_001}, InvalidInput, "reference"),
        ({"reference": "\x00"}, InvalidInput, "reference"),
        ({"payer_inn": "1" * 21}, InvalidInput, "payerInn"),
        ({"source": " "}, InvalidInput, "source"),
        ({"external_id": ""}, InvalidInput, "externalId"),
    ],
)
async def test_what_is_no_payment_is_refused_and_changes_nothing(
    parts: Parts, changes: dict[str, Any], error: type[CallerError], field: str
) -> None:
    contract = await open_contract(opening_balance=Decimal("1.00"))
    await close(date(2026, 9, 1))
    given = {"contract_id": contract, "amount": Decimal("10.00"), "received_on": date(2026, 10, 30), **changes}

    with pytest.raises(error) as refused:
        await payments.register(parts, OPERATOR, new=NewPayment(**given))

    assert refused.value.field == field
    assert await rows("SELECT 1 FROM payments") == []
    assert await balance(contract) == "1.00"


async def test_a_payment_in_closed_books_names_the_day_until_which_they_are_closed(parts: Parts) -> None:
    contract = await open_contract()
    await close(date(2026, 11, 1))

    with pytest.raises(IllegalState, match="closed until 2026-11-01"):
        await pay(parts, contract, "10.00")

    await pay(parts, contract, "10.00", received_on=date(2026, 11, 1))
    assert await balance(contract) == "10.00"


async def test_a_payment_that_waited_for_the_closing_of_the_books_is_told_so(parts: Parts) -> None:
    contract, is_locked = await open_contract(), asyncio.Event()

    async def close_slowly() -> None:
        async with writing() as connection:
            await connection.execute("SELECT FROM contracts WHERE id = $1 FOR UPDATE", contract)
            is_locked.set()
            await asyncio.sleep(0.5)
            await connection.execute("UPDATE enterprises SET closed_until = '2026-11-01'")

    closing = asyncio.create_task(close_slowly())
    await is_locked.wait()

    with pytest.raises(IllegalState, match="closed until 2026-11-01"):
        await pay(parts, contract, "10.00")
    await closing


async def test_tomorrow_on_the_wall_of_the_enterprise_may_be_told(parts: Parts) -> None:
    contract = await open_contract()

    await pay(parts, contract, "10.00", received_on=date(2026, 11, 2))

    assert await balance(contract) == "10.00"


async def test_documents_that_take_no_money_are_refused_by_name(parts: Parts) -> None:
    contract = await open_contract("1")
    other = await bill(await open_contract("2"), "О-1", "10.00", month=9)
    act = await bill(contract, "А-1", "10.00", month=7, is_payable=False)
    paid = await bill(contract, "П-1", "10.00", month=8)
    void = await bill(contract, "В-1", "10.00", month=9)
    await documents.void(parts, OPERATOR, document_id=void, reason="ошибка")
    await pay(parts, contract, "10.00")

    for document, error, words in (
        (other, InvalidInput, "Document О-1 is not of contract 1"),
        (act, IllegalState, "Document А-1 is not one to be paid"),
        (paid, IllegalState, "Document П-1 is paid"),
        (void, IllegalState, "Document В-1 is VOID"),
    ):
        with pytest.raises(error, match=words) as refused:
            await pay(parts, contract, "10.00", document)
        assert refused.value.field == "document"
    assert await balance(contract) == "-10.00"


async def test_an_external_id_counts_once_in_its_source(parts: Parts) -> None:
    contract = await open_contract()
    await pay(parts, contract, "10.00", source="bank", external_id="7")

    with pytest.raises(Conflict) as refused:
        await pay(parts, contract, "10.00", source="bank", external_id="7")

    assert refused.value.field == "externalId"
    await pay(parts, contract, "10.00", source="shop", external_id="7")
    assert await balance(contract) == "20.00"


async def test_an_idempotency_key_makes_one_payment(parts: Parts) -> None:
    new = NewPayment(await open_contract(), Decimal("10.00"), date(2026, 10, 30))

    found = await asyncio.gather(
        *(payments.register(parts, OPERATOR, new=new, idempotency_key="once") for _ in range(5))
    )

    assert len(set(found)) == 1
    assert await balance(new.contract_id) == "10.00"
    other = NewPayment(new.contract_id, Decimal("11.00"), new.received_on)
    with pytest.raises(IdempotencyKeyReused):
        await payments.register(parts, OPERATOR, new=other, idempotency_key="once")


async def test_forty_payments_at_once_lose_nothing(parts: Parts) -> None:
    contract = await open_contract()
    bills = [await bill(contract, str(month), "70.00", month=month) for month in range(1, 11)]

    await asyncio.gather(*(pay(parts, contract, "15.00") for _ in range(40)))

    assert await balance(contract) == "-100.00"
    assert [await settled(document) for document in bills] == ["70.00"] * 8 + ["40.00", "0"]
    await assert_sums_agree()


async def test_a_payment_and_a_void_at_once_leave_no_money_on_the_void(parts: Parts) -> None:
    contract = await open_contract()
    bills = [await bill(contract, str(month), "70.00", month=month) for month in range(1, 9)]

    await asyncio.gather(
        *(pay(parts, contract, "35.00") for _ in range(8)),
        *(documents.void(parts, OPERATOR, document_id=document, reason="ошибка") for document in bills[:4]),
    )

    assert [Decimal(await settled(document)) for document in bills] == [0, 0, 0, 0, 70, 70, 70, 70]
    await assert_sums_agree()


async def test_who_may_not_write_books_registers_nothing(parts: Parts) -> None:
    contract = await open_contract()
    new = NewPayment(contract, Decimal("10.00"), date(2026, 10, 30))

    with pytest.raises(Forbidden):
        await payments.register(parts, VIEWER, new=new)

    assert await rows("SELECT 1 FROM payments") == []


async def test_a_payment_is_told_in_the_log(parts: Parts) -> None:
    payment = await pay(parts, await open_contract(), "10.00")

    (event,) = await rows("SELECT actor, operation, noun, subject FROM audit_events")

    assert event == {"actor": "operator", "operation": "registerPayment", "noun": "payment", "subject": payment}
