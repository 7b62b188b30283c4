"""Corrections of issued documents: another document, the difference on the balance, the original as it was."""

import dataclasses
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from billfold.domain.access import OPERATOR, Scope
from billfold.domain.corrections import LineCorrection
from billfold.domain.errors import Conflict, Forbidden, IllegalState, InvalidInput, NothingToBill
from billfold.domain.periods import month
from billfold.domain.snapshot import from_json
from billfold.services import asked, documents
from billfold.services.composing import compose
from billfold.services.drafts import Failed
from billfold.services.issuing import issue
from billfold.services.parts import Parts
from tests.services.asking import contract, rows, value
from tests.services.money import assert_sums_agree, balance

OCTOBER = month("2026-10")
READER = dataclasses.replace(OPERATOR, name="reader", scopes=frozenset({Scope.DOCUMENTS_READ}))
HALF = LineCorrection(1, unit_price=Decimal("950.00"))


async def issue_original(parts: Parts, type: str = "tax-invoice") -> UUID:
    return await documents.issue_for_period(
        parts, OPERATOR, type=type, contract_id=await contract("Я-101"), period=OCTOBER
    )


async def correct(parts: Parts, original_id: UUID, *corrections: LineCorrection, **changes: object) -> UUID:
    return await documents.issue_correction(
        parts,
        OPERATOR,
        type="corrective-tax-invoice",
        original_id=original_id,
        corrections=corrections or [HALF],
        **changes,  # type: ignore[arg-type]
    )


async def test_a_correction_tells_the_difference_and_keeps_its_original(books: Parts) -> None:
    original_id = await issue_original(books)
    (before,) = await rows("SELECT snapshot, gross FROM documents")

    correction_id = await correct(books, original_id)

    (row,) = await rows("SELECT * FROM documents WHERE id = $1", correction_id)
    assert (row["original_id"], row["net"], row["tax"], row["gross"]) == (
        original_id,
        Decimal("-778.69"),
        Decimal("-171.31"),
        Decimal("-950.00"),
    )
    document = from_json(row["snapshot"])
    assert document.original is not None
    assert (document.original.id, document.original.number) == (str(original_id), "1")
    (line,) = document.corrected
    assert (line.before.gross, line.after.gross) == (Decimal("1900.00"), Decimal("950.00"))
    assert (await rows("SELECT snapshot, gross FROM documents WHERE id = $1", original_id)) == [before]


async def test_the_difference_goes_to_the_balance_and_moves_no_period(books: Parts) -> None:
    original_id = await issue_original(books)
    contract_id = await contract("Я-101")
    assert await balance(contract_id) == "-2093.55"

    await correct(books, original_id)

    assert await balance(contract_id) == "-1143.55"
    (charge,) = await rows("SELECT kind, gross, period_from FROM charges WHERE kind = 'correction'")
    assert charge == {"kind": "correction", "gross": Decimal("-950.00"), "period_from": date(2026, 11, 1)}
    assert await value("SELECT count(*) FROM charge_periods WHERE NOT is_correction") == 1
    await assert_sums_agree()


async def test_a_month_with_a_correction_inside_is_billed_as_ever(books: Parts) -> None:
    original_id = await issue_original(books)
    await correct(books, original_id, issue_date=date(2026, 11, 15))

    november = await documents.issue_for_period(
        books, OPERATOR, type="act", contract_id=await contract("Я-101"), period=month("2026-11")
    )

    assert await value("SELECT gross FROM documents WHERE id = $1", november) == Decimal("2200.00")


async def test_numbers_run_on_in_the_series_of_the_originals(books: Parts) -> None:
    original_id = await issue_original(books)

    await correct(books, original_id)

    found = await rows("SELECT type, number, series_id FROM documents ORDER BY counter")
    assert [(row["type"], row["number"]) for row in found] == [("tax-invoice", "1"), ("corrective-tax-invoice", "2")]
    assert found[0]["series_id"] == found[1]["series_id"]


async def test_a_second_correction_counts_from_the_first(books: Parts) -> None:
    original_id = await issue_original(books)
    await correct(books, original_id)

    second = await correct(books, original_id, LineCorrection(1, unit_price=Decimal("1000.00")))

    assert await value("SELECT gross FROM documents WHERE id = $1", second) == Decimal("50.00")
    assert await balance(await contract("Я-101")) == "-1193.55"


async def test_a_correction_is_voided_before_its_original_and_the_latest_first(books: Parts) -> None:
    original_id = await issue_original(books)
    first = await correct(books, original_id)
    second = await correct(books, original_id, LineCorrection(1, unit_price=Decimal("1000.00")))

    for standing in (original_id, first):
        with pytest.raises(IllegalState, match="corrects it: void that first"):
            await documents.void(books, OPERATOR, document_id=standing, reason="ошибка")
    for document_id in (second, first, original_id):
        await documents.void(books, OPERATOR, document_id=document_id, reason="ошибка")

    assert await balance(await contract("Я-101")) == "0.00"
    await assert_sums_agree()


