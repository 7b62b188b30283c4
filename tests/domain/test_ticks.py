"""Ticks of schedules: the instant of a time on a wall, and the order of types."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billfold.domain.periods import Period
from billfold.domain.schedules import InvoiceDates, Schedule, in_order, predecessors, wall_instant, year_before


@pytest.mark.parametrize(
    ("day", "at", "zone", "instant"),
    [
        ("2026-11-01", "00:00", "Europe/Kaliningrad", "2026-10-31T22:00"),
        ("2026-11-01", "00:00", "Asia/Almaty", "2026-10-31T19:00"),
        # The hour that comes twice: the first.
        ("2026-10-25", "02:30", "Europe/Berlin", "2026-10-25T00:30"),
        ("2026-11-01", "01:30", "America/New_York", "2026-11-01T05:30"),
        # The hour that is skipped: the first minute after it.
        ("2026-03-29", "02:30", "Europe/Berlin", "2026-03-29T01:00"),
        ("2026-03-29", "02:00", "Europe/Berlin", "2026-03-29T01:00"),
        ("2026-03-29", "03:00", "Europe/Berlin", "2026-03-29T01:00"),
        ("2026-03-08", "02:59", "America/New_York", "2026-03-08T07:00"),
        # The day that Samoa skipped, and the hour that Kazakhstan's change of zone repeated.
        ("2011-12-30", "12:00", "Pacific/Apia", "2011-12-30T10:00"),
        ("2011-12-31", "00:00", "Pacific/Apia", "2011-12-30T10:00"),
        ("2024-02-29", "23:30", "Asia/Almaty", "2024-02-29T17:30"),
    ],
)
def test_a_time_on_the_wall_is_one_instant(day: str, at: str, zone: str, instant: str) -> None:
    expected = datetime.fromisoformat(instant).replace(tzinfo=UTC)

    assert wall_instant(date.fromisoformat(day), time.fromisoformat(at), zone) == expected


@given(
    day=st.dates(date(2005, 1, 1), date(2035, 12, 31)),
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Almaty", "Pacific/Apia", "UTC"]),
)
def test_ticks_of_later_days_come_later_or_at_once(day: date, at: time, zone: str) -> None:
    assert wall_instant(day, at, zone) <= wall_instant(day + timedelta(days=1), at, zone)


@pytest.mark.parametrize(
    ("day", "ticks"),
    [
        (1, ["2028-01-01", "2028-02-01", "2028-03-01", "2028-04-01"]),
        (29, ["2028-01-29", "2028-02-29", "2028-03-29", "2028-04-29"]),
        (30, ["2028-01-30", "2028-02-29", "2028-03-30", "2028-04-30"]),
        (31, ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]),
    ],
)
def test_a_month_without_the_day_ticks_on_its_last(day: int, ticks: list[str]) -> None:
    found = Schedule(day=day).days.dates_in(Period(date(2028, 1, 1), date(2028, 5, 1)))

    assert found == tuple(date.fromisoformat(tick) for tick in ticks)


def test_the_date_before_is_looked_for_within_a_year() -> None:
    assert InvoiceDates(days=(31,)).latest_before(date(2027, 3, 1)) == date(2027, 2, 28)
    assert InvoiceDates(dates=(date(2026, 12, 25),)).latest_before(date(2026, 12, 25)) is None
    assert InvoiceDates(dates=(date(2026, 12, 25),)).latest_before(date(2027, 12, 26)) is None
    assert year_before(date(2028, 2, 29)) == date(2027, 2, 28)


FOLLOWS = {
    "act": frozenset({"invoice"}),
    "tax-invoice": frozenset({"invoice", "act"}),
    "invoice": frozenset[str](),
    "reconciliation": frozenset({"gone"}),
}


def test_types_come_after_those_that_they_follow() -> None:
    assert in_order(FOLLOWS) == ["invoice", "act", "reconciliation", "tax-invoice"]


def test_types_that_follow_one_another_do_not_wait() -> None:
    ring = {"a": frozenset({"c"}), "b": frozenset({"a"}), "c": frozenset({"b"}), "d": frozenset({"a", "d"})}

    assert in_order(ring) == ["a", "b", "c", "d"]
    assert [predecessors(key, ring) for key in "abcd"] == [frozenset(), frozenset(), frozenset(), frozenset({"a"})]
