"""Runs: planned, started, composed once, and taken up again after a crash."""

import asyncio
import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import orjson
import pytest

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR, Scope
from billfold.domain.document import Document
from billfold.domain.errors import Forbidden, IllegalState, LimitExceeded, NotFound
from billfold.domain.periods import Period, month
from billfold.plugin_host import PluginHost
from billfold.services import plans, runs
from billfold.services.parts import Parts
from billfold.services.runs import RunRequest
from billfold.services.working import outcomes, work_off
from tests.services.asking import contract, rows, value

OCTOBER = RunRequest(type="invoice", period=month("2026-10"))
READER = dataclasses.replace(OPERATOR, name="reader", scopes=frozenset({Scope.DOCUMENTS_READ}))


async def made(parts: Parts, request: RunRequest = OCTOBER) -> None:
    run_id = await runs.start(parts, OPERATOR, request)
    await work_off(parts, run_id, lambda _step, _count: None)


async def test_a_plan_tells_counts_and_sums_and_writes_no_document(books: Parts) -> None:
    plan_id = await plans.plan(books, OPERATOR, OCTOBER)

    told = await plans.planned(plan_id)
    assert told["documents"] == 13
    assert told["skipped"] == [{"reason": "nothing_to_bill", "count": 1}]
    assert await value("SELECT count(*) FROM documents") == 0
    assert await value("SELECT count(*) FROM occurrences") == 0


async def test_a_run_makes_what_its_plan_told(books: Parts) -> None:
    told = await plans.planned(await plans.plan(books, OPERATOR, OCTOBER))

    await made(books)

    sums = await rows(
        """SELECT currency, sum(net)::text AS net, sum(tax)::text AS tax, sum(gross)::text AS gross
           FROM documents GROUP BY currency ORDER BY currency"""
    )
    assert sums == told["totals"]


async def test_a_run_issues_prints_stores_and_mails_each_document(books: Parts) -> None:
    await made(books)

    assert await value("SELECT count(*) FROM documents WHERE step = 'DONE'") == 13
    assert await value("SELECT count(*) FROM files WHERE kind = 'PDF'") == 13
    assert await value("SELECT state FROM runs") == "DONE"
    states = await rows("SELECT state, reason, count(*) AS count FROM deliveries GROUP BY 1, 2 ORDER BY 1, 2")
    assert [(one["state"], one["reason"]) for one in states if one["state"] != "SENT"] == [("SKIPPED", "no_recipient")]


async def test_documents_and_charges_add_up_to_the_same(books: Parts) -> None:
    await made(books)

    sums = await rows(
        """SELECT (SELECT sum(gross) FROM documents WHERE currency = c.currency) AS documents,
                  (SELECT sum(h.gross) FROM charges h JOIN charge_periods p ON p.id = h.charge_period_id
                   JOIN contracts k ON k.id = p.contract_id WHERE k.currency = c.currency) AS charges
           FROM (SELECT DISTINCT currency FROM documents) c"""
    )
    assert len(sums) == 3
    assert all(one["documents"] == one["charges"] for one in sums)


async def test_again_makes_none_anew(books: Parts) -> None:
    await made(books)

    run_id = await runs.start(books, OPERATOR, OCTOBER)
    await work_off(books, run_id, lambda _step, _count: None)

    already_issued, contracts = await outcomes(run_id)
    assert already_issued == 13
    assert {one.state for one in contracts} == {"SKIPPED"}
    assert await value("SELECT count(*) FROM documents") == 13


async def test_what_a_finished_run_came_to_stays(books: Parts) -> None:
    await made(books)

    await made(books)

    came_to = await rows("SELECT outcome FROM runs ORDER BY created_at")
    assert [(one["issued"], one["skipped"]) for one in map(_read, came_to)] == [(13, 1), (0, 1)]
    assert _read(came_to[0])["skipped_reasons"] == [{"count": 1, "reason": "nothing_to_bill"}]


