"""The calendar on the managers' face: the days that the operator set over what a country's calendar says."""

from typing import Annotated

import strawberry
from strawberry import field

from billfold.database.reading.calendars import days_of
from billfold.domain.errors import InvalidInput
from billfold.schema.context import Info
from billfold.schema.nodes import Node
from billfold.schema.reads import read_many
from billfold.schema.resolvers import resolver
from billfold.schema.scalars import DateText
from billfold.services.calendars import check_country

_YEARS = range(1900, 2200)


@strawberry.type(description="A day of a country that the operator set; the country's own calendar says the others.")
class CalendarDay(Node):
    country: str = field(description="The country, ISO 3166.")
    day: DateText = field(description="The day.")
    is_working: bool = field(description="Whether it is a working day.")
    name: str = field(description="What the day is, or empty.")


@strawberry.type
class Calendars:
    """The field of the query on the calendar."""

    @resolver("The days of a country in a year that the operator set, in order; not its holidays by law or week-ends.")
    async def calendar_days(
        self,
        info: Info,
        country: Annotated[str, strawberry.argument(description="The country, ISO 3166.")],
        year: Annotated[int, strawberry.argument(description="The year.")],
    ) -> list[CalendarDay]:
        check_country(country)
        if year not in _YEARS:
            raise InvalidInput(f"{year} is no year from 1900 to 2199: correct it.", field="year")
        return await read_many(info, CalendarDay, days_of(country, year), "{t}.day")
