"""Commands on runs: plan, start, pause, resume, cancel and retry."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import ID, field

from billfold.domain.errors import InvalidInput
from billfold.schema.context import Info
from billfold.schema.manager.inputs import INPUT, KEY, TYPE, changed, idempotency_key, key_of, keys_of
from billfold.schema.manager.runs import Plan, Run
from billfold.schema.problems import Problem
from billfold.schema.resolvers import resolver
from billfold.schema.values import PeriodInput
from billfold.services import plans, run_control, runs
from billfold.services.runs import RunRequest


@strawberry.input(description="Which documents a plan is for; a list left out narrows nothing.")
class PlanRunInput:
    type: str = field(description=TYPE)
    period: PeriodInput = field(description="The days to bill.")
    enterprises: list[ID] | None = field(default=None, description="Only these enterprises.")
    clients: list[ID] | None = field(default=None, description="Only these clients.")
    contracts: list[ID] | None = field(default=None, description="Only these contracts.")
    issue_date: date | None = field(default=None, description="The date on the papers; today when left out.")


@strawberry.input(description="Which run to start: a plan, or the same fields as a plan's.")
class StartRunInput:
    plan: ID | None = field(default=None, description="The plan to carry out.")
    type: str | None = field(default=None, description=TYPE)
    period: PeriodInput | None = field(default=None, description="The days to bill.")
    enterprises: list[ID] | None = field(default=None, description="Only these enterprises.")
    clients: list[ID] | None = field(default=None, description="Only these clients.")
    contracts: list[ID] | None = field(default=None, description="Only these contracts.")
    issue_date: date | None = field(default=None, description="The date on the papers; today when left out.")
    idempotency_key: str | None = field(default=None, description=KEY)


@strawberry.input(description="Which run is meant.")
class RunInput:
    run: ID = field(description="The run.")


@strawberry.input(description="Which run to cancel, and why.")
class CancelRunInput:
    run: ID = field(description="The run.")
    reason: str = field(description="Why it is cancelled; kept with the run.")


PlanResult = Annotated[Plan | Problem, strawberry.union("PlanResult", description="The plan, or why there is none.")]
RunResult = Annotated[Run | Problem, strawberry.union("RunResult", description="The run, or why there is none.")]


@strawberry.type
class RunCommands:
    """The commands on runs."""

    @resolver("Work out what a run would make. Nothing is issued.")
    async def plan_run(self, info: Info, input: Annotated[PlanRunInput, INPUT]) -> PlanResult:
        context = info.context
        return await changed(info, Plan, await plans.plan(context.parts, context.viewer, _request(input)))

    @resolver("Start making documents, after a plan or without one.")
    async def start_run(self, info: Info, input: Annotated[StartRunInput, INPUT]) -> RunResult:
        return await changed(info, Run, await _start(info, input))

    @resolver("Let a run rest: what is under way is finished, and nothing further begun. May be repeated.")
    async def pause_run(self, info: Info, input: Annotated[RunInput, INPUT]) -> RunResult:
        context = info.context
        return await changed(info, Run, await run_control.pause(context.parts, context.viewer, _key(input)))

    @resolver(
        "Let a paused run go on. One that stopped because it was out of bounds is confirmed by that. May be repeated."
    )
    async def resume_run(self, info: Info, input: Annotated[RunInput, INPUT]) -> RunResult:
        context = info.context
        return await changed(info, Run, await run_control.resume(context.parts, context.viewer, _key(input)))

    @resolver("End a run before it is through: what waits is skipped, what is issued stays. May be repeated.")
    async def cancel_run(self, info: Info, input: Annotated[CancelRunInput, INPUT]) -> RunResult:
        context = info.context
        run_id = await run_control.cancel(context.parts, context.viewer, _key(input), reason=input.reason)
        return await changed(info, Run, run_id)

    @resolver("Try again what failed of a run that is done, its contracts and its prints; what was skipped stays so.")
    async def retry_run(self, info: Info, input: Annotated[RunInput, INPUT]) -> RunResult:
        context = info.context
        return await changed(info, Run, await run_control.retry(context.parts, context.viewer, _key(input)))


def _key(input: RunInput | CancelRunInput) -> UUID:
    return key_of("run", input.run, "run")


async def _start(info: Info, input: StartRunInput) -> UUID:
    context, key = info.context, idempotency_key(info, input.idempotency_key)
    if input.plan is not None:
        plan_id = key_of("plan", input.plan, "plan")
        return await plans.start_plan(context.parts, context.viewer, plan_id, idempotency_key=key)
    return await runs.start(context.parts, context.viewer, _request(input), idempotency_key=key)


def _request(input: PlanRunInput | StartRunInput) -> RunRequest:
    if input.type is None or input.period is None:
        raise InvalidInput("Give a plan, or a type and a period.", field="type" if input.type is None else "period")
    return RunRequest(
        type=input.type,
        period=input.period.period(),
        enterprise_ids=keys_of("enterprise", input.enterprises, "enterprises"),
        client_ids=keys_of("client", input.clients, "clients"),
        contract_ids=keys_of("contract", input.contracts, "contracts"),
        issue_date=input.issue_date,
    )
