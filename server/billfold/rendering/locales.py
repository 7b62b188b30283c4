"""Locales on paper: how amounts, quantities, dates and periods are written, by Babel's data.

Everything here is a pure function of its arguments; `filters.py` binds it to a template's locale and currency.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import NumberPattern, parse_pattern

from billfold.domain.money import exponent
from billfold.domain.periods import Period, next_month

# On paper English means the day before the month, whoever reads it.
_ALIASES = {"en": "en_GB"}
_QUANTITY_DIGITS = 11
_NO_BREAK_SPACE = "\u00a0"


@cache
def babel_locale(locale: str) -> Locale:
    """Give Babel's locale of a code such as `ru` or `en-US`; an unknown one is written as English."""
    try:
        return Locale.parse(_ALIASES.get(locale, locale).replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")


def language(locale: str) -> str:
    """Give the language of a locale code: `ru` of `ru-RU`."""
    return locale.replace("_", "-").split("-")[0].lower()


@cache
def _pattern(locale: str, least: int, most: int) -> NumberPattern:
    """Give the pattern of a plain number; the grouping is the locale's, the fraction has `least` to `most` digits."""
    pattern = parse_pattern(babel_locale(locale).decimal_formats[None].pattern)
    pattern.frac_prec = (least, most)
    return pattern


def _number(number: Decimal, locale: str, least: int, most: int) -> str:
    rounded = number.quantize(Decimal(1).scaleb(-most), rounding=ROUND_HALF_UP)
    return _keep_together(_pattern(locale, least, most).apply(rounded, babel_locale(locale)))


def format_amount(amount: Decimal, currency: str, locale: str) -> str:
    """Write an amount with the digits of its currency and no sign of it: `12 200,00`, with no-break spaces."""
    digits = exponent(currency)
    return _number(amount, locale, digits, digits)


def format_unit_price(price: Decimal, currency: str, locale: str) -> str:
    """Write a unit price with the digits of its currency at least, and as many more as it has: `0,0045`."""
    return _number(price, locale, exponent(currency), _QUANTITY_DIGITS)


def format_quantity(quantity: Decimal, locale: str) -> str:
    """Write a quantity with as many digits as it has: `1`, `1,5`, `60 000`."""
    return _number(quantity, locale, 0, _QUANTITY_DIGITS)


def format_long_date(day: date, locale: str) -> str:
    """Write a date in words: `1 ноября 2026 г.`, `1 November 2026`; its parts do not part at a line's end."""
    return _keep_together(format_date(day, "long", babel_locale(locale)))


def format_short_date(day: date, locale: str) -> str:
    """Write a date briefly: `01.11.2026`, and in English without doubt about the month: `1 Nov 2026`."""
    style = "d MMM y" if language(locale) == "en" else "dd.MM.yyyy"
    return _keep_together(format_date(day, style, babel_locale(locale)))


def format_period(period: Period, locale: str) -> str:
    """Write a period: a whole month as `октябрь 2026 г.`, any other by its first and last day."""
    if period.start.day == 1 and period.until == next_month(period.start):
        style = "LLLL y 'г'." if language(locale) == "ru" else "LLLL y"
        return _keep_together(format_date(period.start, style, babel_locale(locale)))
    if period.days == 1:
        return format_short_date(period.start, locale)
    return f"{format_short_date(period.start, locale)}–{format_short_date(period.last_day, locale)}"


def _keep_together(text: str) -> str:
    """Put no-break spaces for all spaces; the narrow one that Babel writes is in few fonts."""
    return text.replace("\u202f", _NO_BREAK_SPACE).replace(" ", _NO_BREAK_SPACE)
