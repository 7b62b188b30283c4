"""Adjustments: what edits of a draft charge beside the books, and what documents then tell."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from billfold.domain.adjustments import edited, edits_behind, merged
from billfold.domain.charging import Charge, ChargeKind, ServiceReference, Sold, charge_sold, exact_amount
from billfold.domain.document import TaxRegime
from billfold.domain.edits import AddedLine, Edits, LineEdit
from billfold.domain.errors import InvalidInput
from billfold.domain.money import round_exact
from billfold.domain.periods import Period, month
from billfold.domain.tax import Taxation, TaxRounding

OCTOBER = month("2026-10")
INTERNET = ServiceReference("internet-100", {"": "Доступ в интернет"}, "мес", "362")
SETUP = ServiceReference("setup", {"": "Выезд инженера"}, "шт", "796")
VAT = Taxation("primer", ((date(1900, 1, 1), TaxRegime.VAT),))
BY_RATE = replace(VAT, rounding=TaxRounding.RATE)


def charge(price: str, quantity: str = "1", *, days: int = 31, is_net: bool = False, currency: str = "RUB") -> Charge:
    """A subscription that is charged for so many days of October, at 22 %."""
    sold = Sold(INTERNET, OCTOBER, Decimal(quantity), Decimal(price), not is_net, Decimal(22))
    return charge_sold(
        ChargeKind.SUBSCRIPTION,
        sold,
        currency=currency,
        amount=round_exact(exact_amount(sold, Fraction(days, 31)), currency),
        days=(days, 31),
    )


def added(price: str, quantity: str = "1", *, is_net: bool = False, on: int = 14) -> AddedLine:
    return AddedLine(SETUP, date(2026, 10, on), Decimal(quantity), Decimal(price), not is_net, "Выезд")


def written(
    charges: list[Charge], *edits: LineEdit | AddedLine, taxation: Taxation = VAT, currency: str = "RUB"
) -> tuple[Charge, ...]:
    """What the edits write beside the charges."""
    lines = tuple(edit for edit in edits if isinstance(edit, LineEdit))
    more = tuple(edit for edit in edits if isinstance(edit, AddedLine))
    return edited(charges, Edits(lines, more), period=OCTOBER, taxation=taxation, currency=currency)


def sums(one: Charge) -> tuple[str, str, str]:
    return str(one.net), str(one.tax), str(one.gross)


def test_a_new_price_charges_the_difference_beside_the_computed_charge() -> None:
    computed = [charge("1220.00"), charge("610.00")]

    (adjustment,) = written(computed, LineEdit(2, unit_price=Decimal("488.00")))

    assert (adjustment.kind, adjustment.adjusts, adjustment.id) == (ChargeKind.ADJUSTMENT, 2, None)
    assert (adjustment.quantity, adjustment.unit_price) == (1, Decimal("488.00"))
    assert sums(adjustment) == ("-100.00", "-22.00", "-122.00")


def test_documents_tell_a_charge_and_its_adjustment_in_one_line() -> None:
    computed = [charge("1220.00"), charge("610.00")]
    adjustments = written(computed, LineEdit(1, quantity=Decimal(2), description="Два канала"))

    first, second = merged([*computed, *adjustments])

    assert (first.kind, first.description, first.quantity) == (ChargeKind.SUBSCRIPTION, "Два канала", 2)
    assert sums(first) == ("2000.00", "440.00", "2440.00")
    assert second == computed[1]


def test_a_part_of_a_month_keeps_its_share() -> None:
    # 3 of 31 days of 2200.00 are 212.90; of 4400.00 they are 425.81, and not twice 212.90.
    (adjustment,) = written([charge("2200.00", days=3)], LineEdit(1, unit_price=Decimal("4400.00")))

    (told,) = merged([charge("2200.00", days=3), adjustment])
    assert (told.active_days, told.month_days) == (3, 31)
    assert sums(told) == ("349.02", "76.79", "425.81")


def test_a_share_that_its_days_do_not_tell_is_read_off_its_sum() -> None:
    halved = replace(charge("1220.00"), net=Decimal("500.00"), tax=Decimal("110.00"), gross=Decimal("610.00"))

    (told,) = merged([halved, *written([halved], LineEdit(1, quantity=Decimal(3)))])

    assert sums(told) == ("1500.00", "330.00", "1830.00")


def test_tax_goes_on_top_of_a_price_without_it() -> None:
    (told,) = merged(
        [charge("100.00", is_net=True), *written([charge("100.00", is_net=True)], LineEdit(1, Decimal(3)))]
    )

    assert sums(told) == ("300.00", "66.00", "366.00")


def test_a_currency_without_minor_units_is_rounded_to_its_own() -> None:
    yen = charge("1001", currency="JPY")

    (adjustment,) = written([yen], LineEdit(1, unit_price=Decimal("1500.5")), currency="JPY")

    (told,) = merged([yen, adjustment])
    assert sums(told) == ("1230", "271", "1501")


@pytest.mark.parametrize("edit", [LineEdit(1, is_removed=True), LineEdit(1, quantity=Decimal(0))])
def test_a_removed_line_is_gone_and_gives_its_sum_back(edit: LineEdit) -> None:
    computed = [charge("1220.00"), charge("610.00")]

    (adjustment,) = written(computed, edit)

    assert (adjustment.quantity, sums(adjustment)) == (0, ("-1000.00", "-220.00", "-1220.00"))
    assert merged([*computed, adjustment]) == (computed[1],)


def test_an_added_line_stands_before_all_adjustments_and_is_told_as_it_is() -> None:
    computed = [charge("1220.00")]

    line, adjustment = written(computed, LineEdit(1, quantity=Decimal(2)), added("500.00", is_net=True))

    assert (line.kind, line.period, line.description, line.id) == (
        ChargeKind.CORRECTION,
        Period(date(2026, 10, 14), date(2026, 10, 15)),
        "Выезд",
        None,
    )
    assert sums(line) == ("500.00", "110.00", "610.00")
    assert adjustment.adjusts == 1
    assert [one.gross for one in merged([*computed, line, adjustment])] == [Decimal("2440.00"), Decimal("610.00")]


def test_a_new_name_alone_moves_no_money() -> None:
    (adjustment,) = written([charge("1220.00")], LineEdit(1, description="Канал связи"))

    assert (adjustment.description, sums(adjustment)) == ("Канал связи", ("0.00", "0.00", "0.00"))


def test_an_edit_that_changes_nothing_writes_nothing() -> None:
    assert written([charge("1220.00")], LineEdit(1, unit_price=Decimal(1220), quantity=Decimal(1))) == ()


def test_what_nobody_edits_is_told_as_it_is() -> None:
    computed = (charge("1220.00"), charge("610.00"))

    assert merged(computed) == computed


@pytest.mark.parametrize("edit", [LineEdit(1, unit_price=Decimal("7.77")), LineEdit(2, is_removed=True)])
def test_tax_by_rate_adds_up_after_an_edit_as_before(edit: LineEdit) -> None:
    # 22 % on 33.33 + 33.33 + 33.33 is 22.00 by rate, and 21.99 line by line.
    thirds = [charge("33.33", is_net=True) for _ in range(3)]
    computed = [replace(thirds[0], tax=Decimal("7.34"), gross=Decimal("40.67")), *thirds[1:]]

    told = merged([*computed, *written(computed, edit, taxation=BY_RATE)])

    net, tax = sum(one.net for one in told), sum(one.tax for one in told)
    assert tax == round_exact(Fraction(net) * Fraction(22, 100), "RUB")


def test_a_new_name_moves_no_tax_by_rate() -> None:
    thirds = [charge("33.33", is_net=True) for _ in range(3)]
    computed = [replace(thirds[0], tax=Decimal("7.34"), gross=Decimal("40.67")), *thirds[1:]]

    (adjustment,) = written(computed, LineEdit(2, description="Канал связи"), taxation=BY_RATE)

    assert (adjustment.adjusts, adjustment.gross) == (2, 0)


def test_a_credit_is_removed_or_renamed_only() -> None:
    credit = charge("-122.00")
    computed = [charge("1220.00"), credit]

    (renamed,) = written(computed, LineEdit(2, description="Скидка"))
    (removed,) = written(computed, LineEdit(2, is_removed=True))

    assert (renamed.gross, removed.gross) == (0, Decimal("122.00"))
    with pytest.raises(InvalidInput, match="Line 2 is a credit"):
        written(computed, LineEdit(2, unit_price=Decimal("-61.00")))


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (LineEdit(3), "There is no line 3 to edit: there are 2."),
        (LineEdit(0), "There is no line 0"),
        (LineEdit(1, quantity=Decimal(-1)), "must not be below zero"),
        (LineEdit(1, unit_price=Decimal("0.000000000001")), "at most 15 digits and 11 decimals"),
        (LineEdit(1, unit_price=Decimal("NaN")), "11 decimals"),
        (LineEdit(1, quantity=Decimal(999_999_999_999)), "more than an amount may be"),
        (LineEdit(1, is_removed=True), "comes to -610.00, below zero"),
        (replace(added("1.00"), on=date(2026, 11, 1)), "is not in 2026-10-01..2026-11-01"),
        (added("-1.00"), "The added line of setup: .* must not be below zero"),
    ],
)
def test_edits_that_cannot_be_are_refused(edit: LineEdit | AddedLine, message: str) -> None:
    computed = [charge("1220.00"), charge("-610.00")]

    with pytest.raises(InvalidInput, match=message):
        written(computed, edit)


def test_a_line_is_named_once() -> None:
    with pytest.raises(InvalidInput, match="Name each line once"):
        written([charge("1220.00")], LineEdit(1, Decimal(2)), LineEdit(1, Decimal(3)))


def test_edits_are_read_back_from_what_they_charged() -> None:
    computed = [charge("1220.00"), charge("610.00"), charge("122.00")]
    edits = (LineEdit(1, quantity=Decimal(2), description="Два канала"), LineEdit(3, is_removed=True), added("5.00"))
    charges = written(computed, *edits)

    behind = edits_behind([*computed, *charges])

    assert written(computed, *behind.lines, *behind.added) == charges
    assert edits_behind(computed).is_empty


def test_tax_that_moved_beside_an_edit_is_no_edit() -> None:
    thirds = [charge("33.33", is_net=True) for _ in range(3)]
    computed = [replace(thirds[0], tax=Decimal("7.34"), gross=Decimal("40.67")), *thirds[1:]]
    charges = written(computed, LineEdit(1, is_removed=True), taxation=BY_RATE)

    behind = edits_behind([*computed, *charges])

    assert [edit.position for edit in behind.lines] == [1]
