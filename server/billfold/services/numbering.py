"""Numbering: the numbers that drafts are issued under, drawn from their series under its lock."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from billfold.database.numbers import (
    Candidate,
    Move,
    Purpose,
    Series,
    SkippedNumber,
    lock_series,
    move_series,
    record_skipped,
)
from billfold.domain.document import Document, DocumentStatus
from billfold.domain.errors import NumberingConflict
from billfold.domain.rules import Backdating
from billfold.rendering.purposes import payment_purpose
from billfold.services.drafts import Composed, Draft, Drawn, Failed, Issued, Replacement
from billfold.services.parts import Parts
from billfold.services.skipped_numbers import SKIPPED_AT_MOST, start_raised, too_many_taken

# How far ahead is asked which numbers are taken, once the first one is; the step grows with each answer.
_FIRST_LOOK, _LONGEST_LOOK = 32, 4_096


@dataclass(frozen=True, slots=True)
class _Place:
    """A number that a draft is to bear; one given by hand has no counter."""

    draft: Draft
    number: str
    counter: int | None


@dataclass(frozen=True, slots=True)
class _Queue:
    """The drafts that wait for numbers of one series, oldest date first."""

    series: Series
    drafts: tuple[Draft, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a queue is numbered, if nobody holds what it takes: places, counters left out, and the counter after them."""

    queue: _Queue
    places: list[_Place] = field(default_factory=list)
    skipped: list[SkippedNumber] = field(default_factory=list)
    next_counter: int = 0


class RefusedNumbers(Exception):
    """Drafts that their series refuse; the transaction they were to be issued in is to be rolled back."""

    def __init__(self, failed: Sequence[Failed]) -> None:
        super().__init__(f"{len(failed)} drafts are refused by their series")
        self.failed = {id(one.assignment): one for one in failed}

    def among(self, composed: Sequence[Composed]) -> list[Composed]:
        """Give what was composed with the refused drafts failed."""
        return [self.failed.get(id(one.assignment), one) for one in composed]


async def number(parts: Parts, connection: asyncpg.Connection, type: str, drafts: Sequence[Draft]) -> list[Issued]:
    """Number drafts of one type from their series, which are locked until the transaction ends; seals the documents.

    Numbers that are taken are skipped, and so are those below a start that was raised: each skip is written down.
    Raises RefusedNumbers for drafts whose date goes before the latest of a chronological series, or whose number by
    hand is taken; NumberingConflict when 10,000 numbers are taken.
    """
    ahead = [_issued(one, place.series_id, place.counter, place.number) for one in drafts if (place := _kept(one))]
    waiting = [one for one in drafts if _kept(one) is None]
    if not waiting:
        return ahead
    queues = await _queues(parts, connection, waiting)
    if early := [
        _too_early(draft, queue.series)
        for queue in queues
        for draft in queue.drafts
        if _is_too_early(draft, queue.series)
    ]:
        raise RefusedNumbers(early)
    plans = await _place(parts, connection, type, queues)
    await record_skipped(connection, [one for plan in plans for one in plan.skipped])
    return ahead + [
        _issued(place.draft, plan.queue.series.id, place.counter, place.number)
        for plan in plans
        for place in plan.places
    ]


def _kept(draft: Draft) -> Drawn | Replacement | None:
    """Give the number that a draft has already: drawn ahead, or that of the document that it replaces."""
    return draft.drawn or draft.assignment.replaces


async def _queues(parts: Parts, connection: asyncpg.Connection, drafts: Sequence[Draft]) -> list[_Queue]:
    """Lock the series of drafts, always in the order of their keys, so that no two issuers wait in a circle."""
    waiting: dict[tuple[UUID, str], list[Draft]] = defaultdict(list)
    for draft in drafts:
        key = parts.plugins.series(draft.document, draft.rule, draft.numbered)
        waiting[draft.contract.enterprise_id, key].append(draft)
    keys = sorted(waiting, key=lambda one: (one[0].bytes, one[1]))
    wanted = [(enterprise, key, waiting[enterprise, key][0].rule.numbering.start) for enterprise, key in keys]
    found = await lock_series(connection, wanted)
    # The sort keeps the order of drafts of one date.
    return [
        _Queue(series, tuple(sorted(waiting[key], key=lambda draft: draft.document.issue_date)))
        for series, key in zip(found, keys, strict=True)
    ]


async def _place(parts: Parts, connection: asyncpg.Connection, type: str, queues: Sequence[_Queue]) -> list[_Plan]:
    """Find numbers that nobody holds, and move the series on past them."""
    taken: dict[tuple[UUID, str], str] = {}
    look = 0
    while True:
        plans = [_plan(parts, queue, taken) for queue in queues]
        candidates = list(_candidates(parts, plans, look))
        held = await move_series(connection, type, candidates, [_move(plan) for plan in plans])
        taken |= {(one.enterprise_id, one.number): holder for one, holder in held.items()}
        if refused := [error for plan in plans for error in _taken_by_hand(plan, held)]:
            raise RefusedNumbers(refused)
        if all(one.purpose is Purpose.AHEAD for one in held):
            return plans
        look = min(max(look * 8, _FIRST_LOOK), _LONGEST_LOOK)


