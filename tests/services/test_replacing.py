"""Replacing: what may give way to a revision, what goes over to it, and that never both stand, nor neither."""

import asyncio
import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR
from billfold.domain.clock import FixedClock
from billfold.domain.errors import (
    Conflict,
    IllegalState,
)
from billfold.services import allocations, charges, documents, paid_by_hand
from billfold.services.charges import NewCharge
from billfold.services.composing import compose
from billfold.services.drafts import Assignment, Failed, Issued, Replacement
from billfold.services.issuing import issue as issue_drafts
from billfold.services.parts import Parts
from billfold.services.printing import print_chunk, publish_chunk
from tests.factories_rows import add_usage
from tests.services.asking import contract, rows, value
from tests.services.money import assert_sums_agree, balance, pay, settled, shares
from tests.services.revisions import (
    OCTOBER,
    assert_all_holds,
    assert_nothing_changed,
    correct,
    issue,
    publish,
    revise,
    set_price,
)


async def test_what_an_act_beside_it_stands_on_is_not_charged_anew(books: Parts) -> None:
    invoice = await issue(books)
    await issue(books, "act")
    await set_price("2000.00")

    new = await revise(books, invoice)

    assert await value("SELECT gross FROM documents WHERE id = $1", new) == Decimal("2093.55")
    assert await value("SELECT count(*) FROM charge_periods") == 1
    assert await value("SELECT count(DISTINCT charge_period_id) FROM documents WHERE status = 'ISSUED'") == 1
    await assert_all_holds()


async def test_usage_that_came_since_is_charged_by_the_revision(books: Parts) -> None:
    old = await issue(books)
    before = await balance(await contract("Я-101"))
    async with writing() as connection:
        await add_usage(connection, contract_id=await contract("Я-101"), quantity=Decimal(3), unit_price=Decimal(10))

    new = await revise(books, old)

    assert before == "-2093.55"
    assert await value("SELECT gross FROM documents WHERE id = $1", new) == Decimal("2123.55")
    assert await balance(await contract("Я-101")) == "-2123.55"
    await assert_all_holds()


@pytest.mark.parametrize(
    ("price", "shared"),
    [("2000.00", [("referenced", "1", "2000.00")]), ("100.00", [("referenced", "1", "293.55")])],
    ids=["bigger", "smaller"],
)
async def test_money_that_refers_to_it_goes_over_as_far_as_the_sum_goes(
    books: Parts, price: str, shared: list[tuple[str, str, str]]
) -> None:
    old, contract_id = await issue(books), await contract("Я-101")
    await pay(books, contract_id, "2000.00", old)
    await set_price(price)

    new = await revise(books, old)

    assert await shares(contract_id) == shared
    assert (await settled(old), await settled(new)) == ("0.00", shared[0][2])
    await assert_sums_agree()


async def test_money_that_came_by_itself_settles_it_by_itself_again(books: Parts) -> None:
    old, contract_id = await issue(books), await contract("Я-101")
    await pay(books, contract_id, "500.00")

    await revise(books, old)

    assert await shares(contract_id) == [("automatic", "1", "500.00")]


async def test_money_given_by_hand_stays_given_by_hand(books: Parts) -> None:
    contract_id = await contract("Я-101")
    payment = await pay(books, contract_id, "500.00")
    old = await issue(books)
    (found,) = await rows("SELECT id FROM allocations WHERE released_at IS NULL")
    await allocations.release(books, OPERATOR, allocation_id=found["id"], reason="вручную")
    await allocations.allocate(books, OPERATOR, payment_id=payment, document_id=old, amount=Decimal("300.00"))

    await revise(books, old)

    assert await shares(contract_id) == [("manual", "1", "300.00"), ("automatic", "1", "200.00")]
    await assert_all_holds()


