"""Cuts: domain.md 2.4 and cases 1, 2, 24, 49 and 56 of its chapter 7."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billfold.domain.cuts import Billed, Reach, Rest, Taken, due_periods, month_before, month_of, open_days
from billfold.domain.periods import Period
from billfold.domain.schedules import InvoiceDates, invoice_dates, year_before

OLD = Billed(signed_on=date(2020, 1, 1))


def days(text: str) -> Period:
    start, until = text.split("..")
    return Period(date.fromisoformat(start), date.fromisoformat(until))


def cut_period(dates: InvoiceDates, cut: date, contract: Billed) -> Period | None:
    oldest = year_before(cut)
    found = due_periods(Reach(dates.latest_before(cut) or oldest, cut, oldest, Rest.WHOLE), contract)
    return found[0] if found else None


@pytest.mark.parametrize(
    ("text", "cut", "period"),
    [
        ("1", "2026-11-01", "2026-10-01..2026-11-01"),
        ("1,16", "2026-11-01", "2026-10-16..2026-11-01"),
        ("1,16", "2026-11-16", "2026-11-01..2026-11-16"),
        ("1", "2027-01-01", "2026-12-01..2027-01-01"),
        ("31", "2026-02-28", "2026-01-31..2026-02-28"),
        ("31", "2026-03-31", "2026-02-28..2026-03-31"),
        ("29", "2028-02-29", "2028-01-29..2028-02-29"),
        ("29", "2027-02-28", "2027-01-29..2027-02-28"),
        ("30,31", "2026-02-28", "2026-01-31..2026-02-28"),
        ("30,31", "2026-05-30", "2026-04-30..2026-05-30"),
        ("last", "2028-02-29", "2028-01-31..2028-02-29"),
        ("1,2026-12-25", "2026-12-25", "2026-12-01..2026-12-25"),
        ("1,2026-12-25", "2027-01-01", "2026-12-25..2027-01-01"),
        ("2026-12-25", "2026-12-25", "2025-12-25..2026-12-25"),
        ("2028-02-29", "2028-02-29", "2027-02-28..2028-02-29"),
    ],
)
def test_a_cut_takes_the_days_since_the_one_before(text: str, cut: str, period: str) -> None:
    assert cut_period(invoice_dates(text), date.fromisoformat(cut), OLD) == days(period)


@pytest.mark.parametrize(
    ("contract", "period"),
    [
        (Billed(date(2026, 10, 20)), "2026-10-20..2026-11-01"),
        (Billed(date(2020, 1, 1), latest=date(2026, 10, 5)), "2026-10-05..2026-11-01"),
        (Billed(date(2020, 1, 1), latest=date(2025, 11, 2)), "2025-11-02..2026-11-01"),
        (Billed(date(2020, 1, 1), latest=date(2025, 11, 1)), "2026-10-16..2026-11-01"),
        (Billed(date(2020, 1, 1), closed_on=date(2026, 10, 20)), "2026-10-16..2026-10-20"),
        (Billed(date(2020, 1, 1), closed_on=date(2026, 12, 1)), "2026-10-16..2026-11-01"),
    ],
)
def test_a_cut_knows_the_contract(contract: Billed, period: str) -> None:
    assert cut_period(invoice_dates("1,16"), date(2026, 11, 1), contract) == days(period)


@pytest.mark.parametrize(
    "contract",
    [
        Billed(date(2026, 11, 1)),
        Billed(date(2026, 11, 20)),
        Billed(date(2020, 1, 1), latest=date(2026, 11, 1)),
        Billed(date(2020, 1, 1), closed_on=date(2026, 10, 20), latest=date(2026, 10, 20)),
        Billed(date(2020, 1, 1), closed_on=date(2026, 10, 10), latest=date(2026, 10, 10)),
    ],
)
def test_a_cut_without_days_is_none(contract: Billed) -> None:
    assert cut_period(invoice_dates("1,16"), date(2026, 11, 1), contract) is None


def test_a_list_changed_between_cuts_ends_the_open_days_at_its_next_date() -> None:
    first = cut_period(invoice_dates("1"), date(2026, 10, 1), OLD)
    assert first is not None

    after = Billed(OLD.signed_on, latest=first.until)

    assert cut_period(invoice_dates("10,20"), date(2026, 10, 10), after) == days("2026-10-01..2026-10-10")


@pytest.mark.parametrize(
    ("month", "contract", "expected"),
    [
        ("2026-10-01", OLD, ["2026-10-01..2026-11-01"]),
        ("2026-10-01", Billed(date(2026, 10, 31)), ["2026-10-01..2026-11-01"]),
        ("2026-10-01", Billed(date(2026, 11, 1)), []),
        ("2026-10-01", Billed(date(2020, 1, 1), latest=date(2026, 10, 16)), ["2026-10-16..2026-11-01"]),
        ("2026-10-01", Billed(date(2020, 1, 1), latest=date(2026, 10, 1)), ["2026-10-01..2026-11-01"]),
        ("2026-10-01", Billed(date(2020, 1, 1), latest=date(2026, 11, 1)), []),
        ("2026-10-01", Billed(date(2020, 1, 1), latest=date(2026, 11, 10)), []),
        ("2026-10-01", Billed(date(2020, 1, 1), date(2026, 10, 1)), []),
        ("2026-10-01", Billed(date(2020, 1, 1), date(2026, 10, 2)), ["2026-10-01..2026-11-01"]),
        ("2026-10-01", Billed(date(2020, 1, 1), date(2026, 10, 9), latest=date(2026, 10, 9)), []),
        # What a schedule left is made up for, a document a month; what was made by hand binds nobody.
        (
            "2026-10-01",
            Billed(date(2020, 1, 1), latest=date(2026, 8, 10), is_scheduled=True),
            ["2026-08-10..2026-09-01", "2026-09-01..2026-10-01", "2026-10-01..2026-11-01"],
        ),
        ("2026-10-01", Billed(date(2020, 1, 1), latest=date(2026, 8, 10)), ["2026-10-01..2026-11-01"]),
        (
            "2026-10-01",
            Billed(date(2020, 1, 1), latest=date(2025, 10, 1), is_scheduled=True),
            ["2026-10-01..2026-11-01"],
        ),
        (
            "2026-10-01",
            Billed(date(2020, 1, 1), date(2026, 9, 20), latest=date(2026, 9, 10), is_scheduled=True),
            ["2026-09-10..2026-10-01"],
        ),
    ],
)
def test_a_month_is_what_was_not_expected_up_to_its_end(month: str, contract: Billed, expected: list[str]) -> None:
    whole = month_of(date.fromisoformat(month))
    reach = Reach(whole.start, whole.until, date(2025, 11, 1), Rest.MONTHS)

    assert due_periods(reach, contract) == [days(one) for one in expected]


def test_months_of_a_day_and_before_it() -> None:
    assert month_of(date(2026, 12, 25)) == days("2026-12-01..2027-01-01")
    assert month_before(date(2027, 1, 31)) == days("2026-12-01..2027-01-01")
    assert month_before(date(2028, 3, 31)) == days("2028-02-01..2028-03-01")


@pytest.mark.parametrize(
    ("rest", "latest", "charged", "expected", "periods"),
    [
        # What others cut is taken as it is, and what is left is cut by the tick, or left to them.
        (Rest.WAITS, "2026-10-01", [], ["2026-10-01..2026-10-16"], ["2026-10-01..2026-10-16"]),
        (
            Rest.MONTHS,
            "2026-10-01",
            ["2026-10-01..2026-10-16"],
            [],
            ["2026-10-01..2026-10-16", "2026-10-16..2026-11-01", "2026-11-01..2026-11-20"],
        ),
        (Rest.WHOLE, "2026-10-16", [], [], ["2026-10-16..2026-11-20"]),
        (
            Rest.WHOLE,
            "2026-10-01",
            ["2026-10-10..2026-10-20"],
            [],
            ["2026-10-01..2026-10-10", "2026-10-10..2026-10-20", "2026-10-20..2026-11-20"],
        ),
        # What is charged stands against what was only expected.
        (
            Rest.WAITS,
            "2026-10-01",
            ["2026-10-01..2026-10-10"],
            ["2026-10-01..2026-11-01"],
            ["2026-10-01..2026-10-10"],
        ),
        # Days that reach past the tick wait for a later one; what begins before the open days is told already.
        (Rest.WHOLE, "2026-10-16", ["2026-11-10..2026-12-10"], [], ["2026-10-16..2026-11-10"]),
        (Rest.WHOLE, "2026-10-16", ["2026-10-01..2026-11-01"], [], ["2026-11-01..2026-11-20"]),
        (Rest.WHOLE, "2026-10-16", [], ["2026-10-01..2026-11-01"], ["2026-10-16..2026-11-20"]),
        # Where nothing was expected yet, the first days are those of whoever cut them.
        (Rest.WAITS, None, ["2026-10-10..2026-11-10"], [], ["2026-10-10..2026-11-10"]),
        (Rest.WAITS, None, ["2026-10-10..2026-11-01"], [], []),
        (Rest.WAITS, None, [], [], []),
        # Nothing is left.
        (Rest.WHOLE, "2026-12-01", ["2026-10-01..2026-12-01"], [], []),
    ],
)
def test_what_was_really_cut_decides(
    rest: Rest, latest: str | None, charged: list[str], expected: list[str], periods: list[str]
) -> None:
    reach = Reach(date(2026, 11, 1), date(2026, 11, 20), date(2025, 11, 20), rest)
    contract = Billed(date(2020, 1, 1), latest=date.fromisoformat(latest) if latest else None, is_scheduled=True)
    taken = Taken([days(one) for one in charged], [days(one) for one in expected])

    assert due_periods(reach, contract, taken) == [days(one) for one in periods]


def test_open_days_reach_from_what_was_expected_last_to_the_end_of_the_tick() -> None:
    reach = Reach(date(2026, 10, 1), date(2026, 11, 1), date(2025, 11, 1), Rest.WHOLE)

    assert open_days(reach, OLD) == days("2026-10-01..2026-11-01")
    assert open_days(reach, Billed(date(2026, 10, 20))) == days("2026-10-20..2026-11-01")
    assert open_days(reach, Billed(date(2020, 1, 1), latest=date(2026, 10, 16))) == days("2026-10-16..2026-11-01")
    assert open_days(reach, Billed(date(2020, 1, 1), latest=date(2026, 11, 1))) is None


LISTS = st.builds(
    InvoiceDates,
    days=st.lists(st.integers(1, 31), min_size=1, max_size=6, unique=True).map(lambda found: tuple(sorted(found))),
    is_last=st.booleans(),
    dates=st.lists(st.dates(date(2026, 1, 1), date(2028, 12, 31)), max_size=4, unique=True).map(
        lambda found: tuple(sorted(found))
    ),
)
YEARS = Period(date(2026, 1, 1), date(2028, 6, 1))


@given(before=LISTS, after=LISTS, changed_on=st.dates(YEARS.start, YEARS.last_day))
def test_cuts_tile_time_without_gaps_or_overlaps_though_the_list_changes(
    before: InvoiceDates, after: InvoiceDates, changed_on: date
) -> None:
    cuts = [day for day in before.dates_in(YEARS) if day < changed_on]
    cuts += [day for day in after.dates_in(YEARS) if day >= changed_on]

    latest: date | None = None
    periods: list[Period] = []
    for cut in cuts:
        lists = before if cut < changed_on else after
        period = cut_period(lists, cut, Billed(date(2025, 12, 20), latest=latest))
        assert period is not None
        periods.append(period)
        latest = period.until

    assert all(one.until == other.start for one, other in pairwise(periods))
    assert [one.until for one in periods] == cuts


@given(dates=LISTS, contract_days=st.integers(1, 600))
def test_the_cuts_of_a_contract_cover_it_from_its_start_to_its_end(dates: InvoiceDates, contract_days: int) -> None:
    signed_on = date(2026, 3, 10)
    closed_on = signed_on + timedelta(days=contract_days)

    latest: date | None = None
    covered = 0
    for cut in sorted({*dates.dates_in(Period(signed_on, date(2028, 6, 1))), closed_on}):
        period = cut_period(dates, cut, Billed(signed_on, closed_on, latest=latest))
        if period is not None:
            covered += period.days
            latest = period.until

    assert covered == contract_days
    assert latest == closed_on
