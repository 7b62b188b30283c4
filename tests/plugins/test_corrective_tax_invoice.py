"""The corrective tax invoice plugin: the differences of lines, its rows, and what it refuses to correct."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billfold.plugin_api import (
    Content,
    ContractReference,
    CorrectedLine,
    Document,
    DocumentFacts,
    DocumentLine,
    DocumentRule,
    Nothing,
    NumberingRule,
    PeriodKind,
    Reset,
    Visibility,
)
from plugins.corrective_tax_invoice import plugin
from plugins.corrective_tax_invoice.plugin import Change, CorrectiveTaxInvoiceDetails
from tests.factories import make_brand, make_buyer, make_document, make_line, make_seller

CHEAPER = CorrectedLine(make_line(2, price=Decimal("1220.00")), make_line(2, price=Decimal("610.00")))
DEARER = CorrectedLine(make_line(5, price=Decimal("122.00")), make_line(5, price=Decimal("244.00")))


def make_original(**overrides: Any) -> Document:
    values: dict[str, Any] = {"type": "tax-invoice", "title": "Счёт-фактура", "number": "77"}
    return make_document(**{**values, "issue_date": date(2026, 9, 30), **overrides})


def make_facts(*corrected: CorrectedLine, **overrides: Any) -> DocumentFacts:
    values: dict[str, Any] = {
        "type": "corrective-tax-invoice",
        "locale": "ru",
        "currency": "RUB",
        "issue_date": date(2026, 11, 1),
        "due_date": None,
        "seller": make_seller(),
        "buyer": make_buyer(),
        "brand": make_brand(),
        "contract": ContractReference("100042", date(2024, 2, 1), "RUB"),
        "charges": (),
        "original": make_original(),
        "corrected": corrected,
    }
    return DocumentFacts(**{**values, **overrides})


def content_of(*corrected: CorrectedLine, **overrides: Any) -> Content:
    content = plugin.document_content(make_facts(*corrected, **overrides))
    assert isinstance(content, Content)
    return content


def details_of(*corrected: CorrectedLine, **overrides: Any) -> CorrectiveTaxInvoiceDetails:
    return CorrectiveTaxInvoiceDetails.model_validate(content_of(*corrected, **overrides).details)


def figures_of(line: DocumentLine) -> tuple[Decimal, ...]:
    return line.quantity, line.unit_price, line.net, line.tax, line.gross


def test_the_type_corrects_tax_documents() -> None:
    declared = plugin.document_type()

    assert declared.key == "corrective-tax-invoice"
    assert not declared.is_payable
    assert declared.period_kinds == {PeriodKind.CORRECTION}
    assert declared.corrects == {"tax-invoice", "universal-transfer"}
    assert declared.title("ru") == "Корректировочный счёт-фактура"
    assert declared.title("en") == "Corrective invoice"


@pytest.mark.parametrize(("is_visible", "vote"), [(True, Visibility.CLIENT), (False, Visibility.STAFF)])
def test_the_operators_rule_decides_who_sees_it(is_visible: bool, vote: Visibility) -> None:
    assert plugin.document_visibility(DocumentRule(is_visible=is_visible)) is vote


def test_the_template_is_the_shipped_one() -> None:
    assert plugin.document_template() == "corrective-tax-invoice/corrective-tax-invoice.html"


def test_it_is_numbered_along_with_tax_invoices() -> None:
    document = make_document((), type="corrective-tax-invoice", issue_date=date(2026, 11, 1))
    rule = DocumentRule(numbering=NumberingRule(mask="{YYYY}/{N}", reset=Reset.YEAR))

    assert plugin.document_number_series(document, rule) == "tax-invoice:2026"


def test_another_price_is_one_line_of_the_difference() -> None:
    (line,) = content_of(CHEAPER).lines

    assert figures_of(line) == (
        Decimal(1), Decimal("-610.00"), Decimal("-500.00"), Decimal("-110.00"), Decimal("-610.00")
    )  # fmt: skip
    assert line.position == 1
    assert line.tax_rate == Decimal(22)


def test_a_price_without_tax_differs_by_its_net() -> None:
    net = CorrectedLine(
        make_line(price=Decimal("100.00"), tax_included=False), make_line(price=Decimal("150.00"), tax_included=False)
    )

    (line,) = content_of(net).lines

    assert figures_of(line) == (Decimal(1), Decimal("50.00"), Decimal("50.00"), Decimal("11.00"), Decimal("61.00"))


def test_another_quantity_is_so_many_units_at_the_same_price() -> None:
    fewer = CorrectedLine(
        make_line(price=Decimal("1.22"), quantity=Decimal(100)), make_line(price=Decimal("1.22"), quantity=Decimal(60))
    )

    (line,) = content_of(fewer).lines

    assert figures_of(line) == (
        Decimal(-40), Decimal("1.22"), Decimal("-40.00"), Decimal("-8.80"), Decimal("-48.80")
    )  # fmt: skip


def test_a_quantity_whose_product_is_not_the_difference_is_one_line_of_it() -> None:
    # 1 x 0.335 = 0.34 and 2 x 0.335 = 0.67: one unit more makes 0.33, and not 0.34.
    price = Decimal("0.335")
    more = CorrectedLine(make_line(price=price), make_line(price=price, quantity=Decimal(2)))

    (line,) = content_of(more).lines

    assert (line.quantity, line.unit_price, line.gross) == (Decimal(1), Decimal("0.33"), Decimal("0.33"))


def test_lines_that_do_not_change_are_left_out_and_the_others_counted_anew() -> None:
    same = CorrectedLine(make_line(3), make_line(3))

    content = content_of(CHEAPER, same, DEARER)

    assert [line.position for line in content.lines] == [1, 2]
    assert [line.gross for line in content.lines] == [Decimal("-610.00"), Decimal("122.00")]


def test_a_row_keeps_its_number_in_the_corrected_invoice() -> None:
    assert [one.position for one in details_of(CHEAPER, DEARER).corrections] == [2, 5]


def test_a_decrease_has_its_rows() -> None:
    (row,) = details_of(CHEAPER).corrections

    assert (row.before.quantity, row.before.price) == (Decimal(1), Decimal("1000.00"))
    assert (row.before.net, row.before.tax, row.before.gross) == (
        Decimal("1000.00"), Decimal("220.00"), Decimal("1220.00")
    )  # fmt: skip
    assert (row.after.price, row.after.gross) == (Decimal("500.00"), Decimal("610.00"))
    assert row.increase == Change()
    assert row.decrease == Change(net=Decimal("500.00"), tax=Decimal("110.00"), gross=Decimal("610.00"))


def test_increases_and_decreases_are_summed_apart() -> None:
    details = details_of(CHEAPER, DEARER, DEARER)

    assert details.increase == Change(net=Decimal("200.00"), tax=Decimal("44.00"), gross=Decimal("244.00"))
    assert details.decrease == Change(net=Decimal("500.00"), tax=Decimal("110.00"), gross=Decimal("610.00"))


def test_without_vat_no_tax_changes() -> None:
    untaxed = CorrectedLine(make_line(price=Decimal("10.00"), rate=None), make_line(price=Decimal("12.00"), rate=None))

    details = details_of(untaxed)

    assert details.increase == Change(net=Decimal("2.00"), tax=None, gross=Decimal("2.00"))
    assert details.corrections[0].before.tax_rate is None


def test_it_names_the_corrected_invoice_and_the_currency() -> None:
    details = details_of(CHEAPER)

    assert details.original is not None
    assert (details.original.number, details.original.date) == ("77", date(2026, 9, 30))
    assert (details.currency_name, details.currency_code) == ("Российский рубль", "643")


@pytest.mark.parametrize(
    ("corrected", "locale", "title"),
    [
        ((CHEAPER,), "en", "Credit note"),
        ((DEARER,), "en", ""),
        ((CHEAPER, DEARER), "en-US", "Credit note"),
        ((CHEAPER,), "ru", ""),
    ],
)
def test_in_english_a_decrease_is_a_credit_note(corrected: tuple[CorrectedLine, ...], locale: str, title: str) -> None:
    assert content_of(*corrected, locale=locale).title == title


def test_where_no_sum_changes_there_is_no_document() -> None:
    same = CorrectedLine(make_line(), replace(make_line(), description="Другое название"))

    assert plugin.document_content(make_facts(same)) == Nothing(
        "nothing_corrected", "Счёт-фактура 77 changes no sum: correct the price or quantity of a line."
    )


def test_an_advance_is_not_corrected() -> None:
    original = make_original(details={"is_advance": True})

    assert plugin.document_content(make_facts(CHEAPER, original=original)) == Nothing(
        "advance_not_corrected",
        "Счёт-фактура 77 is of an advance, whose value no supply has changed: void it, and issue another one.",
    )


def test_a_transfer_document_that_is_no_tax_invoice_is_not_corrected() -> None:
    original = make_original(type="universal-transfer", title="УПД", details={"status": 2})

    assert plugin.document_content(make_facts(CHEAPER, original=original)) == Nothing(
        "no_tax_document", "УПД 77 has status 2 and is no tax invoice: void it, and issue another one."
    )


def test_a_transfer_document_that_is_a_tax_invoice_is_corrected() -> None:
    original = make_original(type="universal-transfer", title="УПД", details={"status": 1})

    assert len(content_of(CHEAPER, original=original).lines) == 1
