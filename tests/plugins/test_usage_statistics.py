"""The usage statistics plugin: what it declares, how it adds the usage up, which files it gives."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from billfold.plugin_api import (
    AttachmentFacts,
    Content,
    ContractReference,
    DeliveryPolicy,
    DocumentFacts,
    DocumentRule,
    Need,
    Nothing,
    PeriodKind,
    ServiceReference,
    UsageRecord,
    UsageTotal,
    Visibility,
)
from plugins.usage_statistics import plugin
from plugins.usage_statistics.plugin import UsageStatisticsDetails
from tests.factories import OCTOBER, make_brand, make_buyer, make_document, make_seller

SMS = ServiceReference("sms", {"": "Передача SMS-сообщений", "en": "SMS delivery"}, "шт", "796")
CALLS = ServiceReference("calls", {"": "Телефонная связь"}, "мин", "355")


def make_total(**overrides: Any) -> UsageTotal:
    """Make the total of 4,210 messages at 2.4045 with tax."""
    values: dict[str, Any] = {
        "service": SMS,
        "destination": "250-01 МТС, Россия",
        "quantity": Decimal(4210),
        "amount": Decimal("10122.9450"),
        "count": 4210,
        "tax_included": True,
    }
    return UsageTotal(**{**values, **overrides})


def make_facts(*usage: UsageTotal, **overrides: Any) -> DocumentFacts:
    values: dict[str, Any] = {
        "type": "usage-statistics",
        "locale": "ru",
        "currency": "RUB",
        "issue_date": date(2026, 11, 1),
        "due_date": None,
        "seller": make_seller(),
        "buyer": make_buyer(),
        "brand": make_brand(),
        "contract": ContractReference("100042", date(2024, 2, 1), "RUB"),
        "charges": (),
        "period": OCTOBER,
        "usage": usage,
    }
    return DocumentFacts(**{**values, **overrides})


def details_of(*usage: UsageTotal, **overrides: Any) -> UsageStatisticsDetails:
    content = plugin.document_content(make_facts(*usage, **overrides))
    assert isinstance(content, Content)
    assert content.lines == ()
    return UsageStatisticsDetails.model_validate(content.details)


def test_the_type_charges_nothing_and_asks_for_no_money() -> None:
    declared = plugin.document_type()

    assert declared.key == "usage-statistics"
    assert not declared.is_payable
    assert declared.period_kinds == {PeriodKind.PERIOD}
    assert declared.needs == {Need.USAGE}
    assert declared.title("ru") == "Детализация услуг"
    assert declared.title("en") == "Usage statistics"


def test_by_default_it_is_made_by_hand_and_mailed_to_nobody() -> None:
    rule = plugin.document_type().rule

    assert rule.delivery is DeliveryPolicy.NOBODY
    assert not rule.is_automatic
    assert rule.is_visible


@pytest.mark.parametrize(("is_visible", "vote"), [(True, Visibility.CLIENT), (False, Visibility.STAFF)])
def test_the_operators_rule_decides_who_sees_it(is_visible: bool, vote: Visibility) -> None:
    assert plugin.document_visibility(DocumentRule(is_visible=is_visible)) is vote


def test_the_template_is_the_shipped_one() -> None:
    assert plugin.document_template() == "usage-statistics/usage-statistics.html"


def test_without_usage_there_is_no_document() -> None:
    assert plugin.document_content(make_facts()) == Nothing(
        "no_usage", "Contract 100042 used nothing in October 2026: import its usage, or ask for another period."
    )


def test_a_service_is_the_sum_of_its_destinations() -> None:
    other = make_total(destination="250-02 МегаФон, Россия", quantity=Decimal(10), amount=Decimal("24.045"), count=9)

    (service,) = details_of(make_total(), other).services

    assert (service.service, service.unit, service.count) == ("Передача SMS-сообщений", "шт", 4219)
    assert (service.quantity, service.amount) == (Decimal(4220), Decimal("10146.990"))
    assert [(one.destination, one.quantity, one.amount, one.count) for one in service.destinations] == [
        ("250-01 МТС, Россия", Decimal(4210), Decimal("10122.945"), 4210),
        ("250-02 МегаФон, Россия", Decimal(10), Decimal("24.045"), 9),
    ]


def test_amounts_stay_exact() -> None:
    exact = Decimal("123456789012345678901234567890.00000000001")

    details = details_of(make_total(amount=exact), make_total(destination="x", amount=exact))

    assert details.services[0].amount == Decimal("246913578024691357802469135780.00000000002")
    assert details.sums[0].amount == Decimal("246913578024691357802469135780.00000000002")


def test_services_come_in_the_order_of_their_codes() -> None:
    calls = make_total(service=CALLS, destination="", quantity=Decimal("1.5"), amount=Decimal("2.25"), count=2)

    details = details_of(make_total(), calls)

    assert [one.service for one in details.services] == ["Телефонная связь", "Передача SMS-сообщений"]
    assert details.count == 4212


def test_prices_with_tax_and_without_it_are_summed_apart() -> None:
    net = make_total(tax_included=False, amount=Decimal("100.5"))

    details = details_of(make_total(), net)

    assert [(one.tax_included, one.amount) for one in details.sums] == [
        (False, Decimal("100.5")),
        (True, Decimal("10122.945")),
    ]
    assert [one.tax_included for one in details.services] == [False, True]


def test_a_seller_without_vat_has_one_sum() -> None:
    details = details_of(make_total(), make_total(tax_included=False, amount=Decimal(1)), tax_note="УСН")

    assert [one.amount for one in details.sums] == [Decimal("10123.945")]
    assert len(details.services) == 1


def test_what_a_price_list_rates_has_no_amount() -> None:
    details = details_of(make_total(amount=None))

    assert details.is_rated
    assert details.services[0].amount is None
    assert details.sums == []


def test_an_english_document_names_services_in_english() -> None:
    (service,) = details_of(make_total(), locale="en").services

    assert (service.service, service.unit) == ("SMS delivery", "pc")


def test_every_record_is_in_its_files() -> None:
    record = UsageRecord(
        used_at=datetime(2026, 10, 5, 9, 30, tzinfo=UTC),
        service=SMS,
        destination="",
        quantity=Decimal(1),
        unit_price=Decimal(2),
        tax_included=True,
        amount=Decimal(2),
        external_id="sms-1",
    )

    files = plugin.document_attachments(make_document(()), AttachmentFacts("UTC", 1, lambda: iter([record])))

    assert [one.name for one in files] == ["Детализация 2026-10.csv", "Детализация 2026-10.xlsx"]
