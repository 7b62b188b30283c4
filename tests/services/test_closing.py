"""Closing contracts: services end, the last days are billed, and the same call again issues what is missing."""

import asyncio
import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR, Scope
from billfold.domain.errors import (
    CallerError,
    Conflict,
    Forbidden,
    IdempotencyKeyReused,
    IllegalState,
    InvalidInput,
    NotFound,
    UnknownDocumentType,
)
from billfold.domain.periods import Period, month
from billfold.services import closing, documents, plans, runs, subscriptions
from billfold.services.parts import Parts
from billfold.services.subscriptions import TermsChange
from tests import factories_rows as factories
from tests.services.asking import contract, rows, value

STATE = "SELECT id, closed_on FROM contracts UNION ALL SELECT id, ended_on FROM subscriptions ORDER BY 1"


async def close(parts: Parts, number: str, on: date, **more: Any) -> closing.Closed:
    return await closing.close(parts, OPERATOR, contract_id=await contract(number), on=on, **more)


async def refused(parts: Parts, contract_id: UUID, on: date, **more: Any) -> CallerError:
    """Give the error of a closing, which must leave every row and the log as they were."""
    before, events = await rows(STATE), await value("SELECT count(*) FROM audit_events")
    with pytest.raises(CallerError) as caught:
        await closing.close(parts, OPERATOR, contract_id=contract_id, on=on, **more)
    assert await rows(STATE) == before
    assert await value("SELECT count(*) FROM audit_events") == events
    assert await value("SELECT count(*) FROM documents WHERE period_until = $1", on) == 0
    return caught.value


async def test_a_contract_ends_and_its_last_days_are_billed(books: Parts) -> None:
    closed = await close(books, "Я-101", date(2026, 10, 22), reason="переезд")

    assert closed.problem is None
    (row,) = await rows("SELECT id, period_from, period_until, gross, status FROM documents")
    # 1900.00 and 2 x 150.00 by the month: 21 of 31 days = 1287.10, and 10 of 31 days = 96.77.
    assert row == {
        "id": closed.document_id,
        "period_from": date(2026, 10, 1),
        "period_until": date(2026, 10, 22),
        "gross": Decimal("1383.87"),
        "status": "ISSUED",
    }
    ended = "SELECT ended_on FROM subscriptions WHERE contract_id = $1"
    assert {found["ended_on"] for found in await rows(ended, closed.contract_id)} == {date(2026, 10, 22)}
    assert await value("SELECT closed_on FROM contracts WHERE id = $1", closed.contract_id) == date(2026, 10, 22)
    assert await value("SELECT details->>'reason' FROM audit_events WHERE operation = 'closeContract'") == "переезд"


async def test_the_final_document_follows_the_last_charged_period(books: Parts) -> None:
    await documents.issue_for_period(
        books,
        OPERATOR,
        type="invoice",
        contract_id=await contract("Я-101"),
        period=Period(date(2026, 10, 1), date(2026, 10, 12)),
    )

    closed = await close(books, "Я-101", date(2026, 11, 2))

    period = "SELECT daterange(period_from, period_until)::text FROM documents WHERE id = $1"
    assert await value(period, closed.document_id) == "[2026-10-12,2026-11-02)"


async def test_the_final_document_starts_with_a_service_that_starts_in_the_last_month(parts: Parts) -> None:
    contract_id = await _subscribed(date(2026, 10, 11))

    closed = await closing.close(parts, OPERATOR, contract_id=contract_id, on=date(2026, 10, 21))

    period = "SELECT daterange(period_from, period_until)::text FROM documents WHERE id = $1"
    assert await value(period, closed.document_id) == "[2026-10-11,2026-10-21)"
    # 2200.00 for 10 of 31 days.
    assert await value("SELECT gross FROM documents") == Decimal("709.68")


async def _subscribed(*starts: date, ended_on: date | None = None) -> UUID:
    async with writing() as connection:
        contract_id = await factories.add_contract(connection)
        for start in starts:
            await factories.add_subscription(connection, contract_id=contract_id, started_on=start, ended_on=ended_on)
    return contract_id


