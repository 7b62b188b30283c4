"""Figures: each printed column adds up, whatever way the prices were entered."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billfold.domain.document import DocumentLine
from billfold.rendering.figures import figures
from tests.factories import make_document, make_line


def test_prices_with_tax_are_shown_with_tax() -> None:
    document = make_document(lines=(make_line(price=Decimal("1000.00"), quantity=Decimal(2)),))

    shown = figures(document)

    assert not shown.is_net
    assert (shown.lines[0].price, shown.lines[0].amount) == (Decimal("1000.00"), Decimal("2000.00"))
    assert shown.subtotal == Decimal("2000.00")


def test_prices_without_tax_are_shown_net_and_the_tax_is_added() -> None:
    document = make_document(lines=(make_line(price=Decimal("1000.00"), tax_included=False),))

    shown = figures(document)

    assert shown.is_net
    assert shown.lines[0].amount == Decimal("1000.00")
    assert (shown.subtotal, shown.totals.tax, shown.totals.gross) == (
        Decimal("1000.00"),
        Decimal("220.00"),
        Decimal("1220.00"),
    )


def test_mixed_prices_are_all_shown_net() -> None:
    lines = (make_line(1, price=Decimal("1000.00")), make_line(2, price=Decimal("1000.00"), tax_included=False))

    shown = figures(make_document(lines=lines))

    assert [line.price for line in shown.lines] == [Decimal("819.67"), Decimal("1000.00")]
    assert [line.amount for line in shown.lines] == [Decimal("819.67"), Decimal("1000.00")]


def test_a_derived_net_price_has_the_digits_that_give_its_sum() -> None:
    lines = (
        make_line(1, price=Decimal("0.0045"), quantity=Decimal(60_000)),
        make_line(2, price=Decimal("1.00"), tax_included=False),
    )

    shown = figures(make_document(lines=lines))

    assert shown.lines[0].price == Decimal("0.0036885")
    assert shown.lines[0].amount == Decimal("221.31")


def test_a_part_of_a_month_keeps_its_monthly_price_as_an_amount() -> None:
    part = make_line(1, price=Decimal("900.00"), net=Decimal("95.19"), tax=Decimal("20.94"), gross=Decimal("116.13"))

    shown = figures(make_document(lines=(part, make_line(2, tax_included=False))))

    assert (shown.lines[0].price, shown.lines[0].amount) == (Decimal("737.70"), Decimal("95.19"))


def test_a_price_is_printed_with_six_digits_at_most() -> None:
    shown = figures(make_document(lines=(make_line(price=Decimal("0.00451234567")),)))

    assert shown.lines[0].price == Decimal("0.004512")


def test_without_tax_there_is_neither_net_nor_tax() -> None:
    shown = figures(make_document(lines=(make_line(rate=None),)))

    assert (shown.is_net, shown.has_tax, shown.shows_rates) == (False, False, False)


def test_several_rates_get_a_column() -> None:
    assert figures(make_document(lines=(make_line(1), make_line(2, rate=None)))).shows_rates


@st.composite
def _lines(draw: st.DrawFn) -> tuple[DocumentLine, ...]:
    count = draw(st.integers(1, 8))
    return tuple(
        make_line(
            position + 1,
            price=draw(st.decimals("0.0001", "100000", places=4)),
            quantity=draw(st.decimals("0.01", "10000", places=2)),
            rate=draw(st.sampled_from([None, Decimal(0), Decimal(10), Decimal(22)])),
            tax_included=draw(st.booleans()),
        )
        for position in range(count)
    )


@given(_lines())
def test_the_amounts_add_up_to_the_subtotal(lines: tuple[DocumentLine, ...]) -> None:
    shown = figures(make_document(lines=lines))

    assert sum(line.amount for line in shown.lines) == shown.subtotal
    assert shown.subtotal + (shown.totals.tax if shown.is_net else 0) == shown.totals.gross