async def test_numbers_of_each_enterprise_have_no_gap(books: Parts) -> None:
    await made(books)

    counters = await rows(
        "SELECT enterprise_id, array_agg(counter ORDER BY counter) AS counters FROM documents GROUP BY 1"
    )
    assert all(one["counters"] == list(range(1, len(one["counters"]) + 1)) for one in counters)


async def test_the_same_run_started_twice_is_one_run(books: Parts) -> None:
    first, second = await asyncio.gather(runs.start(books, OPERATOR, OCTOBER), runs.start(books, OPERATOR, OCTOBER))

    assert first == second
    assert await value("SELECT count(*) FROM runs") == 1


async def test_two_workers_make_every_document_once(books: Parts) -> None:
    run_id = await runs.start(books, OPERATOR, OCTOBER)

    await asyncio.gather(*(work_off(books, run_id, lambda _step, _count: None) for _ in range(3)))

    assert await value("SELECT count(*) FROM documents") == 13
    assert await value("SELECT count(*) FROM files WHERE kind = 'PDF'") == 13
    assert await value("SELECT count(*) FROM delivery_attempts") == await value(
        "SELECT count(*) FROM deliveries WHERE state = 'SENT'"
    )


async def test_what_a_dead_worker_had_leased_is_taken_up(books: Parts) -> None:
    run_id = await runs.start(books, OPERATOR, OCTOBER)
    async with writing() as connection:
        await connection.execute("UPDATE occurrences SET leased_until = $1", books.clock.now())

    await work_off(books, run_id, lambda _step, _count: None)

    assert await value("SELECT count(*) FROM documents") == 13


async def test_a_run_of_one_contract_leaves_the_others(books: Parts) -> None:
    only = dataclasses.replace(OCTOBER, contract_ids=(await contract("В-7"),))

    await made(books, only)

    (row,) = await rows("SELECT gross, tax FROM documents")
    # 1100.00 for the month and 120.00 for 8 of 31 days; the sole proprietor charges no VAT.
    assert row == {"gross": Decimal("1130.97"), "tax": Decimal("0.00")}


async def test_a_plan_becomes_its_run(books: Parts) -> None:
    plan_id = await plans.plan(books, OPERATOR, OCTOBER)

    run_id = await plans.start_plan(books, OPERATOR, plan_id)
    again = await plans.start_plan(books, OPERATOR, plan_id)

    assert run_id == again == plan_id
    assert await value("SELECT state FROM runs") == "RUNNING"
    assert await value("SELECT count(*) FROM occurrences") == 14


async def test_an_unknown_plan_is_not_found(books: Parts) -> None:
    with pytest.raises(NotFound):
        await plans.start_plan(books, OPERATOR, uuid4())


async def test_a_run_of_no_contract_is_refused(books: Parts) -> None:
    with pytest.raises(IllegalState):
        await runs.start(books, OPERATOR, dataclasses.replace(OCTOBER, contract_ids=(uuid4(),)))

    assert await value("SELECT count(*) FROM runs") == 0


async def test_without_the_scope_nothing_is_planned_or_started(books: Parts) -> None:
    with pytest.raises(Forbidden):
        await plans.plan(books, READER, OCTOBER)
    with pytest.raises(Forbidden):
        await runs.start(books, READER, OCTOBER)
    with pytest.raises(Forbidden):
        await plans.start_plan(books, READER, uuid4())

    assert await value("SELECT count(*) FROM runs") == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE subscriptions SET price = 999999999999999, quantity = 999999999999999 WHERE contract_id = $1",
        "UPDATE subscriptions SET price = 999999999999999, quantity = 10 WHERE contract_id = $1",
    ],
)
async def test_one_contract_that_cannot_be_charged_fails_alone(books: Parts, statement: str) -> None:
    async with writing() as connection:
        await connection.execute(statement, await contract("В-8"))

    await made(books)

    assert await value("SELECT state FROM runs") == "DONE"
    assert await value("SELECT count(*) FROM documents") == 12
    (failed,) = await rows("SELECT contract_id, reason FROM occurrences WHERE state = 'FAILED'")
    assert failed["contract_id"] == await contract("В-8")
    assert "more than an amount may be" in failed["reason"]


