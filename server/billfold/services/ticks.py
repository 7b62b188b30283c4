"""Ticks: on which days a rule makes documents by itself, for which days of a contract, and with which date."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from billfold.database.schedules import DueContract
from billfold.domain.calendars import WorkCalendar
from billfold.domain.cuts import cut_period, cut_periods, month_period
from billfold.domain.periods import Period
from billfold.domain.schedules import InvoiceDates, Schedule, SchedulePeriod, wall_instant, year_before
from billfold.plugin_api.document_type import DocumentType, IssueDay, Need, PeriodKind


@dataclass(frozen=True, slots=True)
class Ticks:
    """The ticks of the rule of one type in one enterprise, whose zone and calendar these are.

    `own` are the dates, by the client's list as it was written, of clients who decide themselves when they are charged.
    """

    declared: DocumentType
    schedule: Schedule
    zone: str
    calendar: WorkCalendar
    own: Mapping[str, InvoiceDates]

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

    def asks_made(self, contract: DueContract) -> bool:
        """Say whether `periods` needs to know for which days the contract was charged."""
        return is_charging(self.declared) and not is_cutting(self.declared) and contract.invoice_dates in self.own

    def periods(self, contract: DueContract, day: date, made: Sequence[Period] = ()) -> list[Period]:
        """Give the periods that a tick is for; `made` are those that charging types expected, up to the day."""
        billed, is_end = contract.billed, contract.billed.closed_on == day
        own = self.own.get(contract.invoice_dates) if is_charging(self.declared) else None
        if own is None and self._is_since_cut:
            is_due = self.is_for_all(day) or is_end
            found = cut_period(self.schedule.days, day, billed) if is_due else None
        elif own is None:
            charging = is_charging(self.declared)
            found = month_period(self.schedule, day, billed, is_charging=charging) if self.is_for_all(day) else None
        elif is_cutting(self.declared):
            found = cut_period(own, day, billed) if _is_among(own, day) or is_end else None
        else:
            return cut_periods(own, self._since_last(day), billed, made) if self.is_for_all(day) else []
        return [found] if found else []

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

    def _since_last(self, day: date) -> Period:
        return Period(self.schedule.days.latest_before(day) or year_before(day), day)


def is_charging(declared: DocumentType) -> bool:
    """Say whether documents of the type charge the days that they are for."""
    return PeriodKind.PERIOD in declared.period_kinds and Need.CHARGES in declared.needs


def is_cutting(declared: DocumentType) -> bool:
    """Say whether a client's own dates are those of this type, and cut the days that others charge with it."""
    return is_charging(declared) and declared.is_payable


def _is_among(dates: InvoiceDates, day: date) -> bool:
    return bool(dates.dates_in(Period(day, day + timedelta(days=1))))
