"""Moves: which state follows which, and what is said of a move that a state does not allow. The only place that knows.

How far a document is paid is no state: it follows from the money that settles it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from billfold.domain.document import DocumentStatus
from billfold.domain.errors import IllegalState
from billfold.domain.lifecycle import OccurrenceState, RunState

S = TypeVar("S", bound=StrEnum)
M = TypeVar("M", bound=StrEnum)


class DocumentMove(StrEnum):
    """What may be done to a document. REVISED, it is void and its revision stands; CORRECTED, both stand."""

    ISSUE = "issued"
    VOID = "voided"
    REVISE = "revised"
    CORRECT = "corrected"


class RunMove(StrEnum):
    """What may be done to a run; FINISH happens by itself, when nothing is waited for any more."""

    START = "started"
    PAUSE = "paused"
    RESUME = "resumed"
    CANCEL = "cancelled"
    FINISH = "finished"
    RETRY = "retried"


class OccurrenceMove(StrEnum):
    """What may become of an expected generation."""

    EXPECT = "expected"
    ISSUE = "issued"
    SKIP = "skipped"
    FAIL = "failed"
    CANCEL = "cancelled"
    VOID = "voided"
    RETRY = "retried"


@dataclass(frozen=True, slots=True)
class Machine(Generic[S, M]):
    """The states of one thing: for each move, where it leads from each state that allows it.

    A move that leads to the state it comes from may be repeated, and changes nothing. `by_itself` are the moves that
    nobody asks for.
    """

    noun: str
    moves: Mapping[M, Mapping[S, S]]
    by_itself: frozenset[M] = frozenset()

    def sources(self, move: M) -> tuple[S, ...]:
        """Give the states that a move leads away from."""
        return tuple(state for state, target in self.moves[move].items() if state is not target)

    def open_moves(self, state: S) -> tuple[M, ...]:
        """Give what somebody may do in a state, without what would only be repeated."""
        return tuple(
            move
            for move, ways in self.moves.items()
            if state in ways and move not in self.by_itself and not self._is_repetition(move, state)
        )

    def _is_repetition(self, move: M, state: S) -> bool:
        return self.moves[move][state] is state and bool(self.sources(move))


DOCUMENTS: Machine[DocumentStatus, DocumentMove] = Machine(
    "document",
    {
        DocumentMove.ISSUE: {DocumentStatus.DRAFT: DocumentStatus.ISSUED},
        DocumentMove.VOID: {DocumentStatus.ISSUED: DocumentStatus.VOID},
        DocumentMove.REVISE: {DocumentStatus.ISSUED: DocumentStatus.VOID},
        DocumentMove.CORRECT: {DocumentStatus.ISSUED: DocumentStatus.ISSUED},
    },
)

RUNS: Machine[RunState, RunMove] = Machine(
    "run",
    {
        RunMove.START: {RunState.PLANNED: RunState.RUNNING},
        RunMove.PAUSE: {RunState.RUNNING: RunState.PAUSED, RunState.PAUSED: RunState.PAUSED},
        RunMove.RESUME: {RunState.PAUSED: RunState.RUNNING, RunState.RUNNING: RunState.RUNNING},
        RunMove.CANCEL: {
            RunState.RUNNING: RunState.CANCELLED,
            RunState.PAUSED: RunState.CANCELLED,
            RunState.CANCELLED: RunState.CANCELLED,
        },
        RunMove.FINISH: {RunState.RUNNING: RunState.DONE},
        RunMove.RETRY: {RunState.DONE: RunState.RUNNING},
    },
    by_itself=frozenset({RunMove.FINISH}),
)

OCCURRENCES: Machine[OccurrenceState, OccurrenceMove] = Machine(
    "occurrence",
    {
        OccurrenceMove.EXPECT: {
            OccurrenceState.SKIPPED: OccurrenceState.PENDING,
            OccurrenceState.FAILED: OccurrenceState.PENDING,
            OccurrenceState.PENDING: OccurrenceState.PENDING,
        },
        OccurrenceMove.ISSUE: {OccurrenceState.PENDING: OccurrenceState.ISSUED},
        OccurrenceMove.SKIP: {OccurrenceState.PENDING: OccurrenceState.SKIPPED},
        OccurrenceMove.FAIL: {OccurrenceState.PENDING: OccurrenceState.FAILED},
        OccurrenceMove.CANCEL: {OccurrenceState.PENDING: OccurrenceState.SKIPPED},
        OccurrenceMove.VOID: {OccurrenceState.ISSUED: OccurrenceState.SKIPPED},
        OccurrenceMove.RETRY: {OccurrenceState.FAILED: OccurrenceState.PENDING},
    },
    by_itself=frozenset({OccurrenceMove.ISSUE, OccurrenceMove.SKIP, OccurrenceMove.FAIL}),
)

# A run that still has something to do, though it may rest: nobody else takes its contracts over.
GOING = (RunState.RUNNING, RunState.PAUSED)


def move(machine: Machine[S, M], state: S, to_be: M, *, field: str | None = None) -> S:
    """Give the state that a move leads to; that may be the same, where it may be repeated.

    Raises IllegalState, naming the state and what may be done instead, where the state does not allow it. `field` is
    the input that named the thing, unless it has the thing's own name.
    """
    target = machine.moves[to_be].get(state)
    if target is not None:
        return target
    *others, last = [one.value for one in machine.open_moves(state)] or [""]
    instead = f"it may be {', '.join(others)} or {last}" if others else f"it may be {last}"
    raise IllegalState(
        f"The {machine.noun} is {state.value} and cannot be {to_be.value}: {instead if last else 'it stays as it is'}.",
        field=field or machine.noun,
    )