async def test_nothing_changed_is_no_correction(books: Parts) -> None:
    original_id = await issue_original(books)

    with pytest.raises(NothingToBill):
        await correct(books, original_id, LineCorrection(1, unit_price=Decimal("1900.00")))

    assert await value("SELECT count(*) FROM documents") == 1


@pytest.mark.parametrize(
    ("corrections", "changes", "message"),
    [
        ([LineCorrection(9, quantity=Decimal(1))], {}, "no line 9"),
        ([HALF, HALF], {}, "Name each line once"),
        ([HALF], {"issue_date": date(2026, 10, 30)}, "not dated before what it corrects"),
    ],
)
async def test_what_cannot_be_corrected_is_told_and_changes_nothing(
    books: Parts, corrections: Sequence[LineCorrection], changes: dict[str, object], message: str
) -> None:
    original_id = await issue_original(books)

    with pytest.raises(InvalidInput, match=message):
        await correct(books, original_id, *corrections, **changes)

    assert await value("SELECT count(*) FROM documents") == 1
    assert await balance(await contract("Я-101")) == "-2093.55"


async def test_only_the_types_that_it_names_are_corrected(books: Parts) -> None:
    act = await issue_original(books, "act")

    with pytest.raises(InvalidInput, match="correct tax-invoice, universal-transfer, and not 'act'"):
        await correct(books, act)


async def test_void_documents_and_corrections_are_not_corrected(books: Parts) -> None:
    original_id = await issue_original(books)
    correction_id = await correct(books, original_id)

    with pytest.raises(IllegalState, match="correct its original once more"):
        await correct(books, correction_id)
    await documents.void(books, OPERATOR, document_id=correction_id, reason="ошибка")
    await documents.void(books, OPERATOR, document_id=original_id, reason="ошибка")
    with pytest.raises(IllegalState, match="is VOID and cannot be corrected"):
        await correct(books, original_id)


async def test_a_correction_of_what_somebody_else_corrected_meanwhile_is_a_conflict(books: Parts) -> None:
    original_id = await issue_original(books)
    assignment = await asked.for_correction(books, "corrective-tax-invoice", original_id, [HALF])
    composed = await compose(books, "corrective-tax-invoice", [assignment])
    await correct(books, original_id)

    (result,) = await issue(books, "corrective-tax-invoice", composed)

    assert isinstance(result, Failed)
    assert isinstance(result.error, Conflict)
    assert await value("SELECT count(*) FROM documents") == 2
    await assert_sums_agree()


async def test_a_correction_is_composed_of_the_very_corrections_that_stand(books: Parts) -> None:
    original_id = await issue_original(books)
    first = await correct(books, original_id)
    more = LineCorrection(1, unit_price=Decimal("900.00"))
    composed = await compose(
        books,
        "corrective-tax-invoice",
        [await asked.for_correction(books, "corrective-tax-invoice", original_id, [more])],
    )
    await documents.void(books, OPERATOR, document_id=first, reason="ошибка")
    await correct(books, original_id, LineCorrection(1, unit_price=Decimal("100.00")))

    (result,) = await issue(books, "corrective-tax-invoice", composed)

    assert isinstance(result, Failed)
    assert isinstance(result.error, Conflict)


async def test_a_part_of_a_month_that_was_corrected_to_nothing_comes_back_as_that_part(books: Parts) -> None:
    original_id = await issue_original(books)
    await correct(books, original_id, LineCorrection(2, quantity=Decimal(0)))

    await correct(books, original_id, LineCorrection(2, quantity=Decimal(2)))

    assert await value("SELECT sum(gross) FROM charges WHERE kind = 'correction'") == Decimal("0.00")
    assert await balance(await contract("Я-101")) == "-2093.55"


async def test_a_correction_of_today_is_not_before_its_original_either(books: Parts) -> None:
    original_id = await documents.issue_for_period(
        books,
        OPERATOR,
        type="tax-invoice",
        contract_id=await contract("Я-101"),
        period=OCTOBER,
        issue_date=date(2026, 11, 5),
    )

    with pytest.raises(InvalidInput, match="not dated before what it corrects: date it 2026-11-05 or later"):
        await correct(books, original_id)


async def test_who_may_not_issue_may_not_correct(books: Parts) -> None:
    original_id = await issue_original(books)

    with pytest.raises(Forbidden):
        await documents.issue_correction(
            books, READER, type="corrective-tax-invoice", original_id=original_id, corrections=[HALF]
        )

    assert await value("SELECT count(*) FROM documents") == 1
    assert await balance(await contract("Я-101")) == "-2093.55"


async def test_a_key_corrects_once(books: Parts) -> None:
    original_id = await issue_original(books)

    first = await correct(books, original_id, idempotency_key="k")
    again = await correct(books, original_id, idempotency_key="k")

    assert first == again
    assert await value("SELECT count(*) FROM documents") == 2