async def test_what_starts_later_never_starts_and_what_ended_earlier_stays(parts: Parts) -> None:
    contract_id = await _subscribed(date(2026, 9, 1), date(2026, 12, 1))
    async with writing() as connection:
        await factories.add_subscription(
            connection, contract_id=contract_id, started_on=date(2026, 8, 1), ended_on=date(2026, 9, 1)
        )
    open_ended = await value("SELECT id FROM subscriptions WHERE started_on = '2026-09-01'")
    for day in (date(2026, 10, 1), date(2026, 10, 20)):
        await subscriptions.change(
            parts, OPERATOR, subscription_id=open_ended, change=TermsChange(day, price=Decimal("3100.00"))
        )

    await closing.close(parts, OPERATOR, contract_id=contract_id, on=date(2026, 10, 11))

    ends = await rows("SELECT started_on, ended_on FROM subscriptions ORDER BY started_on")
    assert [tuple(row.values()) for row in ends] == [
        (date(2026, 8, 1), date(2026, 9, 1)),
        (date(2026, 9, 1), date(2026, 10, 11)),
        (date(2026, 12, 1), date(2026, 12, 1)),
    ]
    assert await value("SELECT array_agg(valid_from) FROM subscription_changes") == [date(2026, 10, 1)]
    # 3100.00 for 10 of 31 days.
    assert await value("SELECT gross FROM documents") == Decimal("1000.00")


async def test_nothing_due_is_no_document_and_no_problem(parts: Parts) -> None:
    contract_id = await _subscribed()

    closed = await closing.close(parts, OPERATOR, contract_id=contract_id, on=date(2026, 10, 11))

    assert closed == closing.Closed(contract_id)
    assert await value("SELECT closed_on FROM contracts") == date(2026, 10, 11)


async def test_the_same_closing_again_gives_the_same_document(books: Parts) -> None:
    first = await close(books, "Я-101", date(2026, 10, 22))

    again = await close(books, "Я-101", date(2026, 10, 22))

    assert again == first
    assert await value("SELECT count(*) FROM documents") == 1
    assert await value("SELECT count(*) FROM audit_events WHERE operation = 'closeContract'") == 1


async def test_two_closings_at_once_make_one_document(books: Parts) -> None:
    first, second = await asyncio.gather(
        close(books, "Я-101", date(2026, 10, 22)), close(books, "Я-101", date(2026, 10, 22))
    )

    assert first == second
    assert first.document_id is not None
    assert await value("SELECT count(*) FROM documents") == 1
    assert await value("SELECT count(*) FROM audit_events WHERE operation = 'closeContract'") == 1


async def test_the_same_closing_again_issues_what_was_voided(books: Parts) -> None:
    first = await close(books, "Я-101", date(2026, 10, 22))
    assert first.document_id is not None
    await documents.void(books, OPERATOR, document_id=first.document_id, reason="ошибка")

    again = await close(books, "Я-101", date(2026, 10, 22))

    statuses = await rows("SELECT id, status FROM documents WHERE gross = 1383.87 ORDER BY counter")
    assert [(row["id"], row["status"]) for row in statuses] == [
        (first.document_id, "VOID"),
        (again.document_id, "ISSUED"),
    ]


async def test_a_document_that_cannot_be_issued_is_a_problem_and_the_contract_stays_closed(parts: Parts) -> None:
    contract_id = await _subscribed(date(2026, 9, 1))
    async with writing() as connection:
        await connection.execute("UPDATE subscriptions SET price = 999999999999999")

    broken = await closing.close(parts, OPERATOR, contract_id=contract_id, on=date(2026, 10, 11))
    async with writing() as connection:
        await connection.execute("UPDATE subscriptions SET price = 3100")
    mended = await closing.close(parts, OPERATOR, contract_id=contract_id, on=date(2026, 10, 11))

    assert broken.problem is not None
    assert "more than an amount may be" in broken.problem.message
    assert broken.document_id is None
    assert await value("SELECT closed_on FROM contracts") == date(2026, 10, 11)
    assert mended == closing.Closed(contract_id, await value("SELECT id FROM documents"))


