"""The control of runs: pause, resume, cancel and retry one, and stop one that is out of bounds."""

from uuid import UUID

import asyncpg
import structlog

from billfold.database import run_control as rows
from billfold.database.audit import record_event
from billfold.database.connection import writing
from billfold.database.run_outcomes import made_by
from billfold.database.runs import Run, lock_run
from billfold.domain.access import Scope, Viewer
from billfold.domain.bounds import LAST_RUNS, bounds_of
from billfold.domain.errors import IllegalState, InvalidInput, NotFound
from billfold.domain.moves import RUNS, RunMove, move
from billfold.services.parts import Parts
from billfold.services.steps import CONTRACTS_A_JOB, PRINTS_A_JOB, chunked

REASON_LIMIT = 1_000
_log = structlog.get_logger()


async def pause(parts: Parts, viewer: Viewer, run_id: UUID) -> UUID:
    """Let a run rest: what is under way is finished, and nothing further is begun. May be repeated.

    Raises NotFound, IllegalState for a run that is not going.
    """
    viewer.require(Scope.DOCUMENTS_ISSUE)
    async with writing() as connection:
        run = await _locked(connection, run_id)
        if move(RUNS, run.state, RunMove.PAUSE) is not run.state:
            await rows.pause_run(connection, run_id)
            await record_event(connection, "pauseRun", ("run", run_id), actor=viewer.name, now=parts.clock.now())
    return run_id


async def resume(parts: Parts, viewer: Viewer, run_id: UUID) -> UUID:
    """Let a paused run go on. May be repeated.

    One that had stopped because it was out of bounds is confirmed by that, and does not stop again. Raises NotFound,
    IllegalState for a run that is over.
    """
    viewer.require(Scope.DOCUMENTS_ISSUE)
    async with writing() as connection:
        run = await _locked(connection, run_id)
        if move(RUNS, run.state, RunMove.RESUME) is not run.state:
            await rows.resume_run(connection, run_id)
            await record_event(connection, "resumeRun", ("run", run_id), actor=viewer.name, now=parts.clock.now())
    await parts.bell.ring("compose_run", [[str(run_id)]])
    return run_id


async def cancel(parts: Parts, viewer: Viewer, run_id: UUID, *, reason: str) -> UUID:
    """End a run before it is through. May be repeated; the first reason stays.

    Contracts that still wait are skipped with the reason `cancelled`; what is issued stays, is printed and mailed.
    Raises NotFound, InvalidInput without a reason, IllegalState for a run that is done.
    """
    viewer.require(Scope.DOCUMENTS_ISSUE)
    reason = reason.strip()
    if not reason or len(reason) > REASON_LIMIT:
        raise InvalidInput(f"Say why the run is cancelled, in at most {REASON_LIMIT} characters.", field="reason")
    now = parts.clock.now()
    async with writing() as connection:
        run = await _locked(connection, run_id)
        if move(RUNS, run.state, RunMove.CANCEL) is not run.state:
            skipped = await rows.cancel_run(connection, run_id, reason=reason, now=now)
            details = {"reason": reason, "contracts": skipped}
            await record_event(connection, "cancelRun", ("run", run_id), actor=viewer.name, now=now, details=details)
    return run_id


async def retry(parts: Parts, viewer: Viewer, run_id: UUID) -> UUID:
    """Try again what failed of a run that is done: its contracts, and the documents that could not be printed.

    What was skipped is left alone, but for contracts that were parked and are so no more; a new run makes the rest.
    Raises NotFound, IllegalState for a run that is not done, or of which nothing failed.
    """
    viewer.require(Scope.DOCUMENTS_ISSUE)
    now = parts.clock.now()
    async with writing() as connection:
        run = await _locked(connection, run_id)
        move(RUNS, run.state, RunMove.RETRY)
        retried = await rows.retry_run(connection, run_id, now)
        if not retried.contracts and not retried.documents:
            raise IllegalState("Nothing of the run has failed, so there is nothing to retry.", field="run")
        details = {"contracts": retried.contracts, "prints": len(retried.documents)}
        await record_event(connection, "retryRun", ("run", run_id), actor=viewer.name, now=now, details=details)
    await parts.bell.ring("compose_run", [[str(run_id)]])
    await parts.bell.ring("print_documents", chunked([str(id_) for id_ in retried.documents], PRINTS_A_JOB))
    return run_id


async def room_of(parts: Parts, connection: asyncpg.Connection, run: Run) -> tuple[int, str]:
    """Give how many contracts of a run may be taken up now, and, where that is none, why it is to stop and ask.

    What a large run has issued is not counted every time.
    """
    if run.is_confirmed or parts.allowances.takes(run.id, CONTRACTS_A_JOB):
        return CONTRACTS_A_JOB, ""
    made, earlier = await made_by(connection, run.id, earlier=LAST_RUNS)
    bounds = bounds_of(earlier)
    if bounds is None:
        return CONTRACTS_A_JOB, ""
    reason = bounds.passed_by(made)
    if reason:
        return 0, reason
    parts.allowances.grant(run.id, bounds.unseen(made) - CONTRACTS_A_JOB)
    return min(CONTRACTS_A_JOB, bounds.room(made)), ""


async def stop(parts: Parts, run_id: UUID, reason: str) -> None:
    """Pause a run that is out of bounds, unless nothing of it waits, until somebody resumes or cancels it."""
    async with writing() as connection:
        is_stopped = await rows.stop_run(connection, run_id, reason)
        if is_stopped:
            details = {"reason": reason}
            await record_event(
                connection, "pauseRun", ("run", run_id), actor="billfold", now=parts.clock.now(), details=details
            )
    if is_stopped:
        _log.warning("run out of bounds", run=str(run_id), reason=reason)


async def _locked(connection: asyncpg.Connection, run_id: UUID) -> Run:
    run = await lock_run(connection, run_id)
    if run is None:
        raise NotFound("There is no such run.", field="run")
    return run
