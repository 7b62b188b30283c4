"""Renumbering: what a change of a rule may do to its series, so that no number is drawn twice."""

from collections.abc import Collection
from uuid import UUID

import asyncpg

from billfold.database.number_series import SeriesOfRule, lock_series_of, set_aside, used_counter
from billfold.database.numbers import Candidate, Purpose, move_series, next_counter
from billfold.domain.errors import NumberingConflict
from billfold.domain.numbering import Scope, check_rule, series_window
from billfold.services.numbers import NumbersOf, Series, find_series
from billfold.services.parts import Parts
from billfold.services.skipped_numbers import SKIPPED_AT_MOST

NUMBERING = frozenset({"mask", "prefix", "reset", "scope", "start", "mode"})
_AT_ONCE = 1_000


async def renumber(
    parts: Parts,
    connection: asyncpg.Connection,
    numbers: NumbersOf,
    changed: Collection[str],
    *,
    restart: bool = False,
) -> None:
    """Check a rule that was changed in this transaction, and begin its present series anew where `restart` asks.

    `changed` are the columns that are not what they were. Locks the series, for the issuers that have read the rule
    hold it until they are through. Raises NumberingConflict for a rule whose numbers would repeat, a start that is used
    already, and a next number that is taken.
    """
    series = await find_series(parts, connection, numbers)
    _check(series)
    kin = _kin(parts, numbers, series)
    locked = await lock_series_of(connection, kin)
    if restart:
        await set_aside(connection, locked)
    elif "start" in changed:
        await _check_start(connection, series, kin)
    await _check_next(parts, connection, series, kin)


def _check(series: Series) -> None:
    try:
        check_rule(series.rule.numbering)
    except NumberingConflict as error:
        raise NumberingConflict(error.message, field="mask") from error


def _kin(parts: Parts, numbers: NumbersOf, series: Series) -> SeriesOfRule:
    key, rule = series.key(parts), series.rule.numbering
    window = series_window(rule.reset, series.thing.on)
    # A plugin may name its series as it likes: then the one of the key is all that is known.
    owner = key.removesuffix(window) if key.endswith(f":{window}") else f"{key}:"
    if rule.scope is Scope.CONTRACT and owner == f"{numbers.type}/{series.thing.contract}:":
        owner = f"{numbers.type}/"
    return SeriesOfRule(numbers.enterprise_id, key, owner, window)


async def _check_start(connection: asyncpg.Connection, series: Series, kin: SeriesOfRule) -> None:
    start, used = series.rule.numbering.start, await used_counter(connection, kin)
    if start <= used:
        raise NumberingConflict(f"Start {start} is used already: write {used + 1} or more.", field="start")


async def _check_next(parts: Parts, connection: asyncpg.Connection, series: Series, kin: SeriesOfRule) -> None:
    """Refuse a rule whose next number somebody has, and name a start whose number is free."""
    first = await next_counter(connection, kin.enterprise_id, kin.key, series.rule.numbering.start)
    text = series.number(parts, first)
    held = await _holders(connection, kin.enterprise_id, series.thing.type, [text])
    if text not in held:
        return
    free = await _free(parts, connection, series, kin, first)
    mend = f"write a start of {free} or more, or change the mask" if free else "change the mask"
    raise NumberingConflict(f"The next number would be {text!r}, taken by {held[text]}: {mend}.", field="start")


async def _free(
    parts: Parts, connection: asyncpg.Connection, series: Series, kin: SeriesOfRule, first: int
) -> int | None:
    for begin in range(first + 1, first + SKIPPED_AT_MOST, _AT_ONCE):
        texts = {counter: series.number(parts, counter) for counter in range(begin, begin + _AT_ONCE)}
        held = await _holders(connection, kin.enterprise_id, series.thing.type, texts.values())
        if (free := next((counter for counter, text in texts.items() if text not in held), None)) is not None:
            return free
    return None


async def _holders(
    connection: asyncpg.Connection, enterprise_id: UUID, type: str, texts: Collection[str]
) -> dict[str, str]:
    asked = [Candidate(enterprise_id, text, Purpose.AHEAD) for text in texts]
    return {one.number: holder for one, holder in (await move_series(connection, type, asked, [])).items()}
