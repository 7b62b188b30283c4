"""docs/runs.md: its tables of states are those of the house, and its operations are asked for from the real process."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from billfold.domain.moves import DOCUMENTS, RUNS, Machine
from billfold.domain.plans import PlanWarning
from billfold.services.parts import Parts
from tests.docs.asking import Reader, reading_page
from tests.docs.pages import blocks, read, section
from tests.services.asking import contract

PAGE = read("docs/runs.md")
BLOCKS = list(blocks(PAGE))


@pytest.fixture
async def reader(books: Parts) -> AsyncIterator[Reader]:
    """Somebody with a manager's token, on the sample operator's books."""
    async with reading_page(books, BLOCKS) as reader:
        yield reader


def table(machine: Machine[Any, Any]) -> set[str]:
    return {
        f"| `{source}` | {move}{', by itself' if move in machine.by_itself else ''} | `{target}` |"
        for move, ways in machine.moves.items()
        for source, target in ways.items()
        # What only repeats a move is told in words.
        if source is not target or not machine.sources(move)
    }


def test_the_tables_of_states_are_those_of_the_house() -> None:
    told = {line for line in section(PAGE, "The states").splitlines() if line.startswith("| `")}

    assert told == table(RUNS) | table(DOCUMENTS)


async def test_an_amount_is_asked_for_and_a_contract_parked_as_the_page_says(reader: Reader) -> None:
    operations = {block.title: block.text for block in BLOCKS if block.language == "graphql"}
    given = {"contract": f"contract_{await contract('Я-101')}"}

    started = (await reader.post(operations["start for an amount"], {}))["startRun"]
    parked = (await reader.post(operations["park"], given))["parkContract"]
    unparked = (await reader.post(operations["unpark"], given))["unparkContract"]

    assert (started["amount"], started["period"], started["progress"]) == ("500.00", None, {"total": 4, "pending": 4})
    assert parked["parkedReason"] == "The client disputes the price"
    assert unparked == {"number": "Я-101", "parkedAt": None}


def test_every_warning_of_plans_is_told() -> None:
    told = "".join(line.split("|")[1] for line in section(PAGE, "Plan").splitlines() if line.startswith("| `"))

    assert [one.value for one in PlanWarning if f"`{one.value}`" not in told] == []


async def test_a_plan_is_made_looked_at_and_started_as_the_page_says(reader: Reader) -> None:
    operations = {block.title: block.text for block in BLOCKS if block.language == "graphql"}

    planned = (await reader.post(operations["plan"], {}))["planRun"]
    items = (await reader.post(operations["items"], {"plan": planned["id"]}))["node"]["items"]["nodes"]
    started = (await reader.post(operations["start a plan"], {"plan": planned["id"]}))["startRun"]

    assert (planned["documents"], planned["isOutOfBounds"]) == (13, False)
    assert planned["warnings"] == [{"code": "NEW", "count": 13}, {"code": "NO_RECIPIENT", "count": 1}]
    assert [one["warnings"] for one in items] == [["NEW", "NO_RECIPIENT"]]
    assert started["progress"] == {"total": 14, "pending": 13, "skipped": 1, "failed": 0, "alreadyIssued": 0}


async def test_a_run_is_controlled_as_the_page_says(reader: Reader) -> None:
    operations = {block.title: block.text for block in BLOCKS if block.language == "graphql"}

    started = (await reader.post(operations["start"], {}))["startRun"]
    run = {"run": started["id"]}
    paused = (await reader.post(operations["pause"], run))["pauseRun"]
    resumed = (await reader.post(operations["resume"], run))["resumeRun"]
    cancelled = (await reader.post(operations["cancel"], run))["cancelRun"]
    retried = (await reader.post(operations["retry"], run))["retryRun"]

    assert (started["state"], started["progress"]) == ("RUNNING", {"total": 14, "pending": 14})
    assert (paused["state"], resumed["state"], resumed["isConfirmed"]) == ("PAUSED", "RUNNING", False)
    assert (cancelled["state"], cancelled["skippedReasons"]) == ("CANCELLED", [{"reason": "cancelled", "count": 14}])
    assert retried["code"] == "ILLEGAL_STATE"
