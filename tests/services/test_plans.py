"""Plans: what each foresees of its contracts, and that a run makes exactly that, or says what has changed."""

import asyncio
import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import pytest

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR, Scope
from billfold.domain.clock import FixedClock
from billfold.domain.errors import Conflict, Forbidden, IllegalState, LimitExceeded, NotFound
from billfold.domain.periods import month
from billfold.services import plans, run_control, runs
from billfold.services.generating import compose_chunk
from billfold.services.parts import Parts
from billfold.services.runs import RunRequest
from tests.conftest import NOW
from tests.factories_rows import (
    add_client,
    add_contract,
    add_document,
    add_enterprise,
    add_row,
    add_service,
    add_subscription,
    add_usage,
)
from tests.services.asking import contract, rows, value

OCTOBER = RunRequest(type="invoice", period=month("2026-10"))
READER = dataclasses.replace(OPERATOR, name="reader", scopes=frozenset({Scope.DOCUMENTS_READ}))
SEPTEMBER = {"period_from": date(2026, 9, 1), "period_until": date(2026, 10, 1)}


@pytest.fixture
async def few(parts: Parts) -> Parts:
    """Five contracts of one enterprise: as before, dearer, new without an e-mail, with nothing due, and closed."""
    async with writing() as connection:
        enterprise = await add_enterprise(connection)
        service = await add_service(connection)
        numbers = {"steady": "2200.00", "dearer": "1300.01", "new": "122.00", "empty": None, "closed": None}
        for place, (number, price) in enumerate(numbers.items()):
            client = await add_client(
                connection, enterprise_id=enterprise, email="" if number == "new" else "a@client.example"
            )
            id_ = await add_contract(
                connection, number, enterprise_id=enterprise, client_id=client,
                closed_on=date(2026, 10, 1) if number == "closed" else None,
            )  # fmt: skip
            if price:
                await add_subscription(connection, contract_id=id_, service_id=service, price=Decimal(price))
            if number not in ("new", "steady"):
                sums = {"net": Decimal("1000.00"), "tax": Decimal(0), "gross": Decimal("1000.00")}
                await add_document(connection, f"S-{place}", contract_id=id_, **SEPTEMBER, **sums)
            if number == "steady":
                await add_document(connection, f"S-{place}", contract_id=id_, **SEPTEMBER)
                # Of a year, which is no period before a month, and void.
                await add_document(connection, "Y-1", contract_id=id_, period_from=date(2025, 10, 1),
                                   period_until=date(2026, 10, 1))  # fmt: skip
    return parts


async def composed(parts: Parts, run_id: UUID) -> None:
    """Compose a run to its end; nothing is printed."""
    while await compose_chunk(parts, run_id):
        pass


async def became() -> dict[str, tuple[str, str]]:
    found = await rows("SELECT c.number, o.state, o.reason FROM occurrences o JOIN contracts c ON c.id = o.contract_id")
    return {one["number"]: (one["state"], one["reason"]) for one in found}


async def price(number: str, to: str) -> None:
    async with writing() as connection:
        await connection.execute(
            "UPDATE subscriptions SET price = $2 WHERE contract_id = $1", await contract(number), Decimal(to)
        )


async def state_of(run_id: UUID) -> str:
    found: str = await value("SELECT state FROM runs WHERE id = $1", run_id)
    return found


