"""Parking: of a parked contract nothing is issued, by runs, schedules or by hand, until it is unparked."""

import dataclasses
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from billfold.database.connection import writing
from billfold.database.run_outcomes import finish_runs
from billfold.domain.access import OPERATOR, Scope
from billfold.domain.clock import FixedClock
from billfold.domain.corrections import LineCorrection
from billfold.domain.errors import Forbidden, IllegalState, InvalidInput, LimitExceeded, NotFound
from billfold.domain.periods import month
from billfold.services import asked, closing, document_previews, documents, parking, revising, run_control, runs
from billfold.services.composing import compose
from billfold.services.drafts import Failed, Skipped
from billfold.services.generating import compose_chunk
from billfold.services.issuing import issue
from billfold.services.parts import Parts
from billfold.services.runs import RunRequest, assignment_of
from billfold.services.scheduling import schedule_due
from tests.conftest import NOW
from tests.factories_rows import add_document
from tests.services.asking import contract, rows, value
from tests.services.money import balance, pay

OCTOBER = month("2026-10")
# Whoever may change no books.
ISSUER = dataclasses.replace(OPERATOR, name="issuer", scopes=frozenset({Scope.BOOKS_READ, Scope.DOCUMENTS_ISSUE}))


async def park(parts: Parts, number: str = "Я-101") -> UUID:
    return await parking.park(parts, OPERATOR, contract_id=await contract(number), reason="Disputed")


async def run(parts: Parts, *numbers: str) -> UUID:
    """Start the run of October for some contracts, and compose it to its end."""
    ids = tuple([await contract(number) for number in numbers])
    run_id = await runs.start(parts, OPERATOR, RunRequest("invoice", OCTOBER, contract_ids=ids))
    while await compose_chunk(parts, run_id):
        pass
    return run_id


async def became(type: str = "invoice") -> dict[str, tuple[str, str]]:
    found = await rows(
        """SELECT c.number, o.state, o.reason FROM occurrences o JOIN contracts c ON c.id = o.contract_id
           WHERE o.type = $1""",
        type,
    )
    return {one["number"]: (one["state"], one["reason"]) for one in found}


async def written() -> list[dict[str, int]]:
    """Count what issuing writes."""
    return await rows(
        """SELECT (SELECT count(*) FROM documents) AS documents, (SELECT count(*) FROM charges) AS charges,
                  (SELECT count(*) FROM charge_periods) AS periods, (SELECT count(*) FROM number_series) AS series,
                  (SELECT sum(next_counter) FROM number_series) AS counters"""
    )


async def events() -> list[tuple[str, str, dict[str, str]]]:
    found = await rows("SELECT actor, operation, details FROM audit_events WHERE noun = 'contract' ORDER BY id")
    return [(one["actor"], one["operation"], orjson.loads(one["details"])) for one in found]


async def test_a_run_skips_a_parked_contract_and_makes_the_others(books: Parts) -> None:
    await park(books)

    await run(books, "Я-101", "В-7")

    assert await became() == {"Я-101": ("SKIPPED", "parked"), "В-7": ("ISSUED", "")}
    assert await value("SELECT count(*) FROM charge_periods") == 1


async def test_once_unparked_a_retry_or_another_run_makes_it(books: Parts) -> None:
    for number in ("Я-101", "Я-102", "Я-103"):
        await park(books, number)
    run_id = await run(books, "Я-101", "Я-102", "Я-103")
    async with writing() as connection:
        await finish_runs(connection, NOW)
    for number in ("Я-101", "Я-102"):
        await parking.unpark(books, OPERATOR, contract_id=await contract(number))
    after_unparking = await value("SELECT count(*) FROM documents")

    await run(books, "Я-102")
    await run_control.retry(books, OPERATOR, run_id)
    while await compose_chunk(books, run_id):
        pass

    assert after_unparking == 0
    assert await became() == {
        "Я-101": ("ISSUED", ""),
        "Я-102": ("ISSUED", ""),
        "Я-103": ("SKIPPED", "parked"),
    }


async def test_a_schedule_expects_and_skips_a_parked_contract(books: Parts) -> None:
    scheduled = dataclasses.replace(books, is_scheduling=True, clock=FixedClock(datetime(2026, 11, 1, 10, tzinfo=UTC)))
    await park(books, "В-7")

    await schedule_due(scheduled)
    run_id = await value(
        """SELECT o.run_id FROM occurrences o JOIN contracts c ON c.id = o.contract_id
           WHERE c.number = 'В-7' AND o.type = 'invoice' AND o.period_from = '2026-10-01'"""
    )
    await compose_chunk(scheduled, run_id)

    assert (await became())["В-7"] == ("SKIPPED", "parked")


