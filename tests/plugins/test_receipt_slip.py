"""The payment slip plugin: for whom it is made, and what it says."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billfold.plugin_api import (
    Charge,
    ChargeKind,
    Content,
    ContractReference,
    DeliveryPolicy,
    DocumentFacts,
    DocumentRule,
    Need,
    Nothing,
    PartyKind,
    PeriodKind,
    ServiceReference,
    Visibility,
)
from plugins.receipt_slip import plugin
from tests.factories import OCTOBER, make_brand, make_buyer, make_seller


def make_charge(gross: str = "900.00", **overrides: Any) -> Charge:
    values: dict[str, Any] = {
        "kind": ChargeKind.SUBSCRIPTION,
        "service": ServiceReference("internet-100", {"": "Доступ в интернет"}, "мес", "362"),
        "period": OCTOBER,
        "quantity": Decimal(1),
        "unit_price": Decimal("900.00"),
        "tax_included": True,
        "tax_rate": Decimal(22),
        "net": Decimal("737.70"),
        "tax": Decimal("162.30"),
        "gross": Decimal(gross),
        "currency": "RUB",
        "active_days": 31,
        "month_days": 31,
    }
    return Charge(**{**values, **overrides})


def make_facts(*charges: Charge, **overrides: Any) -> DocumentFacts:
    values: dict[str, Any] = {
        "type": "receipt-slip",
        "locale": "ru",
        "currency": "RUB",
        "issue_date": date(2026, 11, 1),
        "due_date": date(2026, 11, 15),
        "seller": make_seller(),
        "buyer": make_buyer(PartyKind.PERSON),
        "brand": make_brand(),
        "contract": ContractReference("100042", date(2024, 2, 1), "RUB"),
        "charges": charges,
        "period": OCTOBER,
    }
    return DocumentFacts(**{**values, **overrides})


def test_the_type_is_payable_and_made_only_where_it_is_asked_for() -> None:
    declared = plugin.document_type()

    assert declared.key == "receipt-slip"
    assert declared.is_payable
    assert declared.period_kinds == {PeriodKind.PERIOD, PeriodKind.AMOUNT}
    assert declared.needs == {Need.CHARGES}
    assert not declared.rule.is_automatic
    assert declared.rule.delivery is DeliveryPolicy.CLIENT
    assert declared.file_names["ru"].format(number="42", date="01.11.2026") == "Квитанция 42 от 01.11.2026"


def test_the_template_is_the_shipped_one() -> None:
    assert plugin.document_template() == "receipt-slip/receipt-slip.html"


@pytest.mark.parametrize(("is_visible", "vote"), [(True, Visibility.CLIENT), (False, Visibility.STAFF)])
def test_the_operators_rule_decides_who_sees_it(is_visible: bool, vote: Visibility) -> None:
    assert plugin.document_visibility(DocumentRule(is_visible=is_visible)) is vote


def test_a_person_pays_for_the_contract() -> None:
    content = plugin.document_content(make_facts(make_charge()))

    assert isinstance(content, Content)
    assert [line.description for line in content.lines] == ["Доступ в интернет, октябрь 2026 г."]
    assert content.payment_purpose == "Оплата услуг по договору № 100042, в т.ч. НДС 22% 162.30"


@pytest.mark.parametrize("kind", [PartyKind.COMPANY, PartyKind.SOLE_PROPRIETOR, PartyKind.FOREIGN])
def test_whoever_is_no_person_gets_none(kind: PartyKind) -> None:
    answer = plugin.document_content(make_facts(make_charge(), buyer=make_buyer(kind, name="Юпитер")))

    assert answer == Nothing(
        "buyer_is_no_person", "Юпитер is not a person, and a payment slip is for persons: make an invoice."
    )


@pytest.mark.parametrize(
    ("charges", "reason"),
    [
        ((), "nothing_to_bill"),
        ((make_charge("0.00"),), "zero_amount"),
        ((make_charge("-900.00"),), "negative_amount"),
    ],
)
def test_without_anything_to_pay_there_is_none(charges: tuple[Charge, ...], reason: str) -> None:
    assert plugin.document_content(make_facts(*charges)) == Nothing(reason)
