"""Drafts: made, edited line by line, looked at, and issued once as they show; until then nothing is charged."""

import asyncio
import dataclasses
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from billfold.domain.access import OPERATOR, Scope
from billfold.domain.corrections import LineCorrection
from billfold.domain.draft_requests import DraftRequest
from billfold.domain.edits import LineEdit
from billfold.domain.errors import (
    CallerError,
    Conflict,
    Forbidden,
    IllegalState,
    InvalidInput,
    LimitExceeded,
    NotFound,
    NothingToBill,
)
from billfold.domain.periods import month
from billfold.domain.snapshot import from_json
from billfold.services import documents, kept_drafts
from billfold.services.charges import NewCharge
from billfold.services.charges import create as enter_charge
from billfold.services.checking import check
from billfold.services.draft_changes import DraftChange, NewLine
from billfold.services.parts import Parts
from billfold.services.revising import revise
from tests.services.asking import contract, rows, value
from tests.services.money import assert_sums_agree, balance

OCTOBER = month("2026-10")
READER = dataclasses.replace(OPERATOR, name="reader", scopes=frozenset({Scope.BOOKS_READ, Scope.DOCUMENTS_READ}))
WRITTEN = ("documents", "charges", "charge_periods", "number_series", "occurrences", "drafts", "audit_events")
# Of 1900.00 for the month, and of 2 x 150.00 for 20 of 31 days.
CHEAPER, DEARER = LineEdit(1, unit_price=Decimal("1220.00")), LineEdit(2, unit_price=Decimal("310.00"))


async def draft(parts: Parts, type: str = "invoice", **asked: object) -> UUID:
    contract_id = await contract("Я-101")
    request = DraftRequest(type, contract_id, **(asked or {"period": OCTOBER}))  # type: ignore[arg-type]
    return await kept_drafts.create(parts, OPERATOR, request=request)


async def edit(parts: Parts, draft_id: UUID, *lines: LineEdit, version: int = 0, **change: object) -> None:
    given = {"lines": lines, **change} if lines else change
    asked = DraftChange(version, **given)  # type: ignore[arg-type]
    await kept_drafts.update(parts, OPERATOR, draft_id=draft_id, change=asked)


async def issue(parts: Parts, draft_id: UUID, **given: object) -> UUID:
    return await kept_drafts.issue(parts, OPERATOR, draft_id=draft_id, **given)  # type: ignore[arg-type]


async def setup(price: str = "610.00") -> NewLine:
    service_id = await value("SELECT id FROM services WHERE code = 'line-setup'")
    return NewLine(service_id, Decimal(1), Decimal(price), is_tax_included=True, description="Выезд инженера")


async def enter(parts: Parts, price: str, on: int = 5) -> None:
    """Enter a one-off charge, which changes what October is billed."""
    service_id = await value("SELECT id FROM services WHERE code = 'line-setup'")
    new = NewCharge(await contract("Я-101"), service_id, date(2026, 10, on), Decimal(price), tax_included=True)
    await enter_charge(parts, OPERATOR, new=new)


async def counts() -> list[int]:
    return [await value(f"SELECT count(*) FROM {table}") for table in WRITTEN]  # noqa: S608 # Names of the test's own.


async def told(document_id: UUID) -> list[tuple[str, str, str]]:
    """What the lines of a document say: description, quantity, gross."""
    found = await rows(
        "SELECT description, quantity, gross FROM document_lines WHERE document_id = $1 ORDER BY position", document_id
    )
    return [(row["description"], f"{row['quantity']:f}", f"{row['gross']:f}") for row in found]


async def test_a_draft_has_no_number_and_charges_nothing(books: Parts) -> None:
    draft_id = await draft(books)

    (row,) = await rows("SELECT * FROM drafts")
    document = from_json(row["snapshot"])
    assert (row["id"], row["version"], row["gross"]) == (draft_id, 0, Decimal("2093.55"))
    assert (document.id, document.number) == (str(draft_id), "")
    assert await counts() == [0, 0, 0, 0, 0, 1, 1]
    assert await balance(await contract("Я-101")) == "0.00"