async def test_a_plan_foresees_each_contract_and_compares_it_with_the_period_before(few: Parts) -> None:
    plan_id = await plans.plan(few, OPERATOR, OCTOBER)

    items = [tuple(one.values()) for one in await plans.planned_items(plan_id)]
    assert [(one[0], *(str(each) for each in one[2:])) for one in items] == [
        ("steady", "ISSUE", "", "RUB", "1803.28", "2200.00", "1", "2200.00", "[]"),
        ("dearer", "ISSUE", "", "RUB", "1065.58", "1300.01", "1", "1000.00", "['UP_30']"),
        ("new", "ISSUE", "", "RUB", "100.00", "122.00", "1", "None", "['NEW', 'NO_RECIPIENT']"),
        ("empty", "SKIP", "nothing_to_bill", "RUB", "None", "None", "0", "1000.00", "['MISSING']"),
    ]
    assert await plans.planned(plan_id) == {
        "documents": 3,
        "already_issued": 0,
        "totals": [{"currency": "RUB", "net": "2968.86", "tax": "653.15", "gross": "3622.01"}],
        "skipped": [{"reason": "nothing_to_bill", "count": 1}],
        "failed": [],
        "previous": [{"currency": "RUB", "documents": 4, "gross": "5200.00", "change": "-30.3"}],
        "warnings": [
            {"code": "MISSING", "count": 1},
            {"code": "GONE", "count": 1},
            {"code": "NEW", "count": 1},
            {"code": "UP_30", "count": 1},
            {"code": "NO_RECIPIENT", "count": 1},
        ],
        "bounds": "",
    }
    worth_a_look = await plans.planned_items(plan_id, is_warned=True, most=2)
    assert [one["contract"] for one in worth_a_look] == ["dearer", "new"]
    assert await value("SELECT created_at FROM runs") == NOW
    assert await value("SELECT count(*) FROM documents WHERE number <> 'Y-1' AND number NOT LIKE 'S-%'") == 0


async def test_a_plan_starts_exactly_what_it_showed(few: Parts) -> None:
    plan_id = await plans.plan(few, OPERATOR, OCTOBER)

    first, second = await asyncio.gather(
        plans.start_plan(few, OPERATOR, plan_id), plans.start_plan(few, OPERATOR, plan_id)
    )
    await composed(few, first)
    again = await plans.start_plan(few, OPERATOR, plan_id)

    assert first == second == again == plan_id
    assert await became() == {
        "steady": ("ISSUED", ""),
        "dearer": ("ISSUED", ""),
        "new": ("ISSUED", ""),
        "empty": ("SKIPPED", "nothing_to_bill"),
    }
    sums = await rows("SELECT sum(net) AS net, sum(gross) AS gross FROM documents WHERE run_id = $1", plan_id)
    assert sums == [{"net": Decimal("2968.86"), "gross": Decimal("3622.01")}]


async def test_what_is_issued_in_between_changes_a_plan_and_is_told_by_the_next(few: Parts) -> None:
    plan_id = await plans.plan(few, OPERATOR, OCTOBER)
    only = dataclasses.replace(OCTOBER, contract_ids=(await contract("steady"),))
    going = await runs.start(few, OPERATOR, only)

    with pytest.raises(Conflict, match=r"contract steady is left to another run that makes the same\. Plan again"):
        await plans.start_plan(few, OPERATOR, plan_id)
    beside = await plans.plan(few, OPERATOR, OCTOBER)
    await composed(few, going)
    with pytest.raises(Conflict, match="contract steady has its document already"):
        await plans.start_plan(few, OPERATOR, plan_id)
    after = await plans.plan(few, OPERATOR, OCTOBER)
    started = await plans.start_plan(few, OPERATOR, beside)

    assert (await plans.planned_items(beside, most=1))[0]["reason"] == "in_another_run"
    assert (await plans.planned_items(after, most=1))[0]["outcome"] == "ALREADY_ISSUED"
    assert (await plans.planned(after))["already_issued"] == 1
    assert await value("SELECT count(*) FROM occurrences WHERE run_id = $1", started) == 3


async def test_usage_recorded_after_a_plan_keeps_it_from_starting(few: Parts) -> None:
    plan_id = await plans.plan(few, OPERATOR, OCTOBER)
    async with writing() as connection:
        await add_usage(connection, contract_id=await contract("empty"))

    with pytest.raises(Conflict) as refused:
        await plans.start_plan(few, OPERATOR, plan_id)

    assert refused.value.message == "It is no more as the plan showed: contract empty has other usage. Plan again."
    assert refused.value.field == "plan"
    assert (await state_of(plan_id), await became()) == ("PLANNED", {})


