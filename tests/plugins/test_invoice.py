"""The invoice plugin: what it declares and what it makes of charges."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from billfold.plugin_api import (
    Account,
    AccountEntry,
    AttachmentFacts,
    Charge,
    ChargeKind,
    Content,
    ContractReference,
    DeliveryPolicy,
    DocumentFacts,
    DocumentRule,
    EntryKind,
    Need,
    Nothing,
    Period,
    PeriodKind,
    ServiceReference,
    UsageRecord,
    Visibility,
)
from plugins.invoice import plugin
from tests.factories import OCTOBER, make_brand, make_buyer, make_document, make_seller

INTERNET: Mapping[str, str] = {"": "Доступ в интернет 100 Мбит/с", "en": "Internet access 100 Mbit/s"}


def make_charge(names: Mapping[str, str] = INTERNET, **overrides: Any) -> Charge:
    values: dict[str, Any] = {
        "kind": ChargeKind.SUBSCRIPTION,
        "service": ServiceReference("internet-100", names, "мес", "362"),
        "period": OCTOBER,
        "quantity": Decimal(1),
        "unit_price": Decimal("900.00"),
        "tax_included": True,
        "tax_rate": Decimal(22),
        "net": Decimal("737.70"),
        "tax": Decimal("162.30"),
        "gross": Decimal("900.00"),
        "currency": "RUB",
        "active_days": 31,
        "month_days": 31,
    }
    return Charge(**{**values, **overrides})


def make_facts(*charges: Charge, **overrides: Any) -> DocumentFacts:
    values: dict[str, Any] = {
        "type": "invoice",
        "locale": "ru",
        "currency": "RUB",
        "issue_date": date(2026, 11, 1),
        "due_date": date(2026, 11, 15),
        "seller": make_seller(),
        "buyer": make_buyer(),
        "brand": make_brand(),
        "contract": ContractReference("100042", date(2024, 2, 1), "RUB"),
        "charges": charges,
        "period": OCTOBER,
    }
    return DocumentFacts(**{**values, **overrides})


def content_of(*charges: Charge, **overrides: Any) -> Content:
    content = plugin.document_content(make_facts(*charges, **overrides))
    assert isinstance(content, Content)
    return content


def test_the_type_is_payable_and_takes_periods_and_amounts() -> None:
    declared = plugin.document_type()

    assert declared.key == "invoice"
    assert declared.is_payable
    assert declared.period_kinds == {PeriodKind.PERIOD, PeriodKind.AMOUNT}
    assert declared.title("ru") == "Счёт на оплату"
    assert declared.title("en") == "Invoice"
    assert declared.file_names["ru"].format(number="42", date="01.11.2026") == "Счёт 42 от 01.11.2026"


def test_by_default_invoices_are_numbered_on_and_mailed_to_the_client() -> None:
    rule = plugin.document_type().rule

    assert rule.numbering.mask == "{N}"
    assert rule.numbering.reset == "never"
    assert rule.is_visible
    assert rule.is_automatic
    assert rule.delivery is DeliveryPolicy.CLIENT


def test_the_template_is_the_shipped_one() -> None:
    assert plugin.document_template() == "invoice/invoice.html"


@pytest.mark.parametrize(("is_visible", "vote"), [(True, Visibility.CLIENT), (False, Visibility.STAFF)])
def test_the_operators_rule_decides_who_sees_it(is_visible: bool, vote: Visibility) -> None:
    assert plugin.document_visibility(DocumentRule(is_visible=is_visible)) is vote


def test_a_line_repeats_its_charge() -> None:
    line = content_of(make_charge()).lines[0]

    assert line.position == 1
    assert line.quantity == Decimal(1)
    assert (line.unit, line.unit_code) == ("мес", "362")
    assert line.unit_price == Decimal("900.00")
    assert line.tax_included
    assert (line.net, line.tax, line.gross) == (Decimal("737.70"), Decimal("162.30"), Decimal("900.00"))
    assert line.period == OCTOBER
    assert line.service == "internet-100"


def test_lines_keep_the_order_of_the_charges() -> None:
    content = content_of(make_charge({"": "Второй"}), make_charge({"": "Первый"}))

    assert [(line.position, line.description.split(",")[0]) for line in content.lines] == [(1, "Второй"), (2, "Первый")]


def test_a_whole_month_is_named() -> None:
    assert content_of(make_charge()).lines[0].description == "Доступ в интернет 100 Мбит/с, октябрь 2026 г."


def test_a_part_of_a_month_says_its_days_beside_the_monthly_price() -> None:
    part = Period(date(2026, 10, 1), date(2026, 10, 5))

    line = content_of(make_charge(period=part, active_days=4, gross=Decimal("116.13"))).lines[0]

    assert line.description == "Доступ в интернет 100 Мбит/с, 01.10.2026–04.10.2026 (4 из 31 дн.)"
    assert line.unit_price == Decimal("900.00")


def test_a_single_day_is_written_once() -> None:
    day = Period(date(2026, 10, 1), date(2026, 10, 2))

    assert content_of(make_charge(period=day, active_days=1)).lines[0].description == (
        "Доступ в интернет 100 Мбит/с, 01.10.2026 (1 из 31 дн.)"
    )


def test_december_is_a_whole_month_too() -> None:
    december = Period(date(2026, 12, 1), date(2027, 1, 1))

    assert content_of(make_charge(period=december)).lines[0].description == (
        "Доступ в интернет 100 Мбит/с, декабрь 2026 г."
    )


def test_usage_names_its_destination_and_no_days() -> None:
    usage = make_charge(
        {"": "Передача SMS-сообщений"},
        kind=ChargeKind.USAGE,
        destination="282-01 Silknet, საქართველო",
        active_days=0,
        month_days=0,
    )

    assert content_of(usage).lines[0].description == (
        "Передача SMS-сообщений, 282-01 Silknet, საქართველო, октябрь 2026 г."
    )


def test_english_documents_are_english() -> None:
    part = Period(date(2026, 10, 1), date(2026, 10, 5))

    content = content_of(make_charge(period=part, active_days=4), locale="en")

    assert content.lines[0].description == "Internet access 100 Mbit/s, 1 Oct 2026–4 Oct 2026 (4 of 31 days)"
    assert content.payment_purpose == (
        "Payment of invoice No. {number} of {date}, contract No. 100042, incl. VAT 22% 162.30"
    )


def test_the_purpose_names_the_contract_and_the_tax() -> None:
    assert content_of(make_charge()).payment_purpose == (
        "Оплата по счёту № {number} от {date}, договор № 100042, в т.ч. НДС 22% 162.30"
    )


def test_the_purpose_of_several_rates_names_their_sum() -> None:
    old = make_charge(tax_rate=Decimal(20), tax=Decimal("150.00"), net=Decimal("750.00"))

    assert content_of(make_charge(), old).payment_purpose.endswith("в т.ч. НДС 312.30")


@pytest.mark.parametrize(("locale", "end"), [("ru", "НДС не облагается"), ("en", "VAT not charged")])
def test_the_purpose_without_tax_says_so(locale: str, end: str) -> None:
    untaxed = make_charge(tax_rate=None, net=Decimal("900.00"), tax=Decimal("0.00"))

    assert content_of(untaxed, locale=locale).payment_purpose.endswith(end)


@pytest.mark.parametrize(
    ("locale", "given", "printed"),
    [
        ("ru", "Аванс за ноябрь", "Аванс за ноябрь"),
        ("ru", "", "Оплата услуг по договору № 100042"),
        ("en", "", "Payment for services under contract No. 100042"),
    ],
)
def test_an_amount_is_one_line_with_its_description(locale: str, given: str, printed: str) -> None:
    amount = make_charge(kind=ChargeKind.AMOUNT, active_days=0, month_days=0)

    content = content_of(amount, locale=locale, amount=Decimal("900.00"), period=None, description=given)

    assert [line.description for line in content.lines] == [printed]


def test_without_charges_nothing_is_billed() -> None:
    assert plugin.document_content(make_facts()) == Nothing("nothing_to_bill")


def test_a_zero_sum_is_not_billed() -> None:
    assert plugin.document_content(make_facts(make_charge(gross=Decimal("0.00")))) == Nothing("zero_amount")


def test_a_negative_sum_is_not_billed() -> None:
    refund = make_charge(gross=Decimal("-1000.00"))

    assert plugin.document_content(make_facts(make_charge(), refund)) == Nothing("negative_amount")


def entry(kind: EntryKind, amount: str) -> AccountEntry:
    return AccountEntry(kind, date(2026, 10, 15), Decimal(amount))


def account_of(opening: str, *entries: AccountEntry, **overrides: Any) -> Any:
    return content_of(make_charge(), account=Account(Decimal(opening), entries), **overrides).details["account"]


def test_the_type_asks_for_the_account() -> None:
    assert plugin.document_type().needs == {Need.CHARGES, Need.ACCOUNT}


def test_a_debt_and_payments_are_summed_up_beside_the_invoice() -> None:
    summary = account_of(
        "-320.50",
        entry(EntryKind.PAYMENT, "-500.00"),
        entry(EntryKind.REFUND, "100.00"),
        entry(EntryKind.CORRECTION, "-45.00"),
        entry(EntryKind.CHARGE, "900.00"),
    )

    assert summary == {
        "opening": "-320.50",
        "charged": "900.00",
        "corrected": "-45.00",
        "paid": "400.00",
        "to_pay": "775.50",
        "left": "0.00",
    }


def test_money_of_the_client_above_the_invoice_leaves_nothing_to_pay() -> None:
    summary = account_of("1000.00")

    assert (summary["to_pay"], summary["left"]) == ("0.00", "100.00")


def test_payments_alone_are_summed_up() -> None:
    assert account_of("0.00", entry(EntryKind.PAYMENT, "-900.00"))["paid"] == "900.00"


def test_an_account_without_balance_and_payments_is_not_summed_up() -> None:
    assert account_of("0.00", entry(EntryKind.CHARGE, "900.00")) is None


def test_an_amount_has_no_summary() -> None:
    assert account_of("-320.50", amount=Decimal("900.00"), period=None) is None


@pytest.mark.parametrize(("locale", "title"), [("ru", "Счёт на предоплату"), ("en", "Prepayment invoice")])
def test_an_amount_is_a_prepayment_invoice(locale: str, title: str) -> None:
    amount = make_charge(kind=ChargeKind.AMOUNT, active_days=0, month_days=0)

    assert content_of(amount, locale=locale, amount=Decimal("900.00"), period=None).title == title


def test_an_invoice_of_a_period_has_the_title_of_its_type() -> None:
    assert content_of(make_charge()).title == ""


@pytest.mark.parametrize(
    ("overrides", "has_statistics"),
    [
        ({"sends_statistics": True}, True),
        ({"sends_statistics": False}, False),
        ({"sends_statistics": True, "amount": Decimal("900.00"), "period": None}, False),
    ],
    ids=["wanted", "not wanted", "an amount"],
)
def test_statistics_go_with_a_period_to_those_who_want_them(overrides: dict[str, Any], has_statistics: bool) -> None:
    assert content_of(make_charge(), **overrides).details["has_statistics"] is has_statistics


def attachment_facts() -> AttachmentFacts:
    service = ServiceReference("sms", {"": "SMS"}, "шт", "796")
    record = UsageRecord(
        datetime(2026, 10, 5, 12, tzinfo=UTC), service, "", Decimal(2), Decimal("1.50"), True, Decimal("3.00"), "a-1"
    )
    return AttachmentFacts(timezone="UTC", usage_count=1, usage=lambda: iter((record,)))


def test_an_invoice_with_statistics_gives_the_usage_as_files() -> None:
    document = make_document(details={"account": None, "has_statistics": True})

    attachments = plugin.document_attachments(document, attachment_facts())

    assert attachments is not None
    assert [attachment.name.rpartition(".")[2] for attachment in attachments] == ["csv", "xlsx"]


@pytest.mark.parametrize("details", [{}, {"account": None, "has_statistics": False}])
def test_an_invoice_without_statistics_gives_no_files(details: dict[str, Any]) -> None:
    assert plugin.document_attachments(make_document(details=details), attachment_facts()) is None