async def test_an_edited_draft_is_issued_as_it_shows_and_charges_the_differences(books: Parts) -> None:
    draft_id = await draft(books)
    await edit(books, draft_id, dataclasses.replace(CHEAPER, description="Интернет"), DEARER, added=(await setup(),))

    document_id = await issue(books, draft_id)

    assert document_id == draft_id
    (row,) = await rows("SELECT number, net, tax, gross FROM documents")
    assert row == {"number": "1", "net": Decimal("1827.87"), "tax": Decimal("402.13"), "gross": Decimal("2230.00")}
    assert await told(document_id) == [
        ("Интернет", "1", "1220.00"),
        ("Постоянный IP-адрес, 12.10.2026–31.10.2026 (20 из 31 дн.)", "2", "400.00"),
        ("Выезд инженера", "1", "610.00"),
    ]
    charges = await rows("SELECT kind, adjusts, gross FROM charges ORDER BY position")
    assert [(one["kind"], one["adjusts"], f"{one['gross']:f}") for one in charges] == [
        ("subscription", None, "1900.00"),
        ("subscription", None, "193.55"),
        ("correction", None, "610.00"),
        ("adjustment", 1, "-680.00"),
        ("adjustment", 2, "206.45"),
    ]
    assert await balance(await contract("Я-101")) == "-2230.00"
    assert await value("SELECT count(*) FROM drafts") == 0
    assert [one["operation"] for one in await rows("SELECT operation FROM audit_events ORDER BY id")][-3:] == [
        "createDraft",
        "updateDraft",
        "issueDraft",
    ]


async def test_what_is_made_after_an_edited_invoice_says_the_same_lines(books: Parts) -> None:
    draft_id = await draft(books)
    await edit(books, draft_id, CHEAPER, LineEdit(2, is_removed=True), added=(await setup(),))
    invoice = await issue(books, draft_id)

    contract_id = await contract("Я-101")
    act, tax_invoice = [
        await documents.issue_for_period(books, OPERATOR, type=type, contract_id=contract_id, period=OCTOBER)
        for type in ("act", "tax-invoice")
    ]

    assert await told(act) == await told(tax_invoice) == await told(invoice)
    assert len(await told(act)) == 2
    assert {row["gross"] for row in await rows("SELECT gross FROM documents")} == {Decimal("1830.00")}
    assert [verdict for verdict in await check(OPERATOR) if verdict.broken] == []
    await assert_sums_agree()


async def test_voiding_an_edited_document_gives_all_of_it_back(books: Parts) -> None:
    draft_id = await draft(books)
    await edit(books, draft_id, CHEAPER, added=(await setup(),))
    await issue(books, draft_id)

    await documents.void(books, OPERATOR, document_id=draft_id, reason="ошибка")

    assert await balance(await contract("Я-101")) == "0.00"
    again = await draft(books)
    assert await value("SELECT gross FROM drafts WHERE id = $1", again) == Decimal("2093.55")
    await assert_sums_agree()


@pytest.mark.parametrize("others", [(), ("act",)], ids=["alone", "beside an act"])
async def test_a_revision_keeps_the_edits(books: Parts, others: tuple[str, ...]) -> None:
    draft_id = await draft(books)
    await edit(books, draft_id, dataclasses.replace(CHEAPER, description="Интернет"), DEARER, added=(await setup(),))
    await issue(books, draft_id)
    for type in others:
        await documents.issue_for_period(
            books, OPERATOR, type=type, contract_id=await contract("Я-101"), period=OCTOBER
        )

    revision = await revise(books, OPERATOR, document_id=draft_id, reason="новый счёт в банке")

    assert await told(revision) == await told(draft_id)
    assert await balance(await contract("Я-101")) == "-2230.00"
    assert [verdict for verdict in await check(OPERATOR) if verdict.broken] == []


