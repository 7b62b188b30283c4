"""Typed fields: readers for `fields.py` of values that come typed already; null comes to them as the empty text."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum

from billfold.domain.errors import InvalidInput


def present(value: object) -> object:
    """Take any value but null."""
    if value == "":
        raise InvalidInput("it is empty: give it a value, or leave it out.")
    return value


def one_of(words: type[StrEnum]) -> Callable[[object], object]:
    """Take a member of a closed set; it may come as its bare word."""

    def read(value: object) -> object:
        return words(str(present(value)))

    return read


def known(words: type[StrEnum]) -> Callable[[object], object]:
    """Take a member of a closed set, as `one_of` does, and name them all where it is none."""

    def read(value: object) -> object:
        if value not in set(words):
            raise InvalidInput(f"{value or 'null'} is not known: write one of {', '.join(words)}.")
        return words(str(value))

    return read


def day(value: object) -> object:
    """Take a day of the years 1900 to 2199; books have no others."""
    if not isinstance(value, date) or not 1900 <= value.year < 2200:
        raise InvalidInput(f"{value or 'null'} is no day of the years 1900 to 2199: correct it.")
    return value


def day_or_none(value: object) -> object:
    """Take such a day; null clears the field."""
    return None if value == "" else day(value)


def whole(least: int, most: int) -> Callable[[object], object]:
    """Take a whole number of a range."""

    def read(value: object) -> object:
        if not isinstance(value, int) or not least <= value <= most:
            raise InvalidInput(f"{value} is not a whole number from {least} to {most}: correct it.")
        return value

    return read
