"""The dashboard and the revenue on the managers' face. Their rows come ready."""

from uuid import UUID

import strawberry
from strawberry import field

from billfold.domain.document import PaymentStatus
from billfold.schema.context import Info
from billfold.schema.document_types import DocumentType
from billfold.schema.manager.books import Service
from billfold.schema.manager.lookups import Lookup
from billfold.schema.resolvers import resolver
from billfold.schema.values import Money, Period

_CURRENCY = "The currency of all these sums, ISO 4217; sums of several currencies are never added up."
_NET, _TAX, _GROSS = "The sum without tax.", "The tax.", "The sum with tax."
_OPEN = "What is left to pay of it; nothing for what is not paid, is void, or is paid by a person's word."


@strawberry.type(description="Documents of one currency, counted and added up.")
class DocumentSums:
    currency: str = field(description=_CURRENCY)
    documents: int = field(description="How many documents.")
    net: Money = field(description=_NET)
    tax: Money = field(description=_TAX)
    gross: Money = field(description=_GROSS)
    open: Money = field(description=_OPEN)


@strawberry.type(description="Documents of one type and currency, counted and added up.")
class DocumentSumsOfType(DocumentSums):
    type: DocumentType = field(description="The document type.")


@strawberry.type(description="Documents of one month and currency, counted and added up.")
class DocumentSumsOfMonth(DocumentSums):
    month: Period = field(description="The calendar month of their issue dates; days outside the period are left out.")


@strawberry.type(description="Documents of one payment status and currency, counted and added up.")
class DocumentSumsOfStatus(DocumentSums):
    payment_status: PaymentStatus = field(description="How far they are paid now.")


@strawberry.type(description="Money of one currency that came in, and what of it went back.")
class PaymentSums:
    currency: str = field(description=_CURRENCY)
    payments: int = field(description="How many payments came in.")
    received: Money = field(description="What came in, before refunds.")
    refunds: int = field(description="How many refunds were made.")
    refunded: Money = field(description="What went back, above zero.")


@strawberry.type(description="Charges of one currency, counted and added up.")
class ChargeSums:
    currency: str = field(description=_CURRENCY)
    charges: int = field(description="How many charges.")
    net: Money = field(description=_NET)
    tax: Money = field(description=_TAX)
    gross: Money = field(description=_GROSS)


@strawberry.type(
    description=(
        "A period at a glance. Documents count by their issue date, payments by the day of receipt, charges by the"
        " last day that they are for; payment statuses are those of now. Currencies are never added up."
    )
)
class Dashboard:
    documents: list[DocumentSums] = field(description="The issued documents, void ones left out.")
    by_type: list[DocumentSumsOfType] = field(description="The same by document type.")
    by_month: list[DocumentSumsOfMonth] = field(description="The same by calendar month, the oldest first.")
    by_payment_status: list[DocumentSumsOfStatus] = field(
        description="The same by payment status; NOT_PAYABLE are types that are not paid."
    )
    overdue: list[DocumentSums] = field(description="Those of them that are overdue now.")
    voided: list[DocumentSums] = field(description="The void documents of the period, which count nowhere else.")
    paid: list[PaymentSums] = field(description="Payments received in the period, cancelled ones left out.")
    charged: list[ChargeSums] = field(
        description="What was charged for the period, on documents or not: what stands, and one-off charges that wait."
    )


@strawberry.type(description="What one service brought in one calendar month and currency.")
class RevenueRow:
    service_id: strawberry.Private[UUID]
    services: strawberry.Private[Lookup[Service]]
    month: Period = field(description="The calendar month.")
    currency: str = field(description=_CURRENCY)
    charges: int = field(description="How many charges.")
    net: Money = field(description=_NET)
    tax: Money = field(description=_TAX)
    gross: Money = field(description=_GROSS)

    @resolver("The service.")
    async def service(self, info: Info) -> Service:
        return await self.services.get(info, self.service_id)


@strawberry.type(
    description=(
        "What was charged, by service and calendar month. A charge belongs to the month of the last day that it is"
        " for; it counts while its period or, if it waits for a document, itself stands."
    )
)
class Revenue:
    rows: list[RevenueRow] = field(description="By service, month and currency, in this order; at most 5,000.")
    totals: list[ChargeSums] = field(description="All of them by currency.")