async def test_an_edit_of_what_has_changed_is_not_carried_into_a_revision(books: Parts) -> None:
    draft_id = await draft(books)
    await edit(books, draft_id, CHEAPER)
    await issue(books, draft_id)
    await rows("UPDATE subscriptions SET price = 2500 WHERE price = 1900 RETURNING id")

    with pytest.raises(Conflict, match=r"came to 1900.00 when it was edited, and has changed since, .*void") as refused:
        await revise(books, OPERATOR, document_id=draft_id, reason="новый счёт в банке")

    assert refused.value.field == "document"
    assert await rows("SELECT status, gross FROM documents") == [{"status": "ISSUED", "gross": Decimal("1413.55")}]


async def test_a_revision_keeps_an_edit_whose_charge_another_one_comes_before(books: Parts) -> None:
    await enter(books, "122.00", on=20)
    draft_id = await draft(books)
    await edit(books, draft_id, LineEdit(3, is_removed=True))
    await issue(books, draft_id)
    await enter(books, "61.00", on=10)

    revision = await revise(books, OPERATOR, document_id=draft_id, reason="забыли выезд")

    assert [gross for _, _, gross in await told(revision)] == ["1900.00", "193.55", "61.00"]
    await assert_sums_agree()


async def test_a_one_off_charge_that_a_draft_removes_waits_again_once_the_document_is_void(books: Parts) -> None:
    await enter(books, "122.00")
    draft_id = await draft(books)
    await edit(books, draft_id, LineEdit(3, is_removed=True))
    await issue(books, draft_id)
    assert await balance(await contract("Я-101")) == "-2093.55"

    await documents.void(books, OPERATOR, document_id=draft_id, reason="ошибка")

    assert await balance(await contract("Я-101")) == "-122.00"
    await assert_sums_agree()


async def test_an_update_without_a_change_brings_the_draft_up_to_date_and_keeps_its_edits(books: Parts) -> None:
    draft_id = await draft(books)
    await edit(books, draft_id, CHEAPER)
    await enter(books, "122.00")

    await edit(books, draft_id, version=1)

    (row,) = await rows("SELECT version, gross FROM drafts")
    assert row == {"version": 2, "gross": Decimal("1535.55")}


async def test_an_edit_is_of_the_charge_that_was_shown_and_not_of_what_came_in_before_it(books: Parts) -> None:
    await enter(books, "122.00", on=20)
    draft_id = await draft(books)
    await enter(books, "61.00", on=10)

    await edit(books, draft_id, LineEdit(3, is_removed=True))

    assert await value("SELECT gross FROM drafts") == Decimal("2154.55")
    assert await value("SELECT (edits -> 'lines' -> 0 ->> 'position')::int FROM drafts") == 4
    await enter(books, "12.00", on=9)
    await edit(books, draft_id, version=1)
    await issue(books, draft_id)
    assert [gross for _, _, gross in await told(draft_id)] == ["1900.00", "193.55", "12.00", "61.00"]


async def test_an_edit_of_a_charge_that_is_gone_is_a_conflict_and_another_one_is_not(books: Parts) -> None:
    draft_id = await draft(books)
    await rows("DELETE FROM subscriptions WHERE price = 150 RETURNING id")

    with pytest.raises(Conflict, match=r"адрес' came to 193.55 when it was shown, and is not charged any more") as gone:
        await edit(books, draft_id, LineEdit(2, is_removed=True))
    assert gone.value.field == "lines"
    await edit(books, draft_id, CHEAPER)

    assert await value("SELECT gross FROM drafts") == Decimal("1220.00")


async def test_edits_that_are_given_replace_those_of_before(books: Parts) -> None:
    draft_id = await draft(books)
    await edit(books, draft_id, CHEAPER, added=(await setup(),))

    await edit(books, draft_id, DEARER, version=1)
    assert await value("SELECT gross FROM drafts") == Decimal("2910.00")
    await edit(books, draft_id, version=2, lines=(), added=())
    assert await value("SELECT gross FROM drafts") == Decimal("2093.55")


