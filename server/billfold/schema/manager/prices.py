"""Prices on the managers' face. Their rows come ready."""

import strawberry
from strawberry import field

from billfold.domain.rating import PriceModel
from billfold.schema.manager.books import Service
from billfold.schema.manager.contracts import Contract
from billfold.schema.nodes import Node
from billfold.schema.scalars import DateText, DecimalText


@strawberry.type(description="What a unit costs in one part of a month's quantity.")
class PriceTier:
    up_to: DecimalText | None = field(description="Up to and with this quantity of the month; null is the last tier.")
    price: DecimalText = field(description="The price of one unit.")


@strawberry.type(description="What used units of a service cost from a day on, until the next price of the same kind.")
class Price(Node):
    service: Service = field(description="The service.")
    contract: Contract | None = field(description="The contract whose own price it is; null is for all.")
    currency: str = field(description="The currency, ISO 4217.")
    destination: str = field(description="The destination that it is for; empty is any.")
    valid_from: DateText = field(description="The day on which it starts.")
    model: PriceModel = field(description="How the tiers apply.")
    tax_included: bool = field(description="Whether the prices hold the tax.")
    allowance: DecimalText = field(description="The quantity that is free each month; the tiers count what remains.")
    tiers: list[PriceTier] = field(description="The tiers, rising.")
    is_charged: bool = field(description="Whether usage was charged from it; then it stays as it is.")
