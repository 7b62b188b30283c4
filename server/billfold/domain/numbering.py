"""Numbering: the mask language of document numbers, and the series that their counters run in.

A mask is literal text with tokens: `{N}` or `{N:05}` (the counter, zero-padded), `{YYYY} {YY} {MM} {DD} {Q}` (the
document's date), `{CONTRACT} {ENTERPRISE} {BRANCH} {TYPE}`. `{N}` is mandatory, once.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from billfold.domain.errors import NumberingConflict

_TOKEN = re.compile(r"\{([A-Z]+)(?::0?(\d{1,2}))?\}")
_DATE_TOKENS = {"YYYY", "YY", "MM", "DD", "Q"}
_TEXT_TOKENS = {"CONTRACT", "BRANCH"}
# So many numbers are shown of a rule.
PREVIEWED = 5
_TOKENS = _DATE_TOKENS | _TEXT_TOKENS | {"N", "ENTERPRISE", "TYPE", "PREFIX"}


class Reset(StrEnum):
    """When a counter starts anew."""

    NEVER = "never"
    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    DAY = "day"


class Scope(StrEnum):
    """Which documents share one counter."""

    ENTERPRISE = "enterprise"
    TYPE = "type"
    CONTRACT = "contract"


class NumberMode(StrEnum):
    """`gapless` draws the counter in the issuing transaction; `unique` may leave gaps."""

    GAPLESS = "gapless"
    UNIQUE = "unique"


@dataclass(frozen=True, slots=True)
class NumberingRule:
    """How the numbers of one document type of one enterprise are made."""

    mask: str = "{N}"
    prefix: str = ""
    reset: Reset = Reset.NEVER
    scope: Scope = Scope.TYPE
    start: int = 1
    mode: NumberMode = NumberMode.GAPLESS


@dataclass(frozen=True, slots=True)
class NumberedThing:
    """What a number may be made of; `on` is the document's date in the enterprise's zone."""

    type: str
    on: date
    enterprise: str
    contract: str = ""
    branch: str = ""


def check_rule(rule: NumberingRule) -> None:
    """Refuse a rule whose numbers would repeat.

    Raises NumberingConflict when a token is unknown, `{N}` is missing or doubled, the counter cannot be told from the
    text beside it, or it resets more often than the mask shows (domain.md 1.3): a yearly reset needs the year, a
    monthly one the year and the month.
    """
    names = [match.group(1) for match in _TOKEN.finditer(rule.mask)]
    _check_tokens(rule, names)
    _check_neighbours(rule)
    missing = _missing(rule, set(names))
    if missing:
        raise NumberingConflict(
            f"Numbering mask {rule.mask!r} repeats its numbers: with reset {rule.reset.value} and scope "
            f"{rule.scope.value} add {' and '.join(missing)}.",
            field="numbering",
        )
    if rule.start < 1:
        raise NumberingConflict(f"Numbering start {rule.start} is below 1.", field="numbering")


def _check_tokens(rule: NumberingRule, names: list[str]) -> None:
    unknown = sorted(set(names) - _TOKENS)
    leftover = re.search(r"[{}]", _TOKEN.sub("", rule.mask))
    if unknown or leftover:
        raise NumberingConflict(
            f"Numbering mask {rule.mask!r} has an unknown token: use {', '.join(sorted(_TOKENS))}.", field="numbering"
        )
    if names.count("N") != 1:
        raise NumberingConflict(f"Numbering mask {rule.mask!r} must hold {{N}} once.", field="numbering")


def _check_neighbours(rule: NumberingRule) -> None:
    """Refuse `{CONTRACT}{N}`: 11 on contract 1 and 1 on contract 11 would both be 111."""
    before, after = re.split(r"\{N(?::\d+)?\}", rule.mask)
    left, right = _texts(before)[-1:], _texts(after)[:1]
    if not left and not right:
        return
    gap = before[left[0].end() :] if left else after[: right[0].start()]
    if left and right:
        mend = f"write {{N}} before or after both {left[0].group()} and {right[0].group()}"
    elif re.search(r"\D", _TOKEN.sub("", gap.replace("{PREFIX}", rule.prefix))):
        return
    else:
        mend = f"put a mark that is no digit between {(left or right)[0].group()} and {{N}}"
    raise NumberingConflict(f"Numbering mask {rule.mask!r} repeats its numbers: {mend}.", field="numbering")


def _texts(mask: str) -> list[re.Match[str]]:
    return [match for match in _TOKEN.finditer(mask) if match.group(1) in _TEXT_TOKENS]


def _missing(rule: NumberingRule, names: set[str]) -> list[str]:
    has_year = bool(names & {"YYYY", "YY"})
    has_quarter = bool(names & {"Q", "MM"})
    needed = {
        Reset.NEVER: [],
        Reset.YEAR: [("{YYYY}", has_year)],
        Reset.QUARTER: [("{YYYY}", has_year), ("{Q}", has_quarter)],
        Reset.MONTH: [("{YYYY}", has_year), ("{MM}", "MM" in names)],
        Reset.DAY: [("{YYYY}", has_year), ("{MM}", "MM" in names), ("{DD}", "DD" in names)],
    }[rule.reset]
    if rule.scope is Scope.CONTRACT:
        needed = [*needed, ("{CONTRACT}", "CONTRACT" in names)]
    return [token for token, is_there in needed if not is_there]


def series_key(rule: NumberingRule, thing: NumberedThing) -> str:
    """Give the key of the series within its enterprise: documents with the same key share one counter."""
    owner = {
        Scope.ENTERPRISE: "*",
        Scope.TYPE: thing.type,
        Scope.CONTRACT: f"{thing.type}/{thing.contract}",
    }[rule.scope]
    return f"{owner}:{series_window(rule.reset, thing.on)}"


def series_window(reset: Reset, on: date) -> str:
    """Name the days between two resets that a day is one of; later ones of one reset sort after earlier ones."""
    return {
        Reset.NEVER: "",
        Reset.YEAR: f"{on.year:04}",
        Reset.QUARTER: f"{on.year:04}-Q{_quarter(on)}",
        Reset.MONTH: f"{on:%Y-%m}",
        Reset.DAY: f"{on:%Y-%m-%d}",
    }[reset]


def reset_day(reset: Reset, on: date) -> date | None:
    """Give the first day after `on` whose documents are counted anew; None where there is none."""
    if reset is Reset.NEVER:
        return None
    if reset is Reset.DAY:
        return on + timedelta(days=1)
    months = {Reset.YEAR: 12, Reset.QUARTER: 3, Reset.MONTH: 1}[reset]
    ahead = months - (on.month - 1) % months
    first = on.year * 12 + on.month - 1 + ahead
    return date(first // 12, first % 12 + 1, 1)


def shared_series(type: str, on: date, rule: NumberingRule) -> str:
    """Give the key of the series of another type's documents, for a type that is numbered along with them.

    The window of the reset is that of `rule`, the rule of the document to be numbered.
    """
    return series_key(replace(rule, scope=Scope.TYPE), NumberedThing(type=type, on=on, enterprise=""))


def format_number(rule: NumberingRule, thing: NumberedThing, counter: int) -> str:
    """Fill the mask; `counter` starts at `rule.start`."""
    on = thing.on
    values = {
        "PREFIX": rule.prefix,
        "YYYY": f"{on.year:04}",
        "YY": f"{on.year % 100:02}",
        "MM": f"{on.month:02}",
        "DD": f"{on.day:02}",
        "Q": str(_quarter(on)),
        "CONTRACT": thing.contract,
        "ENTERPRISE": thing.enterprise,
        "BRANCH": thing.branch,
        "TYPE": thing.type,
    }

    def fill(match: re.Match[str]) -> str:
        if match.group(1) == "N":
            return f"{counter:0{match.group(2) or 1}}"
        return values[match.group(1)]

    return _TOKEN.sub(fill, rule.mask)


def preview(rule: NumberingRule, thing: NumberedThing, next_counter: int) -> tuple[str, ...]:
    """Give the next five numbers from a counter on and, where the rule resets, the first one after it.

    The latter bears the first day of the window after that of `thing.on`, and the counter `rule.start`.
    """
    following = tuple(format_number(rule, thing, next_counter + step) for step in range(PREVIEWED))
    renewed_on = reset_day(rule.reset, thing.on)
    if renewed_on is None:
        return following
    return (*following, format_number(rule, replace(thing, on=renewed_on), rule.start))


def _quarter(on: date) -> int:
    return (on.month - 1) // 3 + 1
