"""Documents by hand: issued for a period or an amount, and voided."""

import asyncio
import dataclasses
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from billfold.domain.access import OPERATOR, Scope
from billfold.domain.errors import (
    AlreadyIssued,
    Forbidden,
    IdempotencyKeyReused,
    IllegalState,
    InvalidInput,
    NotFound,
    NothingToBill,
    NumberingConflict,
    UnknownDocumentType,
)
from billfold.domain.periods import Period, month
from billfold.domain.snapshot import digest, from_json
from billfold.services import documents
from billfold.services.parts import Parts
from tests.services.asking import contract, rows, value

OCTOBER = month("2026-10")
READER = dataclasses.replace(OPERATOR, name="reader", scopes=frozenset({Scope.DOCUMENTS_READ}))


async def issue(parts: Parts, number: str = "Я-101", period: Period = OCTOBER) -> UUID:
    return await documents.issue_for_period(
        parts, OPERATOR, type="invoice", contract_id=await contract(number), period=period
    )


async def issue_amount(parts: Parts, amount: str, key: str | None = None, number: str = "Я-101") -> UUID:
    return await documents.issue_for_amount(
        parts,
        OPERATOR,
        type="invoice",
        contract_id=await contract(number),
        amount=Decimal(amount),
        idempotency_key=key,
    )


async def test_a_period_bills_its_subscriptions_and_numbers_the_document(books: Parts) -> None:
    document_id = await issue(books)

    (row,) = await rows("SELECT * FROM documents")
    assert row["id"] == document_id
    assert (row["number"], row["status"], row["step"]) == ("1", "ISSUED", "PRINT")
    # 1900.00 for the month, and 2 x 150.00 for 20 of 31 days = 193.55; VAT 22 % inside each.
    assert (row["net"], row["tax"], row["gross"]) == (Decimal("1716.03"), Decimal("377.52"), Decimal("2093.55"))
    assert (row["issue_date"], row["due_date"]) == (date(2026, 11, 1), date(2026, 11, 11))


async def test_the_snapshot_is_sealed_with_its_hash_and_says_what_the_row_says(books: Parts) -> None:
    await issue(books)

    (row,) = await rows("SELECT * FROM documents")
    sealed = from_json(row["snapshot"])
    assert digest(row["snapshot"]) == row["snapshot_sha256"]
    assert (sealed.number, sealed.totals.gross, sealed.status.value) == ("1", Decimal("2093.55"), "ISSUED")
    assert [line.gross for line in sealed.lines] == [Decimal("1900.00"), Decimal("193.55")]
    assert await value("SELECT sum(gross) FROM document_lines") == Decimal("2093.55")
    assert await value("SELECT sum(gross) FROM charges") == Decimal("2093.55")


async def test_the_same_period_twice_is_already_issued(books: Parts) -> None:
    document_id = await issue(books)

    with pytest.raises(AlreadyIssued, match=str(document_id)):
        await issue(books)

    assert await value("SELECT count(*) FROM documents") == 1


async def test_an_overlapping_period_is_refused_and_names_the_charged_one(books: Parts) -> None:
    await issue(books)

    with pytest.raises(AlreadyIssued, match=r"2026-10-01\.\.2026-11-01"):
        await issue(books, period=Period(date(2026, 10, 15), date(2026, 11, 15)))

    assert await value("SELECT count(*) FROM documents") == 1


async def test_ten_at_once_make_one_document(books: Parts) -> None:
    results = await asyncio.gather(*(issue(books) for _ in range(10)), return_exceptions=True)

    assert sum(isinstance(one, UUID) for one in results) == 1
    told = {one.message for one in results if isinstance(one, AlreadyIssued)}
    assert sum(isinstance(one, AlreadyIssued) for one in results) == 9
    assert not any("document_None" in message for message in told)
    assert await value("SELECT next_counter FROM number_series") == 2


