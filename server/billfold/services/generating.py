"""Generating: composes and issues what a run waits for, a chunk of contracts at a time."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import structlog

from billfold.database import occurrences
from billfold.database import runs as rows
from billfold.database.connection import writing
from billfold.domain.errors import CallerError
from billfold.domain.lifecycle import OccurrenceState, RunState
from billfold.services.drafts import Assignment
from billfold.services.making import make
from billfold.services.parts import Parts
from billfold.services.runs import assignment_of, request_of
from billfold.services.steps import COMPOSE_LEASE, CONTRACTS_A_JOB

_log = structlog.get_logger()
# What a single contract's data, or its plugin, may bring down a chunk with.
_FAULTS_OF_ONE = (
    CallerError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
)


async def compose_chunk(parts: Parts, run_id: UUID) -> int:
    """Compose and issue the next chunk of a run; gives how many contracts it settled, 0 when none is free.

    May be run by many workers at once, and again after a crash: the database settles each contract once.
    """
    now = parts.clock.now()
    async with writing() as connection:
        run = await rows.find_run(connection, run_id)
        # A type that this process does not know is left to one that has its plugin.
        if run is None or run.state is not RunState.RUNNING or run.type not in parts.plugins.document_types:
            return 0
        due = await occurrences.lease_occurrences(
            connection, run_id, count=CONTRACTS_A_JOB, now=now, until=now + COMPOSE_LEASE
        )
    if not due:
        return 0
    request = request_of(run)
    assignments = [assignment_of(request, one.contract_id, occurrence_id=one.id, run_id=run_id) for one in due]
    await _settle(parts, request.type, assignments)
    return len(due)


async def _settle(parts: Parts, key: str, assignments: Sequence[Assignment]) -> None:
    try:
        await make(parts, key, assignments)
    except _FAULTS_OF_ONE as error:
        if len(assignments) > 1:
            # One contract has brought the chunk down: each on its own, so that the others have their documents.
            for one in assignments:
                await _settle(parts, key, [one])
            return
        await _fail(parts, key, assignments[0], error)


async def _fail(parts: Parts, key: str, assignment: Assignment, error: Exception) -> None:
    fault = type(error).__name__
    _log.warning("contract failed", contract=str(assignment.contract_id), error=fault)
    # The lines after the first one would tell the whole row.
    said = str(error).partition("\n")[0]
    told = f"Plugin {parts.plugins.owner(key).name}: the document cannot be kept ({fault}: {said})."
    reason = error.message if isinstance(error, CallerError) else told
    if assignment.occurrence_id is None:
        return
    async with writing() as connection:
        outcome = (assignment.occurrence_id, OccurrenceState.FAILED.value, reason)
        await occurrences.settle_occurrences(connection, [outcome], parts.clock.now())
