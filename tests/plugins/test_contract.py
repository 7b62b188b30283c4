"""The contract plugin: the terms and services of a day, and a number that is the contract's own."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billfold.plugin_api import (
    Content,
    ContractReference,
    ContractTerms,
    DocumentFacts,
    DocumentRule,
    Need,
    NumberingRule,
    PeriodKind,
    ServiceReference,
    SubscribedService,
    SubscriptionTerms,
    Visibility,
)
from plugins.contract import plugin
from plugins.contract.plugin import ContractDetails, PriceTax
from tests.factories import make_brand, make_buyer, make_document, make_seller

INTERNET = SubscribedService(
    service=ServiceReference("internet-100", {"": "Доступ в интернет", "en": "Internet access"}, "мес", "362"),
    started_on=date(2024, 2, 1),
    ended_on=None,
    price=Decimal("900.005"),
    quantity=Decimal(1),
    tax_included=True,
)


def make_facts(*subscriptions: SubscribedService, **overrides: Any) -> DocumentFacts:
    values: dict[str, Any] = {
        "type": "contract",
        "locale": "ru",
        "currency": "RUB",
        "issue_date": date(2026, 11, 1),
        "due_date": None,
        "seller": make_seller(),
        "buyer": make_buyer(),
        "brand": make_brand(),
        "contract": ContractReference("17/2024", date(2024, 2, 1), "RUB"),
        "charges": (),
        "subscriptions": subscriptions,
    }
    return DocumentFacts(**{**values, **overrides})


def details_of(*subscriptions: SubscribedService, **overrides: Any) -> ContractDetails:
    content = plugin.document_content(make_facts(*subscriptions, **overrides))
    assert isinstance(content, Content)
    assert content.lines == ()
    return ContractDetails.model_validate(content.details)


def test_the_type_tells_the_contract_on_a_day_and_charges_nothing() -> None:
    declared = plugin.document_type()

    assert declared.key == "contract"
    assert not declared.is_payable
    assert declared.period_kinds == {PeriodKind.INSTANT}
    assert declared.needs == {Need.SUBSCRIPTIONS}
    assert not declared.rule.is_automatic
    assert (declared.title("ru"), declared.title("en")) == ("Договор", "Contract")


@pytest.mark.parametrize(("is_visible", "vote"), [(True, Visibility.CLIENT), (False, Visibility.STAFF)])
def test_the_operators_rule_decides_who_sees_it(is_visible: bool, vote: Visibility) -> None:
    assert plugin.document_visibility(DocumentRule(is_visible=is_visible)) is vote


def test_the_template_is_the_shipped_one() -> None:
    assert plugin.document_template() == "contract/contract.html"


@pytest.mark.parametrize(
    ("start", "counter", "number"),
    [(1, 1, "17/2024"), (1, 2, "17/2024 (2)"), (1, 3, "17/2024 (3)"), (100, 100, "17/2024"), (100, 101, "17/2024 (2)")],
)
def test_its_number_is_the_contracts_own(start: int, counter: int, number: str) -> None:
    document = make_document((), contract=ContractReference("17/2024", date(2024, 2, 1), "RUB"))
    rule = DocumentRule(numbering=NumberingRule(start=start))

    assert plugin.document_number(document, rule, counter) == number


def test_each_contract_counts_by_itself() -> None:
    document = make_document((), contract=ContractReference("17/2024", date(2024, 2, 1), "RUB"))

    assert plugin.document_number_series(document) == "contract/17/2024"


def test_without_a_contract_the_rule_numbers_it() -> None:
    document = make_document((), contract=None)

    assert plugin.document_number_series(document) is None
    assert plugin.document_number(document, DocumentRule(), 1) is None


def test_the_terms_are_those_of_the_contract() -> None:
    terms = ContractTerms(15, is_prepaid=True, credit_limit=Decimal(5000), valid_to=date(2027, 12, 31))

    details = details_of(terms=terms)

    assert details.is_prepaid
    assert details.payment_days == 15
    assert details.credit_limit == Decimal(5000)
    assert details.valid_to == date(2027, 12, 31)


def test_a_limit_of_nought_is_no_limit() -> None:
    assert details_of(terms=ContractTerms(credit_limit=Decimal("0.00"))).credit_limit is None


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("101000, г. Москва, ул. Примерная, д. 78", "г. Москва"),
        ("196000, город Санкт-Петербург", "город Санкт-Петербург"),
        ("г Казань, ул. Новая", "г Казань"),
        ("143000, Московская обл., с. Гора, ул. Гагарина", ""),
        ("", ""),
    ],
)
def test_the_place_is_the_town_of_the_seller(address: str, place: str) -> None:
    assert details_of(seller=make_seller(address=address)).place == place


def test_a_service_has_its_terms_and_a_rounded_amount() -> None:
    (service,) = details_of(replace(INTERNET, quantity=Decimal(3))).services

    assert (service.service, service.unit) == ("Доступ в интернет", "мес")
    assert (service.quantity, service.price, service.amount) == (Decimal(3), Decimal("900.005"), Decimal("2700.02"))
    assert (service.since, service.until) == (date(2024, 2, 1), None)


def test_the_last_day_of_a_service_is_a_day_on_which_it_is_there() -> None:
    (service,) = details_of(replace(INTERNET, ended_on=date(2027, 1, 1))).services

    assert service.until == date(2026, 12, 31)


def test_a_service_that_has_ended_is_left_out() -> None:
    assert details_of(replace(INTERNET, ended_on=date(2026, 11, 1))).services == []


def test_the_terms_of_a_service_are_those_of_the_day() -> None:
    changes = (
        SubscriptionTerms(date(2026, 1, 1), Decimal(1000), Decimal(2), tax_included=True),
        SubscriptionTerms(date(2026, 12, 1), Decimal(1100), Decimal(2), tax_included=True),
    )

    (service,) = details_of(replace(INTERNET, changes=changes)).services

    assert (service.price, service.quantity, service.amount) == (Decimal(1000), Decimal(2), Decimal("2000.00"))


def test_a_service_that_starts_later_has_its_first_terms() -> None:
    (service,) = details_of(replace(INTERNET, started_on=date(2027, 1, 1))).services

    assert service.price == Decimal("900.005")


def test_the_services_are_summed_for_a_month() -> None:
    details = details_of(INTERNET, replace(INTERNET, price=Decimal("100.00")))

    assert details.amount == Decimal("1000.01")
    assert details.price_tax is PriceTax.INCLUDED


def test_prices_with_tax_and_without_it_have_no_sum() -> None:
    details = details_of(INTERNET, replace(INTERNET, tax_included=False))

    assert details.price_tax is PriceTax.MIXED
    assert details.amount is None


@pytest.mark.parametrize(
    ("tax_included", "tax_note", "expected"),
    [(True, "", PriceTax.INCLUDED), (False, "", PriceTax.ADDED), (True, "УСН", PriceTax.NONE)],
)
def test_how_prices_stand_to_vat_is_told(tax_included: bool, tax_note: str, expected: PriceTax) -> None:
    assert details_of(replace(INTERNET, tax_included=tax_included), tax_note=tax_note).price_tax is expected
