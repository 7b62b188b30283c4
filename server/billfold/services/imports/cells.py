"""Cells: what one cell of a book may hold, and the value that it stands for.

A Reader takes the text of a cell, without spaces around it, and gives the value; it raises InvalidInput, whose message
names the thing and the mend.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError

from billfold.adapters.mail_messages import envelope_address
from billfold.domain import money, schedules
from billfold.domain.errors import InvalidInput

Reader = Callable[[str], Any]

MAX_SHORT = 1000
MAX_LONG = 10_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_NUMBER = re.compile(r"-?([0-9]+)(?:\.([0-9]+))?")
_BOOLEANS = {"true": True, "false": False}
# Usage outside these years is a slip, and the ends of the calendar cannot be moved to UTC.
_YEARS = range(1970, 2200)


def short_text(*, limit: int = MAX_SHORT, is_needed: bool = False) -> Reader:
    """Read one line of text, without control characters."""

    def read(text: str) -> str:
        _hold_to(text, limit, is_needed)
        # Most texts are printable as a whole, which is quicker to tell.
        if not text.isprintable() and (found := _CONTROL.search(text)):
            raise InvalidInput(f"{text[:40]!r} holds the control character {found[0]!r}: remove it.")
        return text

    return read


def long_text(*, limit: int = MAX_LONG) -> Reader:
    """Read a text of any number of lines."""

    def read(text: str) -> str:
        _hold_to(text, limit, False)
        if found := _CONTROL_IN_TEXT.search(text):
            raise InvalidInput(f"{text[:40]!r} holds the control character {found[0]!r}: remove it.")
        return text.replace("\r\n", "\n").replace("\r", "\n")

    return read


def _hold_to(text: str, limit: int, is_needed: bool) -> None:
    if is_needed and not text:
        raise InvalidInput("it is empty: fill it in.")
    if len(text) > limit:
        raise InvalidInput(f"{text[:40]!r}… has {len(text)} characters: shorten it to {limit}.")


def matching(pattern: str, example: str) -> Reader:
    """Read a text of one form, which `example` shows."""
    form = re.compile(pattern)

    def read(text: str) -> str:
        if not form.fullmatch(text):
            raise InvalidInput(f"{text[:40]!r} has not the right form: write it as {example}.")
        return text

    return read


def checked_by(check: Callable[[str], None]) -> Reader:
    """Read a text that a check lets pass."""

    def read(text: str) -> str:
        check(text)
        return text

    return read


def one_of(values: Iterable[str]) -> Reader:
    """Read one of the words."""
    words = {str(value): str(value) for value in values}

    def read(text: str) -> str:
        if text not in words:
            raise InvalidInput(f"{text[:40]!r} is not known: write {', '.join(words)}.")
        return words[text]

    return read


def decimal(*, digits: int, places: int, is_signed: bool = True) -> Reader:
    """Read an exact number with at most `digits` before the point and `places` after it."""

    def read(text: str) -> Decimal:
        match = _NUMBER.fullmatch(text)
        if match is None:
            raise InvalidInput(f"{text[:40]!r} is not a number: write digits with a point, such as 1234.50.")
        if len(match[1]) > digits or len(match[2] or "") > places:
            raise InvalidInput(
                f"{text[:40]} has too many digits: write at most {digits} before the point and {places} after it."
            )
        if text[0] == "-" and not is_signed:
            raise InvalidInput(f"{text} is negative: write a number from 0 up.")
        return Decimal(text)

    return read


def whole(least: int, most: int) -> Reader:
    """Read a whole number of a range."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
            raise InvalidInput(f"{text[:40]!r} is not a whole number from {least} to {most}: correct it.")
        return int(text)

    return read


def boolean(text: str) -> bool:
    """Read `true` or `false`; spreadsheets write them in capitals."""
    value = _BOOLEANS.get(text.lower())
    if value is None:
        raise InvalidInput(f"{text[:40]!r} is neither true nor false: write one of them.")
    return value


def day(text: str) -> date:
    """Read a date such as 2026-10-31."""
    # Other ISO forms, such as week dates, would pass `fromisoformat` too.
    try:
        if len(text) == 10 and text[4] == text[7] == "-" and text >= "1900":
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise InvalidInput(f"{text[:40]!r} is not a date: write it as 2026-10-31.")


def day_or_none(text: str) -> date | None:
    """Read a date, or nothing."""
    return day(text) if text else None


def instant(text: str) -> datetime:
    """Read an instant with its offset such as 2026-10-31T23:59:59+03:00."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        value = None
    if value is None or value.tzinfo is None or value.year not in _YEARS:
        raise InvalidInput(
            f"{text[:40]!r} is not an instant: write date, time and offset, such as 2026-10-31T23:59:59+03:00."
        )
    return value


def currency(text: str) -> str:
    """Read an ISO 4217 code."""
    money.exponent(text)
    return text


def country(text: str) -> str:
    """Read an ISO 3166 code."""
    if text not in _countries():
        raise InvalidInput(f"Country {text[:40]!r} is unknown: write it as RU.")
    return text


@cache
def _countries() -> frozenset[str]:
    # The territories of CLDR are the countries, and a few regions and unions that no post is sent to.
    codes = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2) - {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}


def locale(text: str) -> str:
    """Read a locale such as `ru` or `en-GB`."""
    if not is_locale(text):
        raise InvalidInput(f"Locale {text[:40]!r} is unknown: write a code such as ru, en or kk.")
    return text


def is_locale(text: str) -> bool:
    """Whether Babel knows the locale, and the column holds its code."""
    try:
        return len(text) <= 10 and bool(Locale.parse(text.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return False


def zone(text: str) -> str:
    """Read a time zone such as Europe/Moscow."""
    if text not in _zones():
        raise InvalidInput(f"Time zone {text[:40]!r} is unknown: write a name such as Europe/Moscow.")
    return text


@cache
def _zones() -> frozenset[str]:
    # These two mean "not set" and "as on this machine".
    return frozenset(available_timezones() - {"Factory", "localtime"})


def email(text: str) -> str:
    """Read one e-mail address, as the mail will take it; empty is none."""
    if text:
        envelope_address(text)
    return text


def needed_email(text: str) -> str:
    """Read one e-mail address that must be there."""
    envelope_address(text)
    return text


def invoice_dates(text: str) -> str:
    """Read a client's dates for invoices; gives them sorted, each once."""
    return str(schedules.invoice_dates(text))
