"""Due: what was composed beside other documents is composed anew when one of them is issued meanwhile."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from billfold.database.connection import writing
from billfold.database.facts import ChargedPeriod, charged_periods
from billfold.domain.access import OPERATOR
from billfold.domain.errors import LimitExceeded
from billfold.domain.periods import month
from billfold.services import asked, charging, documents
from billfold.services.composing import compose
from billfold.services.drafts import Draft, Failed, Issued, Stale
from billfold.services.issuing import issue
from billfold.services.making import make
from billfold.services.parts import Parts
from tests.conftest import NOW
from tests.factories_rows import add_document, add_row
from tests.services.asking import contract, value
from tests.services.money import pay

OCTOBER = month("2026-10")


@pytest.mark.parametrize(
    ("number", "types"), [("Я-101", ("tax-invoice", "universal-transfer")), ("В-9", ("invoice", "receipt-slip"))]
)
async def test_two_types_that_tell_or_claim_the_same_at_once_make_one(
    books: Parts, number: str, types: tuple[str, str]
) -> None:
    contract_id = await contract(number)
    await documents.issue_for_period(books, OPERATOR, type="act", contract_id=contract_id, period=OCTOBER)
    asked_for = [await asked.for_period(books, type, contract_id, OCTOBER) for type in types]
    first, second = [await compose(books, one.type, [one]) for one in asked_for]

    await issue(books, types[0], first)
    (result,) = await issue(books, types[1], second, is_last_try=False)

    assert isinstance(result, Stale)
    assert await value("SELECT count(*) FROM documents WHERE type <> 'act'") == 1


async def test_two_supplies_at_once_do_not_use_one_advance_twice(books: Parts) -> None:
    contract_id = await contract("Я-101")
    day = date(2026, 9, 1)
    await pay(books, contract_id, "1000.00", received_on=day, reference="71")
    await documents.issue_for_amount(
        books, OPERATOR, type="tax-invoice", contract_id=contract_id, amount=Decimal("1000.00"), issue_date=day
    )
    months = [month("2026-09"), month("2026-10")]
    asked_for = [await asked.for_period(books, "tax-invoice", contract_id, one) for one in months]
    composed = [await compose(books, "tax-invoice", [one]) for one in asked_for]

    await issue(books, "tax-invoice", composed[0])
    (result,) = await issue(books, "tax-invoice", composed[1], is_last_try=False)

    assert isinstance(result, Stale)


async def test_a_contract_is_issued_so_many_documents_a_day_and_no_more(books: Parts) -> None:
    contract_id = await contract("Я-101")
    yesterday = NOW - timedelta(days=1)
    async with writing() as connection:
        for counter in range(1, 15):
            await add_document(connection, f"old-{counter}", contract_id=contract_id, issued_at=NOW)
        await add_document(connection, "before", contract_id=contract_id, issued_at=yesterday)

    await one_for_amount(books, contract_id)
    with pytest.raises(LimitExceeded, match="Contract Я-101 was issued 15 documents today") as refused:
        await one_for_amount(books, contract_id)

    assert refused.value.field == "contract"
    assert await value("SELECT count(*) FROM documents") == 16


async def test_what_schedules_make_is_neither_counted_nor_refused(books: Parts) -> None:
    contract_id = await contract("Я-101")
    scope = '{"enterprises": [], "clients": [], "contracts": []}'
    days = {"period_from": OCTOBER.start, "period_until": OCTOBER.until}
    async with writing() as connection:
        run = {"type": "invoice", "state": "DONE", "source": "SCHEDULE", "scope": scope, **days}
        run_id = await add_row(connection, "runs", run)
        for counter in range(15):
            await add_document(
                connection, f"scheduled {counter}", contract_id=contract_id, issued_at=NOW, run_id=run_id
            )
        for counter in range(14):
            await add_document(connection, f"hand {counter}", contract_id=contract_id, issued_at=NOW)

    await one_for_amount(books, contract_id)
    by_hand = await asked.for_period(books, "act", contract_id, OCTOBER)
    (made,) = await make(books, "act", [replace(by_hand, is_by_hand=False, is_scheduled=True)])
    (refused,) = await make(books, "act", [replace(by_hand, is_by_hand=False, period=month("2026-09"))])

    assert isinstance(made, Issued)
    assert isinstance(refused, Failed)
    assert isinstance(refused.error, LimitExceeded)


async def one_for_amount(books: Parts, contract_id: UUID) -> None:
    await documents.issue_for_amount(
        books, OPERATOR, type="invoice", contract_id=contract_id, amount=Decimal("100.00"), description="Аванс"
    )


async def test_what_was_charged_and_is_void_meanwhile_makes_the_draft_stale(books: Parts) -> None:
    contract_id = await contract("Я-101")
    invoice_id = await documents.issue_for_period(
        books, OPERATOR, type="invoice", contract_id=contract_id, period=OCTOBER
    )
    composed = await compose(books, "act", [await asked.for_period(books, "act", contract_id, OCTOBER)])
    await documents.void(books, OPERATOR, document_id=invoice_id, reason="a mistake")

    (result,) = await issue(books, "act", composed, is_last_try=False)

    assert isinstance(result, Stale)
    assert await value("SELECT count(*) FROM documents WHERE type = 'act'") == 0
    assert await value("SELECT balance FROM contracts WHERE id = $1", contract_id) == Decimal(0)


async def test_days_that_are_charged_while_they_are_read_are_no_overlap(
    books: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract_id = await contract("Я-101")
    await documents.issue_for_period(books, OPERATOR, type="invoice", contract_id=contract_id, period=OCTOBER)
    unseen = [True]

    async def late(*arguments: Any) -> dict[UUID, ChargedPeriod]:
        return {} if unseen and unseen.pop() else await charged_periods(*arguments)

    monkeypatch.setattr(charging, "charged_periods", late)

    (composed,) = await compose(books, "act", [await asked.for_period(books, "act", contract_id, OCTOBER)])

    assert isinstance(composed, Draft)
    assert isinstance(composed.charged, ChargedPeriod)
