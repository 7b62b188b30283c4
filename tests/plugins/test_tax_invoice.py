"""The tax invoice plugin: what it declares, who gets one, and what its form says beside the lines."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billfold.plugin_api import (
    Advance,
    ChargeKind,
    Content,
    DeliveryPolicy,
    DocumentFacts,
    DocumentReference,
    DocumentRule,
    IssueDay,
    Need,
    Nothing,
    NumberingRule,
    PartyKind,
    PeriodKind,
    Reset,
    TaxRegime,
    Visibility,
)
from plugins.tax_invoice import plugin
from tests.factories import make_buyer, make_document, make_seller
from tests.plugins.supplies import make_advance_invoice, make_charge, make_facts, make_reference


def content_of(facts: DocumentFacts) -> Content:
    content = plugin.document_content(facts)
    assert isinstance(content, Content)
    return content


def advance_facts(**overrides: Any) -> DocumentFacts:
    charge = make_charge(kind=ChargeKind.AMOUNT, active_days=0, month_days=0)
    values = {"amount": Decimal("12200.00"), "period": None, "issue_date": date(2026, 10, 5), "is_by_hand": True}
    return make_facts(charge, **{**values, **overrides})


def test_the_type_is_of_a_period_or_of_an_advance() -> None:
    declared = plugin.document_type()

    assert declared.key == "tax-invoice"
    assert not declared.is_payable
    assert declared.period_kinds == {PeriodKind.PERIOD, PeriodKind.AMOUNT}
    assert declared.needs == {Need.CHARGES, Need.ADVANCES, Need.DOCUMENTS}
    assert declared.issue_day is IssueDay.PERIOD_END
    assert declared.details is plugin.TaxInvoiceDetails
    assert declared.title("ru") == "Счёт-фактура"
    assert declared.title("en") == "Tax invoice"
    assert declared.file_names["ru"].format(number="42", date="31.10.2026") == "Счёт-фактура 42 от 31.10.2026"


def test_by_default_tax_invoices_are_made_by_schedule_and_mailed_to_the_client() -> None:
    rule = plugin.document_type().rule

    assert (rule.numbering.mask, rule.numbering.reset) == ("{N}", "never")
    assert rule.is_visible
    assert rule.is_automatic
    assert rule.delivery is DeliveryPolicy.CLIENT


def test_every_field_of_the_details_is_described() -> None:
    fields = plugin.TaxInvoiceDetails.model_fields

    assert [name for name, field in fields.items() if not field.description] == []


def test_the_number_is_of_the_series_of_tax_documents_in_the_window_of_its_rule() -> None:
    rule = DocumentRule(numbering=NumberingRule(mask="{YYYY}-{N}", reset=Reset.YEAR))

    series = plugin.document_number_series(make_document(type="tax-invoice", issue_date=date(2026, 10, 31)), rule)

    assert series == "tax-invoice:2026"


def test_the_template_is_the_shipped_one() -> None:
    assert plugin.document_template() == "tax-invoice/tax-invoice.html"


@pytest.mark.parametrize(("is_visible", "vote"), [(True, Visibility.CLIENT), (False, Visibility.STAFF)])
def test_the_operators_rule_decides_who_sees_it(is_visible: bool, vote: Visibility) -> None:
    assert plugin.document_visibility(DocumentRule(is_visible=is_visible)) is vote


def test_a_period_without_advances_names_its_act_and_nothing_else() -> None:
    content = content_of(make_facts(documents=(make_reference("act", "17"), make_reference("universal-transfer", "3"))))

    assert [(line.net, line.tax, line.gross) for line in content.lines] == [
        (Decimal("10000.00"), Decimal("2200.00"), Decimal("12200.00"))
    ]
    assert content.details == {
        "is_advance": False,
        "payments": [],
        "shipments": [{"number": "17", "date": "2026-10-31", "title": "Акт об оказании услуг"}],
        "offsets": [],
        "currency_name": "Российский рубль",
        "currency_code": "643",
    }


def test_line_5_names_the_payments_that_came_before() -> None:
    advances = (
        Advance("77", date(2026, 9, 5), Decimal("100.00")),
        Advance("78", date(2026, 9, 6), Decimal("50.00")),
    )

    content = content_of(make_facts(advances=advances, description="п/п № 1 от 01.01.2026"))

    assert content.details["payments"] == [
        {"number": "77", "date": "2026-09-05"},
        {"number": "78", "date": "2026-09-06"},
    ]


def test_line_5b_uses_up_the_oldest_advance_invoices_first() -> None:
    documents = (
        make_advance_invoice("11", "5000.00", date(2026, 8, 3)),
        make_advance_invoice("12", "9000.00", date(2026, 9, 3)),
        make_advance_invoice("13", "1000.00", date(2026, 9, 4)),
    )

    content = content_of(make_facts(documents=documents))

    assert content.details["offsets"] == [
        {"number": "11", "date": "2026-08-03", "id": "tax-invoice-11", "amount": "5000.00"},
        {"number": "12", "date": "2026-09-03", "id": "tax-invoice-12", "amount": "7200.00"},
    ]


def test_an_advance_is_an_amount_whose_description_names_the_payment_order() -> None:
    facts = advance_facts(description="Аванс за ноябрь, п/п № 77 от 05.10.2026")

    content = content_of(facts)

    assert [(line.tax, line.gross) for line in content.lines] == [(Decimal("2200.00"), Decimal("12200.00"))]
    assert content.details["is_advance"] is True
    assert content.details["payments"] == [{"number": "77", "date": "2026-10-05"}]
    assert content.details["shipments"] == []
    assert content.details["offsets"] == []


def test_an_advance_takes_the_payment_that_was_received() -> None:
    facts = advance_facts(advances=(Advance("77", date(2026, 10, 5), Decimal("12200.00")),))

    assert content_of(facts).details["payments"] == [{"number": "77", "date": "2026-10-05"}]


def test_an_advance_of_an_unknown_payment_is_refused() -> None:
    answer = plugin.document_content(advance_facts(description="Аванс по договору № 5 от 01.02.2026"))

    assert answer == Nothing(
        "payment_unknown",
        "The payment order of the advance is unknown, which line 5 must name: enter the payment, or name the order "
        "in the description, such as «п/п № 77 от 05.10.2026».",
    )


@pytest.mark.parametrize(
    ("overrides", "ground"),
    [
        ({"tax_regime": TaxRegime.USN_EXEMPT}, "is exempt from VAT (the simplified system)"),
        (
            {"seller": make_seller(kind=PartyKind.PERSON)},
            "is a person, and only companies and sole proprietors charge VAT",
        ),
        (
            {"seller": make_seller(kind=PartyKind.FOREIGN)},
            "is a foreign company, for which its Russian client pays the VAT",
        ),
    ],
)
def test_who_charges_no_vat_issues_none(overrides: dict[str, Any], ground: str) -> None:
    answer = plugin.document_content(make_facts(is_by_hand=True, **overrides))

    assert answer == Nothing(
        "seller_may_not_issue",
        f"ООО «Пример Связь» may not issue tax invoices: it {ground}. Issue an act or a universal transfer document, "
        "or mend the enterprise's kind or tax regime.",
    )


@pytest.mark.parametrize("regime", [TaxRegime.VAT, TaxRegime.USN_5, TaxRegime.USN_7, None])
def test_who_charges_vat_issues_them(regime: TaxRegime | None) -> None:
    assert isinstance(plugin.document_content(make_facts(tax_regime=regime)), Content)


def test_a_person_gets_none_in_a_run() -> None:
    answer = plugin.document_content(make_facts(buyer=make_buyer(PartyKind.PERSON)))

    assert answer == Nothing(
        "buyer_is_a_person",
        "Андреева Полина is a person, who needs no tax invoice: ask for this one by hand if it is wanted.",
    )


def test_a_person_gets_one_that_is_asked_for_by_hand() -> None:
    facts = make_facts(buyer=make_buyer(PartyKind.PERSON), is_by_hand=True)

    assert isinstance(plugin.document_content(facts), Content)


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


def test_the_vat_of_a_period_is_told_once() -> None:
    told = make_reference("universal-transfer", "5", title="УПД", details={"status": 1})

    refused = plugin.document_content(make_facts(documents=(told,)))

    assert refused == Nothing("taxed_already", "УПД No. 5 tells the VAT of this period already: void it first.")


@pytest.mark.parametrize(
    "other",
    [
        make_reference("universal-transfer", "5", details={"status": 2}),
        make_reference("act", "5"),
        make_reference("tax-invoice", "5"),
        make_reference("universal-transfer", "5", details={"status": 1}, period=None),
    ],
)
def test_other_documents_do_not_keep_it_from_being_made(other: DocumentReference) -> None:
    assert isinstance(plugin.document_content(make_facts(documents=(other,))), Content)
