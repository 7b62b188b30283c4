"""Schedules: when documents are made by themselves, and the dates that a client wants its invoices on."""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from billfold.domain.errors import InvalidInput
from billfold.domain.periods import Period

MAX_TOKENS = 31
_DAY = re.compile(r"0?[1-9]|[12][0-9]|3[01]")
# The ends of the calendar cannot be counted on from.
_ISO_DATE = re.compile(r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_LAST = "last"
_MEND = "write days of the month from 1 to 31, `last`, or dates such as 2026-12-25, with commas between"


class DayShift(StrEnum):
    """Where a document's date goes that falls on a day off; the borders of its period stay."""

    NONE = "none"
    NEXT = "next"
    PREVIOUS = "previous"


class SchedulePeriod(StrEnum):
    """Which days a document made by schedule is for."""

    PREVIOUS_MONTH = "previous_month"
    CURRENT_MONTH = "current_month"
    SINCE_LAST_CUT = "since_last_cut"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When documents of a type are made: on `day` of each month, at the time `at` on the wall of the enterprise.

    A month without the day has its last one instead.
    """

    day: int = 1
    at: time = time(0)
    shift: DayShift = DayShift.NONE
    period: SchedulePeriod = SchedulePeriod.PREVIOUS_MONTH

    @property
    def days(self) -> "InvoiceDates":
        """The days on which it makes documents, as a list of dates."""
        return InvoiceDates(days=(self.day,))


@dataclass(frozen=True, slots=True)
class InvoiceDates:
    """When a client is invoiced: `days` of every month, its last day if `is_last`, and one-off `dates`, all sorted."""

    days: tuple[int, ...] = ()
    is_last: bool = False
    dates: tuple[date, ...] = ()

    def dates_in(self, month: Period) -> tuple[date, ...]:
        """Give the invoice days inside the period, sorted, each once.

        A day that a month does not have falls on its last one, so that no bill is lost (domain.md 2.4).
        """
        found = set(self.dates)
        for part in month.months():
            year, number = part.start.year, part.start.month
            last = monthrange(year, number)[1]
            found.update(date(year, number, min(day, last)) for day in self.days)
            if self.is_last:
                found.add(date(year, number, last))
        return tuple(sorted(day for day in found if month.start <= day < month.until))

    def latest_before(self, cut: date) -> date | None:
        """Give the last invoice day before `cut`, at most a year earlier; None when there is none."""
        found = self.dates_in(Period(year_before(cut), cut))
        return found[-1] if found else None

    def __str__(self) -> str:
        days = [str(day) for day in self.days]
        last = [_LAST] if self.is_last else []
        return ",".join(days + last + [day.isoformat() for day in self.dates])


NEVER = InvoiceDates()


def invoice_dates(text: str) -> InvoiceDates:
    """Read a list such as `1,16`, `last` or `15, 2026-12-25`; an empty one is NEVER. Repetitions count once.

    Raises InvalidInput, with the field `invoice_dates`, on anything else and on more than 31 entries.
    """
    tokens = [token for token in (part.strip().lower() for part in text.split(",")) if token]
    if len(tokens) > MAX_TOKENS:
        raise InvalidInput(
            f"Invoice dates hold {len(tokens)} entries: write at most {MAX_TOKENS}.", field="invoice_dates"
        )
    return InvoiceDates(
        days=tuple(sorted({int(token) for token in tokens if _DAY.fullmatch(token)})),
        is_last=_LAST in tokens,
        dates=tuple(sorted({_one_off(token) for token in tokens if token != _LAST and not _DAY.fullmatch(token)})),
    )


def _one_off(token: str) -> date:
    try:
        if _ISO_DATE.fullmatch(token):
            return date.fromisoformat(token)
    except ValueError:
        pass
    raise InvalidInput(f"Invoice date {token[:40]!r} is not known: {_MEND}.", field="invoice_dates")


def year_before(day: date) -> date:
    """Give the same day of the year before; that of 29 February is the 28th."""
    return day.replace(year=day.year - 1, day=min(day.day, monthrange(day.year - 1, day.month)[1]))


def wall_instant(day: date, at: time, zone: str) -> datetime:
    """Give the instant, aware UTC, at which the wall of `zone` shows a time of a day.

    A time that comes twice is the first. For one that is skipped, it is the first instant after it: the clocks' leap.
    """
    wanted = datetime.combine(day, at)
    # In a leap the offset from before it gives the later instant.
    late = wanted.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    early = wanted.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC)
    if late <= early:
        return late
    # The wall shows less than what is wanted at `early`, and more at `late`; zones leap on whole seconds.
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=int((late - early).total_seconds()) // 2)
        is_past = middle.astimezone(ZoneInfo(zone)).replace(tzinfo=None) >= wanted
        early, late = (early, middle) if is_past else (middle, late)
    return late


def in_order(follows: Mapping[str, frozenset[str]]) -> list[str]:
    """Sort the keys of types so that each comes after those that it follows; by name where nothing is said."""
    sorted_keys: list[str] = []
    while left := sorted(set(follows) - set(sorted_keys)):
        free = [key for key in left if not (predecessors(key, follows) & set(left))]
        sorted_keys.append(free[0])
    return sorted_keys


def predecessors(key: str, follows: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Give the types that a type follows, without those that follow it in turn, near or far: nobody waits in a ring."""
    return frozenset(other for other in follows.get(key, ()) if key not in _all_before(other, follows))


def _all_before(key: str, follows: Mapping[str, frozenset[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [key]
    while waiting:
        fresh = follows.get(waiting.pop(), frozenset()) - found
        found |= fresh
        waiting += fresh
    return found
