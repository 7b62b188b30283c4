"""The contract («договор»): who serves whom on what terms, with the services of the day as its annex.

Its number is the contract's own. A facsimile is never printed on it: both parties sign by hand.
"""

import datetime
import re
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from billfold.plugin_api import (
    Budget,
    Content,
    DeliveryPolicy,
    Document,
    DocumentFacts,
    DocumentRule,
    DocumentType,
    Need,
    NumberingRule,
    PeriodKind,
    Reset,
    SubscribedService,
    SubscriptionTerms,
    Visibility,
    hookimpl,
    round_amount,
)

# The part of an address that names the town: "г. Москва", "г Москва", "город Москва".
_TOWN = re.compile(r"(?:^|,)\s*((?:г\.|г|город)\s*[^,]+?)\s*(?=,|$)")


class PriceTax(StrEnum):
    """How the prices of the annex stand to VAT."""

    INCLUDED = "included"
    ADDED = "added"
    MIXED = "mixed"
    NONE = "none"


class ContractService(BaseModel):
    """A service of the annex, at the terms of the document's date."""

    model_config = ConfigDict(
        json_schema_extra={
            "ru": {
                "service": "Название услуги.",
                "unit": "Единица измерения.",
                "quantity": "Сколько продаётся в месяц.",
                "price": "Цена единицы за месяц.",
                "amount": "Цена, умноженная на количество, округлённая.",
                "tax_included": "Включён ли НДС в цену и сумму.",
                "since": "Первый день услуги.",
                "until": "Последний день услуги, если он есть.",
            }
        }
    )

    service: str = Field(description="The name of the service.")
    unit: str = Field(description="The unit of its quantity.")
    quantity: Decimal = Field(description="How much is sold a month.")
    price: Decimal = Field(description="The price of one unit for a month.")
    amount: Decimal = Field(description="Price x quantity, rounded.")
    tax_included: bool = Field(description="Whether price and amount are with tax.")
    since: datetime.date = Field(description="The first day of the service.")
    until: datetime.date | None = Field(default=None, description="The last day of the service, where there is one.")


class ContractDetails(BaseModel):
    """The terms of the contract on the document's date."""

    model_config = ConfigDict(
        json_schema_extra={
            "ru": {
                "place": "Место подписания, из адреса исполнителя.",
                "is_prepaid": "Оплачиваются ли услуги вперёд.",
                "payment_days": "За сколько дней оплачивается счёт.",
                "credit_limit": "До какого долга оказываются услуги.",
                "valid_to": "Последний день договора, если он есть.",
                "price_tax": "Как цены приложения относятся к НДС.",
                "services": "Услуги приложения.",
                "amount": "Их сумма за месяц.",
            }
        }
    )

    place: str = Field(default="", description="The town of the signing, from the seller's address; empty if unknown.")
    is_prepaid: bool = Field(default=False, description="Whether services are paid before they are rendered.")
    payment_days: int = Field(default=10, description="Within how many days of its date an invoice is to be paid.")
    credit_limit: Decimal | None = Field(default=None, description="Up to which debt the services are rendered.")
    valid_to: datetime.date | None = Field(default=None, description="The last day of the contract; null without one.")
    price_tax: PriceTax = Field(default=PriceTax.ADDED, description="How the prices of the annex stand to VAT.")
    services: list[ContractService] = Field(default_factory=list, description="The services of the annex.")
    amount: Decimal | None = Field(default=None, description="Their sum for a month; null where it mixes VAT.")


@hookimpl
def document_type() -> DocumentType:
    """Declare the type: it asks for no money and tells the state of the contract on a day."""
    return DocumentType(
        key="contract",
        titles={"ru": "Договор", "en": "Contract"},
        is_payable=False,
        period_kinds=frozenset({PeriodKind.INSTANT}),
        needs=frozenset({Need.SUBSCRIPTIONS}),
        details=ContractDetails,
        rule=DocumentRule(
            numbering=NumberingRule(mask="{N}", reset=Reset.NEVER),
            is_visible=True,
            is_automatic=False,
            delivery=DeliveryPolicy.CLIENT,
        ),
        file_names={"ru": "Договор {number}", "en": "Contract {number}"},
        budget=Budget(seconds=300),
    )


@hookimpl
def document_content(facts: DocumentFacts) -> Content:
    """Give the terms and the services as details, without lines: a contract charges nothing."""
    services = [_service(one, facts) for one in facts.subscriptions if not _is_over(one, facts.issue_date)]
    price_tax = _price_tax(services, facts)
    details = ContractDetails(
        place=_place(facts.seller.address),
        is_prepaid=facts.terms.is_prepaid,
        payment_days=facts.terms.payment_terms_days,
        credit_limit=facts.terms.credit_limit or None,
        valid_to=facts.terms.valid_to,
        price_tax=price_tax,
        services=services,
        amount=sum((one.amount for one in services), Decimal(0)) if price_tax is not PriceTax.MIXED else None,
    )
    return Content(lines=(), details=details.model_dump(mode="json"))


@hookimpl
def document_template() -> str:
    """Name the template."""
    return "contract/contract.html"


@hookimpl
def document_number_series(document: Document) -> str | None:
    """Count the documents of each contract by themselves."""
    return f"contract/{document.contract.number}" if document.contract else None


@hookimpl
def document_number(document: Document, rule: DocumentRule, counter: int) -> str | None:
    """Write the contract's own number, and ` (2)`, ` (3)` behind it where it is drawn up again."""
    if document.contract is None:
        return None
    place = counter - rule.numbering.start + 1
    return document.contract.number if place == 1 else f"{document.contract.number} ({place})"


@hookimpl
def document_visibility(rule: DocumentRule) -> Visibility:
    """Show it to the client unless the operator hides contracts."""
    return Visibility.CLIENT if rule.is_visible else Visibility.STAFF


def _is_over(subscribed: SubscribedService, on: datetime.date) -> bool:
    return subscribed.ended_on is not None and subscribed.ended_on <= on


def _service(subscribed: SubscribedService, facts: DocumentFacts) -> ContractService:
    terms = _terms(subscribed, facts.issue_date)
    return ContractService(
        service=subscribed.service.name(facts.locale),
        unit=subscribed.service.unit_name(facts.locale),
        quantity=terms.quantity,
        price=terms.price,
        amount=round_amount(terms.price * terms.quantity, facts.currency),
        tax_included=terms.tax_included,
        since=subscribed.started_on,
        until=subscribed.ended_on - datetime.timedelta(days=1) if subscribed.ended_on else None,
    )


def _terms(subscribed: SubscribedService, on: datetime.date) -> SubscriptionTerms:
    """Give the terms of the day, or the first ones of a service that starts later."""
    first = SubscriptionTerms(subscribed.started_on, subscribed.price, subscribed.quantity, subscribed.tax_included)
    changed = [change for change in subscribed.changes if change.valid_from <= on]
    return changed[-1] if changed else first


def _price_tax(services: list[ContractService], facts: DocumentFacts) -> PriceTax:
    if facts.tax_note:
        return PriceTax.NONE
    kinds = {one.tax_included for one in services}
    if len(kinds) > 1:
        return PriceTax.MIXED
    return PriceTax.INCLUDED if kinds == {True} else PriceTax.ADDED


def _place(address: str) -> str:
    found = _TOWN.search(address)
    return found.group(1) if found else ""
