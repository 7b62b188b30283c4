"""The usage statistics («детализация»): what a contract used in a period, added up, with every record in its files.

What a subscriber used, when and with whom, is under the secrecy of communications (art. 63 of the law «О связи»), and
is personal data where the client is a person. So nobody gets it by mail unless the operator decides so, and it is made
only when somebody asks for it.
"""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Context, Decimal
from functools import reduce
from itertools import groupby

from pydantic import BaseModel, ConfigDict, Field

from billfold.plugin_api import (
    Attachment,
    AttachmentFacts,
    Budget,
    Content,
    DeliveryPolicy,
    Document,
    DocumentFacts,
    DocumentRule,
    DocumentType,
    Need,
    Nothing,
    NumberingRule,
    Reset,
    UsageTotal,
    Visibility,
    hookimpl,
    usage_tables,
    written_period,
)

# Exact amounts have more digits than the usual context keeps.
_EXACT = Context(prec=100)


class DestinationUsage(BaseModel):
    """The usage of a service with one destination."""

    model_config = ConfigDict(
        json_schema_extra={
            "ru": {
                "destination": "Направление; пусто, если у услуги его нет.",
                "count": "Сколько записей.",
                "quantity": "Сколько использовано, в единицах услуги.",
                "amount": "Точная сумма; пусто, если оценивает прайс-лист.",
            }
        }
    )

    destination: str = Field(description="The destination, empty where the service has none.")
    count: int = Field(description="How many records there are.")
    quantity: Decimal = Field(description="How much was used, in the unit of the service.")
    amount: Decimal | None = Field(
        description="Price x quantity, not rounded; null where a price list rates the month."
    )


class ServiceUsage(BaseModel):
    """The usage of a service at prices with tax, or of it at prices without tax."""

    model_config = ConfigDict(
        json_schema_extra={
            "ru": {
                "service": "Название услуги.",
                "unit": "Единица измерения.",
                "tax_included": "Включён ли НДС в суммы.",
                "count": "Сколько записей.",
                "quantity": "Сколько использовано.",
                "amount": "Сумма имеющихся сумм.",
                "destinations": "То же по направлениям.",
            }
        }
    )

    service: str = Field(description="The name of the service.")
    unit: str = Field(description="The unit of its quantities.")
    tax_included: bool = Field(description="Whether the amounts are with tax.")
    count: int = Field(description="How many records there are.")
    quantity: Decimal = Field(description="How much was used.")
    amount: Decimal | None = Field(description="The sum of the amounts that there are, or null where there are none.")
    destinations: list[DestinationUsage] = Field(description="The same by destination.")


class UsageSum(BaseModel):
    """What was used at prices with tax, or at prices without it."""

    model_config = ConfigDict(
        json_schema_extra={"ru": {"tax_included": "Включён ли НДС в сумму.", "amount": "Точная сумма, без округления."}}
    )

    tax_included: bool = Field(description="Whether the amount is with tax.")
    amount: Decimal = Field(description="The exact sum, not rounded.")


class UsageStatisticsDetails(BaseModel):
    """The usage of the period, added up."""

    model_config = ConfigDict(
        json_schema_extra={
            "ru": {
                "services": "Использование по услугам.",
                "sums": "Суммы по всем записям.",
                "count": "Сколько записей.",
                "is_rated": "Оценивает ли что-либо прайс-лист за месяц в целом.",
            }
        }
    )

    services: list[ServiceUsage] = Field(
        default_factory=list, description="The usage by service, in the order of codes."
    )
    sums: list[UsageSum] = Field(default_factory=list, description="The sums of all amounts.")
    count: int = Field(default=0, description="How many records there are.")
    is_rated: bool = Field(default=False, description="Whether a price list rates any of it, by the month as a whole.")


@hookimpl
def document_type() -> DocumentType:
    """Declare the type: it asks for no money, charges nothing, and goes to nobody by itself."""
    return DocumentType(
        key="usage-statistics",
        titles={"ru": "Детализация услуг", "en": "Usage statistics"},
        is_payable=False,
        needs=frozenset({Need.USAGE}),
        details=UsageStatisticsDetails,
        rule=DocumentRule(
            numbering=NumberingRule(mask="{N}", reset=Reset.NEVER),
            is_visible=True,
            is_automatic=False,
            delivery=DeliveryPolicy.NOBODY,
        ),
        budget=Budget(pages=600, seconds=300),
        file_names={"ru": "Детализация {number} от {date}", "en": "Usage statistics {number} of {date}"},
    )


@hookimpl
def document_content(facts: DocumentFacts) -> Content | Nothing:
    """Give the usage as details, without lines; nothing where nothing was used."""
    if not facts.usage:
        period = f" in {written_period(facts.period, 'en')}" if facts.period else ""
        return Nothing(
            "no_usage",
            f"Contract {facts.contract.number} used nothing{period}: import its usage, or ask for another period.",
        )
    usage = _usage(facts)
    groups = groupby(usage, key=lambda total: (total.service.code, total.tax_included))
    details = UsageStatisticsDetails(
        services=[_service(tuple(totals), facts.locale) for _, totals in groups],
        sums=_sums(usage),
        count=sum(total.count for total in usage),
        is_rated=any(total.amount is None for total in usage),
    )
    return Content(lines=(), details=details.model_dump(mode="json"))


@hookimpl
def document_template() -> str:
    """Name the template."""
    return "usage-statistics/usage-statistics.html"


@hookimpl
def document_visibility(rule: DocumentRule) -> Visibility:
    """Show it to the client unless the operator hides the statistics."""
    return Visibility.CLIENT if rule.is_visible else Visibility.STAFF


@hookimpl
def document_attachments(document: Document, facts: AttachmentFacts) -> tuple[Attachment, ...]:
    """Give every record, as CSV and XLSX."""
    return usage_tables(document, facts)


def _usage(facts: DocumentFacts) -> list[UsageTotal]:
    """Give the totals in their order; where no VAT is charged, no matter whether a price would hold it."""
    usage = [replace(total, tax_included=False) for total in facts.usage] if facts.tax_note else facts.usage
    return sorted(usage, key=lambda total: (total.service.code, total.tax_included, total.destination))


def _service(totals: tuple[UsageTotal, ...], locale: str) -> ServiceUsage:
    service = totals[0].service
    amounts = [total.amount for total in totals if total.amount is not None]
    return ServiceUsage(
        service=service.name(locale),
        unit=service.unit_name(locale),
        tax_included=totals[0].tax_included,
        count=sum(total.count for total in totals),
        quantity=_sum(total.quantity for total in totals),
        amount=_sum(amounts) if amounts else None,
        destinations=[
            DestinationUsage(
                destination=total.destination, count=total.count, quantity=total.quantity, amount=total.amount
            )
            for total in totals
        ],
    )


def _sums(usage: list[UsageTotal]) -> list[UsageSum]:
    """Add the amounts up, apart for prices with tax and without it."""
    kinds = sorted({total.tax_included for total in usage if total.amount is not None})
    return [
        UsageSum(
            tax_included=kind,
            amount=_sum(total.amount for total in usage if total.tax_included is kind and total.amount is not None),
        )
        for kind in kinds
    ]


def _sum(numbers: Iterable[Decimal]) -> Decimal:
    return reduce(_EXACT.add, numbers, Decimal(0))
