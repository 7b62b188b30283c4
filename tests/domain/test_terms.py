"""Terms of subscriptions: how changes, rests and resumptions are laid over one another."""

from datetime import date
from decimal import Decimal

import pytest

from billfold.domain.subscriptions import SubscriptionTerms
from billfold.domain.terms import History, changed, differ_until, in_force, resumed, suspended


def october(day: int) -> date:
    return date(2026, 10, day)


def terms(day: int, price: str = "100.00", *, rests: bool = False, quantity: int = 1) -> SubscriptionTerms:
    return SubscriptionTerms(october(day), Decimal(price), Decimal(quantity), True, rests)


def told(history: History) -> list[tuple[int, str, bool]]:
    """Give day, price and rest of each of the terms."""
    return [(one.valid_from.day, str(one.price), one.is_suspended) for one in history]


def test_a_change_holds_up_to_the_next_one_which_stays() -> None:
    history = (terms(1), terms(20, "300.00"))

    after = changed(history, october(10), price=Decimal("200.00"))

    assert told(after) == [(1, "100.00", False), (10, "200.00", False), (20, "300.00", False)]


def test_what_is_not_told_is_as_it_was_on_that_day() -> None:
    history = (terms(1), terms(5, "150.00", quantity=3))

    after = changed(history, october(10), tax_included=False)

    assert after[-1] == SubscriptionTerms(october(10), Decimal("150.00"), Decimal(3), False)


def test_a_change_on_the_first_day_corrects_it() -> None:
    after = changed((terms(1), terms(20, "300.00")), october(1), quantity=Decimal(0))

    assert after == (terms(1, quantity=0), terms(20, "300.00"))


def test_twice_on_a_day_the_last_one_holds_and_keeps_what_it_does_not_tell() -> None:
    first = changed((terms(1),), october(10), price=Decimal("200.00"), quantity=Decimal(2))

    after = changed(first, october(10), price=Decimal("250.00"))

    assert after == (terms(1), terms(10, "250.00", quantity=2))


def test_a_change_within_a_rest_rests_too() -> None:
    after = changed((terms(1), terms(5, rests=True)), october(10), price=Decimal("200.00"))

    assert told(after) == [(1, "100.00", False), (5, "100.00", True), (10, "200.00", True)]


def test_a_rest_with_an_end_runs_again_with_the_values_of_then() -> None:
    history = (terms(1), terms(10, "200.00"), terms(25, "300.00"))

    after = suspended(history, october(5), october(15))

    assert told(after) == [
        (1, "100.00", False),
        (5, "100.00", True),
        (10, "200.00", True),
        (15, "200.00", False),
        (25, "300.00", False),
    ]


def test_a_rest_without_an_end_takes_later_changes_along() -> None:
    after = suspended((terms(1), terms(10, "200.00")), october(5), None)

    assert told(after) == [(1, "100.00", False), (5, "100.00", True), (10, "200.00", True)]


def test_a_rest_that_ends_with_a_change_runs_with_that_change() -> None:
    after = suspended((terms(1), terms(15, "200.00")), october(5), october(15))

    assert told(after) == [(1, "100.00", False), (5, "100.00", True), (15, "200.00", False)]


def test_a_rest_from_the_day_of_a_change_keeps_its_values() -> None:
    after = suspended((terms(1), terms(5, "200.00")), october(5), october(8))

    assert told(after) == [(1, "100.00", False), (5, "200.00", True), (8, "200.00", False)]


def test_an_end_that_is_told_later_ends_an_open_rest() -> None:
    open_ended = suspended((terms(1),), october(5), None)

    after = suspended(open_ended, october(5), october(20))

    assert told(after) == [(1, "100.00", False), (5, "100.00", True), (20, "100.00", False)]


def test_a_resumption_ends_the_rest_and_wakes_the_changes_within() -> None:
    resting = suspended((terms(1), terms(10, "200.00")), october(5), None)

    after = resumed(resting, october(7))

    assert told(after) == [(1, "100.00", False), (5, "100.00", True), (7, "100.00", False), (10, "200.00", False)]


def test_a_resumption_leaves_a_later_rest_of_its_own() -> None:
    first = suspended((terms(1),), october(5), october(10))
    resting = suspended(first, october(20), october(25))

    after = resumed(resting, october(7))

    assert told(after) == [
        (1, "100.00", False),
        (5, "100.00", True),
        (7, "100.00", False),
        (10, "100.00", False),
        (20, "100.00", True),
        (25, "100.00", False),
    ]


def test_a_resumption_on_the_first_day_of_rest_takes_it_back() -> None:
    after = resumed(suspended((terms(1),), october(5), None), october(5))

    assert told(after) == [(1, "100.00", False), (5, "100.00", False)]


@pytest.mark.parametrize(("day", "price"), [(1, "100.00"), (9, "100.00"), (10, "200.00"), (31, "200.00")])
def test_the_last_terms_up_to_a_day_are_in_force(day: int, price: str) -> None:
    assert in_force((terms(1), terms(10, "200.00")), october(day)).price == Decimal(price)


def test_histories_differ_up_to_the_next_terms_that_stayed() -> None:
    before = (terms(1), terms(20, "300.00"))
    after = changed(before, october(10), price=Decimal("200.00"))

    assert differ_until(before, after, october(10)) == october(20)


def test_histories_differ_for_ever_where_nothing_follows() -> None:
    before = (terms(1),)

    assert differ_until(before, suspended(before, october(10), None), october(10)) is None
    assert differ_until(before, suspended(before, october(10), october(12)), october(10)) == october(12)


def test_a_change_that_changes_nothing_is_of_its_own_day() -> None:
    before = (terms(1),)

    assert differ_until(before, changed(before, october(10), price=Decimal("100.00")), october(10)) == october(11)
