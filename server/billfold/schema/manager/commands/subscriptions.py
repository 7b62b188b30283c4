"""Commands on subscriptions: make one, change its terms, let it rest and run again, end it."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import strawberry
from strawberry import ID, field

from billfold.domain.subscriptions import Proration
from billfold.schema.context import Info
from billfold.schema.manager.inputs import INPUT, KEY, changed, idempotency_key, key_of
from billfold.schema.manager.subscriptions import Subscription
from billfold.schema.problems import Problem
from billfold.schema.resolvers import resolver
from billfold.services import subscriptions
from billfold.services.subscriptions import NewSubscription, TermsChange

_SUBSCRIPTION = "The subscription."
_PRICE = "The price of a month and one piece, in the currency of the contract."
_QUANTITY = "The number of pieces."
_TAX_INCLUDED = "Whether the price holds the tax."
_PRORATION = "How a month is charged that it covers in part."
_STAYS = "As it is on that day when left out."


@strawberry.input(description="A service that a contract is to have, from a day to a day.")
class CreateSubscriptionInput:
    contract: ID = field(description="The contract.")
    service: ID = field(description="The service.")
    started_on: date = field(description="The first day.")
    ended_on: date | None = field(default=None, description="The day after the last one, where there is one.")
    price: Decimal = field(description=_PRICE)
    quantity: Decimal = field(default=Decimal(1), description=_QUANTITY)
    tax_included: bool = field(description=_TAX_INCLUDED)
    proration: Proration = field(default=Proration.BY_DAY, description=_PRORATION)
    idempotency_key: str | None = field(default=None, description=KEY)


@strawberry.input(description="What a subscription is to be from a day on, up to its next change.")
class ChangeSubscriptionInput:
    subscription: ID = field(description=_SUBSCRIPTION)
    from_: date = field(name="from", description="The first day; on that of the start, it corrects the subscription.")
    price: Decimal | None = field(default=None, description=f"{_PRICE} {_STAYS}")
    quantity: Decimal | None = field(default=None, description=f"{_QUANTITY} {_STAYS}")
    tax_included: bool | None = field(default=None, description=f"{_TAX_INCLUDED} {_STAYS}")
    proration: Proration | None = field(
        default=None, description=f"{_PRORATION} It holds for all days, and stays once one of them is charged."
    )


@strawberry.input(description="Which subscription is to rest, and for which days.")
class SuspendSubscriptionInput:
    subscription: ID = field(description=_SUBSCRIPTION)
    from_: date = field(name="from", description="The first day of rest.")
    until: date | None = field(
        default=None, description="The day on which it runs again; left out, until it is resumed."
    )


@strawberry.input(description="Which subscription is to run again, and from when on.")
class ResumeSubscriptionInput:
    subscription: ID = field(description=_SUBSCRIPTION)
    from_: date = field(name="from", description="The first day on which it runs again.")


@strawberry.input(description="Which subscription ends, and when.")
class EndSubscriptionInput:
    subscription: ID = field(description=_SUBSCRIPTION)
    on: date = field(description="The first day without it.")


SubscriptionResult = Annotated[
    Subscription | Problem,
    strawberry.union("SubscriptionResult", description="The subscription, or why nothing was changed."),
]


@strawberry.type
class SubscriptionCommands:
    """The commands on subscriptions."""

    @resolver("Subscribe a contract to a service.")
    async def create_subscription(
        self, info: Info, input: Annotated[CreateSubscriptionInput, INPUT]
    ) -> SubscriptionResult:
        new = NewSubscription(
            contract_id=key_of("contract", input.contract, "contract"),
            service_id=key_of("service", input.service, "service"),
            started_on=input.started_on,
            ended_on=input.ended_on,
            price=input.price,
            quantity=input.quantity,
            tax_included=input.tax_included,
            proration=input.proration,
        )
        key = idempotency_key(info, input.idempotency_key)
        made = await subscriptions.create(info.context.parts, info.context.viewer, new, idempotency_key=key)
        return await changed(info, Subscription, made)

    @resolver("Change what a subscription costs, from a day on; later changes stay.")
    async def change_subscription(
        self, info: Info, input: Annotated[ChangeSubscriptionInput, INPUT]
    ) -> SubscriptionResult:
        id_ = key_of("subscription", input.subscription, "subscription")
        change = TermsChange(
            day=input.from_,
            price=input.price,
            quantity=input.quantity,
            tax_included=input.tax_included,
            proration=input.proration,
        )
        await subscriptions.change(info.context.parts, info.context.viewer, subscription_id=id_, change=change)
        return await changed(info, Subscription, id_)

    @resolver("Let a subscription rest: nothing is charged for these days.")
    async def suspend_subscription(
        self, info: Info, input: Annotated[SuspendSubscriptionInput, INPUT]
    ) -> SubscriptionResult:
        id_ = key_of("subscription", input.subscription, "subscription")
        await subscriptions.suspend(
            info.context.parts, info.context.viewer, subscription_id=id_, start=input.from_, until=input.until
        )
        return await changed(info, Subscription, id_)

    @resolver("Let a subscription that rests run again.")
    async def resume_subscription(
        self, info: Info, input: Annotated[ResumeSubscriptionInput, INPUT]
    ) -> SubscriptionResult:
        id_ = key_of("subscription", input.subscription, "subscription")
        await subscriptions.resume(info.context.parts, info.context.viewer, subscription_id=id_, start=input.from_)
        return await changed(info, Subscription, id_)

    @resolver("End a subscription; changes from that day on go.")
    async def end_subscription(self, info: Info, input: Annotated[EndSubscriptionInput, INPUT]) -> SubscriptionResult:
        id_ = key_of("subscription", input.subscription, "subscription")
        await subscriptions.end(info.context.parts, info.context.viewer, subscription_id=id_, on=input.on)
        return await changed(info, Subscription, id_)
