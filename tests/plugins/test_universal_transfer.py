"""The universal transfer plugin: what it declares, its status, and what its form says beside the lines."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billfold.plugin_api import (
    Advance,
    Content,
    DeliveryPolicy,
    DocumentFacts,
    DocumentRule,
    IssueDay,
    Need,
    Nothing,
    NumberingRule,
    PartyKind,
    PeriodKind,
    TaxRegime,
    Visibility,
)
from plugins.universal_transfer import plugin
from tests.factories import make_buyer, make_document, make_seller
from tests.plugins.supplies import make_advance_invoice, make_charge, make_facts, make_reference


def details_of(facts: DocumentFacts) -> dict[str, Any]:
    content = plugin.document_content(facts)
    assert isinstance(content, Content)
    return dict(content.details)


def test_the_type_is_of_a_period_and_made_only_where_it_is_asked_for() -> None:
    declared = plugin.document_type()

    assert declared.key == "universal-transfer"
    assert not declared.is_payable
    assert declared.period_kinds == {PeriodKind.PERIOD}
    assert declared.needs == {Need.CHARGES, Need.ADVANCES, Need.DOCUMENTS}
    assert declared.issue_day is IssueDay.PERIOD_END
    assert declared.details is plugin.UniversalTransferDetails
    assert declared.title("ru") == "Универсальный передаточный документ"
    assert declared.title("en") == "Universal transfer document"
    assert declared.file_names["ru"].format(number="42", date="31.10.2026") == "УПД 42 от 31.10.2026"
    assert not declared.rule.is_automatic
    assert declared.rule.is_visible
    assert declared.rule.delivery is DeliveryPolicy.CLIENT


def test_every_field_of_the_details_is_described() -> None:
    fields = plugin.UniversalTransferDetails.model_fields

    assert [name for name, field in fields.items() if not field.description] == []


@pytest.mark.parametrize("status", [1, 2])
def test_the_number_is_of_the_series_of_tax_documents(status: int) -> None:
    document = make_document(type="universal-transfer", details={"status": status})

    assert plugin.document_number_series(document, DocumentRule(numbering=NumberingRule())) == "tax-invoice:"


def test_the_template_is_the_shipped_one() -> None:
    assert plugin.document_template() == "universal-transfer/universal-transfer.html"


@pytest.mark.parametrize(("is_visible", "vote"), [(True, Visibility.CLIENT), (False, Visibility.STAFF)])
def test_the_operators_rule_decides_who_sees_it(is_visible: bool, vote: Visibility) -> None:
    assert plugin.document_visibility(DocumentRule(is_visible=is_visible)) is vote


def test_who_charges_vat_gives_payments_and_advance_invoices() -> None:
    facts = make_facts(
        advances=(Advance("77", date(2026, 9, 3), Decimal("5000.00")),),
        documents=(make_advance_invoice("11", "5000.00", date(2026, 9, 3)),),
    )

    assert details_of(facts) == {
        "status": 1,
        "payments": [{"number": "77", "date": "2026-09-03"}],
        "shipments": [],
        "offsets": [{"number": "11", "date": "2026-09-03", "id": "tax-invoice-11", "amount": "5000.00"}],
        "currency_name": "Российский рубль",
        "currency_code": "643",
    }


@pytest.mark.parametrize(
    "overrides",
    [
        {"tax_regime": TaxRegime.USN_EXEMPT},
        {"seller": make_seller(kind=PartyKind.PERSON)},
        {"seller": make_seller(kind=PartyKind.FOREIGN)},
    ],
)
def test_who_charges_no_vat_gives_a_transfer_only(overrides: dict[str, Any]) -> None:
    facts = make_facts(
        make_charge("12200.00", "0.00", tax_rate=None),
        advances=(Advance("77", date(2026, 9, 3), Decimal("5000.00")),),
        **overrides,
    )

    details = details_of(facts)

    assert (details["status"], details["payments"], details["offsets"]) == (2, [], [])


@pytest.mark.parametrize("regime", [TaxRegime.VAT, TaxRegime.USN_5, TaxRegime.USN_7])
def test_an_exempt_service_of_who_charges_vat_is_a_tax_invoice_still(regime: TaxRegime) -> None:
    facts = make_facts(make_charge("12200.00", "0.00", tax_rate=None), tax_regime=regime)

    assert details_of(facts)["status"] == 1


def test_a_person_gets_one_in_a_run() -> None:
    assert details_of(make_facts(buyer=make_buyer(PartyKind.PERSON)))["status"] == 1


@pytest.mark.parametrize(
    ("charges", "reason"),
    [
        ((), "nothing_to_bill"),
        ((make_charge("0.00", "0.00"),), "zero_amount"),
        ((make_charge("-10.00", "-2.20"),), "negative_amount"),
    ],
)
def test_without_a_supply_for_money_there_is_none(charges: tuple[object, ...], reason: str) -> None:
    assert plugin.document_content(make_facts(charges=charges)) == Nothing(reason)


def test_a_period_whose_vat_a_tax_invoice_tells_has_no_other_tax_document() -> None:
    told = make_reference("tax-invoice", "5", title="Счёт-фактура")

    refused = plugin.document_content(make_facts(type="universal-transfer", documents=(told,)))

    message = "Счёт-фактура No. 5 tells the VAT of this period already: void it first."
    assert refused == Nothing("taxed_already", message)
