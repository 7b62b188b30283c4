"""Runs for an amount: one document a contract, as often as somebody means it."""

import asyncio
import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import orjson
import pytest

from billfold.database.connection import writing
from billfold.database.run_outcomes import finish_runs, made_by
from billfold.domain.access import OPERATOR
from billfold.domain.errors import InvalidInput
from billfold.domain.periods import month
from billfold.services import plans, run_control, runs
from billfold.services.generating import compose_chunk
from billfold.services.parts import Parts
from billfold.services.runs import RunRequest
from tests.conftest import NOW
from tests.factories_rows import add_row
from tests.services.asking import contract, rows, value

OCTOBER = RunRequest(type="invoice", period=month("2026-10"))
ADVANCE = RunRequest(type="invoice", amount=Decimal("500.00"), description="Аванс за ноябрь", currencies=("RUB",))


async def of(*numbers: str) -> RunRequest:
    return dataclasses.replace(ADVANCE, contract_ids=tuple([await contract(number) for number in numbers]))


async def composed(parts: Parts, request: RunRequest) -> UUID:
    """Start a run and compose it to its end; nothing is printed."""
    run_id = await runs.start(parts, OPERATOR, request)
    while await compose_chunk(parts, run_id):
        pass
    return run_id


async def finished(parts: Parts, request: RunRequest) -> UUID:
    run_id = await composed(parts, request)
    await finish()
    return run_id


async def finish() -> None:
    """Take what was composed as printed, and close the runs."""
    async with writing() as connection:
        await connection.execute("UPDATE documents SET step = 'DONE'")
        await finish_runs(connection, NOW)


async def states() -> list[tuple[str, str]]:
    found = await rows(
        """SELECT c.number, o.state FROM occurrences o JOIN contracts c ON c.id = o.contract_id ORDER BY c.number"""
    )
    return [(one["number"], one["state"]) for one in found]


async def test_a_run_for_an_amount_makes_one_document_a_contract_and_charges_nothing(books: Parts) -> None:
    before = await rows("SELECT id, balance FROM contracts ORDER BY id")

    await composed(books, await of("Я-101", "В-7", "KW-2001"))

    made = await rows(
        """SELECT c.number, d.net::text AS net, d.gross::text AS gross, d.issue_date, d.period_from FROM documents d
           JOIN contracts c ON c.id = d.contract_id ORDER BY c.number"""
    )
    today = {"issue_date": date(2026, 11, 1), "period_from": None}
    assert made == [
        {"number": "KW-2001", "net": "409.84", "gross": "500.00", **today},
        {"number": "В-7", "net": "500.00", "gross": "500.00", **today},
        {"number": "Я-101", "net": "409.84", "gross": "500.00", **today},
    ]
    assert await value("SELECT DISTINCT description FROM document_lines") == "Аванс за ноябрь"
    assert await value("SELECT (SELECT count(*) FROM charges) + (SELECT count(*) FROM charge_periods)") == 0
    assert await rows("SELECT id, balance FROM contracts ORDER BY id") == before


async def test_a_run_for_an_amount_may_be_made_again_on_purpose(books: Parts) -> None:
    request = await of("Я-101", "В-7", "KW-2001")

    first, second = await finished(books, request), await finished(books, request)

    assert first != second
    assert await value("SELECT count(*) FROM documents") == 6
    assert await rows("SELECT run_id, count(*) AS count FROM occurrences GROUP BY 1 ORDER BY 1") == [
        {"run_id": run_id, "count": 3} for run_id in sorted((first, second))
    ]


async def test_a_plan_for_an_amount_is_started_as_it_was_shown(books: Parts) -> None:
    plan_id = await plans.plan(books, OPERATOR, await of("Я-101", "В-7"))
    told = await plans.planned(plan_id)

    run_id = await plans.start_plan(books, OPERATOR, plan_id)
    while await compose_chunk(books, run_id):
        pass

    assert (run_id, told["documents"]) == (plan_id, 2)
    assert await value("SELECT sum(gross)::text FROM documents WHERE run_id = $1", plan_id) == "1000.00"


async def test_two_who_start_the_same_amount_at_once_share_one_run(books: Parts) -> None:
    request = await of("Я-101", "В-7")
    others = [
        dataclasses.replace(request, amount=Decimal("500.01")),
        dataclasses.replace(request, description="Аванс"),
        dataclasses.replace(request, issue_date=date(2026, 11, 1)),
    ]

    first, second = await asyncio.gather(*(runs.start(books, OPERATOR, request) for _ in range(2)))
    apart = {await runs.start(books, OPERATOR, other) for other in others}

    assert first == second
    assert len(apart - {first}) == 3


