"""Revisions: an issued document is made anew under its number and date, and the old one is void."""

import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR, Scope
from billfold.domain.clock import FixedClock
from billfold.domain.errors import (
    Forbidden,
    IllegalState,
    InvalidInput,
    NotFound,
    NothingToBill,
    TemplateFailed,
)
from billfold.domain.snapshot import from_json
from billfold.services import documents, revising
from billfold.services.parts import Parts
from tests.services.asking import contract, rows, value
from tests.services.money import balance, close
from tests.services.revisions import (
    assert_all_holds,
    assert_nothing_changed,
    change_rule,
    correct,
    issue,
    revise,
    set_price,
)


async def test_a_revision_has_the_number_and_date_and_the_old_one_is_void(books: Parts) -> None:
    old = await issue(books)
    await set_price("2000.00")
    later = dataclasses.replace(books, clock=FixedClock(books.clock.now() + timedelta(days=2)))

    new = await revise(later, old)

    found = await rows(
        """SELECT id, number, counter, issue_date, status, gross, replaces_id, revision, revised_on, void_reason
           FROM documents ORDER BY revision"""
    )
    shared = {"number": "1", "counter": 1, "issue_date": date(2026, 11, 1)}
    assert found == [
        {
            **{"id": old, "status": "VOID", "gross": Decimal("2093.55"), "void_reason": "ошибка"},
            **{"replaces_id": None, "revision": 0, "revised_on": None, **shared},
        },
        {
            **{"id": new, "status": "ISSUED", "gross": Decimal("2193.55"), "void_reason": ""},
            **{"replaces_id": old, "revision": 1, "revised_on": date(2026, 11, 3), **shared},
        },
    ]
    assert await value("SELECT next_counter FROM number_series") == 2
    assert await rows("SELECT kind FROM number_events") == []
    assert await rows("SELECT state FROM occurrences") == [{"state": "ISSUED"}]
    assert await value("SELECT occurrence_id IS NOT NULL FROM documents WHERE id = $1", new) is True
    assert await balance(await contract("Я-101")) == "-2193.55"
    await assert_all_holds()


async def test_a_revision_is_sealed_with_what_it_is(books: Parts) -> None:
    new = await revise(books, await issue(books))

    sealed = from_json(await value("SELECT snapshot FROM documents WHERE id = $1", new))
    assert (sealed.number, sealed.revision, sealed.revised_on) == ("1", 1, date(2026, 11, 1))


async def test_the_log_tells_who_revised_what_and_why(books: Parts) -> None:
    old = await issue(books)

    new = await revise(books, old)

    (event,) = await rows("SELECT actor, subject, details::text FROM audit_events WHERE operation = 'reviseDocument'")
    assert (event["actor"], event["subject"]) == ("operator", old)
    assert event["details"] == f'{{"reason": "ошибка", "document": "document_{new}", "revision": 1}}'


async def test_a_revision_of_a_revision_is_the_second(books: Parts) -> None:
    first = await revise(books, await issue(books))

    second = await revise(books, first)

    found = await rows("SELECT id, revision, status, number FROM documents ORDER BY revision")
    assert [(one["revision"], one["status"], one["number"]) for one in found] == [
        (0, "VOID", "1"),
        (1, "VOID", "1"),
        (2, "ISSUED", "1"),
    ]
    assert found[2]["id"] == second
    await assert_all_holds()


async def test_an_invoice_names_the_bank_account_of_its_revision_and_an_act_the_one_of_its_date(books: Parts) -> None:
    invoice, act = await issue(books), await issue(books, "act")
    async with writing() as connection:
        await connection.execute(
            """INSERT INTO bank_accounts (id, enterprise_id, currency, bank_name, bic, account, corr_account,
                                          valid_from)
               SELECT gen_random_uuid(), id, 'RUB', 'Новый банк', bic, account, corr_account, '2026-11-03'
               FROM enterprises"""
        )
    later = dataclasses.replace(books, clock=FixedClock(books.clock.now() + timedelta(days=2)))

    revisions = [await revise(later, invoice), await revise(later, act)]

    sealed = [from_json(await value("SELECT snapshot FROM documents WHERE id = $1", one)) for one in revisions]
    banks = [document.seller.bank.name for document in sealed if document.seller.bank]
    assert banks[0] == "Новый банк"
    assert banks[1] != "Новый банк"


