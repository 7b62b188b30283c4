"""Plans: what is worth a look beside the period before, and what the items come to."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from billfold.domain.lifecycle import PlannedOutcome
from billfold.domain.periods import Period, month
from billfold.domain.plans import (
    IN_ANOTHER_RUN,
    PlanChange,
    PlanItem,
    PlanWarning,
    Tally,
    change_percent,
    comparing_warnings,
    starts_before,
    told_changes,
)

Money = Decimal


@pytest.mark.parametrize(
    ("gross", "previous", "expected"),
    [
        ("1300.00", "1000.00", ()),
        ("1300.01", "1000.00", (PlanWarning.UP_30,)),
        ("700.00", "1000.00", ()),
        ("699.99", "1000.00", (PlanWarning.DOWN_30,)),
        ("0.00", "0.00", ()),
        ("0.01", "0.00", (PlanWarning.UP_30,)),
        ("-130.01", "-100.00", (PlanWarning.DOWN_30,)),
        ("5.00", None, (PlanWarning.NEW,)),
        (None, "5.00", (PlanWarning.MISSING,)),
        (None, None, ()),
    ],
)
def test_what_is_worth_a_look_beside_the_period_before(
    gross: str | None, previous: str | None, expected: tuple[PlanWarning, ...]
) -> None:
    found = comparing_warnings(gross and Money(gross), previous and Money(previous))  # type: ignore[arg-type]  # "" is none.

    assert found == expected


@pytest.mark.parametrize(
    ("gross", "previous", "expected"),
    [
        ("1300.00", "1000.00", "30.0"),
        ("999.50", "1000.00", "-0.1"),
        ("50.00", "-100.00", "150.0"),
        ("0", "8", "-100.0"),
    ],
)
def test_a_change_is_told_in_percent_to_one_decimal(gross: str, previous: str, expected: str) -> None:
    assert str(change_percent(Money(gross), Money(previous))) == expected


def test_of_nothing_no_percent_is_told() -> None:
    assert change_percent(Money(5), Money(0)) is None


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (month("2026-03"), date(2026, 2, 1), date(2026, 2, 1)),
        (Period(date(2026, 1, 1), date(2026, 4, 1)), date(2025, 10, 1), date(2025, 10, 1)),
        (Period(date(2026, 10, 16), date(2026, 11, 1)), date(2026, 9, 27), date(2026, 10, 3)),
        (Period(date(2026, 10, 8), date(2026, 10, 15)), date(2026, 9, 30), date(2026, 10, 2)),
        (Period(date(2026, 10, 8), date(2026, 10, 9)), date(2026, 10, 7), date(2026, 10, 7)),
    ],
)
def test_the_period_before_is_one_of_the_same_kind(period: Period, first: date, last: date) -> None:
    starts = starts_before(period)

    assert (starts.start, starts.last_day) == (first, last)


def item(outcome: PlannedOutcome = PlannedOutcome.ISSUE, **columns: object) -> PlanItem:
    return PlanItem(uuid4(), currency="RUB", outcome=outcome, **columns)  # type: ignore[arg-type]  # As each test tells.


def issued(net: str, gross: str, previous: str | None, *warnings: PlanWarning) -> PlanItem:
    before = None if previous is None else Money(previous)
    return item(net=Money(net), gross=Money(gross), previous_gross=before, warnings=warnings)


def test_a_tally_adds_up_what_is_planned_and_what_was_before() -> None:
    tally = Tally()

    tally.add([issued("100.00", "122.00", "61.00", PlanWarning.UP_30), issued("10.00", "12.20", None, PlanWarning.NEW)])
    tally.add([item(PlannedOutcome.SKIP, reason="nothing_to_bill", previous_gross=Money("30.00"))])
    tally.add([item(PlannedOutcome.FAIL, reason="broken"), item(PlannedOutcome.FAIL, reason="broken")])
    tally.add([item(PlannedOutcome.ALREADY_ISSUED, previous_gross=Money("1000.00"))])
    tally.add([item(PlannedOutcome.SKIP, reason=IN_ANOTHER_RUN, previous_gross=Money("1000.00"))])
    tally.add_gone("RUB", 2, Money("9.00"))
    told = tally.told(bounds="too much")

    assert told == {
        "documents": 2,
        "already_issued": 1,
        "totals": [{"currency": "RUB", "net": "110.00", "tax": "24.20", "gross": "134.20"}],
        "skipped": [{"reason": "in_another_run", "count": 1}, {"reason": "nothing_to_bill", "count": 1}],
        "failed": [{"reason": "broken", "count": 2}],
        "previous": [{"currency": "RUB", "documents": 4, "gross": "100.00", "change": "34.2"}],
        "warnings": [{"code": "GONE", "count": 2}, {"code": "NEW", "count": 1}, {"code": "UP_30", "count": 1}],
        "bounds": "too much",
    }
    assert (tally.to_be_made.documents, tally.to_be_made.gross) == (2, {"RUB": Money("134.20")})


def test_changes_are_told_with_contracts_and_the_rest_counted() -> None:
    told = told_changes([("17/2024", PlanChange.TERMS), ("18", PlanChange.USAGE)], 5)

    assert told == (
        "It is no more as the plan showed: contract 17/2024 has other subscriptions or charges; "
        "contract 18 has other usage; 3 more. Plan again."
    )
