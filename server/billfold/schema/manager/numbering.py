"""What commands on rules and numbers take: how documents are numbered, and when they are made by themselves."""

from collections.abc import Mapping

import strawberry
from strawberry import UNSET, field

from billfold.domain.errors import InvalidInput
from billfold.domain.numbering import NumberMode, Reset, Scope
from billfold.domain.schedules import DayShift, SchedulePeriod
from billfold.schema.manager.inputs import attributes

# The columns of a rule by the names that the inputs have for them, where these differ.
_SCHEDULE = {"day": "schedule_day", "time": "schedule_time", "shift": "schedule_shift", "period": "schedule_period"}


@strawberry.input(description="How documents are numbered; what is left out stays.")
class NumberingInput:
    mask: str | None = field(
        default=UNSET,
        description="The mask: text with {N} or {N:05}, {PREFIX}, {YYYY}, {YY}, {MM}, {DD}, {Q}, {CONTRACT}, "
        "{ENTERPRISE}, {BRANCH} and {TYPE}.",
    )
    prefix: str | None = field(default=UNSET, description="What {PREFIX} stands for in the mask.")
    reset: Reset | None = field(default=UNSET, description="When the counter starts anew.")
    scope: Scope | None = field(default=UNSET, description="Which documents share a counter.")
    start: int | None = field(default=UNSET, description="The first counter of a series, from 1 up.")
    mode: NumberMode | None = field(default=UNSET, description="Whether numbers may leave gaps.")
    restart: bool | None = field(
        default=UNSET, description="Whether the counter begins anew at `start` with this change; it goes on otherwise."
    )


@strawberry.input(description="When documents are made by themselves; what is left out stays.")
class ScheduleInput:
    is_automatic: bool | None = field(default=UNSET, description="Whether documents are made by schedule at all.")
    day: int | None = field(
        default=UNSET, description="The day of the month, 1 to 31; a month without it has its last one instead."
    )
    time: str | None = field(default=UNSET, description="The time on the wall of the enterprise, such as 06:00.")
    shift: DayShift | None = field(
        default=UNSET, description="Where the date of a document goes that falls on a day off."
    )
    period: SchedulePeriod | None = field(default=UNSET, description="Which days the documents are for.")


def numbering_fields(input: NumberingInput) -> dict[str, object]:
    """Give the fields of a rule that the input holds, by column."""
    return attributes(input)


def rule_fields(fields: Mapping[str, object]) -> dict[str, object]:
    """Put what stands in the groups `numbering` and `schedule` beside the other fields of a rule, by column.

    Raises InvalidInput for a group that is null.
    """
    flat = dict(fields)
    for group in ("numbering", "schedule"):
        if group in flat:
            flat |= _members(group, flat.pop(group))
    return flat


def _members(group: str, input: object) -> dict[str, object]:
    if input is None:
        raise InvalidInput(f"{group}: it is empty: say what of it is to be changed, or leave it out.", field=group)
    given = attributes(input)
    return given if group == "numbering" else {_SCHEDULE.get(name, name): value for name, value in given.items()}
