"""Commands on runs: plan, start, pause, resume, cancel and retry."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import ID, field
from strawberry.utils.str_converters import to_camel_case

from billfold.database.contracts import Billing
from billfold.domain.errors import InvalidInput
from billfold.schema.context import Info
from billfold.schema.manager.inputs import INPUT, KEY, TYPE, attributes, changed, idempotency_key, key_of, keys_of, some
from billfold.schema.manager.plans import Plan
from billfold.schema.manager.runs import Run
from billfold.schema.problems import Problem
from billfold.schema.resolvers import resolver
from billfold.schema.values import PeriodInput
from billfold.services import plans, run_control, runs
from billfold.services.runs import RunRequest

_PERIOD = "The days to bill."
_AMOUNT = "The amount of each document, tax included, in the currency of its contract, instead of a period."
_DESCRIPTION = "What the amount is for, as it is printed."
_BRANDS = "Only contracts with enterprises of these brands."
_CURRENCIES = "Only contracts in these currencies."
_BILLING = "Only contracts that pay in these ways."
_SERVICES = "Only contracts with a subscription of these services, in the period or on the day of issue."


@strawberry.input(
    description="Which documents a plan is for; a list left out narrows nothing, those given must all hold."
)
class PlanRunInput:
    type: str = field(description=TYPE)
    period: PeriodInput | None = field(default=None, description=_PERIOD)
    amount: Decimal | None = field(default=None, description=_AMOUNT)
    description: str = field(default="", description=_DESCRIPTION)
    enterprises: list[ID] | None = field(default=None, description="Only these enterprises.")
    clients: list[ID] | None = field(default=None, description="Only these clients.")
    contracts: list[ID] | None = field(default=None, description="Only these contracts.")
    brands: list[ID] | None = field(default=None, description=_BRANDS)
    currencies: list[str] | None = field(default=None, description=_CURRENCIES)
    billing: list[Billing] | None = field(default=None, description=_BILLING)
    services: list[ID] | None = field(default=None, description=_SERVICES)
    issue_date: date | None = field(default=None, description="The date on the papers; today when left out.")


@strawberry.input(description="Which run to start: a plan, or the same fields as a plan's.")
class StartRunInput:
    plan: ID | None = field(default=None, description="The plan to carry out, exactly as it was shown.")
    confirm: bool = field(
        default=False, description="Whether the plan may be out of bounds; its run does not stop for that then."
    )
    type: str | None = field(default=None, description=TYPE)
    period: PeriodInput | None = field(default=None, description=_PERIOD)
    amount: Decimal | None = field(default=None, description=_AMOUNT)
    description: str = field(default="", description=_DESCRIPTION)
    enterprises: list[ID] | None = field(default=None, description="Only these enterprises.")
    clients: list[ID] | None = field(default=None, description="Only these clients.")
    contracts: list[ID] | None = field(default=None, description="Only these contracts.")
    brands: list[ID] | None = field(default=None, description=_BRANDS)
    currencies: list[str] | None = field(default=None, description=_CURRENCIES)
    billing: list[Billing] | None = field(default=None, description=_BILLING)
    services: list[ID] | None = field(default=None, description=_SERVICES)
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
        _check_plan_alone(input)
        plan_id = key_of("plan", input.plan, "plan")
        return await plans.start_plan(
            context.parts, context.viewer, plan_id, confirm=input.confirm, idempotency_key=key
        )
    if input.confirm:
        raise InvalidInput("Only a plan can be confirmed: give the plan.", field="confirm")
    return await runs.start(context.parts, context.viewer, _request(input), idempotency_key=key)


def _check_plan_alone(input: StartRunInput) -> None:
    """Refuse what a plan has settled already."""
    given = attributes(input, "plan", "confirm", "idempotency_key")
    if others := sorted(name for name, value in given.items() if value not in (None, "")):
        name = to_camel_case(others[0])
        raise InvalidInput(f"The plan says what is made: leave {name} out, or the plan.", field=name)


def _request(input: PlanRunInput | StartRunInput) -> RunRequest:
    if input.type is None:
        raise InvalidInput("Give a plan, or a type with a period or an amount.", field="type")
    return RunRequest(
        type=input.type,
        period=None if input.period is None else input.period.period(),
        amount=input.amount,
        description=input.description,
        enterprise_ids=keys_of("enterprise", input.enterprises, "enterprises"),
        client_ids=keys_of("client", input.clients, "clients"),
        contract_ids=keys_of("contract", input.contracts, "contracts"),
        brand_ids=keys_of("brand", input.brands, "brands"),
        currencies=tuple(some(input.currencies, "currencies")),
        billing=tuple(some(input.billing, "billing")),
        service_ids=keys_of("service", input.services, "services"),
        issue_date=input.issue_date,
    )
