"""Moves: every state by every move, as the tables have it and no other way."""

from enum import StrEnum
from typing import Any

import pytest

from billfold.domain.document import DocumentStatus
from billfold.domain.errors import IllegalState
from billfold.domain.lifecycle import OccurrenceState, RunState
from billfold.domain.moves import (
    DOCUMENTS,
    OCCURRENCES,
    RUNS,
    DocumentMove,
    Machine,
    OccurrenceMove,
    RunMove,
    move,
)

# Written out once more, so that a change of a table is seen: (state, move) -> state; whatever is not here is refused.
ALLOWED: dict[str, dict[tuple[str, str], str]] = {
    "document": {
        ("DRAFT", "issued"): "ISSUED",
        ("ISSUED", "voided"): "VOID",
        ("ISSUED", "revised"): "VOID",
        ("ISSUED", "corrected"): "ISSUED",
    },
    "run": {
        ("PLANNED", "started"): "RUNNING",
        ("RUNNING", "paused"): "PAUSED",
        ("PAUSED", "paused"): "PAUSED",
        ("PAUSED", "resumed"): "RUNNING",
        ("RUNNING", "resumed"): "RUNNING",
        ("RUNNING", "cancelled"): "CANCELLED",
        ("PAUSED", "cancelled"): "CANCELLED",
        ("CANCELLED", "cancelled"): "CANCELLED",
        ("RUNNING", "finished"): "DONE",
        ("DONE", "retried"): "RUNNING",
    },
    "occurrence": {
        ("PENDING", "expected"): "PENDING",
        ("SKIPPED", "expected"): "PENDING",
        ("FAILED", "expected"): "PENDING",
        ("PENDING", "issued"): "ISSUED",
        ("PENDING", "skipped"): "SKIPPED",
        ("PENDING", "failed"): "FAILED",
        ("PENDING", "cancelled"): "SKIPPED",
        ("ISSUED", "voided"): "SKIPPED",
        ("FAILED", "retried"): "PENDING",
    },
}
MACHINES: tuple[tuple[Machine[Any, Any], type[StrEnum], type[StrEnum]], ...] = (
    (DOCUMENTS, DocumentStatus, DocumentMove),
    (RUNS, RunState, RunMove),
    (OCCURRENCES, OccurrenceState, OccurrenceMove),
)
CASES = [
    pytest.param(machine, state, asked, id=f"{machine.noun}-{state}-{asked}")
    for machine, states, moves in MACHINES
    for state in states
    for asked in moves
]


@pytest.mark.parametrize(("machine", "state", "asked"), CASES)
def test_a_move_leads_where_its_table_says_or_is_refused(
    machine: Machine[Any, Any], state: StrEnum, asked: StrEnum
) -> None:
    allowed = ALLOWED[machine.noun].get((state.value, asked.value))

    if allowed is not None:
        assert move(machine, state, asked) == allowed
        return
    with pytest.raises(IllegalState) as refused:
        move(machine, state, asked)
    assert refused.value.message.startswith(f"The {machine.noun} is {state.value} and cannot be {asked.value}: it ")
    assert refused.value.field == machine.noun


@pytest.mark.parametrize(
    ("state", "asked", "sentence"),
    [
        (RunState.RUNNING, RunMove.RETRY, "The run is RUNNING and cannot be retried: it may be paused or cancelled."),
        (RunState.PLANNED, RunMove.PAUSE, "The run is PLANNED and cannot be paused: it may be started."),
        (RunState.CANCELLED, RunMove.RESUME, "The run is CANCELLED and cannot be resumed: it stays as it is."),
    ],
)
def test_a_refusal_says_what_may_be_done(state: RunState, asked: RunMove, sentence: str) -> None:
    with pytest.raises(IllegalState) as refused:
        move(RUNS, state, asked)

    assert refused.value.message == sentence


def test_an_issued_document_may_be_voided_revised_or_corrected() -> None:
    assert DOCUMENTS.open_moves(DocumentStatus.ISSUED) == (
        DocumentMove.VOID,
        DocumentMove.REVISE,
        DocumentMove.CORRECT,
    )


def test_what_only_repeats_leads_away_from_nothing() -> None:
    assert RUNS.sources(RunMove.CANCEL) == (RunState.RUNNING, RunState.PAUSED)
    assert OCCURRENCES.sources(OccurrenceMove.EXPECT) == (OccurrenceState.SKIPPED, OccurrenceState.FAILED)
