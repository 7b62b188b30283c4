"""Generating: composes and issues what a run waits for, a chunk of contracts at a time."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

import structlog

from billfold.database import occurrences
from billfold.database import runs as rows
from billfold.database.connection import writing
from billfold.database.leasing import Leased, lease_occurrences
from billfold.domain.lifecycle import OccurrenceState, RunState
from billfold.domain.schedules import predecessors
from billfold.plugin_api.document_type import DocumentType, IssueDay
from billfold.services.drafts import Assignment
from billfold.services.faults import FAULTS_OF_ONE, told_fault
from billfold.services.making import make
from billfold.services.parts import Parts
from billfold.services.run_control import room_of, stop
from billfold.services.runs import assignment_of, request_of
from billfold.services.steps import COMPOSE_LEASE

_log = structlog.get_logger()


async def compose_chunk(parts: Parts, run_id: UUID) -> int:
    """Compose and issue the next chunk of a run; gives how many contracts it settled, 0 when none is free.

    May be run by many workers at once, and again after a crash: the database settles each contract once.
    """
    now = parts.clock.now()
    async with writing() as connection:
        run = await rows.hold_run(connection, run_id)
        # A type that this process does not know is left to one that has its plugin.
        if run is None or run.state is not RunState.RUNNING or run.type not in parts.plugins.document_types:
            return 0
        room, out_of_bounds = await room_of(parts, connection, run)
        follows = {key: one.follows for key, one in parts.plugins.document_types.items()}
        due = await lease_occurrences(
            connection,
            run_id,
            count=room,
            now=now,
            until=now + COMPOSE_LEASE,
            after=predecessors(run.type, follows),
        )
    if out_of_bounds:
        await stop(parts, run_id, out_of_bounds)
    if not due:
        return 0
    for assignments in _dated(parts, run, due):
        await _settle(parts, run.type, assignments)
    return len(due)


def _dated(parts: Parts, run: rows.Run, due: Sequence[Leased]) -> Collection[Sequence[Assignment]]:
    """Give what is to be made, together what is to bear one date."""
    request, declared = request_of(run), parts.plugins.document_type(run.type)
    dated: dict[date | None, list[Assignment]] = defaultdict(list)
    for one in due:
        assignment = assignment_of(request, one.contract_id, occurrence_id=one.id, run_id=run.id)
        issue_date = _issue_date(declared, one, assignment)
        is_scheduled = one.due_at is not None
        dated[issue_date].append(
            replace(assignment, issue_date=issue_date, is_scheduled=is_scheduled, foreseen=one.planned)
        )
    return dated.values()


def _issue_date(declared: DocumentType, leased: Leased, assignment: Assignment) -> date | None:
    """Give the date to ask for: by schedule the one that it has set, or today where the books were closed meanwhile."""
    if leased.due_at is None:
        return assignment.issue_date
    is_own = declared.issue_day is IssueDay.PERIOD_END and assignment.period is not None
    intended = leased.issue_date or (assignment.period.last_day if is_own and assignment.period else None)
    is_closed = intended is not None and leased.closed_until is not None and intended < leased.closed_until
    return leased.today if is_closed else leased.issue_date


async def _settle(parts: Parts, key: str, assignments: Sequence[Assignment]) -> None:
    try:
        await make(parts, key, assignments)
    except FAULTS_OF_ONE as error:
        if len(assignments) > 1:
            # One contract has brought the chunk down: each on its own, so that the others have their documents.
            for one in assignments:
                await _settle(parts, key, [one])
            return
        await _fail(parts, key, assignments[0], error)


async def _fail(parts: Parts, key: str, assignment: Assignment, error: Exception) -> None:
    _log.warning("contract failed", contract=str(assignment.contract_id), error=type(error).__name__)
    if assignment.occurrence_id is None:
        return
    async with writing() as connection:
        outcome = (assignment.occurrence_id, OccurrenceState.FAILED.value, told_fault(parts, key, error))
        await occurrences.settle_occurrences(connection, [outcome], parts.clock.now())
