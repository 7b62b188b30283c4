"""The control of runs: paused, resumed, cancelled, retried, and stopped when they are out of bounds."""

import dataclasses
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import orjson
import pytest

from billfold.database.connection import writing
from billfold.database.run_outcomes import finish_runs
from billfold.domain.access import OPERATOR, Scope, Viewer
from billfold.domain.errors import Forbidden, IllegalState, InvalidInput, NotFound
from billfold.domain.periods import month
from billfold.services import plans, run_control, runs
from billfold.services.composing import compose
from billfold.services.generating import compose_chunk
from billfold.services.issuing import issue
from billfold.services.parts import Parts
from billfold.services.runs import RunRequest, assignment_of
from billfold.services.working import work_off
from tests.conftest import NOW
from tests.factories_rows import add_row
from tests.services.asking import contract, rows, value

OCTOBER = RunRequest(type="invoice", period=month("2026-10"))
READER = dataclasses.replace(OPERATOR, name="reader", scopes=frozenset({Scope.DOCUMENTS_READ}))
Command = Callable[[Parts, Viewer, UUID], Awaitable[UUID]]


async def cancel(parts: Parts, viewer: Viewer, run_id: UUID) -> UUID:
    return await run_control.cancel(parts, viewer, run_id, reason=" wrong month ")


COMMANDS: dict[str, Command] = {
    "pause": run_control.pause,
    "resume": run_control.resume,
    "cancel": cancel,
    "retry": run_control.retry,
}


async def started(parts: Parts) -> UUID:
    return await runs.start(parts, OPERATOR, OCTOBER)


async def finished(parts: Parts) -> UUID:
    run_id = await started(parts)
    await work_off(parts, run_id, lambda _step, _count: None)
    return run_id


async def state() -> str:
    found: str = await value("SELECT state FROM runs")
    return found


async def waiting() -> int:
    count: int = await value("SELECT count(*) FROM occurrences WHERE state = 'PENDING'")
    return count


async def events() -> list[tuple[str, str]]:
    found = await rows("SELECT actor, operation FROM audit_events WHERE noun = 'run' ORDER BY id")
    return [(one["actor"], one["operation"]) for one in found]


async def test_a_paused_run_issues_nothing_and_is_not_finished(books: Parts) -> None:
    run_id = await started(books)

    await run_control.pause(books, OPERATOR, run_id)
    again = await run_control.pause(books, OPERATOR, run_id)
    await work_off(books, run_id, lambda _step, _count: None)

    assert again == run_id
    assert (await state(), await waiting()) == ("PAUSED", 14)
    assert await value("SELECT count(*) FROM documents") == 0
    assert await events() == [("operator", "pauseRun")]


async def test_a_paused_run_of_which_nothing_waits_stays_paused(books: Parts) -> None:
    run_id = await started(books)
    await run_control.pause(books, OPERATOR, run_id)
    async with writing() as connection:
        await connection.execute("UPDATE occurrences SET state = 'SKIPPED'")
        closed = await finish_runs(connection, NOW)

    assert (closed, await state()) == ([], "PAUSED")


async def test_a_resumed_run_goes_on_and_is_not_confirmed_by_that(books: Parts) -> None:
    run_id = await started(books)
    await run_control.pause(books, OPERATOR, run_id)

    await run_control.resume(books, OPERATOR, run_id)
    await run_control.resume(books, OPERATOR, run_id)
    await work_off(books, run_id, lambda _step, _count: None)

    assert await state() == "DONE"
    assert await value("SELECT count(*) FROM documents") == 13
    assert await value("SELECT is_confirmed FROM runs") is False
    assert await events() == [("operator", "pauseRun"), ("operator", "resumeRun")]


