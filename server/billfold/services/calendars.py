"""Calendars: the days that the operator sets over what the calendar of a country says."""

from datetime import date
from uuid import UUID

from billfold.database import calendars as rows
from billfold.database.audit import record_event
from billfold.database.connection import writing
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import NotFound
from billfold.services.fields import Readers, flag, read_fields
from billfold.services.imports.calendar_sheets import CALENDAR_DAY
from billfold.services.parts import Parts
from billfold.services.typed_fields import day as day_of_books

_READERS: Readers = {**CALENDAR_DAY, "day": day_of_books, "is_working": flag}


async def set_day(parts: Parts, viewer: Viewer, *, country: str, day: date, is_working: bool, name: str = "") -> UUID:
    """Say whether a country works on a day, over what its calendar or an earlier word says; gives the id of the day.

    May be repeated. Raises InvalidInput for a country without a calendar, a day beyond the years, and a bad name.
    """
    viewer.require(Scope.BOOKS_WRITE)
    given = {"country": country, "day": day, "is_working": is_working, "name": name}
    values = read_fields(given, _READERS)
    async with writing() as connection:
        day_id = await rows.set_day(connection, country, day, is_working=is_working, name=str(values["name"]))
        await record_event(
            connection,
            "setCalendarDay",
            ("calendar_day", day_id),
            actor=viewer.name,
            now=parts.clock.now(),
            details=values,
        )
    return day_id


async def clear_day(parts: Parts, viewer: Viewer, *, country: str, day: date) -> None:
    """Take back what was said of a day, so that the calendar of the country holds again.

    Raises NotFound where nothing was said, and InvalidInput as `set_day` does.
    """
    viewer.require(Scope.BOOKS_WRITE)
    values = read_fields({"country": country, "day": day}, _READERS)
    async with writing() as connection:
        day_id = await rows.clear_day(connection, country, day)
        if day_id is None:
            raise NotFound(f"Nothing is set for {day} in {country}: calendarDays lists what is.", field="day")
        await record_event(
            connection,
            "clearCalendarDay",
            ("calendar_day", day_id),
            actor=viewer.name,
            now=parts.clock.now(),
            details=values,
        )


def check_country(country: str) -> None:
    """Raise InvalidInput unless the country has a calendar."""
    read_fields({"country": country}, _READERS)