async def test_nothing_to_bill_says_so_and_draws_no_number(books: Parts) -> None:
    with pytest.raises(NothingToBill, match="nothing_to_bill"):
        await issue(books, "Я-105")

    assert await value("SELECT count(*) FROM number_series") == 0
    assert await value("SELECT state FROM occurrences") == "SKIPPED"


async def test_an_unknown_contract_is_not_found(books: Parts) -> None:
    with pytest.raises(NotFound, match="no such contract"):
        await documents.issue_for_period(books, OPERATOR, type="invoice", contract_id=uuid4(), period=OCTOBER)


async def test_an_unknown_type_lists_what_is_there(books: Parts) -> None:
    with pytest.raises(UnknownDocumentType, match="installed are act, contract, corrective-tax-invoice, invoice"):
        await documents.issue_for_period(
            books, OPERATOR, type="poem", contract_id=await contract("Я-101"), period=OCTOBER
        )


async def test_without_the_scope_nothing_is_issued(books: Parts) -> None:
    with pytest.raises(Forbidden, match="documents:issue"):
        await documents.issue_for_period(
            books, READER, type="invoice", contract_id=await contract("Я-101"), period=OCTOBER
        )

    assert await value("SELECT count(*) FROM documents") == 0
    assert await value("SELECT count(*) FROM occurrences") == 0


async def test_an_amount_carries_its_tax_inside_and_charges_nothing(books: Parts) -> None:
    await issue_amount(books, "12200.00")

    (row,) = await rows("SELECT net, tax, gross, period_from FROM documents")
    assert row == {
        "net": Decimal("10000.00"),
        "tax": Decimal("2200.00"),
        "gross": Decimal("12200.00"),
        "period_from": None,
    }
    assert await value("SELECT count(*) FROM charges") == 0


async def test_an_amount_leaves_the_month_to_be_billed(books: Parts) -> None:
    await issue_amount(books, "500.00")

    await issue(books)

    assert [row["number"] for row in await rows("SELECT number FROM documents ORDER BY counter")] == ["1", "2"]


