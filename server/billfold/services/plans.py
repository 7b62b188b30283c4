"""Plans: the dry runs of runs, and the start of what one foresaw."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from uuid import UUID

from billfold.database import occurrences
from billfold.database import runs as rows
from billfold.database.connection import reading, writing
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import NotFound
from billfold.domain.ids import new_id
from billfold.domain.lifecycle import RunState
from billfold.domain.money import ZERO
from billfold.services.composing import compose
from billfold.services.drafts import Composed, Draft, Failed, Skipped
from billfold.services.idempotency import Remember, Request, once
from billfold.services.parts import Parts
from billfold.services.runs import RunRequest, assignment_of, check_request, expect, request_of, write_run
from billfold.services.steps import CONTRACTS_A_JOB, chunked


async def plan(parts: Parts, viewer: Viewer, request: RunRequest) -> UUID:
    """Compose everything that a run would make, keep the counts and sums, write no document; gives the plan's id."""
    viewer.require(Scope.DOCUMENTS_ISSUE)
    check_request(parts, request)
    async with reading() as connection:
        contract_ids = await occurrences.contracts_in_scope(connection, request.scope, request.period)
        issued = await occurrences.issued_contracts(connection, contract_ids, request.type, request.period)
    open_ids = [id_ for id_ in contract_ids if id_ not in issued]
    composed: list[Composed] = []
    for chunk in chunked(open_ids, CONTRACTS_A_JOB):
        assignments = [assignment_of(request, contract_id) for contract_id in chunk]
        composed += await compose(parts, request.type, assignments, with_trial=False)
    plan_id = new_id()
    async with writing() as connection:
        summary = {**_summary(composed), "already_issued": len(issued)}
        await write_run(connection, plan_id, request, viewer, plan=summary)
    return plan_id


async def planned(plan_id: UUID) -> dict[str, object]:
    """Give what a plan told: counts, sums by currency, and the reasons of what would not be made."""
    async with reading() as connection:
        return await rows.plan_of(connection, plan_id)


async def start_plan(parts: Parts, viewer: Viewer, plan_id: UUID, *, idempotency_key: str | None = None) -> UUID:
    """Start what a plan foresaw; the plan becomes the run. May be repeated: a started plan is given back as it is.

    While the same run is going or paused, its id is given, and the plan stays one. Raises NotFound when there is no
    such plan.
    """
    viewer.require(Scope.DOCUMENTS_ISSUE)

    async def act(remember: Remember) -> str:
        async with writing() as connection:
            run = await rows.lock_run(connection, plan_id)
            if run is None:
                raise NotFound("There is no such plan.", field="plan")
            run_id = plan_id
            if run.state is RunState.PLANNED:
                run_id = await rows.same_running_run(connection, run.type, run.period, run.scope) or plan_id
            if run.state is RunState.PLANNED and run_id == plan_id:
                await rows.set_running(connection, plan_id, started_by=viewer.name, now=parts.clock.now())
                await expect(connection, plan_id, request_of(run))
            await remember(connection, str(run_id))
        return str(run_id)

    run_id = await once(viewer, Request("startRun", idempotency_key, {"plan": plan_id}), act)
    await parts.bell.ring("compose_run", [[run_id]])
    return UUID(run_id)


def _summary(composed: Sequence[Composed]) -> dict[str, object]:
    drafts = [one for one in composed if isinstance(one, Draft)]
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for draft in drafts:
        totals = draft.document.totals
        for at, amount in enumerate((totals.net, totals.tax, totals.gross)):
            sums[draft.document.currency][at] += amount
    return {
        "documents": len(drafts),
        "totals": [
            {"currency": currency, "net": str(net), "tax": str(tax), "gross": str(gross)}
            for currency, (net, tax, gross) in sorted(sums.items())
        ],
        "skipped": counted(one.reason for one in composed if isinstance(one, Skipped)),
        "failed": counted(one.error.message for one in composed if isinstance(one, Failed)),
    }


def counted(reasons: Iterable[str]) -> list[dict[str, object]]:
    """Count equal reasons, in their order."""
    return [{"reason": reason, "count": count} for reason, count in sorted(Counter(reasons).items())]