async def test_a_cancelled_run_skips_what_waits_and_keeps_what_is_issued(books: Parts) -> None:
    run_id = await started(books)
    async with writing() as connection:
        # Another worker holds them.
        await connection.execute(
            """UPDATE occurrences SET leased_until = $1
               WHERE id IN (SELECT id FROM occurrences ORDER BY contract_id LIMIT 12)""",
            NOW + timedelta(seconds=30),
        )
    await compose_chunk(books, run_id)
    issued = await value("SELECT count(*) FROM documents")

    await cancel(books, OPERATOR, run_id)
    await cancel(books, OPERATOR, run_id)
    await work_off(books, run_id, lambda _step, _count: None)

    assert await value("SELECT count(*) FROM documents WHERE step = 'DONE'") == issued > 0
    (run,) = await rows("SELECT state, state_reason, finished_at, outcome FROM runs")
    outcome = orjson.loads(run["outcome"])
    assert (run["state"], run["state_reason"], run["finished_at"]) == ("CANCELLED", "wrong month", NOW)
    assert (outcome["issued"], outcome["skipped"], outcome["pending"]) == (issued, 14 - issued, 0)
    assert {"reason": "cancelled", "count": 12} in outcome["skipped_reasons"]
    assert await value("SELECT count(*) FROM occurrences WHERE leased_until IS NOT NULL") == 0
    assert await events() == [("operator", "cancelRun")]


async def test_a_chunk_that_is_under_way_when_its_run_is_cancelled_issues_nothing(books: Parts) -> None:
    run_id = await started(books)
    expected = await rows("SELECT id, contract_id FROM occurrences ORDER BY contract_id")
    assignments = [
        assignment_of(OCTOBER, one["contract_id"], occurrence_id=one["id"], run_id=run_id) for one in expected
    ]
    composed = await compose(books, "invoice", assignments)
    await cancel(books, OPERATOR, run_id)

    await issue(books, "invoice", composed)

    assert await value("SELECT count(*) FROM documents") == 0
    assert await rows("SELECT DISTINCT state, reason FROM occurrences") == [{"state": "SKIPPED", "reason": "cancelled"}]


async def test_what_was_cancelled_is_made_by_another_run(books: Parts) -> None:
    await cancel(books, OPERATOR, await started(books))

    await finished(books)

    assert await value("SELECT count(*) FROM documents") == 13
    assert [one["state"] for one in await rows("SELECT state FROM runs ORDER BY created_at")] == ["CANCELLED", "DONE"]


async def test_a_retry_makes_what_failed_and_leaves_what_was_skipped(books: Parts) -> None:
    subscriptions = "UPDATE subscriptions SET price = $2 WHERE contract_id = $1 AND price <> 0"
    async with writing() as connection:
        await connection.execute(subscriptions, await contract("В-8"), 999_999_999_999_999)
    run_id = await finished(books)
    async with writing() as connection:
        await connection.execute(subscriptions, await contract("В-8"), 100)
        await connection.execute(
            "UPDATE documents SET step = 'FAILED' WHERE id = (SELECT min(id::text) FROM documents)::uuid"
        )

    await run_control.retry(books, OPERATOR, run_id)
    unfinished = await rows("SELECT state, finished_at, outcome FROM runs")
    left = (await waiting(), await value("SELECT count(*) FROM documents WHERE step = 'PRINT'"))
    await work_off(books, run_id, lambda _step, _count: None)

    assert unfinished == [{"state": "RUNNING", "finished_at": None, "outcome": None}]
    assert left == (1, 1)
    outcome = orjson.loads(await value("SELECT outcome FROM runs WHERE state = 'DONE'"))
    assert (outcome["issued"], outcome["skipped"], outcome["failed"]) == (13, 1, 0)
    assert await value("SELECT count(*) FROM documents WHERE step = 'DONE'") == 13
    details = await value("SELECT details FROM audit_events WHERE operation = 'retryRun'")
    assert orjson.loads(details) == {"contracts": 1, "prints": 1}


async def test_a_run_of_which_nothing_failed_is_not_retried(books: Parts) -> None:
    run_id = await finished(books)

    with pytest.raises(IllegalState, match="Nothing of the run has failed"):
        await run_control.retry(books, OPERATOR, run_id)

    assert (await state(), await events()) == ("DONE", [])