def _taken_by_hand(plan: _Plan, held: Mapping[Candidate, str]) -> Iterator[Failed]:
    for place in plan.places:
        wanted = Candidate(place.draft.contract.enterprise_id, place.number, Purpose.HAND)
        if place.counter is None and (holder := held.get(wanted)):
            error = NumberingConflict(f"Number {place.number!r} is taken by {holder}: give another.", field="number")
            yield Failed(place.draft.assignment, error)


def _is_too_early(draft: Draft, series: Series) -> bool:
    is_strict = draft.rule.backdating is Backdating.CHRONOLOGICAL
    return is_strict and series.latest_on is not None and draft.document.issue_date < series.latest_on


def _too_early(draft: Draft, series: Series) -> Failed:
    error = NumberingConflict(
        f"The numbers of {draft.document.type} follow their dates, and the latest is dated {series.latest_on}: "
        f"date this one {series.latest_on} or later, or allow backdating in the rule.",
        field="issueDate",
    )
    return Failed(draft.assignment, error)


def _plan(parts: Parts, queue: _Queue, taken: Mapping[tuple[UUID, str], str]) -> _Plan:
    """Number the drafts of a queue in order, past what is known to be taken."""
    raised = _raised(parts, queue)
    places, skipped = [], [raised] if raised else []
    counter = queue.series.next_counter + (raised.count if raised else 0)
    for draft in queue.drafts:
        if by_hand := draft.assignment.number:
            places.append(_Place(draft, by_hand, None))
            continue
        text = _text(parts, draft, counter)
        while holder := taken.get((draft.contract.enterprise_id, text)):
            skipped.append(_skip(queue, draft, counter, text, f"taken by {holder}"))
            if len(skipped) > SKIPPED_AT_MOST:
                raise too_many_taken(draft.document.type, text)
            counter += 1
            before, text = text, _text(parts, draft, counter)
            if text == before:
                raise _repeated(parts, draft, text)
        places.append(_Place(draft, text, counter))
        counter += 1
    return _Plan(queue, places, skipped, counter)


def _raised(parts: Parts, queue: _Queue) -> SkippedNumber | None:
    """Give what a start that was raised since leaves out of a series."""
    draft = next((one for one in queue.drafts if not one.assignment.number), None)
    if draft is None or (start := draft.rule.numbering.start) <= queue.series.next_counter:
        return None
    first = queue.series.next_counter
    skip = _skip(queue, draft, first, _text(parts, draft, first), start_raised(start))
    return dataclasses.replace(skip, count=start - first)


def _skip(queue: _Queue, draft: Draft, counter: int, text: str, reason: str) -> SkippedNumber:
    return SkippedNumber(
        enterprise_id=draft.contract.enterprise_id,
        type=draft.document.type,
        series_id=queue.series.id,
        counter=counter,
        number=text,
        reason=reason,
        dated_on=draft.document.issue_date,
    )


def _repeated(parts: Parts, draft: Draft, text: str) -> NumberingConflict:
    type = draft.document.type
    return NumberingConflict(
        f"Number {text!r} of {type!r} is taken already: change the numbering rule, or what plugin "
        f"{parts.plugins.owner(type).name} writes.",
        field="numbering",
    )


def _text(parts: Parts, draft: Draft, counter: int) -> str:
    return parts.plugins.number(draft.document, draft.rule, draft.numbered, counter)


def _move(plan: _Plan) -> Move:
    latest = max((place.draft.document.issue_date for place in plan.places), default=None)
    return Move(plan.queue.series.id, plan.next_counter, latest)


def _candidates(parts: Parts, plans: Sequence[_Plan], look: int) -> Iterator[Candidate]:
    """Give the numbers to be asked about: all that are to be borne and, of queues with skips, `look` more."""
    for plan in plans:
        for place in plan.places:
            purpose = Purpose.HAND if place.counter is None else Purpose.DRAW
            yield Candidate(place.draft.contract.enterprise_id, place.number, purpose)
        first = next((place for place in plan.places if place.counter), None)
        if plan.skipped and first and first.counter:
            for counter in range(first.counter + 1, first.counter + look):
                text = _text(parts, first.draft, counter)
                yield Candidate(first.draft.contract.enterprise_id, text, Purpose.AHEAD)


def _issued(draft: Draft, series_id: UUID, counter: int | None, text: str) -> Issued:
    return Issued(draft, _sealed(draft.document, text), series_id, counter)


def _sealed(document: Document, text: str) -> Document:
    numbered = dataclasses.replace(document, number=text, status=DocumentStatus.ISSUED)
    return dataclasses.replace(numbered, payment_purpose=payment_purpose(numbered))
