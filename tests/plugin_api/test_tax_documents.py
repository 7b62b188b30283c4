"""Tax documents: which payments, supplies and advance invoices they name."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billfold.domain.periods import Period
from billfold.plugin_api import Advance, advance_offsets, currency_words, payment_papers, shipment_papers
from tests.plugins.supplies import make_advance_invoice, make_facts, make_reference

SEPTEMBER = Period(date(2026, 9, 1), date(2026, 10, 1))
ADVANCE = make_advance_invoice("11", "10000.00", date(2026, 8, 3))


def supply_of_september(**overrides: Any) -> Any:
    used = [{"id": "tax-invoice-11", "number": "11", "date": "2026-08-03", "amount": "6000.00"}]
    values = {"type": "tax-invoice", "number": "12", "period": SEPTEMBER, "details": {"offsets": used}}
    return make_reference(**{**values, **overrides})


def shares(documents: tuple[Any, ...], due: str) -> list[tuple[str, Decimal]]:
    found = advance_offsets(make_facts(documents=documents), Decimal(due))
    return [(one.number, one.amount) for one in found]


@pytest.mark.parametrize("type_", ["tax-invoice", "universal-transfer"])
def test_what_an_earlier_supply_used_of_an_advance_is_gone(type_: str) -> None:
    earlier = supply_of_september(type=type_)

    assert shares((ADVANCE, earlier), "12200.00") == [("11", Decimal("4000.00"))]


def test_a_used_up_advance_is_not_named() -> None:
    used = [{"id": "tax-invoice-11", "number": "11", "date": "2026-08-03", "amount": "10000.00"}]

    assert shares((ADVANCE, supply_of_september(details={"offsets": used})), "12200.00") == []


def test_another_document_of_the_same_period_uses_the_same_advance() -> None:
    same = supply_of_september(type="universal-transfer", period=make_facts().period)

    assert shares((ADVANCE, same), "12200.00") == [("11", Decimal("10000.00"))]


def test_an_advance_that_came_after_the_supply_pays_for_none_of_it() -> None:
    later = make_advance_invoice("13", "100.00", date(2026, 11, 1))

    assert shares((later,), "12200.00") == []


def test_a_supply_that_is_paid_by_the_first_advance_leaves_the_second() -> None:
    second = make_advance_invoice("12", "500.00", date(2026, 9, 3))

    assert shares((ADVANCE, second), "10000.00") == [("11", Decimal("10000.00"))]


def test_an_ordinary_tax_invoice_is_no_advance() -> None:
    assert shares((make_reference("tax-invoice", "9", period=SEPTEMBER),), "12200.00") == []


def test_an_advance_uses_up_no_advance() -> None:
    facts = make_facts(period=None, amount=Decimal("100.00"), documents=(ADVANCE,))

    assert advance_offsets(facts, Decimal("100.00")) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("п/п № 77 от 05.10.2026", [("77", date(2026, 10, 5))]),
        ("п/п №77 от 05.10.2026, п/п № 8-А от 06.10.2026", [("77", date(2026, 10, 5)), ("8-А", date(2026, 10, 6))]),
        ("Платёжное поручение № 5 от 01.10.2026", [("5", date(2026, 10, 1))]),
        ("платежному поручению № 5 от 01.10.2026", [("5", date(2026, 10, 1))]),
        ("Payment order No. 9 of 02.10.2026", [("9", date(2026, 10, 2))]),
        ("п/п № 77 от 45.10.2026", []),
        ("Договор № 17 от 05.10.2026", []),
        ("", []),
    ],
)  # fmt: skip
def test_the_description_of_an_advance_names_payment_orders(text: str, found: list[tuple[str, date]]) -> None:
    facts = make_facts(amount=Decimal("100.00"), period=None, description=text)

    assert [(paper.number, paper.date) for paper in payment_papers(facts)] == found


def test_the_description_of_an_advance_goes_before_the_payments_received() -> None:
    facts = make_facts(
        amount=Decimal("100.00"),
        period=None,
        description="п/п № 77 от 05.10.2026",
        advances=(Advance("78", date(2026, 10, 6), Decimal("100.00")),),
    )

    assert [paper.number for paper in payment_papers(facts)] == ["77"]


def test_a_payment_in_two_parts_is_named_once() -> None:
    half = Advance("77", date(2026, 9, 5), Decimal("50.00"))

    assert len(payment_papers(make_facts(advances=(half, half)))) == 1


def test_acts_of_the_period_are_its_documents() -> None:
    documents = (
        make_reference(number="16", period=SEPTEMBER),
        make_reference(number="17"),
        make_reference(number="18"),
    )

    assert [paper.number for paper in shipment_papers(make_facts(documents=documents))] == ["17", "18"]


def test_without_an_act_the_universal_transfer_is_the_document() -> None:
    transfer = make_reference("universal-transfer", "3", title="Универсальный передаточный документ")

    papers = shipment_papers(make_facts(documents=(make_reference("invoice", "1"), transfer)))

    assert [(paper.title, paper.number) for paper in papers] == [("Универсальный передаточный документ", "3")]


@pytest.mark.parametrize(
    ("currency", "locale", "name", "code"),
    [
        ("RUB", "ru", "Российский рубль", "643"),
        ("USD", "en", "US Dollar", "840"),
        ("KZT", "ru", "Казахский тенге", "398"),
        ("ALL", "en", "Albanian Lek", "008"),
    ],
)
def test_line_7_names_the_currency_and_its_digits(currency: str, locale: str, name: str, code: str) -> None:
    assert currency_words(make_facts(currency=currency, locale=locale)) == {
        "currency_name": name,
        "currency_code": code,
    }


def test_a_second_advance_names_the_money_that_the_first_does_not() -> None:
    money = (Advance("71", date(2026, 10, 1), Decimal("1220.00")), Advance("72", date(2026, 10, 3), Decimal("610.00")))
    first = make_advance_invoice("11", "1000.00", date(2026, 10, 1))
    facts = make_facts(
        period=None, amount=Decimal("500.00"), issue_date=date(2026, 10, 3), advances=money, documents=(first,)
    )

    found = payment_papers(facts)

    assert [(one.number, one.date) for one in found] == [("71", date(2026, 10, 1)), ("72", date(2026, 10, 3))]


def test_money_of_an_advance_that_a_supply_has_used_is_spent_once() -> None:
    # What is spent on supplies is gone from the money already.
    money = (Advance("72", date(2026, 10, 3), Decimal("610.00")),)
    facts = make_facts(
        period=None,
        amount=Decimal("610.00"),
        advances=money,
        documents=(
            ADVANCE,
            supply_of_september(
                details={
                    "offsets": [{"id": "tax-invoice-11", "number": "11", "date": "2026-08-03", "amount": "10000.00"}]
                }
            ),
        ),
    )

    assert [one.number for one in payment_papers(facts)] == ["72"]