@pytest.mark.parametrize("command", COMMANDS)
async def test_without_the_scope_nothing_happens_to_a_run(books: Parts, command: str) -> None:
    run_id = await started(books)

    with pytest.raises(Forbidden):
        await COMMANDS[command](books, READER, run_id)

    assert (await state(), await waiting(), await events()) == ("RUNNING", 14, [])


async def test_what_a_run_does_not_allow_is_refused(books: Parts) -> None:
    plan_id = await plans.plan(books, OPERATOR, OCTOBER)

    for command in COMMANDS.values():
        with pytest.raises(IllegalState, match=r"The run is PLANNED and cannot be \w+: it may be started"):
            await command(books, OPERATOR, plan_id)
        with pytest.raises(NotFound):
            await command(books, OPERATOR, uuid4())
    with pytest.raises(InvalidInput, match="Say why the run is cancelled"):
        await run_control.cancel(books, OPERATOR, plan_id, reason="  ")

    assert (await state(), await events()) == ("PLANNED", [])


async def test_two_who_start_the_same_share_one_run_though_it_is_paused(books: Parts) -> None:
    plan_id = await plans.plan(books, OPERATOR, OCTOBER)
    run_id = await started(books)
    await run_control.pause(books, OPERATOR, run_id)

    of_plan = await plans.start_plan(books, OPERATOR, plan_id)
    again = await started(books)
    narrower = await runs.start(books, OPERATOR, dataclasses.replace(OCTOBER, contract_ids=(await contract("В-7"),)))

    assert of_plan == again == run_id
    assert await value("SELECT state FROM runs WHERE id = $1", plan_id) == "PLANNED"
    assert await value("SELECT count(*) FROM occurrences WHERE run_id = $1", narrower) == 0


async def test_a_run_out_of_bounds_stops_and_asks_and_goes_on_when_it_is_confirmed(books: Parts) -> None:
    async with writing() as connection:
        for day in (1, 2, 3):
            await earlier_run(connection, days=day, gross="1.00")
    run_id = await started(books)

    await work_off(books, run_id, lambda _step, _count: None)
    (stopped,) = await rows("SELECT state, state_reason, is_confirmed FROM runs WHERE id = $1", run_id)
    issued = await value("SELECT count(*) FROM documents")
    await run_control.resume(books, OPERATOR, run_id)
    await work_off(books, run_id, lambda _step, _count: None)
    (done,) = await rows("SELECT state, state_reason, is_confirmed FROM runs WHERE id = $1", run_id)

    assert (stopped["state"], stopped["is_confirmed"]) == ("PAUSED", False)
    assert stopped["state_reason"].endswith(
        " RUB are issued, more than 3 times the 1.00 RUB at the median of the last 3 runs."
    )
    assert 0 < issued < 13
    assert done == {"state": "DONE", "state_reason": "", "is_confirmed": True}
    assert await value("SELECT count(*) FROM documents") == 13
    assert await events() == [("billfold", "pauseRun"), ("operator", "resumeRun")]


@pytest.mark.parametrize(
    "changes", [{"type": "act"}, {"scope": {"enterprises": [], "clients": [], "contracts": ["1"]}}]
)
async def test_other_types_and_narrower_runs_set_no_bounds(books: Parts, changes: dict[str, object]) -> None:
    async with writing() as connection:
        for day in (1, 2, 3):
            await earlier_run(connection, days=day, gross="1.00", **changes)

    run_id = await finished(books)

    assert await value("SELECT state FROM runs WHERE id = $1", run_id) == "DONE"


async def earlier_run(connection: object, *, days: int, gross: str, **changes: object) -> None:
    """Add a run that was done some days ago, of ten documents."""
    scope = changes.pop("scope", {"enterprises": [], "clients": [], "contracts": []})
    row = {
        "type": "invoice",
        "period_from": OCTOBER.period.start,
        "period_until": OCTOBER.period.until,
        "state": "DONE",
        "scope": orjson.dumps(scope).decode(),
        "outcome": orjson.dumps({"total": 10, "pending": 0, "issued": 10, "gross": {"RUB": gross}}).decode(),
        "finished_at": NOW - timedelta(days=days),
        **changes,
    }
    await add_row(connection, "runs", row)  # type: ignore[arg-type]
