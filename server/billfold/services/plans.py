"""Plans: the dry runs of runs, and the start of exactly what one foresaw."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import asyncpg

from billfold.database import plan_items, planned_runs
from billfold.database import runs as rows
from billfold.database.audit import record_event
from billfold.database.connection import reading, writing
from billfold.database.planned_runs import KeptPlan, Now
from billfold.database.printing import retry_printing
from billfold.database.run_outcomes import made_by
from billfold.database.used import usage_counts
from billfold.domain import plans as domain
from billfold.domain.access import Scope, Viewer
from billfold.domain.bounds import LAST_RUNS, bounds_of
from billfold.domain.errors import Conflict, IllegalState, LimitExceeded, NotFound
from billfold.domain.ids import new_id
from billfold.domain.lifecycle import RunState
from billfold.domain.plans import Tally, told_changes
from billfold.services.idempotency import Remember, Request, once
from billfold.services.parts import Parts
from billfold.services.planning import foresee, is_charged_for
from billfold.services.runs import RunRequest, check_request, contracts_of, request_of, write_run
from billfold.services.steps import CONTRACTS_A_JOB, chunked

# What was worked out longer ago is not started: too much of it may have changed that nobody compares.
MOST_AGE = timedelta(days=7)
_NAMED = 5


async def plan(parts: Parts, viewer: Viewer, request: RunRequest) -> UUID:
    """Compose everything that a run would make, and keep what it foresees, contract by contract; gives the plan's id.

    No document is written. A chunk is forgotten when its items are kept, however many there are. Until the last of them
    is, there is no such plan. Raises what `check_request` and `contracts_of` do.
    """
    viewer.require(Scope.DOCUMENTS_ISSUE)
    check_request(parts, request)
    async with reading() as connection:
        found = await contracts_of(connection, request, now=parts.clock.now())
    plan_id, tally = new_id(), Tally()
    async with writing() as connection:
        await write_run(connection, plan_id, request, viewer, state=RunState.PLANNED)
    for chunk in chunked(sorted((*found.open_ids, *found.issued_ids)), CONTRACTS_A_JOB):
        items = await foresee(parts, request, chunk)
        # A transaction of its own: a longer one would keep others from billing these contracts.
        async with writing() as connection:
            await plan_items.copy_items(connection, plan_id, items)
        tally.add(items)
    async with writing() as connection:
        for currency, count, gross in await plan_items.gone_documents(connection, plan_id, request.terms):
            tally.add_gone(currency, count, gross)
        told = tally.told(bounds=await _out_of_bounds(connection, plan_id, tally))
        await plan_items.finish_plan(connection, plan_id, told, parts.clock.now())
    return plan_id


async def planned(plan_id: UUID) -> dict[str, object]:
    """Give what a plan told: counts, sums by currency, what is worth a look, and why others would not be made.

    Raises NotFound.
    """
    async with reading() as connection:
        return dict((await _kept(connection, plan_id)).told)


async def planned_items(plan_id: UUID, *, is_warned: bool = False, most: int | None = None) -> list[dict[str, object]]:
    """Give what a plan foresees of each contract, in their order; `is_warned` only of those worth a look."""
    async with reading() as connection:
        return await plan_items.list_items(connection, plan_id, is_warned=is_warned, most=most)


async def start_plan(
    parts: Parts, viewer: Viewer, plan_id: UUID, *, confirm: bool = False, idempotency_key: str | None = None
) -> UUID:
    """Start exactly what a plan foresaw; the plan becomes the run. May be repeated: a started plan is given back.

    While the same run is going or paused, its id is given, and the plan stays one. Raises NotFound when there is no
    such plan, IllegalState when it is too old or holds no contract, Conflict naming contracts that have changed since,
    and LimitExceeded when it is out of bounds and nobody confirms it.
    """
    viewer.require(Scope.DOCUMENTS_ISSUE)

    async def act(remember: Remember) -> str:
        async with writing() as connection:
            run = await rows.lock_run(connection, plan_id)
            kept = await _kept(connection, plan_id)
            run_id = plan_id
            if run is not None and run.state is RunState.PLANNED:
                run_id = await rows.same_running_run(connection, run) or plan_id
                if run_id == plan_id:
                    await _check(parts, connection, run, kept, confirm=confirm)
                    await _begin(parts, connection, viewer, run, kept)
            await remember(connection, str(run_id))
        return str(run_id)

    run_id = await once(viewer, Request("startRun", idempotency_key, {"plan": plan_id}), act)
    await parts.bell.ring("compose_run", [[run_id]])
    return UUID(run_id)


async def _kept(connection: asyncpg.Connection, plan_id: UUID) -> KeptPlan:
    kept = await planned_runs.kept_plan(connection, plan_id)
    if kept is None:
        raise NotFound("There is no such plan.", field="plan")
    return kept


async def _out_of_bounds(connection: asyncpg.Connection, plan_id: UUID, tally: Tally) -> str:
    _, earlier = await made_by(connection, plan_id, earlier=LAST_RUNS)
    bounds = bounds_of(earlier)
    return bounds.passed_by(tally.to_be_made, told="would be issued") if bounds else ""


async def _check(parts: Parts, connection: asyncpg.Connection, run: rows.Run, kept: KeptPlan, *, confirm: bool) -> None:
    """Refuse a plan that is too old, is no more what it was worked out of, or is out of bounds and not confirmed."""
    now, request = parts.clock.now(), request_of(run)
    if now - kept.made_at > MOST_AGE:
        raise IllegalState(
            f"The plan is of {kept.made_at.date()}, and more than {MOST_AGE.days} days old: plan again.", field="plan"
        )
    found, charged = await contracts_of(connection, request, now=now), is_charged_for(parts, request)
    counts = await usage_counts(connection, found.open_ids, run.period) if charged and run.period else {}
    present = Now((*found.open_ids, *found.issued_ids), counts, charged)
    changed = await planned_runs.changed_since(connection, run, present, most=_NAMED)
    if changed.count:
        raise Conflict(told_changes(changed.contracts, changed.count), field="plan")
    if not present.contract_ids:
        raise IllegalState("The plan holds no contract: plan again, and widen what it is narrowed to.", field="plan")
    if kept.out_of_bounds and not confirm:
        raise LimitExceeded(
            f"The plan is out of bounds: {kept.out_of_bounds} Look at it, and confirm it if it is right.",
            field="confirm",
        )


async def _begin(parts: Parts, connection: asyncpg.Connection, viewer: Viewer, run: rows.Run, kept: KeptPlan) -> None:
    now = parts.clock.now()
    await rows.set_running(connection, run.id, started_by=viewer.name, now=now)
    if kept.out_of_bounds:
        await planned_runs.confirm_run(connection, run.id)
        details = {"reason": kept.out_of_bounds}
        await record_event(connection, "confirmRun", ("run", run.id), actor=viewer.name, now=now, details=details)
    issued = await planned_runs.issued_of_plan(connection, run.id)
    if run.period is not None:
        await retry_printing(connection, issued, run.type, run.period)
    await planned_runs.expect_planned(connection, run.id, now)
    await rows.note_already_issued(connection, run.id, len(issued))


def counted(reasons: Iterable[str]) -> list[dict[str, object]]:
    """Count equal reasons, in their order."""
    return domain.counted(Counter(reasons))
