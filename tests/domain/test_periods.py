"""Periods: half-open runs of days, months of the calendar, and midnights of a zone."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billfold.domain.errors import InvalidInput
from billfold.domain.periods import Period, days_in_month, local_date, local_midnight, month, next_month

OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1))
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    """Any period of this century."""
    start, until = sorted(draw(st.lists(DAYS, min_size=2, max_size=2, unique=True)))
    return Period(start, until)


def test_a_period_holds_its_first_day_and_not_its_end() -> None:
    assert OCTOBER.days == 31
    assert OCTOBER.last_day == date(2026, 10, 31)


@pytest.mark.parametrize("until", [date(2026, 10, 1), date(2026, 9, 30)])
def test_a_period_that_does_not_end_after_its_start_is_refused(until: date) -> None:
    with pytest.raises(InvalidInput) as caught:
        Period(date(2026, 10, 1), until)

    assert caught.value.field == "period"
    assert caught.value.message == f"Period 2026-10-01..{until} is empty: it must end after it starts."


@pytest.mark.parametrize(
    ("start", "until", "left"),
    [
        (date(2026, 9, 1), None, OCTOBER),
        (date(2026, 10, 15), None, Period(date(2026, 10, 15), date(2026, 11, 1))),
        (date(2026, 9, 1), date(2026, 10, 2), Period(date(2026, 10, 1), date(2026, 10, 2))),
        (date(2026, 10, 5), date(2026, 10, 6), Period(date(2026, 10, 5), date(2026, 10, 6))),
        (date(2026, 9, 1), date(2026, 10, 1), None),
        (date(2026, 11, 1), None, None),
        (date(2026, 10, 5), date(2026, 10, 5), None),
        (date(2026, 10, 6), date(2026, 10, 5), None),
    ],
)
def test_overlap_is_what_lies_in_both(start: date, until: date | None, left: Period | None) -> None:
    assert OCTOBER.overlap(start, until) == left


def test_a_period_is_cut_at_the_first_days_of_months() -> None:
    pieces = list(Period(date(2026, 12, 20), date(2027, 2, 3)).months())

    assert pieces == [
        Period(date(2026, 12, 20), date(2027, 1, 1)),
        Period(date(2027, 1, 1), date(2027, 2, 1)),
        Period(date(2027, 2, 1), date(2027, 2, 3)),
    ]


@given(periods())
def test_the_pieces_of_a_period_follow_one_another_and_lose_no_day(period: Period) -> None:
    pieces = list(period.months())

    assert pieces[0].start == period.start
    assert pieces[-1].until == period.until
    assert all(one.until == following.start for one, following in pairwise(pieces))
    assert sum(piece.days for piece in pieces) == period.days


@given(periods())
def test_no_piece_crosses_a_month(period: Period) -> None:
    assert all(
        (piece.start.year, piece.start.month) == (piece.last_day.year, piece.last_day.month)
        for piece in period.months()
    )


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2026-10", OCTOBER),
        ("2026-12", Period(date(2026, 12, 1), date(2027, 1, 1))),
        ("2028-02", Period(date(2028, 2, 1), date(2028, 3, 1))),
    ],
)
def test_a_month_is_read(text: str, period: Period) -> None:
    assert month(text) == period


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "26-10", "2026-10-01", "10-2026", "october", "2026/10", "9999-12"]
)
def test_anything_else_is_no_month(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        month(text)

    assert caught.value.field == "period"
    assert caught.value.message == f"Period {text!r} is not a month: write it as 2026-10."


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 10, 1), date(2026, 11, 1)),
        (date(2026, 10, 31), date(2026, 11, 1)),
        (date(2026, 12, 31), date(2027, 1, 1)),
    ],
)
def test_the_next_month_starts_on_its_first(day: date, first: date) -> None:
    assert next_month(day) == first


@pytest.mark.parametrize(
    ("day", "days"),
    [(date(2026, 2, 14), 28), (date(2028, 2, 14), 29), (date(2100, 2, 1), 28), (date(2026, 12, 31), 31)],
)
def test_a_month_has_its_days(day: date, days: int) -> None:
    assert days_in_month(day) == days


def test_a_month_of_moscow_opens_at_nine_in_the_evening_utc() -> None:
    opens, closes = OCTOBER.bounds("Europe/Moscow")

    assert opens == datetime(2026, 9, 30, 21, tzinfo=UTC)
    assert closes == datetime(2026, 10, 31, 21, tzinfo=UTC)


def test_a_german_october_is_an_hour_longer_than_its_days() -> None:
    opens, closes = OCTOBER.bounds("Europe/Berlin")

    assert (closes - opens).total_seconds() == (31 * 24 + 1) * 3600


def test_a_midnight_that_the_clock_skips_is_the_instant_of_the_jump() -> None:
    # Beirut's clocks go from 23:59:59 on 28 March 2026 to 01:00 on the 29th.
    assert local_midnight(date(2026, 3, 29), "Asia/Beirut") == datetime(2026, 3, 28, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 10, 31, 20, 59, 59, 999_000, tzinfo=UTC), date(2026, 10, 31)),
        (datetime(2026, 10, 31, 21, 0, tzinfo=UTC), date(2026, 11, 1)),
    ],
)
def test_a_day_turns_at_local_midnight(instant: datetime, day: date) -> None:
    assert local_date(instant, "Europe/Moscow") == day


@given(DAYS, st.sampled_from(["Europe/Moscow", "Europe/Berlin", "Asia/Kathmandu", "America/Sao_Paulo", "UTC"]))
def test_a_midnight_lies_on_its_own_day(day: date, zone: str) -> None:
    assert local_date(local_midnight(day, zone), zone) == day
