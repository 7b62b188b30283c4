"""Cuts: which days the documents are for that a schedule makes of one contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from billfold.domain.periods import Period, next_month
from billfold.domain.schedules import InvoiceDates, Schedule, SchedulePeriod, year_before


@dataclass(frozen=True, slots=True)
class Billed:
    """What decides the days of a contract: when it runs, and the end of the latest days that were expected of it.

    `latest` is not after the cut in question. `is_final_charged` says that its days up to `closed_on` are charged.
    """

    signed_on: date
    closed_on: date | None = None
    is_final_charged: bool = False
    latest: date | None = None


def cut_period(dates: InvoiceDates, cut: date, contract: Billed) -> Period | None:
    """Give the days from the previous cut up to `cut`, or up to the contract's end; None when none are left.

    The previous cut is what was expected last, so that a list that is changed changes the cuts to come only and the
    open days end at the next of them. What lies more than a year back counts no more; then, and where nothing was
    expected yet, it is the date before in the list. The first days start with the contract.
    """
    until = min(cut, contract.closed_on or cut)
    oldest = year_before(cut)
    is_recent = contract.latest is not None and contract.latest > oldest
    previous = contract.latest if is_recent else dates.latest_before(cut)
    start = max(previous or oldest, contract.signed_on)
    return Period(start, until) if start < until else None


def month_period(schedule: Schedule, tick: date, contract: Billed, *, is_charging: bool) -> Period | None:
    """Give the month that a tick is for, the one before or its own; None for a contract that has nothing of it.

    Of a month whose first days were expected already, charges are made of the rest.
    """
    this = Period(tick.replace(day=1), next_month(tick))
    is_previous = schedule.period is SchedulePeriod.PREVIOUS_MONTH
    month = _month_before(this) if is_previous else this
    closed_on, latest = contract.closed_on, contract.latest
    if contract.signed_on >= month.until or (closed_on is not None and closed_on <= month.start):
        return None
    is_closed_within = closed_on is not None and closed_on < month.until
    if is_closed_within and contract.is_final_charged:
        return None
    if is_charging and latest is not None and month.start < latest < month.until:
        is_through = closed_on is not None and latest >= closed_on
        return None if is_through else Period(latest, month.until)
    return month


def cut_periods(dates: InvoiceDates, window: Period, contract: Billed, made: Sequence[Period]) -> list[Period]:
    """Give the days cut by a client's own dates that ended within the window, which counts its end and not its start.

    `made` are those that were expected before the window's end; what the list has after the last of them is added.
    """
    found = [one for one in made if window.start < one.until <= window.until]
    latest = max((one.until for one in made), default=None)
    ends = dates.dates_in(Period(window.start, window.until + timedelta(days=1)))
    final = [contract.closed_on] if contract.closed_on and window.start < contract.closed_on <= window.until else []
    for cut in sorted({*ends, *final} - {window.start}):
        if latest is None or cut > latest:
            chained = Billed(contract.signed_on, contract.closed_on, latest=latest)
            if (period := cut_period(dates, cut, chained)) is not None:
                found.append(period)
                latest = period.until
    return sorted(found)


def _month_before(month: Period) -> Period:
    return Period((month.start - timedelta(days=1)).replace(day=1), month.start)
