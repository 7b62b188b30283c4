"""Contracts on the managers' face, with subscriptions, usage and charges. Their rows come ready."""

from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import field

from billfold.database.contracts import Billing
from billfold.domain.charging import ChargeKind
from billfold.schema.connections import FILTER, ORDER, After, Before, Connection, First, Last, page_request
from billfold.schema.manager.books import Client, Enterprise, Service
from billfold.schema.manager.filters import DocumentFilter
from billfold.schema.manager.orders import DocumentOrder
from billfold.schema.nodes import Node
from billfold.schema.reads import kept_page
from billfold.schema.resolvers import resolver
from billfold.schema.scalars import DateText, DecimalText, InstantText
from billfold.schema.values import Money, Period

if TYPE_CHECKING:
    from billfold.schema.manager.documents import Document

_Document = Annotated["Document", strawberry.lazy("billfold.schema.manager.documents")]


@strawberry.type(description="An agreement of a client with an enterprise in a currency; it holds the services.")
class Contract(Node):
    number: str = field(description="The number, unique within the enterprise.")
    signed_on: DateText = field(description="The day of signing.")
    valid_to: DateText | None = field(description="The last day, where there is one.")
    currency: str = field(description="The currency, ISO 4217.")
    billing: Billing = field(description="When it pays.")
    payment_terms_days: int = field(description="Days to pay in.")
    opening_balance: Money = field(description="What it held when it was taken over; negative is owed.")
    balance: Money = field(
        description="The opening balance less all that was charged; negative is owed. Payments are not counted yet."
    )
    client: Client = field(description="Who is billed.")
    enterprise: Enterprise = field(description="Who bills.")
    subscriptions: list["Subscription"] = field(description="The subscriptions, the oldest first.")

    @resolver("The documents of the contract.")
    def documents(
        self,
        filter: Annotated[DocumentFilter | None, FILTER] = None,
        order_by: Annotated[DocumentOrder | None, ORDER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[_Document]:
        return kept_page(self, "documents", page_request(filter, order_by, (first, after, last, before)))


@strawberry.type(description="A service on a contract, from a day to a day.")
class Subscription(Node):
    started_on: DateText = field(description="The first day.")
    ended_on: DateText | None = field(description="The day after the last one, where there is one.")
    ordinal: int = field(description="Tells apart subscriptions to one service that start on one day.")
    price: Money = field(description="The price of a month and one piece.")
    quantity: DecimalText = field(description="The number of pieces.")
    tax_included: bool = field(description="Whether the price holds the tax.")
    contract: Contract = field(description="The contract.")
    service: Service = field(description="The service.")


@strawberry.type(description="One measured use; it is counted once by its source and external id.")
class UsageRecord(Node):
    source: str = field(description="Who measured it.")
    external_id: str = field(description="The id that the source gave it.")
    occurred_at: InstantText = field(description="When it happened.")
    quantity: DecimalText = field(description="How much was used.")
    unit_price: Money = field(description="The price of one unit.")
    tax_included: bool = field(description="Whether the price holds the tax.")
    destination: str = field(description="Where it went, or empty.")
    party: str = field(description="The other side of it, or empty.")
    contract: Contract = field(description="The contract.")
    service: Service = field(description="The service.")


@strawberry.type(description="Money owed for a service over a period.")
class Charge(Node):
    kind: ChargeKind = field(description="Where it comes from.")
    period: Period = field(description="The days that it is for.")
    quantity: DecimalText = field(description="How much is charged.")
    unit_price: Money = field(description="The entered price of one unit.")
    tax_included: bool = field(description="Whether the price holds the tax.")
    tax_rate: DecimalText | None = field(description='The rate in percent; null is "without VAT", which is not 0 %.')
    net: Money = field(description="The sum without tax.")
    tax: Money = field(description="The tax.")
    gross: Money = field(description="The sum with tax.")
    destination: str = field(description="Where the usage went, or empty.")
    active_days: int = field(description="On how many days of the month a subscription was active; 0 for usage.")
    month_days: int = field(description="How many days the month has; 0 for usage.")
    is_live: bool = field(description="Whether a document that stands was made of it.")
    charged_at: InstantText = field(description="When it was computed.")
    contract: Contract = field(description="The contract.")
    service: Service = field(description="The service.")
