"""Working: the sweep that rings what stands too long, and the working off of a run in one process."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from billfold.database.connection import reading, writing
from billfold.database.deliveries import due_deliveries
from billfold.database.printing import waiting_documents
from billfold.database.requisites import put_due_in_force
from billfold.database.run_outcomes import ContractOutcome, already_issued, finish_runs, rests, run_outcomes
from billfold.database.runs import find_run, running_runs
from billfold.domain.lifecycle import RunState, Step
from billfold.services.deliveries import deliver_chunk
from billfold.services.expiring import remove_expired
from billfold.services.generating import compose_chunk
from billfold.services.parts import Parts
from billfold.services.printing import print_chunk, publish_chunk
from billfold.services.scheduling import schedule_due
from billfold.services.steps import MAILS_A_JOB, PRINTS_A_JOB, PUBLISHES_A_JOB, STALE_AFTER, chunked

# How long to wait for what another worker, or a dead one's lease, still holds.
_PATIENCE_SECONDS = 0.5


async def sweep(parts: Parts) -> None:
    """Put due requisites into force, start what is scheduled, close runs, and ring for what stands too long in a step.

    Removes what has expired. May be repeated.
    """
    now = parts.clock.now()
    async with writing() as connection:
        await put_due_in_force(connection, now)
    try:
        await schedule_due(parts)
    finally:
        # A schedule that cannot be followed must not keep what is going on from its end.
        await _ring_again(parts, now)
        await remove_expired(parts)


async def _ring_again(parts: Parts, now: datetime) -> None:
    async with writing() as connection:
        await finish_runs(connection, now)
        runs = await running_runs(connection)
        unprinted = await waiting_documents(connection, Step.PRINT.value, since=now - STALE_AFTER, now=now)
        unpublished = await waiting_documents(connection, Step.PUBLISH.value, since=now - STALE_AFTER, now=now)
        deliveries = await due_deliveries(connection, now)
    await parts.bell.ring("compose_run", [[str(id_)] for id_ in runs])
    await parts.bell.ring("print_documents", chunked([str(id_) for id_ in unprinted], PRINTS_A_JOB))
    await parts.bell.ring("publish_documents", chunked([str(id_) for id_ in unpublished], PUBLISHES_A_JOB))
    await parts.bell.ring("deliver", chunked([str(id_) for id_ in deliveries], MAILS_A_JOB))


async def going_runs() -> list[UUID]:
    """Give the runs that are not finished, oldest first."""
    async with reading() as connection:
        return await running_runs(connection)


async def work_off(parts: Parts, run_id: UUID, progress: Callable[[str, int], None]) -> None:
    """Compose, print, publish and mail in this process until the run is through, paused or cancelled.

    `progress` is told each step and how many it took. Workers may help: each piece is taken once. A print that fails is
    left to its next attempt, by a worker or by the same run asked for again.
    """
    while True:
        took = await _work(parts, run_id, progress)
        async with writing() as connection:
            await finish_runs(connection, parts.clock.now())
            run = await find_run(connection, run_id)
            is_resting = await rests(connection, run_id)
        if run is None or run.state is not RunState.RUNNING or is_resting:
            break
        if not took:
            await asyncio.sleep(_PATIENCE_SECONDS)
    while count := await deliver_chunk(parts):
        progress("mailed", count)


async def outcomes(run_id: UUID) -> tuple[int, list[ContractOutcome]]:
    """Give how many contracts had their document before the run, and what became of each of the others."""
    async with reading() as connection:
        return await already_issued(connection, run_id), await run_outcomes(connection, run_id)


async def _work(parts: Parts, run_id: UUID, progress: Callable[[str, int], None]) -> int:
    took = 0
    while count := await compose_chunk(parts, run_id):
        progress("composed", count)
        took += count
    while count := await print_chunk(parts):
        progress("printed", count)
        took += count + await publish_chunk(parts)
    return took + await publish_chunk(parts)
