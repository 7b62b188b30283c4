"""Subscriptions on the managers' face. Their rows come ready."""

import strawberry
from strawberry import field

from billfold.domain.subscriptions import Proration
from billfold.schema.manager.books import Service
from billfold.schema.manager.contracts import Contract
from billfold.schema.nodes import Node
from billfold.schema.scalars import DateText, DecimalText
from billfold.schema.values import Money


@strawberry.type(description="A service on a contract, from a day to a day.")
class Subscription(Node):
    started_on: DateText = field(description="The first day.")
    ended_on: DateText | None = field(description="The day after the last one, where there is one.")
    ordinal: int = field(description="Tells apart subscriptions to one service that start on one day.")
    price: Money = field(description="The price of a month and one piece, from the start.")
    quantity: DecimalText = field(description="The number of pieces, from the start.")
    tax_included: bool = field(description="Whether the price holds the tax.")
    proration: Proration = field(description="How a month is charged that it covers in part.")
    is_suspended: bool = field(description="Whether it rests today, by the day of the seller.")
    changes: list["SubscriptionChange"] = field(
        description="What it is from later days on, in the order of the days; up to the first one, it is as told here."
    )
    contract: Contract = field(description="The contract.")
    service: Service = field(description="The service.")


@strawberry.type(description="What a subscription is from a day on, up to its next change.")
class SubscriptionChange:
    valid_from: DateText = field(description="The first day.")
    price: Money = field(description="The price of a month and one piece.")
    quantity: DecimalText = field(description="The number of pieces.")
    tax_included: bool = field(description="Whether the price holds the tax.")
    is_suspended: bool = field(description="Whether it rests: nothing is charged for these days.")
