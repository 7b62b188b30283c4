"""Commands on the calendar: set a day, clear one."""

from datetime import date
from typing import Annotated

import strawberry
from strawberry import field

from billfold.schema.context import Info
from billfold.schema.manager.calendars import CalendarDay
from billfold.schema.manager.inputs import INPUT, changed
from billfold.schema.problems import Problem
from billfold.schema.resolvers import resolver
from billfold.schema.scalars import DateText
from billfold.services import calendars

_COUNTRY = "The country, ISO 3166: two capital letters, such as RU."


@strawberry.input(description="Whether a country works on a day.")
class SetCalendarDayInput:
    country: str = field(description=_COUNTRY)
    day: date = field(description="The day.")
    is_working: bool = field(description="Whether it is a working day.")
    name: str = field(default="", description="What the day is, in at most 200 characters.")


@strawberry.input(description="Which day is to be again what the country's calendar says.")
class ClearCalendarDayInput:
    country: str = field(description=_COUNTRY)
    day: date = field(description="The day.")


@strawberry.type(description="A day that is what the country's calendar says again.")
class ClearedCalendarDay:
    country: str = field(description="The country.")
    day: DateText = field(description="The day.")


CalendarDayResult = Annotated[
    CalendarDay | Problem, strawberry.union("CalendarDayResult", description="The day, or why it was not set.")
]
ClearCalendarDayResult = Annotated[
    ClearedCalendarDay | Problem,
    strawberry.union("ClearCalendarDayResult", description="What is cleared, or why it is not."),
]


@strawberry.type
class CalendarCommands:
    """The commands on the calendar."""

    @resolver("Say whether a country works on a day, over what its calendar says. May be repeated.")
    async def set_calendar_day(self, info: Info, input: Annotated[SetCalendarDayInput, INPUT]) -> CalendarDayResult:
        context = info.context
        day_id = await calendars.set_day(
            context.parts,
            context.viewer,
            country=input.country,
            day=input.day,
            is_working=input.is_working,
            name=input.name,
        )
        return await changed(info, CalendarDay, day_id)

    @resolver("Take back what was set of a day.")
    async def clear_calendar_day(
        self, info: Info, input: Annotated[ClearCalendarDayInput, INPUT]
    ) -> ClearCalendarDayResult:
        context = info.context
        await calendars.clear_day(context.parts, context.viewer, country=input.country, day=input.day)
        return ClearedCalendarDay(country=input.country, day=DateText(input.day.isoformat()))