async def test_a_key_starts_a_run_for_an_amount_once(books: Parts) -> None:
    request = await of("Я-101")
    first = await runs.start(books, OPERATOR, request, idempotency_key="k")
    await run_control.cancel(books, OPERATOR, first, reason="x")

    again = await runs.start(books, OPERATOR, request, idempotency_key="k")

    assert again == first
    assert await value("SELECT count(*) FROM runs") == 1


async def test_a_currency_that_cannot_bear_the_amount_fails_alone_and_is_retried(books: Parts) -> None:
    async with writing() as connection:
        await connection.execute("UPDATE contracts SET currency = 'JPY' WHERE number = 'KW-2003'")
    request = dataclasses.replace(
        await of("Я-101", "KW-2003"), amount=Decimal("500.50"), currencies=("RUB", "JPY", "KZT")
    )
    run_id = await finished(books, request)
    before = await states()
    async with writing() as connection:
        await connection.execute("UPDATE contracts SET currency = 'KZT' WHERE number = 'KW-2003'")

    await run_control.retry(books, OPERATOR, run_id)
    while await compose_chunk(books, run_id):
        pass

    assert before == [("KW-2003", "FAILED"), ("Я-101", "ISSUED")]
    assert await states() == [("KW-2003", "ISSUED"), ("Я-101", "ISSUED")]
    assert await rows("SELECT currency, gross::text AS gross FROM documents ORDER BY currency") == [
        {"currency": "KZT", "gross": "500.50"},
        {"currency": "RUB", "gross": "500.50"},
    ]


async def test_a_cancelled_run_for_an_amount_makes_nothing(books: Parts) -> None:
    run_id = await runs.start(books, OPERATOR, await of("Я-101", "В-7"))

    await run_control.cancel(books, OPERATOR, run_id, reason="wrong amount")

    assert await compose_chunk(books, run_id) == 0
    assert await states() == [("В-7", "SKIPPED"), ("Я-101", "SKIPPED")]


async def test_what_a_run_cannot_be_asked_for_is_refused_and_nothing_is_written(books: Parts) -> None:
    wrong = [
        (dataclasses.replace(OCTOBER, amount=Decimal(1)), "amount"),
        (dataclasses.replace(OCTOBER, period=None), "period"),
        (dataclasses.replace(OCTOBER, description="Аванс"), "description"),
        (dataclasses.replace(ADVANCE, amount=Decimal(0)), "amount"),
        (dataclasses.replace(ADVANCE, amount=Decimal("NaN")), "amount"),
        (dataclasses.replace(ADVANCE, amount=Decimal("1e15")), "amount"),
        (dataclasses.replace(ADVANCE, amount=Decimal("0.005")), "amount"),
        (dataclasses.replace(ADVANCE, description="two\nlines"), "description"),
        (dataclasses.replace(ADVANCE, currencies=("RUR",)), "currencies"),
        (dataclasses.replace(ADVANCE, currencies=()), "currencies"),
        (dataclasses.replace(ADVANCE, type="act"), "type"),
        (dataclasses.replace(OCTOBER, type="contract"), "type"),
    ]

    for request, field in wrong:
        with pytest.raises(InvalidInput) as refused:
            await runs.start(books, OPERATOR, request)
        assert refused.value.field == field, request

    assert await value("SELECT count(*) FROM runs") == 0


async def test_runs_for_periods_set_no_bounds_for_amounts(books: Parts) -> None:
    run_id = await runs.start(books, OPERATOR, ADVANCE)
    async with writing() as connection:
        for days, what in ((1, {"period_from": date(2026, 9, 1), "period_until": date(2026, 10, 1)}),
                           (2, {"amount": Decimal("300.00")})):  # fmt: skip
            row = {
                "type": "invoice",
                "state": "DONE",
                "scope": '{"enterprises": [], "clients": [], "contracts": []}',
                "outcome": orjson.dumps({"total": days, "issued": days, "gross": {}}).decode(),
                "finished_at": NOW - timedelta(days=days),
            }
            await add_row(connection, "runs", row | what)
        _, earlier = await made_by(connection, run_id, earlier=6)

    assert [one.documents for one in earlier] == [2]
