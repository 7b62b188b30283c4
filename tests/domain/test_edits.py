"""Edits: each is of the charge that was shown at its position, wherever that one stands by now."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from billfold.domain.charging import Charge, ChargeKind, ServiceReference, Sold, charge_sold
from billfold.domain.edits import Edits, LineChanged, LineEdit, positions, seen, shown_of
from billfold.domain.errors import InvalidInput
from billfold.domain.periods import Period, month

OCTOBER = month("2026-10")
INTERNET = ServiceReference("internet-100", {"": "Доступ в интернет"}, "мес", "362")
CALLS = ServiceReference("calls", {"": "Звонки"}, "мин", "355")
SETUP = ServiceReference("setup", {"": "Выезд инженера"}, "шт", "796")


def charge(service: ServiceReference, price: str, quantity: str = "1", **changes: object) -> Charge:
    sold = Sold(service, OCTOBER, Decimal(quantity), Decimal(price), True, Decimal(22))
    made = charge_sold(ChargeKind.SUBSCRIPTION, sold, currency="RUB")
    return replace(made, **changes)  # type: ignore[arg-type]


def visit(price: str, number: int, on: int = 5) -> Charge:
    """A one-off charge of a day in October."""
    day = Period(date(2026, 10, on), date(2026, 10, on + 1))
    return charge(SETUP, price, kind=ChargeKind.ONE_OFF, period=day, id=UUID(int=number), description=f"Выезд {number}")


def given(shown: list[Charge], *edited: int) -> Edits:
    """Edits that are given now, of charges that were shown."""
    return Edits(tuple(LineEdit(position, is_removed=True) for position in edited), shown=shown_of(shown))


def kept(shown: list[Charge], *edited: int) -> Edits:
    """Edits that were given before."""
    return seen(given(shown, *edited), shown)


MONTH, USED, ENGINEER = charge(INTERNET, "1000.00"), charge(CALLS, "2.00", "50"), visit("5000.00", 1)


def test_an_edit_stays_with_its_charge_when_another_comes_in_before_it() -> None:
    shown, now = [MONTH, ENGINEER], [MONTH, USED, ENGINEER]

    assert positions(given(shown, 2), now) == (3,)
    assert positions(kept(shown, 2), now) == (3,)


def test_positions_are_those_of_the_charges_that_are_shown_next() -> None:
    edits = seen(given([MONTH, ENGINEER], 2), [MONTH, USED, ENGINEER])

    (edit,) = edits.lines
    assert (edit.position, edit.was) == (3, Decimal("5000.00"))
    assert edits.shown == shown_of([MONTH, USED, ENGINEER])
    assert positions(edits, [ENGINEER, MONTH]) == (1,)


def test_what_is_given_now_is_of_a_charge_that_comes_to_something_else_by_now() -> None:
    assert positions(given([MONTH, USED], 2), [MONTH, charge(CALLS, "2.00", "70")]) == (2,)


def test_what_was_given_before_is_refused_for_a_charge_that_has_changed() -> None:
    with pytest.raises(LineChanged) as refused:
        positions(kept([MONTH, USED], 2), [MONTH, charge(CALLS, "2.00", "70")])

    assert str(refused.value) == "'Звонки' came to 100.00 when it was edited, and has changed since: edit it again."
    assert refused.value.field == "lines"


def test_a_computed_charge_is_told_by_what_it_is_for_and_not_by_its_row() -> None:
    written = replace(USED, id=UUID(int=9))

    with pytest.raises(LineChanged, match="has changed since"):
        positions(kept([MONTH, written], 2), [MONTH, charge(CALLS, "2.00", "70")])


def test_tax_that_is_rounded_otherwise_beside_another_charge_is_no_change() -> None:
    net = replace(USED, tax_included=False, net=Decimal("33.33"), tax=Decimal("7.33"), gross=Decimal("40.66"))
    moved = replace(net, tax=Decimal("7.34"), gross=Decimal("40.67"))

    assert positions(kept([net], 1), [MONTH, moved]) == (2,)
    with pytest.raises(LineChanged, match=r"came to 40.66"):
        positions(kept([net], 1), [MONTH, replace(moved, tax_rate=Decimal(20))])


def test_an_edit_of_a_charge_that_is_gone_is_refused() -> None:
    shown, now = [MONTH, ENGINEER], [MONTH, USED]

    with pytest.raises(LineChanged, match=r"'Выезд 1' came to 5000.00 when it was shown, and is not charged any more"):
        positions(given(shown, 2), now)
    with pytest.raises(LineChanged, match="when it was edited, and is not charged any more: edit the other lines"):
        positions(kept(shown, 2), now)


def test_of_several_for_the_same_it_is_the_one_of_the_same_sum() -> None:
    other = charge(CALLS, "3.00", "50")

    assert positions(given([USED, other], 1), [other, USED]) == (2,)
    assert positions(kept([USED, other], 1, 2), [charge(CALLS, "9.00"), other, USED]) == (3, 2)


def test_without_the_same_sum_it_is_the_one_at_the_same_place() -> None:
    shown, now = [USED, charge(CALLS, "3.00", "50")], [USED, charge(CALLS, "3.00", "60")]

    assert positions(given(shown, 2), now) == (2,)
    assert positions(given(shown, 1), now) == (1,)


def test_a_charge_that_was_shown_itself_is_not_taken_for_another() -> None:
    other = charge(CALLS, "3.00", "50")

    with pytest.raises(LineChanged, match=r"came to 100.00 when it was shown"):
        positions(given([USED, other], 1), [other])


def test_charges_alike_in_everything_keep_their_order() -> None:
    assert positions(kept([MONTH, MONTH], 2), [USED, MONTH, MONTH]) == (3,)
    assert positions(kept([MONTH, MONTH], 1, 2), [MONTH, USED, MONTH]) == (1, 3)


def test_the_same_sum_of_another_price_is_another_charge_while_both_are_there() -> None:
    two, one = charge(INTERNET, "500.00", "2"), MONTH

    assert positions(kept([two, one], 1), [one, two]) == (2,)


def test_a_one_off_charge_is_itself_and_none_that_looks_like_it() -> None:
    first, second = visit("500.00", 1), visit("500.00", 2)

    assert positions(kept([first, second], 2), [second]) == (1,)
    with pytest.raises(LineChanged, match="'Выезд 1'"):
        positions(given([first, second], 1), [second])
    with pytest.raises(LineChanged, match="'Выезд 1'"):
        positions(given([first], 1), [visit("700.00", 3)])


@pytest.mark.parametrize("position", [0, 3])
def test_a_position_that_was_not_shown_is_refused(position: int) -> None:
    with pytest.raises(InvalidInput, match=f"There is no line {position} to edit: there are 2."):
        positions(given([MONTH, ENGINEER], position), [MONTH, USED, ENGINEER])


@pytest.mark.parametrize(
    "now", [[charge(INTERNET, "1342.00")], [charge(SETUP, "1000.00")], []], ids=["sum", "service", "gone"]
)
def test_an_edit_of_what_has_changed_since_is_a_conflict(now: list[Charge]) -> None:
    with pytest.raises(LineChanged, match=r"came to 1000.00 when it was edited"):
        positions(kept([MONTH], 1), now)
