"""Invoice dates: domain.md 2.4 and the vectors of its chapter 8."""

from datetime import date

import pytest

from billfold.domain.errors import InvalidInput
from billfold.domain.periods import Period, month
from billfold.domain.schedules import NEVER, InvoiceDates, invoice_dates


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("", NEVER),
        (" , ", NEVER),
        ("1,16", InvoiceDates(days=(1, 16))),
        (" 16 ,01, 1,", InvoiceDates(days=(1, 16))),
        ("last", InvoiceDates(is_last=True)),
        ("LAST, 31", InvoiceDates(days=(31,), is_last=True)),
        ("15, 2026-12-25", InvoiceDates(days=(15,), dates=(date(2026, 12, 25),))),
        ("2026-12-25,2026-01-09,2026-12-25", InvoiceDates(dates=(date(2026, 1, 9), date(2026, 12, 25)))),
    ],
)
def test_list_is_read(text: str, dates: InvoiceDates) -> None:
    assert invoice_dates(text) == dates


@pytest.mark.parametrize(
    "token",
    [
        "0",
        "00",
        "32",
        "-1",
        "1.5",
        "monday",
        "001",
        "1 16",
        "1;16",
        "２",
        "2026-02-30",
        "2026-13-01",
        "20261225",
        "1899-12-31",
        "9999-12-31",
        "31\x00",
    ],
)
def test_anything_else_is_refused(token: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        invoice_dates(f"1,{token}")

    assert caught.value.field == "invoice_dates"
    assert f"Invoice date {token!r} is not known" in caught.value.message


def test_more_than_31_entries_are_refused() -> None:
    with pytest.raises(InvalidInput, match="hold 32 entries: write at most 31"):
        invoice_dates(",".join(["1"] * 32))


@pytest.mark.parametrize(
    ("text", "of", "days"),
    [
        ("30,31", "2026-02", [28]),
        ("30,31", "2026-04", [30]),
        ("30,31", "2028-02", [29]),
        ("1,16,31", "2026-02", [1, 16, 28]),
        ("29,last", "2026-02", [28]),
        ("31,last", "2026-10", [31]),
        ("last", "2026-09", [30]),
        ("1,2026-12-25", "2026-12", [1, 25]),
        ("1,2026-12-25", "2026-11", [1]),
        ("25,2026-12-25", "2026-12", [25]),
        ("", "2026-12", []),
    ],
)
def test_dates_clamp_to_the_month_and_come_once(text: str, of: str, days: list[int]) -> None:
    found = invoice_dates(text).dates_in(month(of))

    assert [day.day for day in found] == days
    assert {f"{day:%Y-%m}" for day in found} <= {of}


def test_period_of_several_months_holds_the_dates_of_each() -> None:
    period = Period(date(2026, 1, 31), date(2026, 3, 1))

    assert invoice_dates("31,1").dates_in(period) == (date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28))


def test_list_is_written_sorted_and_once() -> None:
    assert str(invoice_dates("2026-12-25, last,16, 1,1")) == "1,16,last,2026-12-25"
