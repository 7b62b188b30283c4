"""Wording: the words that lines and payment orders are written with, by language, from `texts/*.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from babel.dates import format_date

from billfold.domain.periods import Period, next_month

_FALLBACK = "en"


def wording(locale: str, key: str, **values: object) -> str:
    """Give the text `key`, such as `line.late`, in the language of `locale`, or in English, with its braces filled."""
    section, name = key.split(".")
    return _texts(_language(locale))[section][name].format(**values)


def written_period(period: Period, locale: str) -> str:
    """Write a whole month by its name, one day by its date, anything else by its first and last day."""
    is_russian = _language(locale) == "ru"
    babel = "ru" if is_russian else "en_GB"
    if period.start.day == 1 and period.until == next_month(period.start):
        return format_date(period.start, "LLLL y 'г'." if is_russian else "LLLL y", babel)
    days = [period.start, period.last_day] if period.days > 1 else [period.start]
    style = "dd.MM.yyyy" if is_russian else "d MMM y"
    return "–".join(format_date(day, style, babel) for day in days)


def _language(locale: str) -> str:
    language = locale.replace("_", "-").split("-")[0].lower()
    return language if _is_there(language) else _FALLBACK


@cache
def _is_there(language: str) -> bool:
    return language.isalpha() and (files("billfold.plugin_api") / "texts" / f"{language}.toml").is_file()


@cache
def _texts(language: str) -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((files("billfold.plugin_api") / "texts" / f"{language}.toml").read_text(encoding="utf-8"))