@pytest.mark.parametrize(("price", "is_kept"), [("1900.00", True), ("2000.00", False)])
async def test_the_word_that_it_is_paid_goes_over_where_the_sum_is_the_same(
    books: Parts, price: str, is_kept: bool
) -> None:
    old = await issue(books)
    await paid_by_hand.mark(books, OPERATOR, document_id=old, reason="акт сверки")
    await set_price(price)

    new = await revise(books, old)

    reason = await value("SELECT paid_by_hand_reason FROM documents WHERE id = $1", new)
    told = await value("SELECT details ->> 'paidByHand' FROM audit_events WHERE operation = 'reviseDocument'")
    assert (reason, told) == (("акт сверки", "kept") if is_kept else ("", "dropped"))


async def asked(old: UUID, type: str = "invoice") -> Assignment:
    """Ask for the revision of a document, as `revise` does."""
    (row,) = await rows("SELECT contract_id, issue_date, series_id, occurrence_id FROM documents WHERE id = $1", old)
    replacement = Replacement(old, "ошибка", "anna", "1", row["series_id"], 1, 1, date(2026, 11, 1))
    return Assignment(
        row["contract_id"],
        type,
        period=OCTOBER,
        issue_date=row["issue_date"],
        is_by_hand=True,
        occurrence_id=row["occurrence_id"],
        replaces=replacement,
    )


async def test_what_was_composed_as_if_it_were_void_is_issued_at_once(books: Parts) -> None:
    old = await issue(books)
    composed = await compose(books, "invoice", [await asked(old)])

    (result,) = await issue_drafts(books, "invoice", composed, is_last_try=False)

    assert isinstance(result, Issued)
    assert result.document.number == "1"


async def test_what_changes_while_it_is_made_leaves_the_old_one(books: Parts) -> None:
    old = await issue(books)
    composed = await compose(books, "invoice", [await asked(old)])
    await set_price("2000.00")

    (result,) = await issue_drafts(books, "invoice", composed, is_last_try=True)

    assert isinstance(result, Failed)
    assert isinstance(result.error, Conflict)
    await assert_nothing_changed(old)


async def test_charges_that_end_while_it_is_made_are_asked_for_again(books: Parts) -> None:
    old, act = await issue(books), await issue(books, "act")
    composed = await compose(books, "invoice", [await asked(old)])
    await documents.void(books, OPERATOR, document_id=act, reason="ошибка")

    with pytest.raises(Conflict, match="has changed meanwhile: ask again"):
        await issue_drafts(books, "invoice", composed)

    assert await value("SELECT status FROM documents WHERE id = $1", old) == "ISSUED"
    await assert_all_holds()


async def test_a_one_off_charge_is_billed_once_by_the_revision_too(books: Parts) -> None:
    service = await value("SELECT id FROM services ORDER BY code LIMIT 1")
    new = NewCharge(await contract("Я-101"), service, date(2026, 10, 5), Decimal("50.00"), tax_included=True)
    await charges.create(books, OPERATOR, new=new)
    old = await issue(books)
    before = await value("SELECT gross FROM documents WHERE id = $1", old)

    revision = await revise(books, old)

    assert await value("SELECT gross FROM documents WHERE id = $1", revision) == before
    assert await value("SELECT count(*) FROM charges WHERE kind = 'one_off'") == 1
    await assert_all_holds()


async def test_money_of_an_advance_that_has_paid_a_later_document_stays_there(books: Parts) -> None:
    contract_id = await contract("Я-101")
    advance = await documents.issue_for_amount(
        books, OPERATOR, type="invoice", contract_id=contract_id, amount=Decimal("2093.55")
    )
    await pay(books, contract_id, "2093.55", advance)
    later = dataclasses.replace(books, clock=FixedClock(books.clock.now() + timedelta(hours=1)))
    charged = await issue(later)
    last = dataclasses.replace(books, clock=FixedClock(books.clock.now() + timedelta(hours=2)))

    revision = await revise(last, advance)

    assert [await settled(one) for one in (charged, revision)] == ["2093.55", "0"]
    await assert_all_holds()


