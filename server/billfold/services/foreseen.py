"""Foreseen: the dates that the next documents of a client will bear, as its list and what was cut stand now."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from billfold.database.client_dates import KnownDays
from billfold.database.schedules import DueContract
from billfold.domain.cuts import Billed, Taken
from billfold.domain.periods import Period, local_date
from billfold.services.ticks import Ticks

_LONGEST_SHIFT = timedelta(days=31)
_FIRST_DAY = date(2000, 1, 1)
_NOBODY = UUID(int=0)


def foreseen_dates(ticks: Ticks, invoice_dates: str, known: KnownDays, *, until: date, now: datetime) -> Iterator[date]:
    """Give the dates of documents that are still to come up to a day, each once."""
    told: set[date] = set()
    today = local_date(now, ticks.zone)
    for day in ticks.days(Period(today - _LONGEST_SHIFT, until + timedelta(days=1)), ()):
        if ticks.due_at(day) <= now:
            continue
        # A tick that is over, and whose documents wait for their date, has expected them itself.
        latest = known.latest if day > today else None
        contract = DueContract(_NOBODY, invoice_dates, Billed(_FIRST_DAY, latest=latest))
        cuts = ticks.foreseen_cuts(contract, day, known.cuts, today)
        for period in ticks.periods(contract, day, Taken(expected=cuts)):
            dated = ticks.issue_date(day) or period.last_day
            if dated not in told:
                yield dated
            told.add(dated)
