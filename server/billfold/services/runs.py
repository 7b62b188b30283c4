"""Runs: plan and start the generation of many documents; `generating.py` carries them out."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import asyncpg

from billfold.database import occurrences
from billfold.database import runs as rows
from billfold.database.connection import reading, writing
from billfold.database.printing import retry_printing
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import IllegalState, InvalidInput, NotFound
from billfold.domain.ids import new_id
from billfold.domain.lifecycle import RunState
from billfold.domain.money import ZERO
from billfold.domain.periods import Period, check_billable, check_issue_date
from billfold.plugin_api.document_type import PeriodKind
from billfold.services.composing import compose
from billfold.services.drafts import Assignment, Composed, Draft, Failed, Skipped
from billfold.services.idempotency import Remember, Request, once
from billfold.services.parts import Parts
from billfold.services.steps import CONTRACTS_A_JOB, chunked


@dataclass(frozen=True, slots=True)
class RunRequest:
    """Which documents to make. Empty tuples narrow nothing; `issue_date` None is the day of issuing."""

    type: str
    period: Period
    enterprise_ids: tuple[UUID, ...] = ()
    client_ids: tuple[UUID, ...] = ()
    contract_ids: tuple[UUID, ...] = ()
    issue_date: date | None = None

    @property
    def scope(self) -> dict[str, list[str]]:
        """The narrowing, as it is kept with the run."""
        return {
            "enterprises": [str(id_) for id_ in self.enterprise_ids],
            "clients": [str(id_) for id_ in self.client_ids],
            "contracts": [str(id_) for id_ in self.contract_ids],
        }


async def plan(parts: Parts, viewer: Viewer, request: RunRequest) -> UUID:
    """Compose everything that a run would make, keep the counts and sums, write no document; gives the plan's id."""
    viewer.require(Scope.DOCUMENTS_ISSUE)
    _check_request(parts, request)
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
        await _write(connection, plan_id, request, viewer, plan=summary)
    return plan_id


async def planned(plan_id: UUID) -> dict[str, object]:
    """Give what a plan told: counts, sums by currency, and the reasons of what would not be made."""
    async with reading() as connection:
        return await rows.plan_of(connection, plan_id)


async def start(parts: Parts, viewer: Viewer, request: RunRequest, *, idempotency_key: str | None = None) -> UUID:
    """Start a run; gives its id, or that of the same run while it is going or paused. Workers do the rest."""
    viewer.require(Scope.DOCUMENTS_ISSUE)
    _check_request(parts, request)
    arguments = {
        "type": request.type,
        "period": str(request.period),
        "scope": request.scope,
        "issue_date": request.issue_date,
    }

    async def act(remember: Remember) -> str:
        run_id = new_id()
        async with writing() as connection:
            going = await rows.same_running_run(connection, request.type, request.period, request.scope)
            if going is not None:
                await remember(connection, str(going))
                return str(going)
            await _write(connection, run_id, request, viewer)
            await _expect(connection, run_id, request)
            await remember(connection, str(run_id))
        return str(run_id)

    run_id = await once(viewer, Request("startRun", idempotency_key, arguments), act)
    await parts.bell.ring("compose_run", [[run_id]])
    return UUID(run_id)


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
                await _expect(connection, plan_id, request_of(run))
            await remember(connection, str(run_id))
        return str(run_id)

    run_id = await once(viewer, Request("startRun", idempotency_key, {"plan": plan_id}), act)
    await parts.bell.ring("compose_run", [[run_id]])
    return UUID(run_id)


def _check_request(parts: Parts, request: RunRequest) -> None:
    if PeriodKind.PERIOD not in parts.plugins.document_type(request.type).period_kinds:
        raise InvalidInput(
            f"Document type {request.type!r} is not made for a period, so no run can make it.", field="type"
        )
    check_billable(request.period)
    if request.issue_date is not None:
        check_issue_date(request.issue_date)


async def _write(
    connection: asyncpg.Connection,
    run_id: UUID,
    request: RunRequest,
    viewer: Viewer,
    *,
    plan: Mapping[str, object] | None = None,
) -> None:
    """Write a run that goes, or with what its dry run told, a plan."""
    await rows.insert_run(
        connection,
        run_id,
        type=request.type,
        period=request.period,
        scope=request.scope,
        issue_date=request.issue_date,
        state=RunState.RUNNING if plan is None else RunState.PLANNED,
        plan=plan,
        started_by=viewer.name,
    )


async def _expect(connection: asyncpg.Connection, run_id: UUID, request: RunRequest) -> None:
    contract_ids = await occurrences.contracts_in_scope(connection, request.scope, request.period)
    if not contract_ids:
        raise IllegalState("No contract fits the run: widen its enterprises, clients or contracts.")
    issued = await occurrences.issued_contracts(connection, contract_ids, request.type, request.period)
    open_ids = [id_ for id_ in contract_ids if id_ not in issued]
    await retry_printing(connection, contract_ids, request.type, request.period)
    await occurrences.expect_documents(connection, run_id, open_ids, request.type, request.period)
    await rows.note_already_issued(connection, run_id, len(issued))


def request_of(run: rows.Run) -> RunRequest:
    """Give what a kept run was asked for."""
    return RunRequest(
        type=run.type,
        period=run.period,
        enterprise_ids=tuple(UUID(id_) for id_ in run.scope["enterprises"]),
        client_ids=tuple(UUID(id_) for id_ in run.scope["clients"]),
        contract_ids=tuple(UUID(id_) for id_ in run.scope["contracts"]),
        issue_date=run.issue_date,
    )


def assignment_of(
    request: RunRequest, contract_id: UUID, *, occurrence_id: UUID | None = None, run_id: UUID | None = None
) -> Assignment:
    """Give what is to be made of one contract of a run."""
    return Assignment(
        contract_id=contract_id,
        type=request.type,
        period=request.period,
        issue_date=request.issue_date,
        occurrence_id=occurrence_id,
        run_id=run_id,
    )


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
