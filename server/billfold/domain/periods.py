"""Periods: half-open runs of days, and where their midnights lie in a time zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from billfold.domain.errors import InvalidInput, LimitExceeded

_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 1, 1)
_LONGEST_DAYS = 3 * 366


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `start` up to, but without, `until`. Raises InvalidInput when it is empty."""

    start: date
    until: date

    def __post_init__(self) -> None:
        if self.until <= self.start:
            raise InvalidInput(
                f"Period {self.start}..{self.until} is empty: it must end after it starts.", field="period"
            )

    @property
    def days(self) -> int:
        """The number of days inside."""
        return (self.until - self.start).days

    @property
    def last_day(self) -> date:
        """The last day inside, as people write periods on paper."""
        return self.until - timedelta(days=1)

    def overlap(self, start: date, until: date | None) -> "Period | None":
        """Give the part of this period inside [start, until); `until=None` is open. None when nothing is left."""
        low = max(self.start, start)
        high = self.until if until is None else min(self.until, until)
        return Period(low, high) if low < high else None

    def months(self) -> Iterator["Period"]:
        """Cut the period at the first days of months, in order."""
        start = self.start
        while start < self.until:
            until = min(next_month(start), self.until)
            yield Period(start, until)
            start = until

    def bounds(self, zone: str) -> tuple[datetime, datetime]:
        """Give the instants, aware UTC, of the local midnights that open and close the period in `zone`."""
        return local_midnight(self.start, zone), local_midnight(self.until, zone)

    def __str__(self) -> str:
        return f"{self.start}..{self.until}"


def check_billable(period: Period) -> None:
    """Refuse a period that nobody bills: more than 36 months, or outside the years 2000 to 2099.

    Raises LimitExceeded.
    """
    if period.start < _EARLIEST or period.until > _LATEST or period.days > _LONGEST_DAYS:
        raise LimitExceeded(
            f"The period {period} cannot be billed: ask for at most 36 months between {_EARLIEST} and {_LATEST}.",
            field="period",
        )


def check_issue_date(day: date) -> None:
    """Refuse a date that no document has: before 2000 or after 2099. Raises LimitExceeded."""
    if not _EARLIEST <= day <= _LATEST:
        raise LimitExceeded(f"The date {day} is not between {_EARLIEST} and {_LATEST}.", field="issueDate")


def month(text: str) -> Period:
    """Read a month such as `2026-10`. Raises InvalidInput on anything else."""
    try:
        start = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date()
        return Period(start, next_month(start))
    except ValueError:  # December 9999 too: the day after it is no date.
        raise InvalidInput(f"Period {text!r} is not a month: write it as 2026-10.", field="period") from None


def next_month(day: date) -> date:
    """Give the first day of the month after `day`."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def days_in_month(day: date) -> int:
    """Give the number of days of the month of `day`."""
    return (next_month(day) - day.replace(day=1)).days


def local_midnight(day: date, zone: str) -> datetime:
    """Give the instant, aware UTC, at which `day` starts in `zone`."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def local_date(instant: datetime, zone: str) -> date:
    """Give the date on the wall of `zone` at an aware instant."""
    return instant.astimezone(ZoneInfo(zone)).date()
