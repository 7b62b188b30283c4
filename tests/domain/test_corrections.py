"""Corrections: what lines become, and what the difference charges."""

import dataclasses
from datetime import date
from decimal import Decimal

import pytest

from billfold.domain.charging import ChargeKind, ServiceReference
from billfold.domain.corrections import LineCorrection, as_corrected, correct, differences
from billfold.domain.document import CorrectedLine, DocumentLine
from billfold.domain.errors import InvalidInput
from tests.factories import make_document


def line(position: int = 1, quantity: str = "1", price: str = "12200.00", **changes: object) -> DocumentLine:
    """A line with its tax of 22 % inside its price."""
    given: dict[str, object] = {
        "net": Decimal("10000.00"),
        "tax": Decimal("2200.00"),
        "gross": Decimal("12200.00"),
        **changes,
    }
    return DocumentLine(
        position=position,
        description="Доступ в интернет",
        quantity=Decimal(quantity),
        unit="мес",
        unit_code="362",
        unit_price=Decimal(price),
        tax_included=True,
        tax_rate=Decimal(22),
        service="internet-100",
        **given,  # type: ignore[arg-type]
    )


def test_a_new_price_changes_the_sums_at_the_rate_of_the_line() -> None:
    (corrected,) = correct([line()], [LineCorrection(1, unit_price=Decimal("9760.00"))], "RUB")

    after = corrected.after
    assert (after.net, after.tax, after.gross) == (Decimal("8000.00"), Decimal("1760.00"), Decimal("9760.00"))
    assert corrected.before == line()


def test_a_price_without_tax_gets_its_tax_on_top() -> None:
    before = dataclasses.replace(line(price="10000.00"), tax_included=False)

    (corrected,) = correct([before], [LineCorrection(1, quantity=Decimal(2))], "RUB")

    after = corrected.after
    assert (after.net, after.tax, after.gross) == (Decimal("20000.00"), Decimal("4400.00"), Decimal("24400.00"))


def test_a_line_for_a_part_of_its_month_keeps_its_share() -> None:
    part = line(price="310.00", net=Decimal("163.93"), tax=Decimal("36.07"), gross=Decimal("200.00"))

    (corrected,) = correct([part], [LineCorrection(1, unit_price=Decimal("155.00"))], "RUB")

    assert corrected.after.gross == Decimal("100.00")


def test_a_line_that_stays_as_it_is_is_no_correction() -> None:
    assert correct([line()], [LineCorrection(1, quantity=Decimal(1))], "RUB") == ()


@pytest.mark.parametrize(
    ("corrections", "message"),
    [
        ([LineCorrection(2, quantity=Decimal(1))], "no line 2"),
        ([LineCorrection(1), LineCorrection(1)], "Name each line once"),
        ([LineCorrection(1, quantity=Decimal(-1))], "must not be below zero"),
        ([LineCorrection(1, unit_price=Decimal("0.000000000001"))], "11 decimals"),
        ([LineCorrection(1, quantity=Decimal(10) ** 14)], "more than an amount may be"),
    ],
)
def test_what_cannot_be_is_refused(corrections: list[LineCorrection], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        correct([line()], corrections, "RUB")


def test_the_latest_correction_of_each_line_counts() -> None:
    original = make_document(lines=(line(1), line(2)))
    first = dataclasses.replace(original, corrected=(CorrectedLine(line(1), line(1, "3")),))
    second = dataclasses.replace(original, corrected=(CorrectedLine(line(1, "3"), line(1, "5")),))

    lines = as_corrected(original, [first, second])

    assert [(one.position, one.quantity) for one in lines] == [(1, Decimal(5)), (2, Decimal(1))]


def test_the_difference_is_charged_on_the_day_of_the_correction() -> None:
    service = ServiceReference("internet-100", {"": "Интернет"}, "мес", "362")
    corrected = correct([line()], [LineCorrection(1, unit_price=Decimal("9760.00"))], "RUB")

    (charge,) = differences(corrected, {"internet-100": service}, on=date(2026, 11, 5), currency="RUB")

    assert (charge.net, charge.tax, charge.gross) == (Decimal("-2000.00"), Decimal("-440.00"), Decimal("-2440.00"))
    assert (charge.kind, charge.period.start, charge.period.days) == (ChargeKind.CORRECTION, date(2026, 11, 5), 1)
    assert (charge.quantity, charge.unit_price, charge.tax_rate) == (Decimal(1), Decimal("-2440.00"), Decimal(22))


def test_a_line_that_was_corrected_to_nothing_gets_its_own_share_back() -> None:
    part = line(price="310.00", net=Decimal("163.93"), tax=Decimal("36.07"), gross=Decimal("200.00"))
    (nothing,) = correct([part], [LineCorrection(1, quantity=Decimal(0))], "RUB")

    (back,) = correct([nothing.after], [LineCorrection(1, quantity=Decimal(1))], "RUB", originals=[part])
    (half,) = correct([nothing.after], [LineCorrection(1, Decimal(1), Decimal("155.00"))], "RUB", originals=[part])

    assert nothing.after.gross == Decimal(0)
    assert back.after == part
    assert half.after.gross == Decimal("100.00")


def test_a_line_that_is_as_it_was_at_first_has_its_first_sums() -> None:
    # One tax for several lines leaves a kopeck on this one.
    spread = line(price="10.01", net=Decimal("8.20"), tax=Decimal("1.81"), gross=Decimal("10.01"))
    (dearer,) = correct([spread], [LineCorrection(1, unit_price=Decimal("20.02"))], "RUB")

    (back,) = correct([dearer.after], [LineCorrection(1, unit_price=Decimal("10.01"))], "RUB", originals=[spread])

    assert back.after == spread
