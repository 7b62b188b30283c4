"""The lists of the managers' face: Relay connections with filters and orders."""

from typing import Annotated

import strawberry

from billfold.schema.connections import FILTER, ORDER, After, Before, Connection, First, Last, page_request
from billfold.schema.context import Info
from billfold.schema.manager import filters, orders
from billfold.schema.manager.audit import AuditEvent
from billfold.schema.manager.books import Client
from billfold.schema.manager.charges import Charge
from billfold.schema.manager.contracts import Contract
from billfold.schema.manager.documents import Delivery, Document
from billfold.schema.manager.drafts import Draft
from billfold.schema.manager.occurrences import Occurrence
from billfold.schema.manager.payments import Payment
from billfold.schema.manager.prices import Price
from billfold.schema.manager.runs import Run
from billfold.schema.manager.statements import StatementLine
from billfold.schema.manager.subscriptions import Subscription
from billfold.schema.manager.usage import UsageRecord
from billfold.schema.reads import read_page
from billfold.schema.resolvers import resolver


@strawberry.type
class Lists:
    """The fields of the query that give pages."""

    @resolver("The clients.")
    async def clients(
        self,
        info: Info,
        filter: Annotated[filters.ClientFilter | None, FILTER] = None,
        order_by: Annotated[orders.ClientOrder | None, ORDER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Client]:
        return await read_page(info, "clients", Client, page_request(filter, order_by, (first, after, last, before)))

    @resolver("The contracts.")
    async def contracts(
        self,
        info: Info,
        filter: Annotated[filters.ContractFilter | None, FILTER] = None,
        order_by: Annotated[orders.ContractOrder | None, ORDER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Contract]:
        return await read_page(
            info, "contracts", Contract, page_request(filter, order_by, (first, after, last, before))
        )

    @resolver("The subscriptions.")
    async def subscriptions(
        self,
        info: Info,
        filter: Annotated[filters.SubscriptionFilter | None, FILTER] = None,
        order_by: Annotated[orders.SubscriptionOrder | None, ORDER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Subscription]:
        return await read_page(
            info, "subscriptions", Subscription, page_request(filter, order_by, (first, after, last, before))
        )

    @resolver("The measured usage.")
    async def usage(
        self,
        info: Info,
        filter: Annotated[filters.UsageFilter | None, FILTER] = None,
        order_by: Annotated[orders.UsageOrder | None, ORDER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[UsageRecord]:
        return await read_page(info, "usage", UsageRecord, page_request(filter, order_by, (first, after, last, before)))

    @resolver("The prices of used services.")
    async def prices(
        self,
        info: Info,
        filter: Annotated[filters.PriceFilter | None, FILTER] = None,
        order_by: Annotated[orders.PriceOrder | None, ORDER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Price]:
        return await read_page(info, "prices", Price, page_request(filter, order_by, (first, after, last, before)))

    @resolver("The charges.")
    async def charges(
        self,
        info: Info,
        filter: Annotated[filters.ChargeFilter | None, FILTER] = None,
        order_by: Annotated[orders.ChargeOrder | None, ORDER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Charge]:
        return await read_page(info, "charges", Charge, page_request(filter, order_by, (first, after, last, before)))

    @resolver("The payments and refunds.")
    async def payments(
        self,
        info: Info,
        filter: Annotated[filters.PaymentFilter | None, FILTER] = None,
        order_by: Annotated[orders.PaymentOrder | None, ORDER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Payment]:
        return await read_page(info, "payments", Payment, page_request(filter, order_by, (first, after, last, before)))

    @resolver("The payments in of bank statements, whatever became of them.")
    async def statement_lines(
        self,
        info: Info,
        filter: Annotated[filters.StatementLineFilter | None, FILTER] = None,
        order_by: Annotated[orders.StatementLineOrder | None, ORDER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[StatementLine]:
        request = page_request(filter, order_by, (first, after, last, before))
        return await read_page(info, "statement_lines", StatementLine, request)

    @resolver("The documents.")
    async def documents(
        self,
        info: Info,
        filter: Annotated[filters.DocumentFilter | None, FILTER] = None,
        order_by: Annotated[orders.DocumentOrder | None, ORDER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Document]:
        return await read_page(
            info, "documents", Document, page_request(filter, order_by, (first, after, last, before))
        )

    @resolver("The drafts: documents that are looked over before they are issued.")
    async def drafts(
        self,
        info: Info,
        filter: Annotated[filters.DraftFilter | None, FILTER] = None,
        order_by: Annotated[orders.DraftOrder | None, ORDER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Draft]:
        return await read_page(info, "drafts", Draft, page_request(filter, order_by, (first, after, last, before)))

    @resolver("The runs; plans that nobody has started are among them, as PLANNED.")
    async def runs(
        self,
        info: Info,
        filter: Annotated[filters.RunFilter | None, FILTER] = None,
        order_by: Annotated[orders.RunOrder | None, ORDER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Run]:
        return await read_page(info, "runs", Run, page_request(filter, order_by, (first, after, last, before)))

    @resolver("The expected documents, contract by contract: what is due, done, skipped and failed.")
    async def occurrences(
        self,
        info: Info,
        filter: Annotated[filters.OccurrenceFilter | None, FILTER] = None,
        order_by: Annotated[orders.OccurrenceOrder | None, ORDER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Occurrence]:
        request = page_request(filter, order_by, (first, after, last, before))
        return await read_page(info, "occurrences", Occurrence, request)

    @resolver("The deliveries.")
    async def deliveries(
        self,
        info: Info,
        filter: Annotated[filters.DeliveryFilter | None, FILTER] = None,
        order_by: Annotated[orders.DeliveryOrder | None, ORDER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Delivery]:
        return await read_page(
            info, "deliveries", Delivery, page_request(filter, order_by, (first, after, last, before))
        )

    @resolver("The changes of the books, the newest first.")
    async def audit_events(
        self,
        info: Info,
        filter: Annotated[filters.AuditEventFilter | None, FILTER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[AuditEvent]:
        return await read_page(
            info, "audit_events", AuditEvent, page_request(filter, None, (first, after, last, before))
        )
