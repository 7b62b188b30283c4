"""Money moved by hand: allocated, released, moved to another document, and documents marked as paid."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from billfold.domain.access import OPERATOR
from billfold.domain.errors import Conflict, Forbidden, IllegalState, InvalidInput, NotFound
from billfold.services import allocations, documents, paid_by_hand
from billfold.services.parts import Parts
from tests.services.asking import rows, value
from tests.services.money import ask_advance, assert_sums_agree, bill, close, open_contract, pay, settled, shares
from tests.services.test_payments import NOBODY, VIEWER


async def allocate(parts: Parts, payment: UUID, document: UUID, amount: str | None = None) -> UUID:
    return await allocations.allocate(
        parts,
        OPERATOR,
        payment_id=payment,
        document_id=document,
        amount=None if amount is None else Decimal(amount),
    )


async def release(parts: Parts, allocation: UUID) -> None:
    await allocations.release(parts, OPERATOR, allocation_id=allocation, reason="не тот счёт")


async def allocation_of(document: UUID) -> UUID:
    found = await value("SELECT id FROM allocations WHERE document_id = $1 AND released_at IS NULL", document)
    assert isinstance(found, UUID)
    return found


async def test_what_is_released_stays_free_until_it_is_allocated(parts: Parts) -> None:
    contract = await open_contract()
    first = await bill(contract, "1", "100.00", month=8)
    second = await bill(contract, "2", "100.00", month=9)
    payment = await pay(parts, contract, "100.00")

    await release(parts, await allocation_of(first))

    assert await shares(contract) == []
    await assert_sums_agree()
    await allocate(parts, payment, second)
    assert await shares(contract) == [("manual", "2", "100.00")]
    await assert_sums_agree()


async def test_what_is_released_settles_the_oldest_again_at_the_next_payment(parts: Parts) -> None:
    contract = await open_contract()
    first = await bill(contract, "1", "100.00", month=8)
    await pay(parts, contract, "100.00")
    await release(parts, await allocation_of(first))

    await pay(parts, contract, "1.00")

    assert await settled(first) == "100.00"
    await assert_sums_agree()


async def test_only_the_amount_asked_for_is_allocated(parts: Parts) -> None:
    contract = await open_contract()
    payment = await pay(parts, contract, "100.00")
    document = await bill(contract, "1", "100.00", month=9)

    await allocate(parts, payment, document, "30.00")

    assert await shares(contract) == [("manual", "1", "30.00")]


async def test_money_that_is_not_free_is_refused_with_what_is(parts: Parts) -> None:
    contract = await open_contract()
    await bill(contract, "1", "70.00", month=8)
    payment = await pay(parts, contract, "100.00")
    document = await bill(contract, "2", "100.00", month=9)

    with pytest.raises(Conflict, match=r"Only 30\.00 RUB of the payment are free.* release") as refused:
        await allocate(parts, payment, document, "30.01")

    assert refused.value.field == "amount"
    assert await settled(document) == "0"
    await allocate(parts, payment, document)
    with pytest.raises(Conflict, match=r"Only 0\.00 RUB"):
        await allocate(parts, payment, document)


async def test_more_than_is_open_is_refused(parts: Parts) -> None:
    contract = await open_contract()
    payment = await pay(parts, contract, "100.00")
    document = await bill(contract, "1", "20.00", month=9)

    with pytest.raises(InvalidInput, match=r"Only 20\.00 RUB are open"):
        await allocate(parts, payment, document, "20.01")


async def test_money_of_an_advance_is_allocated_to_later_charges_only(parts: Parts) -> None:
    contract = await open_contract()
    advance = await ask_advance(contract, "A-1", "100.00", month=9)
    payment = await pay(parts, contract, "100.00", advance)
    before = await bill(contract, "1", "100.00", month=8)
    after = await bill(contract, "2", "100.00", month=9)

    with pytest.raises(Conflict, match=r"Only 0\.00 RUB"):
        await allocate(parts, payment, before)

    await allocate(parts, payment, after)
    assert (await settled(advance), await settled(after)) == ("100.00", "100.00")
    await assert_sums_agree()


async def test_money_never_settles_across_contracts(parts: Parts) -> None:
    payment = await pay(parts, await open_contract("1"), "100.00")
    document = await bill(await open_contract("2"), "1", "100.00", month=9)

    with pytest.raises(InvalidInput, match="not of contract 1") as refused:
        await allocate(parts, payment, document)

    assert refused.value.field == "document"


async def test_an_allocation_is_released_once(parts: Parts) -> None:
    contract = await open_contract()
    document = await bill(contract, "1", "100.00", month=9)
    await pay(parts, contract, "100.00")
    allocation = await allocation_of(document)
    await release(parts, allocation)

    with pytest.raises(IllegalState, match="released already"):
        await release(parts, allocation)
    with pytest.raises(NotFound):
        await release(parts, NOBODY)
    with pytest.raises(InvalidInput):
        await allocations.release(parts, OPERATOR, allocation_id=allocation, reason=" ")


async def test_unknown_things_are_not_found(parts: Parts) -> None:
    contract = await open_contract()
    payment = await pay(parts, contract, "100.00")
    document = await bill(contract, "1", "100.00", month=9)

    for call, field in ((allocate(parts, NOBODY, document), "payment"), (allocate(parts, payment, NOBODY), "document")):
        with pytest.raises(NotFound) as refused:
            await call
        assert refused.value.field == field


async def test_a_void_document_gives_its_money_to_the_other_open_ones(parts: Parts) -> None:
    contract = await open_contract()
    first = await bill(contract, "1", "100.00", month=8)
    second = await bill(contract, "2", "100.00", month=9)
    await pay(parts, contract, "120.00")

    await documents.void(parts, OPERATOR, document_id=first, reason="ошибка")

    assert (await settled(first), await settled(second)) == ("0.00", "100.00")
    (released,) = await rows("SELECT released_by, release_reason FROM allocations WHERE document_id = $1", first)
    assert released == {"released_by": "operator", "release_reason": "ошибка"}
    await assert_sums_agree()


async def mark(parts: Parts, document: UUID) -> None:
    await paid_by_hand.mark(parts, OPERATOR, document_id=document, reason="наличные")


async def test_a_mark_by_hand_invents_no_payment_and_is_taken_back(parts: Parts) -> None:
    contract = await open_contract()
    document = await bill(contract, "1", "100.00", month=9)

    await mark(parts, document)

    (marked,) = await rows("SELECT settled, paid_by_hand_by, paid_by_hand_reason FROM documents")
    assert marked == {"settled": 0, "paid_by_hand_by": "operator", "paid_by_hand_reason": "наличные"}
    await paid_by_hand.unmark(parts, OPERATOR, document_id=document, reason="ошибка")
    assert await value("SELECT paid_by_hand_at FROM documents") is None
    told = [row["operation"] for row in await rows("SELECT operation FROM audit_events ORDER BY id")]
    assert told == ["markDocumentPaid", "unmarkDocumentPaid"]


async def test_real_money_takes_the_place_of_a_mark_after_all_that_is_open(parts: Parts) -> None:
    contract = await open_contract()
    marked = await bill(contract, "1", "100.00", month=8)
    open_ = await bill(contract, "2", "100.00", month=9)
    await mark(parts, marked)

    await pay(parts, contract, "150.00")

    assert (await settled(open_), await settled(marked)) == ("100.00", "50.00")
    assert await value("SELECT paid_by_hand_at IS NOT NULL FROM documents WHERE id = $1", marked)
    await pay(parts, contract, "50.00", marked)
    assert await value("SELECT paid_by_hand_at FROM documents WHERE id = $1", marked) is None
    await assert_sums_agree()


async def test_what_cannot_be_marked_is_refused_by_name(parts: Parts) -> None:
    contract = await open_contract()
    act = await bill(contract, "А-1", "10.00", month=6, is_payable=False)
    paid = await bill(contract, "П-1", "10.00", month=7)
    await pay(parts, contract, "10.00", paid)
    void = await bill(contract, "В-1", "10.00", month=8)
    await documents.void(parts, OPERATOR, document_id=void, reason="ошибка")
    marked = await bill(contract, "М-1", "10.00", month=9)
    await mark(parts, marked)

    for document, words in (
        (act, "А-1 is not one to be paid"),
        (paid, "П-1 is paid with money"),
        (void, "В-1 is VOID"),
        (marked, "М-1 is marked as paid already"),
    ):
        with pytest.raises(IllegalState, match=words):
            await mark(parts, document)
    with pytest.raises(IllegalState, match="П-1 is not marked"):
        await paid_by_hand.unmark(parts, OPERATOR, document_id=paid, reason="x")
    with pytest.raises(NotFound):
        await mark(parts, NOBODY)
    with pytest.raises(InvalidInput):
        await paid_by_hand.mark(parts, OPERATOR, document_id=paid, reason=" ")


async def test_who_may_not_write_books_moves_no_money(parts: Parts) -> None:
    contract = await open_contract()
    document = await bill(contract, "1", "100.00", month=9)
    payment = await pay(parts, contract, "40.00")
    allocation = await allocation_of(document)

    for call in (
        allocations.allocate(parts, VIEWER, payment_id=payment, document_id=document),
        allocations.release(parts, VIEWER, allocation_id=allocation, reason="x"),
        paid_by_hand.mark(parts, VIEWER, document_id=document, reason="x"),
        paid_by_hand.unmark(parts, VIEWER, document_id=document, reason="x"),
    ):
        with pytest.raises(Forbidden):
            await call

    assert await shares(contract) == [("automatic", "1", "40.00")]
    assert await value("SELECT paid_by_hand_at FROM documents") is None


async def test_an_allocation_of_closed_books_stays(parts: Parts) -> None:
    contract = await open_contract()
    document = await bill(contract, "1", "100.00", month=9)
    await pay(parts, contract, "100.00")
    await close(date(2026, 11, 2))

    with pytest.raises(IllegalState, match="made on 2026-11-01, and the books are closed until 2026-11-02") as refused:
        await release(parts, await allocation_of(document))

    assert refused.value.field == "allocation"
    assert await settled(document) == "100.00"


async def test_a_document_of_closed_books_is_not_voided(parts: Parts) -> None:
    document = await bill(await open_contract(), "1", "100.00", month=9)
    await close(date(2026, 11, 2))

    with pytest.raises(IllegalState, match="closed until 2026-11-02") as refused:
        await documents.void(parts, OPERATOR, document_id=document, reason="ошибка")

    assert refused.value.field == "document"
