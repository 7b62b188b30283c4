"""Calendars: domain.md 7, case 3. The days off of Russia are those of its production calendar."""

from datetime import date

import pytest

from billfold.domain.calendars import WorkCalendar
from billfold.domain.schedules import DayShift

RUSSIA = WorkCalendar("RU")


@pytest.mark.parametrize(
    ("day", "shift", "moved"),
    [
        ("2026-11-01", DayShift.NONE, "2026-11-01"),
        ("2026-11-01", DayShift.NEXT, "2026-11-02"),
        ("2026-11-01", DayShift.PREVIOUS, "2026-10-30"),
        ("2026-11-02", DayShift.NEXT, "2026-11-02"),
        ("2026-11-04", DayShift.NEXT, "2026-11-05"),
        ("2027-01-01", DayShift.NEXT, "2027-01-11"),
        ("2027-01-01", DayShift.PREVIOUS, "2026-12-30"),
        ("2027-02-20", DayShift.NEXT, "2027-02-20"),
        ("2027-02-22", DayShift.NEXT, "2027-02-24"),
    ],
)
def test_a_day_off_is_moved(day: str, shift: DayShift, moved: str) -> None:
    assert RUSSIA.shifted(date.fromisoformat(day), shift) == date.fromisoformat(moved)


def test_what_the_operator_sets_wins() -> None:
    calendar = WorkCalendar("RU", {date(2026, 11, 2): False, date(2026, 11, 4): True})

    assert calendar.shifted(date(2026, 11, 1), DayShift.NEXT) == date(2026, 11, 3)
    assert calendar.shifted(date(2026, 11, 4), DayShift.NEXT) == date(2026, 11, 4)


def test_other_countries_have_other_weekends() -> None:
    assert not WorkCalendar("IL").is_business_day(date(2026, 11, 6))
    assert WorkCalendar("IL").is_business_day(date(2026, 11, 8))


def test_a_country_that_nobody_lists_works_from_monday_to_friday() -> None:
    assert WorkCalendar("XX").shifted(date(2026, 11, 7), DayShift.NEXT) == date(2026, 11, 9)