async def test_who_changes_another_version_is_told_and_loses_nothing(books: Parts) -> None:
    draft_id = await draft(books)
    await edit(books, draft_id, CHEAPER)

    with pytest.raises(Conflict, match="The draft is at version 1 by now, and not 0") as refused:
        await edit(books, draft_id, DEARER)
    with pytest.raises(Conflict, match="at version 1"):
        await issue(books, draft_id, version=0)

    assert refused.value.field == "version"
    assert await value("SELECT gross FROM drafts") == Decimal("1413.55")


async def test_two_who_change_a_draft_at_once_make_one_version(books: Parts) -> None:
    draft_id = await draft(books)

    results = await asyncio.gather(
        edit(books, draft_id, CHEAPER), edit(books, draft_id, DEARER), return_exceptions=True
    )

    assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]
    assert await value("SELECT version FROM drafts") == 1


async def test_changed_books_are_a_conflict_and_nothing_is_issued(books: Parts) -> None:
    draft_id = await draft(books)
    await enter(books, "122.00")
    before = await counts()

    with pytest.raises(Conflict, match=r"is 2215.55 RUB now: look at it again. Update the draft"):
        await issue(books, draft_id)
    with pytest.raises(Conflict, match="Update the draft"):
        await kept_drafts.preview(books, OPERATOR, draft_id=draft_id)

    assert await counts() == before
    await edit(books, draft_id)
    await issue(books, draft_id)
    assert await value("SELECT gross FROM documents") == Decimal("2215.55")


async def test_a_line_that_has_changed_since_it_was_edited_is_to_be_edited_again(books: Parts) -> None:
    draft_id = await draft(books)
    await edit(books, draft_id, DEARER)
    await rows("UPDATE subscriptions SET quantity = 3 WHERE price = 150 RETURNING id")

    with pytest.raises(Conflict, match=r"адрес' came to 193.55 when it was edited, and has changed since: edit it"):
        await edit(books, draft_id, version=1)
    with pytest.raises(Conflict, match=r"edit it again\.$"):
        await issue(books, draft_id)

    await edit(books, draft_id, DEARER, version=1)
    assert await value("SELECT gross FROM drafts") == Decimal("2500.00")


async def test_two_who_issue_a_draft_at_once_make_one_document(books: Parts) -> None:
    draft_id = await draft(books, amount=Decimal("5.00"))

    results = await asyncio.gather(issue(books, draft_id), issue(books, draft_id), return_exceptions=True)

    assert await value("SELECT count(*) FROM documents") == 1
    assert sorted(type(result).__name__ for result in results) in (["Conflict", "UUID"], ["IllegalState", "UUID"])


async def test_a_draft_is_issued_once_and_a_key_gives_the_same_document(books: Parts) -> None:
    draft_id = await draft(books)
    await issue(books, draft_id, idempotency_key="k")

    assert await issue(books, draft_id, idempotency_key="k") == draft_id
    with pytest.raises(IllegalState, match="The document is ISSUED and cannot be issued"):
        await issue(books, draft_id)
    with pytest.raises(NotFound, match=f"issued already, as document_{draft_id}"):
        await edit(books, draft_id)
    assert await value("SELECT count(*) FROM documents") == 1


async def test_of_two_drafts_for_a_period_one_is_issued(books: Parts) -> None:
    first, second = await draft(books), await draft(books)
    await issue(books, first)

    with pytest.raises(CallerError, match=f"has its invoice for .* already: document_{first}"):
        await issue(books, second)

    assert await value("SELECT count(*) FROM documents") == 1


async def test_a_deleted_draft_is_gone_and_was_never_there_for_the_books(books: Parts) -> None:
    draft_id = await draft(books)

    await kept_drafts.delete(books, OPERATOR, draft_id=draft_id)

    assert (await counts())[:6] == [0, 0, 0, 0, 0, 0]
    with pytest.raises(NotFound, match="There is no such draft"):
        await kept_drafts.delete(books, OPERATOR, draft_id=draft_id)


