"""Commands on prices: set, change, delete."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated

import strawberry
from strawberry import ID, field

from billfold.domain.money import ZERO
from billfold.domain.rating import PriceModel, Tier
from billfold.schema.context import Info
from billfold.schema.manager.inputs import INPUT, KEY, changed, idempotency_key, key_of
from billfold.schema.manager.prices import Price
from billfold.schema.problems import Problem
from billfold.schema.resolvers import resolver
from billfold.services import prices
from billfold.services.prices import NewPrice, PriceChange, PriceTerms

_MODEL = "How the tiers apply."
_TAX = "Whether the prices hold the tax."
_ALLOWANCE = "The quantity that is free each month; the tiers count what remains."
_TIERS = "The tiers, rising; the last has no end. A flat price has one."


@strawberry.input(description="What a unit costs in one part of a month's quantity.")
class PriceTierInput:
    up_to: Decimal | None = field(
        default=None, description="Up to and with this quantity of the month; left out for the last tier."
    )
    price: Decimal = field(description="The price of one unit.")


@strawberry.input(description="A price of a used service from a day on.")
class CreatePriceInput:
    service: ID = field(description="The service.")
    contract: ID | None = field(default=None, description="The contract whose own price it is; for all when left out.")
    currency: str | None = field(default=None, description="The currency, ISO 4217; a contract's own price has its.")
    destination: str = field(default="", description="The destination that it is for; any when left out.")
    valid_from: date = field(
        description="The day on which it starts: for a contract after its days that are charged or closed, for all "
        "after the closed books that charged the service."
    )
    model: PriceModel = field(default=PriceModel.FLAT, description=_MODEL)
    tax_included: bool = field(description=_TAX)
    allowance: Decimal = field(default=ZERO, description=_ALLOWANCE)
    tiers: list[PriceTierInput] = field(description=_TIERS)
    idempotency_key: str | None = field(default=None, description=KEY)


@strawberry.input(description="What to change of a price that nothing was charged from; what is left out stays.")
class UpdatePriceInput:
    price: ID = field(description="The price.")
    model: PriceModel | None = field(default=None, description=_MODEL)
    tax_included: bool | None = field(default=None, description=_TAX)
    allowance: Decimal | None = field(default=None, description=_ALLOWANCE)
    tiers: list[PriceTierInput] | None = field(default=None, description=_TIERS)


@strawberry.input(description="Which price to delete; nothing was charged from it.")
class DeletePriceInput:
    price: ID = field(description="The price.")


@strawberry.type(description="A price that is gone.")
class DeletedPrice:
    id: ID = field(description="The id that it had.")


PriceResult = Annotated[
    Price | Problem, strawberry.union("PriceResult", description="The price, or why it was not set or changed.")
]
DeletePriceResult = Annotated[
    DeletedPrice | Problem, strawberry.union("DeletePriceResult", description="What is gone, or why it is not.")
]


@strawberry.type
class PriceCommands:
    """The commands on prices."""

    @resolver("Set what a used service costs from a day on, for a contract or for all.")
    async def create_price(self, info: Info, input: Annotated[CreatePriceInput, INPUT]) -> PriceResult:
        context = info.context
        new = NewPrice(
            service_id=key_of("service", input.service, "service"),
            contract_id=None if input.contract is None else key_of("contract", input.contract, "contract"),
            currency=input.currency,
            destination=input.destination,
            valid_from=input.valid_from,
            terms=PriceTerms(input.model, input.tax_included, input.allowance, _tiers(input.tiers)),
        )
        key = idempotency_key(info, input.idempotency_key)
        return await changed(
            info, Price, await prices.create(context.parts, context.viewer, new=new, idempotency_key=key)
        )

    @resolver("Change what a price comes to, while nothing was charged from it.")
    async def update_price(self, info: Info, input: Annotated[UpdatePriceInput, INPUT]) -> PriceResult:
        context, price_id = info.context, key_of("price", input.price, "price")
        change = PriceChange(
            model=input.model,
            tax_included=input.tax_included,
            allowance=input.allowance,
            tiers=None if input.tiers is None else _tiers(input.tiers),
        )
        await prices.update(context.parts, context.viewer, price_id=price_id, change=change)
        return await changed(info, Price, price_id)

    @resolver("Delete a price that nothing was charged from; the one before it is in force again.")
    async def delete_price(self, info: Info, input: Annotated[DeletePriceInput, INPUT]) -> DeletePriceResult:
        context = info.context
        await prices.delete(context.parts, context.viewer, price_id=key_of("price", input.price, "price"))
        return DeletedPrice(id=input.price)


def _tiers(given: Sequence[PriceTierInput]) -> tuple[Tier, ...]:
    return tuple(Tier(one.up_to, one.price) for one in given)