async def test_a_contract_that_brings_its_chunk_down_fails_alone(books: Parts) -> None:
    bad = await contract("В-8")
    parts = dataclasses.replace(books, plugins=_Stumbling(books.plugins, "В-8"))

    await made(parts)

    assert await value("SELECT state FROM runs") == "DONE"
    assert await value("SELECT count(*) FROM documents") == 12
    failed = await rows("SELECT contract_id, reason FROM occurrences WHERE state = 'FAILED'")
    assert [(one["contract_id"], one["reason"]) for one in failed] == [
        (bad, "Plugin invoice: the document cannot be kept (ZeroDivisionError: stumbled).")
    ]


async def test_a_template_that_fails_is_told_with_its_plugin(books: Parts) -> None:
    await made(dataclasses.replace(books, plugins=_Nowhere(books.plugins)))

    told = [one["reason"] for one in await rows("SELECT DISTINCT reason FROM occurrences WHERE state = 'FAILED'")]
    assert told == ["Plugin invoice: Template nowhere.html failed: nowhere.html is not in the template directories."]


async def test_a_number_that_is_taken_is_told_with_its_plugin(books: Parts) -> None:
    await made(dataclasses.replace(books, plugins=_Repeating(books.plugins)))

    assert await value("SELECT count(*) FROM documents") == 3
    assert [one["reason"] for one in await rows("SELECT DISTINCT reason FROM occurrences WHERE state = 'FAILED'")] == [
        "Number 'A-1, (b)' of 'invoice' is taken already: change the numbering rule, or what plugin invoice writes."
    ]


@pytest.mark.parametrize(
    "request_",
    [
        RunRequest(type="invoice", period=Period(date(2020, 1, 1), date(2026, 1, 1))),
        RunRequest(type="invoice", period=Period(date(1626, 1, 1), date(1626, 2, 1))),
        dataclasses.replace(OCTOBER, issue_date=date(9999, 12, 31)),
    ],
)
async def test_a_request_beyond_reason_is_refused(books: Parts, request_: RunRequest) -> None:
    with pytest.raises(LimitExceeded):
        await runs.start(books, OPERATOR, request_)
    with pytest.raises(LimitExceeded):
        await plans.plan(books, OPERATOR, request_)

    assert await value("SELECT count(*) FROM runs") == 0


async def test_a_key_that_met_a_going_run_keeps_it(books: Parts) -> None:
    going = await runs.start(books, OPERATOR, OCTOBER)
    met = await runs.start(books, OPERATOR, OCTOBER, idempotency_key="k")
    await work_off(books, going, lambda _step, _count: None)

    again = await runs.start(books, OPERATOR, OCTOBER, idempotency_key="k")

    assert going == met == again


def _read(row: dict[str, Any]) -> dict[str, Any]:
    return dict(orjson.loads(row["outcome"]))


class _Nowhere:
    """A plugin host that names a template that is not there."""

    def __init__(self, host: PluginHost) -> None:
        self._host = host

    def __getattr__(self, name: str) -> object:
        return getattr(self._host, name)

    def template(self, _: object) -> str:
        return "nowhere.html"


class _Repeating:
    """A plugin host that gives every document one number."""

    def __init__(self, host: PluginHost) -> None:
        self._host = host

    def __getattr__(self, name: str) -> object:
        return getattr(self._host, name)

    def number(self, *_: object) -> str:
        return "A-1, (b)"


class _Stumbling:
    """A plugin host that stumbles over one contract in a way nobody foresaw."""

    def __init__(self, host: PluginHost, number: str) -> None:
        self._host = host
        self._number = number

    def __getattr__(self, name: str) -> object:
        return getattr(self._host, name)

    def number(self, document: Document, *arguments: object) -> str:
        assert document.contract is not None
        if document.contract.number == self._number:
            raise ZeroDivisionError("stumbled")
        return self._host.number(document, *arguments)  # type: ignore[arg-type]  # Handed on as it came.