async def test_changes_of_contracts_keep_a_plan_from_starting(few: Parts) -> None:
    plan_id = await plans.plan(few, OPERATOR, OCTOBER)
    await price("dearer", "1300.02")
    async with writing() as connection:
        await add_contract(connection, "late")
        await connection.execute("UPDATE contracts SET closed_on = '2026-10-01' WHERE number = 'empty'")
        await connection.execute(
            "UPDATE contracts SET parked_at = $1, parked_reason = 'x' WHERE number = 'steady'", NOW
        )

    with pytest.raises(Conflict) as refused:
        await plans.start_plan(few, OPERATOR, plan_id)

    assert refused.value.message == (
        "It is no more as the plan showed: contract steady was parked or unparked; contract dearer has other"
        " subscriptions or charges; contract empty fits the plan no more; contract late fits the plan only now."
        " Plan again."
    )
    assert (await state_of(plan_id), await became()) == ("PLANNED", {})


async def test_what_changes_after_the_start_fails_and_is_made_as_it_is_by_a_retry(few: Parts) -> None:
    run_id = await plans.start_plan(few, OPERATOR, await plans.plan(few, OPERATOR, OCTOBER))
    await price("steady", "1000.00")
    async with writing() as connection:
        await connection.execute(
            "UPDATE subscriptions SET ended_on = '2026-10-01' WHERE contract_id = $1", await contract("new")
        )

    await composed(few, run_id)
    failed = await became()
    async with writing() as connection:
        await connection.execute("UPDATE runs SET state = 'DONE'")
    await run_control.retry(few, OPERATOR, run_id)
    await composed(few, run_id)
    mended = await became()

    assert failed == {
        "steady": (
            "FAILED",
            "What the document says has changed since it was shown, and is 1000.00 RUB now: retry the run to issue it "
            "so.",
        ),
        "dearer": ("ISSUED", ""),
        "new": (
            "FAILED",
            "Nothing is due any more (nothing_to_bill), though the plan showed a document: retry the run to skip it.",
        ),
        "empty": ("SKIPPED", "nothing_to_bill"),
    }
    assert (mended["steady"], mended["new"]) == (("ISSUED", ""), ("SKIPPED", "nothing_to_bill"))


async def test_a_failed_document_of_a_plan_is_made_by_a_run_without_one(few: Parts) -> None:
    run_id = await plans.start_plan(few, OPERATOR, await plans.plan(few, OPERATOR, OCTOBER))
    await price("steady", "1000.00")
    await composed(few, run_id)
    async with writing() as connection:
        await connection.execute("UPDATE runs SET state = 'DONE'")

    await composed(few, await runs.start(few, OPERATOR, OCTOBER))

    assert (await became())["steady"] == ("ISSUED", "")


async def test_a_plan_out_of_bounds_is_started_when_somebody_confirms_it(few: Parts) -> None:
    async with writing() as connection:
        for day in (1, 2, 3):
            await add_row(connection, "runs", {
                "type": "invoice", "state": "DONE", "finished_at": NOW - timedelta(days=day), **SEPTEMBER,
                "scope": '{"enterprises": [], "clients": [], "contracts": []}',
                "outcome": '{"total": 10, "pending": 0, "issued": 10, "gross": {"RUB": "1000.00"}}',
            })  # fmt: skip
    plan_id = await plans.plan(few, OPERATOR, OCTOBER)
    bounds = "3622.01 RUB would be issued, more than 3 times the 1000.00 RUB at the median of the last 3 runs."

    with pytest.raises(LimitExceeded) as refused:
        await plans.start_plan(few, OPERATOR, plan_id)
    left = (await state_of(plan_id), await became())
    await plans.start_plan(few, OPERATOR, plan_id, confirm=True)

    assert (await plans.planned(plan_id))["bounds"] == bounds
    assert refused.value.message == f"The plan is out of bounds: {bounds} Look at it, and confirm it if it is right."
    assert left == ("PLANNED", {})
    assert await rows("SELECT state, is_confirmed FROM runs WHERE id = $1", plan_id) == [
        {"state": "RUNNING", "is_confirmed": True}
    ]
    (event,) = await rows("SELECT actor, operation, details FROM audit_events WHERE noun = 'run'")
    assert (event["actor"], event["operation"], orjson.loads(event["details"])) == (
        "operator", "confirmRun", {"reason": bounds},
    )  # fmt: skip


