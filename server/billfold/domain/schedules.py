"""Schedules: when documents are made by themselves, and the dates that a client wants its invoices on."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from billfold.domain.errors import InvalidInput
from billfold.domain.periods import Period

MAX_TOKENS = 31
_DAY = re.compile(r"0?[1-9]|[12][0-9]|3[01]")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
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
