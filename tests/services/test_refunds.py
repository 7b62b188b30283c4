"""Payments that are cancelled or given back: what they settled is open again, and the sums agree at every step."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from billfold.domain.access import OPERATOR
from billfold.domain.errors import CallerError, Forbidden, IllegalState, InvalidInput, NotFound
from billfold.services import refunds
from billfold.services.parts import Parts
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
from tests.services.test_payments import NOBODY, VIEWER


async def give_back(parts: Parts, payment: UUID, amount: str, day: date = date(2026, 10, 31)) -> UUID:
    return await refunds.refund(
        parts, OPERATOR, payment_id=payment, amount=Decimal(amount), refunded_on=day, reason="возврат"
    )


async def cancel(parts: Parts, payment: UUID) -> None:
    await refunds.cancel(parts, OPERATOR, payment_id=payment, reason="ошибка банка")


async def test_a_cancelled_payment_opens_its_documents_again(parts: Parts) -> None:
    contract = await open_contract()
    document = await bill(contract, "1", "100.00", month=9)
    payment = await pay(parts, contract, "100.00", document)

    await cancel(parts, payment)

    assert (await settled(document), await balance(contract)) == ("0.00", "-100.00")
    (row,) = await rows("SELECT cancelled_at IS NOT NULL AS is_cancelled, cancelled_by, cancel_reason FROM payments")
    assert row == {"is_cancelled": True, "cancelled_by": "operator", "cancel_reason": "ошибка банка"}
    await assert_sums_agree()


async def test_other_free_money_takes_the_place_of_a_cancelled_payment(parts: Parts) -> None:
    contract = await open_contract()
    document = await bill(contract, "1", "100.00", month=9)
    payment = await pay(parts, contract, "100.00", document)
    await pay(parts, contract, "30.00")

    await cancel(parts, payment)

    assert (await settled(document), await balance(contract)) == ("30.00", "-70.00")
    await assert_sums_agree()


async def test_a_refund_takes_free_money_first(parts: Parts) -> None:
    contract = await open_contract()
    document = await bill(contract, "1", "100.00", month=9)
    payment = await pay(parts, contract, "150.00")

    await give_back(parts, payment, "50.00")

    assert (await settled(document), await balance(contract)) == ("100.00", "0.00")
    await assert_sums_agree()


async def test_a_refund_releases_the_newest_first_and_only_as_far_as_needed(parts: Parts) -> None:
    contract = await open_contract()
    first = await bill(contract, "1", "100.00", month=8)
    second = await bill(contract, "2", "100.00", month=9)
    payment = await pay(parts, contract, "200.00", first, second)

    await give_back(parts, payment, "30.00")

    assert await shares(contract) == [("referenced", "1", "100.00"), ("referenced", "2", "70.00")]
    assert await balance(contract) == "-30.00"
    await assert_sums_agree()


async def test_a_refund_of_an_advance_opens_both_it_and_what_it_was_offset_against(parts: Parts) -> None:
    contract = await open_contract()
    advance = await ask_advance(contract, "A-1", "100.00", month=8)
    charged = await bill(contract, "1", "100.00", month=8)
    payment = await pay(parts, contract, "100.00")
    assert (await settled(advance), await settled(charged)) == ("100.00", "100.00")

    await give_back(parts, payment, "40.00")

    assert (await settled(advance), await settled(charged)) == ("60.00", "60.00")
    await assert_sums_agree()


async def test_no_more_is_given_back_than_came(parts: Parts) -> None:
    contract = await open_contract()
    payment = await pay(parts, contract, "100.00")
    await give_back(parts, payment, "60.00")

    with pytest.raises(InvalidInput, match=r"Only 40\.00 RUB") as refused:
        await give_back(parts, payment, "40.01")

    assert refused.value.field == "amount"
    await give_back(parts, payment, "40.00")
    assert await balance(contract) == "0.00"
    await assert_sums_agree()


async def test_money_that_was_given_back_settles_nothing_later(parts: Parts) -> None:
    contract = await open_contract()
    payment = await pay(parts, contract, "100.00")
    await give_back(parts, payment, "60.00")
    document = await bill(contract, "1", "100.00", month=9)

    await pay(parts, contract, "1.00")

    assert await settled(document) == "41.00"
    await assert_sums_agree()


async def test_a_payment_is_cancelled_only_after_its_refunds(parts: Parts) -> None:
    contract = await open_contract()
    document = await bill(contract, "1", "100.00", month=9)
    payment = await pay(parts, contract, "100.00")
    refund = await give_back(parts, payment, "30.00")

    with pytest.raises(IllegalState, match="cancel its refunds first"):
        await cancel(parts, payment)
    await cancel(parts, refund)

    assert (await settled(document), await balance(contract)) == ("100.00", "0.00")
    await assert_sums_agree()
    await cancel(parts, payment)
    assert (await settled(document), await balance(contract)) == ("0.00", "-100.00")
    await assert_sums_agree()


async def test_what_is_cancelled_or_a_refund_is_not_given_back(parts: Parts) -> None:
    contract = await open_contract()
    payment = await pay(parts, contract, "100.00")
    refund = await give_back(parts, payment, "30.00")

    with pytest.raises(IllegalState, match="A refund cannot be given back"):
        await give_back(parts, refund, "1.00")
    await cancel(parts, refund)
    await cancel(parts, payment)

    for repeated in (cancel(parts, payment), cancel(parts, refund), give_back(parts, payment, "1.00")):
        with pytest.raises(IllegalState, match="cancelled"):
            await repeated


@pytest.mark.parametrize(
    ("amount", "day", "reason", "error", "field"),
    [
        ("10.001", date(2026, 10, 31), "возврат", InvalidInput, "amount"),
        ("0", date(2026, 10, 31), "возврат", InvalidInput, "amount"),
        ("10.00", date(2026, 10, 29), "возврат", InvalidInput, "refundedOn"),
        ("10.00", date(2026, 11, 3), "возврат", InvalidInput, "refundedOn"),
        ("10.00", date(2026, 10, 30), "возврат", IllegalState, "refundedOn"),
        ("10.00", date(2026, 10, 31), " ", InvalidInput, "reason"),
    ],
)
async def test_what_is_no_refund_changes_nothing(
    parts: Parts, amount: str, day: date, reason: str, error: type[CallerError], field: str
) -> None:
    contract = await open_contract()
    payment = await pay(parts, contract, "100.00")
    await close(date(2026, 10, 31))

    with pytest.raises(error) as refused:
        await refunds.refund(
            parts, OPERATOR, payment_id=payment, amount=Decimal(amount), refunded_on=day, reason=reason
        )

    assert refused.value.field == field
    assert await balance(contract) == "100.00"


async def test_a_payment_of_closed_books_is_given_back_but_not_cancelled(parts: Parts) -> None:
    contract = await open_contract()
    payment = await pay(parts, contract, "100.00")
    await close(date(2026, 10, 31))

    with pytest.raises(IllegalState, match="closed until 2026-10-31"):
        await cancel(parts, payment)

    await give_back(parts, payment, "100.00")
    assert await balance(contract) == "0.00"


async def test_a_refund_with_a_key_is_made_once(parts: Parts) -> None:
    payment = await pay(parts, await open_contract(), "100.00")

    made = [
        await refunds.refund(
            parts,
            OPERATOR,
            payment_id=payment,
            amount=Decimal("10.00"),
            refunded_on=date(2026, 10, 31),
            reason="возврат",
            idempotency_key="once",
        )
        for _ in range(2)
    ]

    assert made[0] == made[1]
    assert await value("SELECT count(*) FROM payments") == 2


async def test_unknown_payments_are_not_found(parts: Parts) -> None:
    for call in (cancel(parts, NOBODY), give_back(parts, NOBODY, "1.00")):
        with pytest.raises(NotFound):
            await call


async def test_who_may_not_write_books_takes_nothing_back(parts: Parts) -> None:
    contract = await open_contract()
    payment = await pay(parts, contract, "100.00")

    with pytest.raises(Forbidden):
        await refunds.cancel(parts, VIEWER, payment_id=payment, reason="x")
    with pytest.raises(Forbidden):
        await refunds.refund(
            parts, VIEWER, payment_id=payment, amount=Decimal(1), refunded_on=date(2026, 10, 31), reason="x"
        )

    assert await balance(contract) == "100.00"
    assert await value("SELECT count(*) FROM audit_events") == 1
