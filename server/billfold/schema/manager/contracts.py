"""Contracts on the managers' face. Their rows come ready."""

from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import field

from billfold.database.contracts import Billing
from billfold.schema.connections import FILTER, ORDER, After, Before, Connection, First, Last, page_request
from billfold.schema.manager.books import Client, Enterprise
from billfold.schema.manager.filters import DocumentFilter, PaymentFilter
from billfold.schema.manager.orders import DocumentOrder, PaymentOrder
from billfold.schema.nodes import Node
from billfold.schema.reads import kept_page
from billfold.schema.resolvers import resolver
from billfold.schema.scalars import DateText, InstantText
from billfold.schema.values import Money

if TYPE_CHECKING:
    from billfold.schema.manager.documents import Document
    from billfold.schema.manager.payments import Payment
    from billfold.schema.manager.subscriptions import Subscription

_Document = Annotated["Document", strawberry.lazy("billfold.schema.manager.documents")]
_Payment = Annotated["Payment", strawberry.lazy("billfold.schema.manager.payments")]
_Subscription = Annotated["Subscription", strawberry.lazy("billfold.schema.manager.subscriptions")]


@strawberry.type(description="An agreement of a client with an enterprise in a currency; it holds the services.")
class Contract(Node):
    number: str = field(description="The number, unique within the enterprise.")
    signed_on: DateText = field(description="The day of signing.")
    valid_to: DateText | None = field(description="The last day, where there is one.")
    currency: str = field(description="The currency, ISO 4217.")
    billing: Billing = field(description="When it pays.")
    payment_terms_days: int = field(description="Days to pay in.")
    opening_balance: Money = field(description="What it held when it was taken over; negative is owed.")
    balance: Money = field(description="The opening balance and all payments, less all charges; negative is owed.")
    credit_limit: Money = field(description="How far the balance may fall below zero.")
    available: Money = field(description="The balance and the credit limit: what may still be used.")
    closed_on: DateText | None = field(description="The first day without service, once it is closed.")
    parked_at: InstantText | None = field(description="Since when nothing is issued of it, while it is parked.")
    parked_reason: str | None = field(description="Why it is parked.")
    client: Client = field(description="Who is billed.")
    enterprise: Enterprise = field(description="Who bills.")
    subscriptions: list[_Subscription] = field(description="The subscriptions, the oldest first.")

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

    @resolver("The payments and refunds of the contract.")
    def payments(
        self,
        filter: Annotated[PaymentFilter | None, FILTER] = None,
        order_by: Annotated[PaymentOrder | None, ORDER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[_Payment]:
        return kept_page(self, "payments", page_request(filter, order_by, (first, after, last, before)))
