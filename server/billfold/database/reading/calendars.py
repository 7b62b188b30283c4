"""Calendars as managers read them: the days that the operator set."""

from collections.abc import Mapping
from datetime import date

from billfold.database.reading.conditions import Condition
from billfold.database.reading.listings import Listing
from billfold.database.reading.shapes import Shape, identity
from billfold.domain.access import Scope

CALENDAR_DAY = Shape(
    "CalendarDay",
    source="calendar_days {t}",
    noun="calendar_day",
    scope=Scope.BOOKS_READ,
    columns={
        "id": identity("calendar_day"),
        "country": "{t}.country",
        "day": "{t}.day::text",
        "is_working": "{t}.is_working",
        "name": "{t}.name",
    },
)


def days_of(country: str, year: int) -> Condition:
    """Ask for the days of a country in a year."""
    return Condition(
        "{t}.country = ? AND {t}.day >= ? AND {t}.day < ?", (country, date(year, 1, 1), date(year + 1, 1, 1))
    )


SHAPES = (CALENDAR_DAY,)
LISTINGS: Mapping[str, Listing] = {}
