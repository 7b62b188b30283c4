"""Calendars: on which days a country works, and where a date goes that falls on a day off."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from holidays import HolidayBase, country_holidays

from billfold.domain.schedules import DayShift

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The business days of a country (ISO 3166); `own` are the days that the operator has set: whether each is one.

    A country that nobody keeps a list of works from Monday to Friday.
    """

    country: str
    own: Mapping[date, bool] = field(default_factory=dict)

    def is_business_day(self, day: date) -> bool:
        """Say whether the country works on a day; transfers of days off count where they are known."""
        if (is_working := self.own.get(day)) is not None:
            return is_working
        listed = _listed(self.country)
        return day.weekday() < _SATURDAY if listed is None else listed.is_working_day(day)

    def shifted(self, day: date, shift: DayShift) -> date:
        """Give the day itself, or where it is a day off the business day that the shift leads to."""
        step = {DayShift.NONE: 0, DayShift.NEXT: 1, DayShift.PREVIOUS: -1}[shift]
        # An operator may set day after day as off; nobody has a year of them.
        for distance in range(366 if step else 0):
            moved = day + timedelta(days=step * distance)
            if self.is_business_day(moved):
                return moved
        return day


@cache
def _listed(country: str) -> HolidayBase | None:
    try:
        return country_holidays(country)
    except NotImplementedError:
        return None