@pytest.mark.parametrize("amount", ["0", "-1.00", "0.001", "100000000000000", "NaN", "Infinity"])
async def test_an_amount_that_cannot_be_is_refused(books: Parts, amount: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await issue_amount(books, amount)

    assert refused.value.field == "amount"
    assert await value("SELECT count(*) FROM documents") == 0


async def test_an_amount_asked_twice_with_one_key_is_one_document(books: Parts) -> None:
    first = await issue_amount(books, "100.00", key="k-1")

    second = await issue_amount(books, "100.00", key="k-1")

    assert second == first
    assert await value("SELECT count(*) FROM documents") == 1


async def test_one_key_at_once_is_one_document(books: Parts) -> None:
    made = await asyncio.gather(*(issue_amount(books, "100.00", key="k-1") for _ in range(8)))

    assert len(set(made)) == 1
    assert await value("SELECT count(*) FROM documents") == 1
    assert await value("SELECT next_counter FROM number_series") == 2


async def test_one_key_at_once_is_one_document_of_a_period(books: Parts) -> None:
    contract_id = await contract("Я-101")

    async def ask() -> UUID:
        return await documents.issue_for_period(
            books, OPERATOR, type="invoice", contract_id=contract_id, period=OCTOBER, idempotency_key="k-1"
        )

    made = await asyncio.gather(*(ask() for _ in range(6)))

    assert len(set(made)) == 1
    assert await value("SELECT count(*) FROM documents") == 1


@pytest.mark.parametrize("description", ["x" * 1001, "two\nlines", "a\x00b"])
async def test_a_description_that_fits_no_line_is_refused(books: Parts, description: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await documents.issue_for_amount(
            books,
            OPERATOR,
            type="invoice",
            contract_id=await contract("Я-101"),
            amount=Decimal(1),
            description=description,
        )

    assert refused.value.field == "description"
    assert await value("SELECT count(*) FROM documents") == 0


async def test_a_key_with_other_arguments_is_refused(books: Parts) -> None:
    await issue_amount(books, "100.00", key="k-1")

    with pytest.raises(IdempotencyKeyReused):
        await issue_amount(books, "200.00", key="k-1")

    assert await value("SELECT count(*) FROM documents") == 1


async def test_void_keeps_its_number_and_says_why(books: Parts) -> None:
    document_id = await issue(books)

    await documents.void(books, OPERATOR, document_id=document_id, reason="wrong client")

    (row,) = await rows("SELECT number, status, void_reason FROM documents")
    assert row == {"number": "1", "status": "VOID", "void_reason": "wrong client"}
    (event,) = await rows("SELECT number, kind, reason, actor FROM number_events")
    assert event == {"number": "1", "kind": "void", "reason": "wrong client", "actor": "operator"}


async def test_a_voided_period_is_billed_anew_under_the_next_number(books: Parts) -> None:
    await documents.void(books, OPERATOR, document_id=await issue(books), reason="wrong price")

    await issue(books)

    numbers = await rows("SELECT number, status FROM documents ORDER BY counter")
    assert numbers == [{"number": "1", "status": "VOID"}, {"number": "2", "status": "ISSUED"}]


async def test_void_twice_is_an_illegal_state(books: Parts) -> None:
    document_id = await issue(books)
    await documents.void(books, OPERATOR, document_id=document_id, reason="x")

    with pytest.raises(IllegalState):
        await documents.void(books, OPERATOR, document_id=document_id, reason="again")


@pytest.mark.parametrize("reason", ["", "   ", "x" * 1001])
async def test_void_without_a_fit_reason_changes_nothing(books: Parts, reason: str) -> None:
    document_id = await issue(books)

    with pytest.raises(InvalidInput):
        await documents.void(books, OPERATOR, document_id=document_id, reason=reason)

    assert await value("SELECT status FROM documents") == "ISSUED"


async def test_void_of_what_is_not_there_is_not_found(books: Parts) -> None:
    with pytest.raises(NotFound):
        await documents.void(books, OPERATOR, document_id=uuid4(), reason="x")


async def test_without_the_scope_nothing_is_voided(books: Parts) -> None:
    document_id = await issue(books)

    with pytest.raises(Forbidden, match="documents:void"):
        await documents.void(books, READER, document_id=document_id, reason="x")

    assert await value("SELECT status FROM documents") == "ISSUED"


async def test_many_who_ask_at_once_have_their_own_documents_and_errors(books: Parts) -> None:
    contracts = [row["number"] for row in await rows("SELECT number FROM contracts ORDER BY number")]
    taken = await issue_amount(books, "1.00", number=contracts[0])
    (number,) = [row["number"] for row in await rows("SELECT number FROM documents")]

    async def ask(contract_number: str, by_hand: str = "") -> UUID:
        return await documents.issue_for_amount(
            books,
            OPERATOR,
            type="invoice",
            contract_id=await contract(contract_number),
            amount=Decimal("10.00"),
            number=by_hand,
            idempotency_key=f"key {contracts.index(contract_number)} {by_hand}",
        )

    asked = [ask(each) for each in contracts for _ in range(2)]
    answers = await asyncio.gather(*asked, ask(contracts[0], by_hand=number), return_exceptions=True)

    *made, refused = answers
    # Twice with one key is once.
    assert made[::2] == made[1::2]
    assert isinstance(refused, NumberingConflict)
    issued = await rows("SELECT id, counter FROM documents WHERE series_id = (SELECT series_id FROM documents "
                        "WHERE id = $1) ORDER BY counter", taken)  # fmt: skip
    assert [row["counter"] for row in issued] == list(range(1, len(issued) + 1))
    assert {row["id"] for row in await rows("SELECT id FROM documents")} == {taken, *made}
