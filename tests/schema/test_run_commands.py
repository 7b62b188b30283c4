"""The managers' commands on runs that are going: what they give, and what they tell when they cannot."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from billfold.domain.access import OPERATOR, Role
from billfold.domain.periods import month
from billfold.services import runs
from billfold.services.parts import Parts
from billfold.services.runs import RunRequest
from tests.schema.calling import Caller, Faces, open_http
from tests.services.asking import value

RESULT = """{ __typename
  ... on Run { id state stateReason isConfirmed source scheduledFor progress { pending skipped } }
  ... on Problem { code message field } }"""
OCTOBER = RunRequest(type="invoice", period=month("2026-10"))


@pytest.fixture
async def own(books: Parts) -> AsyncIterator[Faces]:
    """Callers on fresh books of the sample operator."""
    async with open_http(books) as http:
        yield Faces(books, http)


async def told(caller: Caller, command: str, **given: Any) -> dict[str, Any]:
    kind = "CancelRunInput" if command == "cancelRun" else "RunInput"
    answer = await caller.data(f"mutation($input: {kind}!) {{ {command}(input: $input) {RESULT} }}", input=given)
    found: dict[str, Any] = answer[command]
    return found


async def test_a_run_is_paused_resumed_cancelled_and_then_stays_so(own: Faces) -> None:
    manager = await own.staff(Role.MANAGER)
    run = f"run_{await runs.start(own.parts, OPERATOR, OCTOBER)}"

    paused = await told(manager, "pauseRun", run=run)
    resumed = await told(manager, "resumeRun", run=run)
    cancelled = await told(manager, "cancelRun", run=run, reason="wrong month")
    retried = await told(manager, "retryRun", run=run)
    listed = await manager.data("{ runs(filter: {state: [CANCELLED], source: [HAND]}) { nodes { id } } }")

    assert (paused["state"], paused["source"], paused["scheduledFor"]) == ("PAUSED", "HAND", None)
    assert (resumed["state"], resumed["stateReason"], resumed["isConfirmed"]) == ("RUNNING", None, False)
    assert (cancelled["state"], cancelled["stateReason"]) == ("CANCELLED", "wrong month")
    assert cancelled["progress"] == {"pending": 0, "skipped": 14}
    assert retried == {
        "__typename": "Problem",
        "code": "ILLEGAL_STATE",
        "message": "The run is CANCELLED and cannot be retried: it stays as it is.",
        "field": "run",
    }
    assert listed["runs"]["nodes"] == [{"id": run}]


async def test_a_run_for_an_amount_is_narrowed_and_tells_its_terms(own: Faces) -> None:
    manager = await own.staff(Role.MANAGER)
    start = """mutation($input: StartRunInput!) { startRun(input: $input) { __typename
      ... on Run { period { from } amount description progress { total } } ... on Problem { code field } } }"""
    given: dict[str, Any] = {"type": "invoice", "amount": "500", "description": "Аванс"}
    narrowed = {
        "brands": [await value("SELECT 'brand_' || id FROM brands WHERE code = 'yantar'")],
        "services": [await value("SELECT 'service_' || id FROM services WHERE code = 'static-ip'")],
        "currencies": ["RUB"],
        "billing": ["POSTPAID"],
    }
    wrong = [
        (given | {"period": {"from": "2026-10-01", "until": "2026-11-01"}}, "INVALID_INPUT", "amount"),
        (given | {"amount": None}, "INVALID_INPUT", "period"),
        (given | {"billing": []}, "INVALID_INPUT", "billing"),
        (given | {"brands": ["brand_1"]}, "NOT_FOUND", "brands"),
        (given, "INVALID_INPUT", "currencies"),
    ]

    refused = [(await manager.data(start, input=one))["startRun"] for one, _, _ in wrong]
    none = await value("SELECT count(*) FROM runs")
    started = (await manager.data(start, input=given | narrowed))["startRun"]

    assert [(one["code"], one["field"]) for one in refused] == [(code, field) for _, code, field in wrong]
    assert none == 0
    assert started == {
        "__typename": "Run",
        "period": None,
        "amount": "500",
        "description": "Аванс",
        "progress": {"total": 2},
    }


async def test_a_viewer_does_nothing_to_a_run(own: Faces) -> None:
    viewer = await own.staff(Role.VIEWER)
    run = f"run_{await runs.start(own.parts, OPERATOR, OCTOBER)}"

    for command, given in (("pauseRun", ""), ("cancelRun", ', reason: "x"')):
        operation = f'mutation {{ {command}(input: {{run: "{run}"{given}}}) {{ __typename }} }}'
        assert await viewer.code(operation) == "FORBIDDEN"

    assert await value("SELECT state FROM runs") == "RUNNING"
