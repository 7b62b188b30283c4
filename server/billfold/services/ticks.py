"""Ticks: on which days a rule makes documents by itself, for which days of a contract, and with which date."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from billfold.database.schedules import DueContract
from billfold.domain.calendars import WorkCalendar
from billfold.domain.cuts import NOTHING, Reach, Rest, Taken, due_periods, month_before, month_of, open_days
from billfold.domain.periods import Period
from billfold.domain.schedules import InvoiceDates, Schedule, SchedulePeriod, wall_instant, year_before
from billfold.plugin_api.document_type import DocumentType, IssueDay, Need, PeriodKind


@dataclass(frozen=True, slots=True)
class Ticks:
    """The ticks of the rule of one type in one enterprise, whose zone and calendar these are.

    `own` are the dates, by the client's list as it was written, of clients who decide themselves when they are charged;
    `cutting` are the schedules that make those charges, as far as they are automatic.
    """

    declared: DocumentType
    schedule: Schedule
    zone: str
    calendar: WorkCalendar
    own: Mapping[str, InvoiceDates]
    cutting: Sequence[Schedule] = ()

    def days(self, window: Period, closings: Iterable[date]) -> list[date]:
        """Give the days of the ticks in the window, sorted; `closings` are those on which contracts end there."""
        days = set(self.schedule.days.dates_in(window))
        if is_cutting(self.declared):
            days.update(day for dates in self.own.values() for day in dates.dates_in(window))
        if self._is_since_cut or (is_cutting(self.declared) and self.own):
            days.update(closings)
        return sorted(days)

    def is_for_all(self, day: date) -> bool:
        """Say whether the day is one of the rule's own, and not of clients or of contracts that end."""
        return _is_among(self.schedule.days, day)

    def lists(self, day: date) -> list[str]:
        """Give the lists that have the day, if they are those of this type."""
        return [text for text, dates in self.own.items() if is_cutting(self.declared) and _is_among(dates, day)]

    def reach_until(self, day: date) -> date:
        """Give how far a tick reaches for contracts whose clients have no dates of their own."""
        return day if self._is_since_cut or self._waits(None) else self._month(day).until

    def open_days(self, contract: DueContract, day: date) -> Period | None:
        """Give the days of a contract that a tick is for, before they are cut; None when it has none."""
        reach = self._reach(contract, day)
        return open_days(reach, contract.billed) if reach else None

    def periods(self, contract: DueContract, day: date, taken: Taken = NOTHING) -> list[Period]:
        """Give the periods that a tick is for; `taken` are open days that others charge."""
        reach = self._reach(contract, day)
        return due_periods(reach, contract.billed, taken) if reach else []

    def foreseen_cuts(self, contract: DueContract, day: date, known: Sequence[Period], today: date) -> list[Period]:
        """Give what a tick will find cut by types for which this one waits: what is `known`, and cuts from today on."""
        own = self.own.get(contract.invoice_dates)
        if not self._waits(own):
            return []
        since_cut = [one.days for one in self.cutting if one.period is SchedulePeriod.SINCE_LAST_CUT]
        # What is cut by whole months is told of whole months.
        dates = own or next(iter(since_cut), InvoiceDates(days=(1,)))
        since = self.schedule.days.latest_before(day) or year_before(day)
        found = [one for one in known if since < one.until <= day]
        latest = max((one.until for one in known), default=None)
        for cut in dates.dates_in(Period(since, day + timedelta(days=1))):
            start = max(latest or date.min, dates.latest_before(cut) or year_before(cut))
            if cut > since and cut >= today and start < cut:
                found.append(Period(start, cut))
        return found

    def _reach(self, contract: DueContract, day: date) -> Reach | None:
        own = self.own.get(contract.invoice_dates) if is_charging(self.declared) else None
        is_own_cut = own is not None and is_cutting(self.declared)
        dates = own if own is not None and is_own_cut else self.schedule.days
        is_end = contract.billed.closed_on == day and (is_own_cut or self._is_since_cut)
        if not (_is_among(dates, day) or is_end):
            return None
        oldest = year_before(day)
        if not is_own_cut and self._waits(own):
            return Reach(dates.latest_before(day) or oldest, day, oldest, Rest.WAITS)
        if is_own_cut or self._is_since_cut:
            return Reach(dates.latest_before(day) or oldest, day, oldest, Rest.WHOLE)
        month = self._month(day)
        # What charges nothing tells whole months, whatever was told before.
        return Reach(month.start, month.until, oldest if is_charging(self.declared) else date.max, Rest.MONTHS)

    def _waits(self, own: InvoiceDates | None) -> bool:
        """Say whether days that nothing has cut yet are left to a type that will cut them on days of its own."""
        if is_cutting(self.declared) or not is_charging(self.declared) or not self.cutting:
            return False
        is_cut = any(one.period is SchedulePeriod.SINCE_LAST_CUT for one in self.cutting)
        return own is not None or is_cut or self._is_since_cut

    def _month(self, day: date) -> Period:
        return month_before(day) if self.schedule.period is SchedulePeriod.PREVIOUS_MONTH else month_of(day)

    def instant(self, day: date) -> datetime:
        """Give the instant of the tick of a day."""
        return wall_instant(day, self.schedule.at, self.zone)

    def issue_date(self, day: date) -> date | None:
        """Give the date that the documents of a tick bear; None for types with a date of their own."""
        is_own = self.declared.issue_day is IssueDay.PERIOD_END
        return None if is_own else self.calendar.shifted(day, self.schedule.shift)

    def due_at(self, day: date) -> datetime:
        """Give the instant at which the documents of a tick are made: not before the date that they bear."""
        return max(self.instant(day), self.instant(self.issue_date(day) or day))

    @property
    def _is_since_cut(self) -> bool:
        return self.schedule.period is SchedulePeriod.SINCE_LAST_CUT


def is_charging(declared: DocumentType) -> bool:
    """Say whether documents of the type charge the days that they are for."""
    return PeriodKind.PERIOD in declared.period_kinds and Need.CHARGES in declared.needs


def is_cutting(declared: DocumentType) -> bool:
    """Say whether a client's own dates are those of this type, and cut the days that others charge with it."""
    return is_charging(declared) and declared.is_payable


def _is_among(dates: InvoiceDates, day: date) -> bool:
    return bool(dates.dates_in(Period(day, day + timedelta(days=1))))