@pytest.mark.parametrize("state", ["SENT", "UNKNOWN"])
async def test_an_act_that_was_mailed_is_not_revised(books: Parts, state: str) -> None:
    old = await issue(books, "act")
    async with writing() as connection:
        await connection.execute(
            """INSERT INTO deliveries (id, document_id, recipient, state, asked_as, message_id)
               VALUES (gen_random_uuid(), $1, 'a@example.com', $2, 'rule', '<1@example.com>')""",
            old,
            state,
        )

    with pytest.raises(IllegalState, match="no type here corrects a document of type act, so void it"):
        await revise(books, old)

    await assert_nothing_changed(old)


async def test_an_act_that_its_client_may_read_is_not_revised_until_it_is_hidden(books: Parts) -> None:
    old = await issue(books, "act")
    await publish(old)

    with pytest.raises(IllegalState, match="The client has the document already"):
        await revise(books, old)

    async with writing() as connection:
        await connection.execute("UPDATE documents SET is_hidden = true")
    new = await revise(books, old)
    assert await value("SELECT is_hidden FROM documents WHERE id = $1", new) is True


async def test_what_is_corrected_and_what_corrects_are_not_revised(books: Parts) -> None:
    original = await issue(books, "universal-transfer")
    correction = await correct(books, original)

    with pytest.raises(IllegalState, match="corrects it: void that first"):
        await revise(books, original)
    with pytest.raises(IllegalState, match="is a correction itself: void it, and correct its original once more"):
        await revise(books, correction)

    assert await value("SELECT count(*) FROM documents WHERE status = 'VOID' OR revision > 0") == 0


async def test_a_type_that_is_corrected_names_the_correction(books: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    old = await issue(books, "universal-transfer")
    await publish(old)
    strict = dataclasses.replace(books.plugins.document_type("universal-transfer"), is_revised_once_received=False)
    monkeypatch.setattr(books.plugins, "document_type", lambda _key: strict)

    with pytest.raises(IllegalState, match="issue a correction instead, a corrective-tax-invoice"):
        await revise(books, old)


@pytest.mark.parametrize("type", ["invoice", "tax-invoice", "universal-transfer"])
async def test_what_the_law_revises_is_revised_though_its_client_has_it(books: Parts, type: str) -> None:
    old = await issue(books, "act") if type == "tax-invoice" else None
    old = await issue(books, type)
    await publish(old)

    new = await revise(books, old)

    assert await value("SELECT replaces_id FROM documents WHERE id = $1", new) == old


async def test_the_revision_is_mailed_in_place_of_the_old_one_which_is_marked_as_void(books: Parts) -> None:
    old = await issue(books)
    await print_chunk(books)
    await publish_chunk(books)

    new = await revise(books, old)
    await print_chunk(books)
    await publish_chunk(books)

    deliveries = await rows("SELECT document_id, state, reason FROM deliveries ORDER BY created_at, document_id")
    assert deliveries == [
        {"document_id": old, "state": "SKIPPED", "reason": "voided"},
        {"document_id": new, "state": "PENDING", "reason": ""},
    ]
    files = await rows("SELECT document_id, kind FROM files ORDER BY document_id, kind")
    assert [(one["document_id"], one["kind"]) for one in files] == [(old, "PDF"), (old, "VOID"), (new, "PDF")]


async def test_two_at_once_make_one_revision(books: Parts) -> None:
    old = await issue(books)

    results = await asyncio.gather(*(revise(books, old) for _ in range(2)), return_exceptions=True)

    assert sum(isinstance(one, UUID) for one in results) == 1
    assert sum(isinstance(one, IllegalState) for one in results) == 1
    assert await value("SELECT count(*) FROM documents WHERE status = 'ISSUED'") == 1
    await assert_all_holds()
