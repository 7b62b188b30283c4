"""Cuts: which days the documents are for that a schedule makes of one contract.

What was really cut decides, and never what a list that was changed since would have cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from billfold.domain.periods import Period, next_month


@dataclass(frozen=True, slots=True)
class Billed:
    """What decides the days of a contract: when it runs, and the end of the latest days expected of it in one type.

    `is_scheduled` says that a schedule expected some of them, so that days it left since are its own to make up for.
    """

    signed_on: date
    closed_on: date | None = None
    latest: date | None = None
    is_scheduled: bool = False


class Rest(Enum):
    """What becomes of days that nothing has cut yet: one period, one a month, or none until something cuts them."""

    WHOLE = auto()
    MONTHS = auto()
    WAITS = auto()


@dataclass(frozen=True, slots=True)
class Reach:
    """The days of one tick: up to `until`, from what was expected last, or from `since` where nothing was.

    What was expected last up to `oldest` counts no more.
    """

    since: date
    until: date
    oldest: date
    rest: Rest


@dataclass(frozen=True, slots=True)
class Taken:
    """Days of a contract that are charged, and those that other documents are expected to charge."""

    charged: Sequence[Period] = ()
    expected: Sequence[Period] = ()

    def tiles(self) -> list[Period]:
        """Give both, sorted and without overlaps: what is charged stands, and of the rest what comes first."""
        found = list(self.charged)
        for one in sorted(self.expected):
            if not any(one.start < other.until and other.start < one.until for other in found):
                found.append(one)
        return sorted(found)


NOTHING = Taken()


def open_days(reach: Reach, contract: Billed) -> Period | None:
    """Give the days up to the tick's end that were not expected yet; None when there are none."""
    start = _latest(reach, contract) or reach.since
    if reach.rest is Rest.WHOLE:
        start = max(start, contract.signed_on)
    return Period(start, reach.until) if start < reach.until else None


def due_periods(reach: Reach, contract: Billed, taken: Taken = NOTHING) -> list[Period]:
    """Cut the open days: what is charged or expected by others as it is, and between them as the tick does.

    The last days of a contract end with it, or in whole months with their month. Days of others that reach past the
    tick wait for a later one.
    """
    days = open_days(reach, contract)
    if days is None:
        return []
    tiles, position = taken.tiles(), days.start
    if _latest(reach, contract) is None:
        # Nothing was expected before, so nothing is told twice if the first days are those of somebody else.
        position = min([position, *(one.start for one in tiles if one.start < position < one.until)])
    periods: list[Period] = []
    for one in tiles:
        if one.start < position:
            position = max(position, one.until) if one in taken.charged else position
        elif one.start < days.until:
            periods += _rest(reach.rest, position, one.start, contract)
            periods += [one] if one.until <= days.until else []
            position = one.until
    return periods + _rest(reach.rest, position, days.until, contract)


def _latest(reach: Reach, contract: Billed) -> date | None:
    """Give the end of what was expected last, if it counts; of months, only days left by a schedule are made up for."""
    latest = contract.latest
    if latest is None or latest <= reach.oldest:
        return None
    is_made_up = reach.rest is not Rest.MONTHS or contract.is_scheduled or latest >= reach.since
    return latest if is_made_up else None


def _rest(rest: Rest, start: date, until: date, contract: Billed) -> list[Period]:
    if start >= until or rest is Rest.WAITS:
        return []
    days = Period(start, until)
    if rest is Rest.WHOLE:
        left = days.overlap(contract.signed_on, contract.closed_on)
        return [left] if left else []
    return [one for one in days.months() if one.overlap(contract.signed_on, contract.closed_on)]


def month_before(day: date) -> Period:
    """Give the month before that of a day."""
    start = day.replace(day=1)
    return Period(date(start.year - (start.month == 1), (start.month - 2) % 12 + 1, 1), start)


def month_of(day: date) -> Period:
    """Give the month of a day."""
    return Period(day.replace(day=1), next_month(day))