async def test_a_draft_for_an_amount_is_changed_and_issued(books: Parts) -> None:
    draft_id = await draft(books, amount=Decimal("1220.00"), description="Аванс")

    await edit(books, draft_id, amount=Decimal("2440.00"), description="Аванс за ноябрь")
    await issue(books, draft_id)

    assert await told(draft_id) == [("Аванс за ноябрь", "1", "2440.00")]
    assert await value("SELECT count(*) FROM charges") == 0


async def test_a_correction_is_drafted_changed_and_issued(books: Parts) -> None:
    contract_id = await contract("Я-101")
    original_id = await documents.issue_for_period(
        books, OPERATOR, type="tax-invoice", contract_id=contract_id, period=OCTOBER
    )
    request = DraftRequest(
        "corrective-tax-invoice", original_id=original_id, corrections=(LineCorrection(1, unit_price=Decimal(950)),)
    )
    draft_id = await kept_drafts.create(books, OPERATOR, request=request)
    assert await value("SELECT gross FROM drafts WHERE contract_id = $1", contract_id) == Decimal("-950.00")

    await edit(books, draft_id, corrections=(LineCorrection(1, unit_price=Decimal(1000)),))
    await issue(books, draft_id)

    assert await value("SELECT gross FROM documents WHERE original_id = $1", original_id) == Decimal("-900.00")
    assert await balance(contract_id) == "-1193.55"


async def test_a_draft_is_dated_and_set_back_to_the_day_of_its_type(books: Parts) -> None:
    draft_id = await draft(books)

    await edit(books, draft_id, is_redated=True, issue_date=date(2026, 11, 3))
    assert from_json(await value("SELECT snapshot FROM drafts")).issue_date == date(2026, 11, 3)
    await edit(books, draft_id, version=1, is_redated=True)
    assert from_json(await value("SELECT snapshot FROM drafts")).issue_date == date(2026, 11, 1)


async def test_a_preview_shows_the_edits_on_paper_marked_as_a_draft(books: Parts) -> None:
    draft_id = await draft(books)
    await edit(books, draft_id, LineEdit(1, description="Канал связи"))

    found = await kept_drafts.preview(books, OPERATOR, draft_id=draft_id)

    assert "ЧЕРНОВИК" in found.html
    assert "Канал связи" in found.html
    assert await value("SELECT count(*) FROM documents") == 0


REFUSED: list[tuple[dict[str, object], type[CallerError], str]] = [
    ({"amount": Decimal(5)}, InvalidInput, "is not for an amount"),
    ({"description": "x"}, InvalidInput, "edit the lines"),
    ({"corrections": (LineCorrection(1),)}, InvalidInput, "corrects no document"),
    ({"lines": (LineEdit(3),)}, InvalidInput, "no line 3 to edit: there are 2"),
    ({"lines": (LineEdit(1, description="a\nb"),)}, InvalidInput, "one line"),
    ({"lines": (CHEAPER,) * 1_001}, InvalidInput, "at most 1,000 edits"),
    ({"lines": (LineEdit(1, description=" "),)}, InvalidInput, "one line"),
    ({"lines": (LineEdit(1, quantity=Decimal(1), is_removed=True),)}, InvalidInput, "Line 1 is to be removed and"),
    ({"lines": (LineEdit(1, description="", is_removed=True),)}, InvalidInput, "Line 1 is to be removed and"),
    (
        {"added": (NewLine(UUID(int=7), Decimal(0), Decimal(1), is_tax_included=True),)},
        InvalidInput,
        "An added line has a quantity above 0",
    ),
    (
        {"lines": (LineEdit(1, is_removed=True), LineEdit(2, is_removed=True))},
        NothingToBill,
        "The edits leave nothing to bill: nothing_to_bill",
    ),
    (
        {"lines": (LineEdit(1, unit_price=Decimal(0)), LineEdit(2, is_removed=True))},
        NothingToBill,
        "The edits leave nothing to bill: zero_amount",
    ),
    (
        {"added": (NewLine(UUID(int=7), Decimal(1), Decimal(1), is_tax_included=True),)},
        NotFound,
        "No service has the id service_00000000",
    ),
]


