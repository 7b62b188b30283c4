"""Totals of a document: what its lines add up to, by rate and in all."""

from decimal import Decimal

from billfold.domain.document import TaxLine, total_up
from tests.factories import make_line, make_lines

SHARED_PRICE = Decimal("10.01")


def test_each_total_is_the_sum_of_its_column() -> None:
    lines = (make_line(1, price=Decimal("1000.00")), make_line(2, price=Decimal("10.01"), quantity=Decimal(7)))

    totals = total_up(lines)

    assert (totals.net, totals.tax, totals.gross) == (Decimal("877.10"), Decimal("192.97"), Decimal("1070.07"))


def test_tax_is_rounded_a_line_and_then_added() -> None:
    lines = tuple(make_line(position, price=SHARED_PRICE) for position in range(1, 8))

    totals = total_up(lines)

    assert totals.tax == Decimal("12.67")
    assert totals.gross == Decimal("70.07")


def test_one_line_of_the_same_sum_is_taxed_otherwise() -> None:
    totals = total_up((make_line(price=SHARED_PRICE, quantity=Decimal(7)),))

    assert totals.tax == Decimal("12.64")


def test_rates_are_listed_from_the_highest_and_without_vat_comes_last() -> None:
    lines = tuple(
        make_line(position, price=Decimal(100), rate=rate, tax_included=False)
        for position, rate in enumerate((None, Decimal(0), Decimal(22), Decimal(10), Decimal(22)), start=1)
    )

    taxes = total_up(lines).taxes

    assert taxes == (
        TaxLine(Decimal(22), Decimal("200.00"), Decimal("44.00")),
        TaxLine(Decimal(10), Decimal("100.00"), Decimal("10.00")),
        TaxLine(Decimal(0), Decimal("100.00"), Decimal("0.00")),
        TaxLine(None, Decimal("100.00"), Decimal("0.00")),
    )


def test_a_rate_written_in_two_ways_is_one_rate() -> None:
    lines = (make_line(1, rate=Decimal(22)), make_line(2, rate=Decimal("22.00")))

    assert [line.rate for line in total_up(lines).taxes] == [Decimal(22)]


def test_the_rates_add_up_to_the_totals() -> None:
    totals = total_up(make_lines(50))

    assert sum(line.net for line in totals.taxes) == totals.net
    assert sum(line.tax for line in totals.taxes) == totals.tax


def test_a_refund_takes_away() -> None:
    lines = (make_line(1, price=Decimal("1000.00")), make_line(2, price=Decimal("-1000.00")))

    totals = total_up(lines)

    assert (totals.net, totals.tax, totals.gross) == (0, 0, 0)


def test_no_lines_make_nothing() -> None:
    totals = total_up(())

    assert (totals.net, totals.tax, totals.gross, totals.taxes) == (0, 0, 0, ())
