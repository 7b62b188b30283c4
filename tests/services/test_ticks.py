"""Ticks of two types and a client whose dates change: no day is lost, and none is asked for twice."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billfold.database.schedules import DueContract
from billfold.domain.calendars import WorkCalendar
from billfold.domain.cuts import Billed, Taken
from billfold.domain.periods import Period
from billfold.domain.schedules import Schedule, SchedulePeriod, invoice_dates
from billfold.plugin_api.document_type import DocumentType, Need
from billfold.services.ticks import Ticks

TYPES = {
    "invoice": DocumentType(key="invoice", titles={"en": "Invoice"}, is_payable=True),
    "act": DocumentType(key="act", titles={"en": "Act"}, is_payable=False, follows=frozenset({"invoice"})),
    "statement": DocumentType(
        key="statement", titles={"en": "Statement"}, is_payable=False, needs=frozenset({Need.ACCOUNT})
    ),
}
NOBODY = UUID(int=0)
MONTHLY = Schedule()
# All within a year: what lies further back is not made up for.
SPAN = Period(date(2026, 1, 1), date(2026, 12, 20))


def ticks_of(key: str, text: str, schedule: Schedule = MONTHLY, invoicing: Schedule | None = MONTHLY) -> Ticks:
    own = {text: invoice_dates(text)} if text and invoicing else {}
    cutting = [invoicing] if invoicing else []
    return Ticks(TYPES[key], schedule, "UTC", WorkCalendar("RU", {}), own, cutting)


class Books:
    """What was expected of one contract, and charged at once, while its client's list changes."""

    def __init__(self, invoicing: Schedule, telling: Schedule, signed_on: date) -> None:
        self.schedules = {"invoice": invoicing, "act": telling}
        self.signed_on = signed_on
        self.made: dict[str, list[Period]] = {"invoice": [], "act": []}

    def tick(self, key: str, day: date, text: str) -> None:
        ticks = ticks_of(key, text, self.schedules[key], self.schedules["invoice"])
        if day not in ticks.days(Period(day, day + timedelta(days=1)), ()):
            return
        until = day if text else ticks.reach_until(day)
        latest = max((one.until for one in self.made[key] if one.start < until), default=None)
        contract = DueContract(NOBODY, text, Billed(self.signed_on, latest=latest, is_scheduled=True))
        charged = {one for made in self.made.values() for one in made}
        if (days := ticks.open_days(contract, day)) is None:
            return
        near = sorted(one for one in charged if one.overlap(days.start, days.until))
        for period in ticks.periods(contract, day, Taken(near)):
            assert all(period == one or not period.overlap(one.start, one.until) for one in charged)
            self.made[key].append(period)

    def pass_days(self, lists: Sequence[tuple[date, str]]) -> None:
        for number in range(SPAN.days):
            day = SPAN.start + timedelta(days=number)
            text = next(text for since, text in reversed(lists) if since <= day)
            for key in self.made:
                self.tick(key, day, text)


DAYS = st.dates(date(2026, 1, 5), date(2026, 11, 1))
TOKENS = st.one_of(st.integers(1, 31).map(str), st.just("last"), DAYS.map(str))
TEXTS = st.one_of(st.just(""), st.lists(TOKENS, min_size=1, max_size=3).map(",".join))
CHANGES = st.lists(st.tuples(DAYS, TEXTS), min_size=1, max_size=4, unique_by=lambda one: one[0]).map(sorted)
SCHEDULES = st.one_of(
    st.just(MONTHLY),
    st.builds(Schedule, day=st.sampled_from([1, 5, 15, 31]), period=st.sampled_from(SchedulePeriod)),
)


@settings(max_examples=60, deadline=None)
@given(
    first=TEXTS,
    changes=CHANGES,
    invoicing=SCHEDULES,
    telling=SCHEDULES,
    signed_on=st.dates(date(2025, 12, 1), date(2026, 2, 20)),
)
def test_no_day_is_lost_or_told_twice_though_the_list_changes(
    first: str, changes: list[tuple[date, str]], invoicing: Schedule, telling: Schedule, signed_on: date
) -> None:
    books = Books(invoicing, telling, signed_on)

    books.pass_days([(SPAN.start, first), *changes])

    # What was told before both types had begun is nobody's to make up for.
    start = max(min((one.start for one in made), default=SPAN.until) for made in books.made.values())
    invoices, acts = (sorted(one for one in made if one.start >= start) for made in books.made.values())
    for made in (invoices, acts):
        assert all(one.until == other.start for one, other in pairwise(made))
    until = min(made[-1].until if made else SPAN.start for made in (invoices, acts))
    assert [one for one in invoices if one.until <= until] == [one for one in acts if one.until <= until]


@pytest.mark.parametrize(
    ("lists", "invoices", "acts"),
    [
        # Another list: its first cut begins where the old one ended, and nothing is cut that was not invoiced.
        (
            [("2026-01-01", "1"), ("2026-02-20", "15")],
            ["01-01..02-01", "02-01..03-15", "03-15..04-15"],
            ["01-01..02-01", "02-01..03-15"],
        ),
        # None any more: the rest of the month and the month after.
        (
            [("2026-01-01", "10"), ("2026-02-03", "")],
            ["01-01..01-10", "01-10..02-01", "02-01..03-01", "03-01..04-01"],
            ["01-01..01-10", "01-10..02-01", "02-01..03-01", "03-01..04-01"],
        ),
        (
            [("2026-01-01", ""), ("2026-02-25", "20")],
            ["01-01..02-01", "02-01..03-20"],
            ["01-01..02-01", "02-01..03-20"],
        ),
    ],
)
def test_a_changed_list_cuts_where_the_old_one_ended(
    lists: list[tuple[str, str]], invoices: list[str], acts: list[str]
) -> None:
    books = Books(MONTHLY, MONTHLY, date(2026, 1, 1))

    books.pass_days([(date.fromisoformat(day), text) for day, text in lists])

    told = [[f"{one.start:%m-%d}..{one.until:%m-%d}" for one in sorted(made)] for made in books.made.values()]
    assert (told[0][: len(invoices)], told[1][: len(acts)]) == (invoices, acts)


def test_a_type_without_charges_tells_the_whole_month() -> None:
    told = DueContract(NOBODY, "1,16", Billed(date(2020, 1, 1), latest=date(2026, 10, 16)))

    found = ticks_of("statement", "1,16").periods(told, date(2026, 11, 1))

    assert found == [Period(date(2026, 10, 1), date(2026, 11, 1))]


@pytest.mark.parametrize(
    ("text", "schedule", "invoicing", "periods"),
    [
        # Whoever invoices by months charges no others, so an act of the month need not wait.
        ("", MONTHLY, Schedule(day=5), ["2026-10-01..2026-11-01"]),
        ("", MONTHLY, None, ["2026-10-01..2026-11-01"]),
        ("20", MONTHLY, None, ["2026-10-01..2026-11-01"]),
        ("20", MONTHLY, MONTHLY, []),
        ("", MONTHLY, Schedule(day=10, period=SchedulePeriod.SINCE_LAST_CUT), []),
        ("", Schedule(period=SchedulePeriod.SINCE_LAST_CUT), MONTHLY, []),
    ],
)
def test_an_act_leaves_days_to_an_invoice_that_will_cut_them(
    text: str, schedule: Schedule, invoicing: Schedule | None, periods: list[str]
) -> None:
    contract = DueContract(NOBODY, text, Billed(date(2020, 1, 1), latest=date(2026, 10, 1)))

    found = ticks_of("act", text, schedule, invoicing).periods(contract, date(2026, 11, 1))

    assert [str(one) for one in found] == periods