async def test_another_day_is_refused_once_it_is_closed(books: Parts) -> None:
    await close(books, "Я-101", date(2026, 10, 22))

    problem = await refused(books, await contract("Я-101"), date(2026, 10, 23))

    assert (type(problem), problem.field) == (IllegalState, "on")
    assert "closed since 2026-10-22" in problem.message


async def test_charged_days_are_not_taken_back(books: Parts) -> None:
    contract_id = await contract("Я-101")
    await documents.issue_for_period(books, OPERATOR, type="invoice", contract_id=contract_id, period=month("2026-10"))

    problem = await refused(books, contract_id, date(2026, 10, 22))

    assert (type(problem), problem.field) == (Conflict, "on")
    assert "take 2026-11-01, the first open day" in problem.message


async def test_closed_books_are_not_opened_by_a_closing(books: Parts) -> None:
    async with writing() as connection:
        await connection.execute("UPDATE enterprises SET closed_until = '2026-10-15'")

    problem = await refused(books, await contract("Я-101"), date(2026, 10, 14))
    closed = await close(books, "Я-101", date(2026, 10, 22))

    assert (type(problem), problem.field) == (IllegalState, "on")
    assert await value("SELECT period_from FROM documents WHERE id = $1", closed.document_id) == date(2026, 10, 15)


async def test_a_contract_is_not_closed_before_it_was_signed(books: Parts) -> None:
    problem = await refused(books, await contract("Я-101"), date(2024, 3, 11))

    assert (type(problem), problem.field) == (InvalidInput, "on")


@pytest.mark.parametrize(
    ("wrong", "error", "field"),
    [
        ({"type": "nonsense"}, UnknownDocumentType, "type"),
        ({"reason": "x" * 1001}, InvalidInput, "reason"),
        ({"idempotency_key": "й"}, InvalidInput, "idempotencyKey"),
    ],
)
async def test_a_closing_that_cannot_be_is_refused(
    books: Parts, wrong: dict[str, Any], error: type[CallerError], field: str
) -> None:
    problem = await refused(books, await contract("Я-101"), date(2026, 10, 22), **wrong)

    assert (type(problem), problem.field) == (error, field)


async def test_an_unknown_contract_is_not_found(parts: Parts) -> None:
    problem = await refused(parts, uuid4(), date(2026, 10, 22))

    assert (type(problem), problem.field) == (NotFound, "contract")


async def test_a_key_is_of_one_closing(books: Parts) -> None:
    first = await close(books, "Я-101", date(2026, 10, 22), idempotency_key="k")

    again = await close(books, "Я-101", date(2026, 10, 22), idempotency_key="k")

    assert again == first
    with pytest.raises(IdempotencyKeyReused):
        await close(books, "Я-102", date(2026, 10, 22), idempotency_key="k")


@pytest.mark.parametrize("missing", [Scope.BOOKS_WRITE, Scope.DOCUMENTS_ISSUE])
async def test_closing_needs_both_scopes(books: Parts, missing: Scope) -> None:
    viewer = dataclasses.replace(OPERATOR, scopes=OPERATOR.scopes - {missing})
    before = await rows(STATE)

    with pytest.raises(Forbidden):
        await closing.close(books, viewer, contract_id=await contract("Я-101"), on=date(2026, 10, 22))

    assert await rows(STATE) == before
    assert await value("SELECT count(*) FROM documents") == 0


async def test_runs_pass_over_a_contract_that_is_closed_before_their_period(books: Parts) -> None:
    contract_id = await contract("Я-101")
    await close(books, "Я-101", date(2026, 11, 1))

    async def planned(text: str) -> dict[str, object]:
        request = runs.RunRequest(type="invoice", period=month(text), contract_ids=(contract_id,))
        return await plans.planned(await plans.plan(books, OPERATOR, request))

    october, november = await planned("2026-10"), await planned("2026-11")

    assert october["already_issued"] == 1
    assert (november["already_issued"], november["documents"], november["skipped"]) == (0, 0, [])