async def test_what_cannot_be_is_refused_and_leaves_the_draft(books: Parts) -> None:
    draft_id = await draft(books)
    before = await rows("SELECT * FROM drafts")

    for change, error, message in REFUSED:
        with pytest.raises(error, match=message):
            await edit(books, draft_id, **change)

    assert await rows("SELECT * FROM drafts") == before


async def test_only_the_lines_of_a_charged_period_are_edited(books: Parts) -> None:
    advance = await draft(books, amount=Decimal(5))
    reconciliation = await draft(books, "reconciliation", period=OCTOBER)

    for draft_id in (advance, reconciliation):
        with pytest.raises(InvalidInput, match="Only the lines of what a period charges"):
            await edit(books, draft_id, CHEAPER)
        with pytest.raises(InvalidInput, match="Only the lines of what a period charges"):
            await edit(books, draft_id, added=(await setup(),))

    assert [row["version"] for row in await rows("SELECT version FROM drafts")] == [0, 0]


async def test_charged_lines_are_not_edited_and_the_document_is_named(books: Parts) -> None:
    draft_id = await draft(books, "act")
    await documents.issue_for_period(
        books, OPERATOR, type="invoice", contract_id=await contract("Я-101"), period=OCTOBER, number="Счёт-7"
    )

    with pytest.raises(IllegalState, match="is charged already by invoice Счёт-7, so its lines stay: void or correct"):
        await edit(books, draft_id, CHEAPER)
    await issue(books, draft_id)

    assert await value("SELECT gross FROM documents WHERE type = 'act'") == Decimal("2093.55")


async def test_who_may_not_issue_changes_nothing(books: Parts) -> None:
    draft_id = await draft(books)
    before, request = await counts(), DraftRequest("invoice", await contract("Я-101"), OCTOBER)

    for refused in (
        kept_drafts.create(books, READER, request=request),
        kept_drafts.update(books, READER, draft_id=draft_id, change=DraftChange(0, lines=(CHEAPER,))),
        kept_drafts.issue(books, READER, draft_id=draft_id),
        kept_drafts.preview(books, READER, draft_id=draft_id),
        kept_drafts.delete(books, READER, draft_id=draft_id),
    ):
        with pytest.raises(Forbidden):
            await refused

    assert await counts() == before
    assert await value("SELECT version FROM drafts") == 0


async def test_an_amount_above_what_a_document_may_be_for_is_named(books: Parts) -> None:
    with pytest.raises(LimitExceeded, match="The amount 99999999999999 RUB is more than a document may be") as refused:
        await draft(books, amount=Decimal(99_999_999_999_999))

    assert refused.value.field == "amount"
    assert await value("SELECT count(*) FROM drafts") == 0


async def test_what_is_not_there_is_not_found(books: Parts) -> None:
    with pytest.raises(NotFound, match="There is no such draft"):
        await issue(books, uuid4())
    with pytest.raises(NotFound, match="There is no such contract"):
        await kept_drafts.create(books, OPERATOR, request=DraftRequest("invoice", uuid4(), OCTOBER))


async def test_edited_usage_is_billed_otherwise_and_stays_measured(books: Parts) -> None:
    request = DraftRequest("invoice", await contract("Я-102-Т"), OCTOBER)
    draft_id = await kept_drafts.create(books, OPERATOR, request=request)
    position = await value(
        "SELECT (c ->> 'position')::int FROM drafts, jsonb_array_elements(edits -> 'charges') c"
        " WHERE c ->> 'kind' = 'usage' LIMIT 1"
    )
    await edit(books, draft_id, LineEdit(position, quantity=Decimal(1), unit_price=Decimal("1.22")))

    await issue(books, draft_id)

    line = (await told(draft_id))[position - 1]
    assert line[1:] == ("1", "1.22")
    assert [verdict for verdict in await check(OPERATOR) if verdict.broken] == []