async def test_an_old_plan_is_refused(few: Parts) -> None:
    plan_id = await plans.plan(few, OPERATOR, OCTOBER)
    async with writing() as connection:
        await connection.execute("UPDATE runs SET created_at = $1", NOW - timedelta(days=7, seconds=1))

    with pytest.raises(IllegalState, match="The plan is of 2026-10-25, and more than 7 days old: plan again"):
        await plans.start_plan(few, OPERATOR, plan_id)

    assert (await state_of(plan_id), await became()) == ("PLANNED", {})


async def test_a_plan_that_was_not_finished_is_none(few: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    async def die(*_: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(plans.plan_items, "finish_plan", die)
    with pytest.raises(ConnectionError):
        await plans.plan(few, OPERATOR, OCTOBER)
    (left,) = await rows("SELECT id, state FROM runs")

    with pytest.raises(NotFound, match="no such plan"):
        await plans.planned(left["id"])
    with pytest.raises(NotFound, match="no such plan"):
        await plans.start_plan(few, OPERATOR, left["id"])

    assert (await state_of(left["id"]), await became()) == ("PLANNED", {})


async def test_without_the_scope_a_plan_stays_one(few: Parts) -> None:
    plan_id = await plans.plan(few, OPERATOR, OCTOBER)

    with pytest.raises(Forbidden):
        await plans.plan(few, READER, OCTOBER)
    with pytest.raises(Forbidden):
        await plans.start_plan(few, READER, plan_id)

    assert (await state_of(plan_id), await became()) == ("PLANNED", {})
    assert await value("SELECT count(*) FROM runs") == 1


async def test_a_contract_that_brings_its_chunk_down_fails_alone_in_a_plan(
    few: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = few.plugins

    class Stumbling:
        def __getattr__(self, name: str) -> object:
            return getattr(host, name)

        def number(self, document: Any, *arguments: Any) -> str:
            if document.contract.number == "dearer":
                raise ZeroDivisionError("stumbled")
            return host.number(document, *arguments)

    plan_id = await plans.plan(dataclasses.replace(few, plugins=Stumbling()), OPERATOR, OCTOBER)  # type: ignore[arg-type]  # A host.

    told = await plans.planned(plan_id)
    assert told["documents"] == 2
    assert told["failed"] == [
        {"reason": "Plugin invoice: the document cannot be kept (ZeroDivisionError: stumbled).", "count": 1}
    ]


async def test_a_plan_for_an_amount_compares_nothing_and_starts_what_it_showed(few: Parts) -> None:
    advance = RunRequest(type="invoice", amount=Decimal("500.00"), description="Аванс")
    plan_id = await plans.plan(few, OPERATOR, advance)

    told = await plans.planned(plan_id)
    tomorrow = dataclasses.replace(few, clock=FixedClock(NOW + timedelta(days=1)))
    await composed(tomorrow, await plans.start_plan(tomorrow, OPERATOR, plan_id))

    assert (told["documents"], told["previous"], told["warnings"]) == (4, [], [{"code": "NO_RECIPIENT", "count": 1}])
    assert set((await became()).values()) == {("ISSUED", "")}