async def test_by_hand_it_is_refused_with_the_reason_and_nothing_is_written(books: Parts) -> None:
    contract_id = await contract("Я-101")
    original_id = await documents.issue_for_period(
        books, OPERATOR, type="tax-invoice", contract_id=contract_id, period=month("2026-09")
    )
    await park(books)
    before = await written()
    given: dict[str, Any] = {"contract_id": contract_id}
    asked_for: list[Callable[[], Awaitable[UUID]]] = [
        lambda: documents.issue_for_period(books, OPERATOR, type="invoice", period=OCTOBER, **given),
        lambda: documents.issue_for_amount(books, OPERATOR, type="invoice", amount=Decimal(500), **given),
        lambda: documents.issue_for_day(books, OPERATOR, type="contract", **given),
        lambda: documents.issue_correction(
            books,
            OPERATOR,
            type="corrective-tax-invoice",
            original_id=original_id,
            corrections=[LineCorrection(1, unit_price=Decimal("950.00"))],
        ),
        lambda: revising.revise(books, OPERATOR, document_id=original_id, reason="wrong price"),
    ]

    for ask in asked_for:
        with pytest.raises(IllegalState) as refused:
            await ask()
        assert str(refused.value) == (
            "Contract Я-101 is parked: Disputed. Mend that, unpark the contract, and ask again."
        )
        assert refused.value.field == "contract"

    assert await written() == before
    assert await value("SELECT status FROM documents") == "ISSUED"


async def test_what_was_composed_before_the_contract_was_parked_is_not_issued(books: Parts) -> None:
    contract_id = await contract("Я-101")
    by_hand = await compose(books, "invoice", [await asked.for_period(books, "invoice", contract_id, OCTOBER)])
    of_run = await compose(books, "invoice", [assignment_of(RunRequest("invoice", OCTOBER), contract_id)])
    await park(books)
    before = await written()

    (refused,) = await issue(books, "invoice", by_hand)
    (skipped,) = await issue(books, "invoice", of_run)

    assert isinstance(refused, Failed)
    assert isinstance(refused.error, IllegalState)
    assert isinstance(skipped, Skipped)
    assert (skipped.reason, skipped.charged) == ("parked", None)
    assert await written() == before


async def test_money_previews_and_voids_go_on(books: Parts) -> None:
    contract_id = await contract("Я-101")
    document_id = await documents.issue_for_period(
        books, OPERATOR, type="invoice", contract_id=contract_id, period=month("2026-09")
    )
    await park(books)

    await pay(books, contract_id, "100.00")
    await documents.void(books, OPERATOR, document_id=document_id, reason="Disputed")
    shown = await document_previews.preview(
        books, OPERATOR, await asked.for_period(books, "invoice", contract_id, OCTOBER)
    )

    assert await balance(contract_id) == "100.00"
    assert await value("SELECT status FROM documents") == "VOID"
    assert shown.document.lines


async def test_a_parked_contract_is_closed_without_its_final_document(books: Parts) -> None:
    contract_id = await park(books)

    closed = await closing.close(books, OPERATOR, contract_id=contract_id, on=date(2026, 10, 22))

    assert isinstance(closed.problem, IllegalState)
    assert await value("SELECT count(*) FROM documents") == 0


async def test_parking_may_be_repeated_and_is_logged_once(books: Parts) -> None:
    contract_id = await park(books)
    await parking.park(books, OPERATOR, contract_id=contract_id, reason="Another reason")
    (parked,) = await rows("SELECT parked_at, parked_reason FROM contracts WHERE parked_at IS NOT NULL")

    for _ in range(2):
        await parking.unpark(books, OPERATOR, contract_id=contract_id)

    assert parked == {"parked_at": NOW, "parked_reason": "Disputed"}
    assert await value("SELECT count(*) FROM contracts WHERE parked_at IS NOT NULL OR parked_reason <> ''") == 0
    assert await events() == [
        ("operator", "parkContract", {"reason": "Disputed"}),
        ("operator", "unparkContract", {}),
    ]


async def test_a_contract_that_passes_its_bound_of_documents_a_day_is_parked(books: Parts) -> None:
    contract_id = await contract("Я-101")
    async with writing() as connection:
        for counter in range(15):
            await add_document(connection, f"old-{counter}", contract_id=contract_id, issued_at=NOW)

    with pytest.raises(LimitExceeded, match="unpark it"):
        await documents.issue_for_amount(
            books, OPERATOR, type="invoice", contract_id=contract_id, amount=Decimal("100.00")
        )

    reason = "It was issued 15 documents on 2026-11-01, and more were asked for."
    assert await value("SELECT parked_reason FROM contracts WHERE id = $1", contract_id) == reason
    assert await events() == [("billfold", "parkContract", {"reason": reason})]
    assert await value("SELECT count(*) FROM documents") == 15


async def test_who_may_not_write_books_parks_nothing(books: Parts) -> None:
    contract_id = await park(books, "В-7")

    with pytest.raises(Forbidden):
        await parking.park(books, ISSUER, contract_id=await contract("Я-101"), reason="x")
    with pytest.raises(Forbidden):
        await parking.unpark(books, ISSUER, contract_id=contract_id)

    assert await value("SELECT array_agg(number) FROM contracts WHERE parked_at IS NOT NULL") == ["В-7"]


async def test_a_contract_that_is_not_there_and_no_reason_are_refused(books: Parts) -> None:
    with pytest.raises(NotFound):
        await parking.park(books, OPERATOR, contract_id=uuid4(), reason="x")
    with pytest.raises(NotFound):
        await parking.unpark(books, OPERATOR, contract_id=uuid4())
    with pytest.raises(InvalidInput, match="Say why the contract is parked"):
        await parking.park(books, OPERATOR, contract_id=await contract("Я-101"), reason="  ")

    assert await events() == []