async def test_an_amount_keeps_its_amount_and_words(books: Parts) -> None:
    old = await documents.issue_for_amount(
        books,
        OPERATOR,
        type="invoice",
        contract_id=await contract("Я-101"),
        amount=Decimal("1220.00"),
        description="Аванс",
    )

    same = await revise(books, old)
    other = await revise(books, same, description="Аванс за ноябрь")

    told = [await value("SELECT description FROM document_lines WHERE document_id = $1", one) for one in (same, other)]
    assert told == ["Аванс", "Аванс за ноябрь"]
    assert await value("SELECT gross FROM documents WHERE id = $1", other) == Decimal("1220.00")


async def test_a_contract_on_paper_is_revised_too(books: Parts) -> None:
    old = await documents.issue_for_day(books, OPERATOR, type="contract", contract_id=await contract("Я-101"))

    new = await revise(books, old)

    assert await rows("SELECT id, revision FROM documents WHERE status = 'ISSUED'") == [{"id": new, "revision": 1}]


async def test_where_nothing_is_due_any_more_the_old_one_stands(books: Parts) -> None:
    old = await issue(books)
    async with writing() as connection:
        await connection.execute("UPDATE subscriptions SET ended_on = started_on WHERE ended_on IS NULL")

    with pytest.raises(NothingToBill):
        await revise(books, old)

    await assert_nothing_changed(old)


async def test_a_broken_template_leaves_the_old_one(books: Parts) -> None:
    old = await issue(books)
    await change_rule(books, template="act/act.html")
    async with writing() as connection:
        await connection.execute("UPDATE document_rules SET template = 'nowhere.html' WHERE type = 'invoice'")

    with pytest.raises(TemplateFailed):
        await revise(books, old)

    await assert_nothing_changed(old)


async def test_a_correction_names_the_revision_that_it_corrects(books: Parts) -> None:
    revision = await revise(books, await issue(books, "universal-transfer"))

    correction = await correct(books, revision)

    sealed = from_json(await value("SELECT snapshot FROM documents WHERE id = $1", correction))
    assert sealed.original is not None
    assert (sealed.original.revision, sealed.original.revised_on) == (1, date(2026, 11, 1))
    assert (sealed.details["original"]["revision"], sealed.details["original"]["revised_on"]) == (1, "2026-11-01")


async def test_closed_books_stay_as_they_are(books: Parts) -> None:
    old = await issue(books)
    await close(date(2026, 12, 1))

    with pytest.raises(IllegalState, match="closed until 2026-12-01: enter a credit"):
        await revise(books, old)

    await assert_nothing_changed(old)


async def test_a_void_document_is_not_revised(books: Parts) -> None:
    old = await issue(books)
    await documents.void(books, OPERATOR, document_id=old, reason="ошибка")

    with pytest.raises(IllegalState, match="The document is VOID and cannot be revised"):
        await revise(books, old)


async def test_a_key_revises_once(books: Parts) -> None:
    old = await issue(books)

    new = await revise(books, old, idempotency_key="k")
    again = await revise(books, old, idempotency_key="k")

    assert new == again
    assert await value("SELECT count(*) FROM documents") == 2


async def test_a_revision_may_be_older_than_the_latest_of_a_chronological_series(books: Parts) -> None:
    old = await issue(books)
    await change_rule(books, backdating="chronological")
    async with writing() as connection:
        await connection.execute("UPDATE number_series SET latest_on = '2027-01-01'")

    assert await revise(books, old) != old


@pytest.mark.parametrize("scopes", [{Scope.DOCUMENTS_ISSUE}, {Scope.DOCUMENTS_VOID}])
async def test_who_may_not_both_issue_and_void_revises_nothing(books: Parts, scopes: set[Scope]) -> None:
    old = await issue(books)
    viewer = dataclasses.replace(OPERATOR, name="half", scopes=frozenset(scopes))

    with pytest.raises(Forbidden):
        await revising.revise(books, viewer, document_id=old, reason="ошибка")

    await assert_nothing_changed(old)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1_001])
async def test_a_revision_has_a_reason(books: Parts, reason: str) -> None:
    old = await issue(books)

    with pytest.raises(InvalidInput, match="Say why the document is revised"):
        await revise(books, old, reason=reason)

    await assert_nothing_changed(old)


async def test_what_is_not_there_is_not_revised(books: Parts) -> None:
    with pytest.raises(NotFound, match="no such document"):
        await revise(books, uuid4())
