"""Calendar sheets: the file of the days that an operator sets over the calendar of a country."""

from collections.abc import Mapping
from functools import cache

from holidays import list_supported_countries

from billfold.database import books
from billfold.domain.errors import InvalidInput
from billfold.services.imports.cells import Reader, boolean, day, short_text
from billfold.services.imports.columns import Column, Sheet

NAME_LIMIT = 200


def calendar_country(text: str) -> str:
    """Read the code of a country whose calendar is known."""
    if text not in _calendars():
        raise InvalidInput(f"Country {text[:40]!r} has no calendar: write two capital letters of ISO 3166, such as RU.")
    return text


@cache
def _calendars() -> frozenset[str]:
    # UK is what Britain is called, but its code is GB: days under both would be two calendars.
    return frozenset(code for code in list_supported_countries() if len(code) == 2) - {"UK"}


CALENDAR_DAY: Mapping[str, Reader] = {
    "country": calendar_country,
    "day": day,
    "is_working": boolean,
    "name": short_text(limit=NAME_LIMIT),
}

CALENDAR_DAYS = Sheet(
    "calendar_days", books.CALENDAR_DAYS, tuple(Column(name, read) for name, read in CALENDAR_DAY.items())
)
