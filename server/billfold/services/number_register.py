"""The register of numbers: numbers are given away without a document here, each with a reason."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial

import asyncpg

from billfold.database.audit import record_event
from billfold.database.connection import writing
from billfold.database.number_register import (
    NumberEvents,
    add_imported,
    add_reserved,
    lock_all_series,
    move_counter,
    numbered_documents,
    taken_numbers,
)
from billfold.database.numbers import SkippedNumber, lock_series, record_skipped
from billfold.database.single_rows import has_row
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import InvalidInput, LimitExceeded, NotFound, NumberingConflict
from billfold.services.fields import read_fields
from billfold.services.idempotency import Remember, Request, once
from billfold.services.imports.cells import short_text
from billfold.services.numbers import NumbersOf, Series, find_series
from billfold.services.parts import Parts
from billfold.services.skipped_numbers import SKIPPED_AT_MOST, start_raised, too_many_taken
from billfold.services.typed_fields import day_or_none, whole

NUMBERS_AT_ONCE = 1_000
_REASON = short_text(is_needed=True)
_NUMBER = short_text(limit=200, is_needed=True)


@dataclass(frozen=True, slots=True)
class ImportedNumber:
    """A number that was used in a former system, and the date that it bore, if that is known."""

    number: str
    dated_on: date | None = None


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Numbers by counter: those that were free, those that were taken on the way, and the counter after them."""

    free: dict[int, str]
    taken: dict[int, str]
    next_counter: int


@dataclass(frozen=True, slots=True)
class ImportedNumbers:
    """What became of the numbers of a call: how many are new, how many were given away before."""

    imported: int
    unchanged: int


async def reserve_numbers(
    parts: Parts, viewer: Viewer, numbers: NumbersOf, *, count: int, reason: str, idempotency_key: str | None = None
) -> tuple[str, ...]:
    """Take the next numbers of a series for nobody's documents here, such as blanks; gives them.

    Locks the series; numbers that are taken are skipped, and each skip is written down. Raises InvalidInput for a
    count beyond 1 to 1,000 or an empty reason, and what `find_series` raises.
    """
    viewer.require(Scope.BOOKS_WRITE)
    read_fields({"count": count}, {"count": whole(1, NUMBERS_AT_ONCE)})
    why = _read_reason(reason)

    async def act(remember: Remember) -> str:
        async with writing() as connection:
            series = await find_series(parts, connection, numbers)
            if numbers.contract_id is None and series.is_of_contract(parts):
                raise InvalidInput("Contracts have numbers of their own here: name one.", field="contract")
            events = NumberEvents(
                numbers.enterprise_id, numbers.type, why, viewer.name, parts.clock.now(), series.thing.on
            )
            reserved = await _reserve(parts, connection, events, series, count=count)
            await _record(connection, "reserveNumbers", events, {"first": reserved[0], "count": count})
            told = json.dumps(reserved)
            await remember(connection, told)
        return told

    arguments = {"count": count, "reason": reason, "of": asdict(numbers)}
    return tuple(json.loads(await once(viewer, Request("reserveNumbers", idempotency_key, arguments), act)))


async def _reserve(
    parts: Parts, connection: asyncpg.Connection, events: NumberEvents, series: Series, *, count: int
) -> list[str]:
    start = series.rule.numbering.start
    (locked,) = await lock_series(connection, [(events.enterprise_id, series.key(parts), start)])
    drawn = await _draw(
        connection, events, partial(series.number, parts), first=max(locked.next_counter, start), count=count
    )
    skip = partial(SkippedNumber, events.enterprise_id, events.type, locked.id, dated_on=series.thing.on)
    skipped = [skip(counter, text, reason="taken") for counter, text in drawn.taken.items()]
    if start > (first := locked.next_counter):
        raised = skip(first, series.number(parts, first), reason=start_raised(start), count=start - first)
        skipped.insert(0, raised)
    await record_skipped(connection, skipped)
    await add_reserved(connection, events, locked.id, drawn.free)
    await move_counter(connection, locked.id, drawn.next_counter)
    return list(drawn.free.values())


async def _record(
    connection: asyncpg.Connection, operation: str, events: NumberEvents, details: Mapping[str, object]
) -> None:
    told = {"type": events.type, **details, "reason": events.reason}
    subject = ("enterprise", events.enterprise_id)
    await record_event(connection, operation, subject, actor=events.actor, now=events.happened_at, details=told)


def _read_reason(reason: str) -> str:
    return str(read_fields({"reason": reason}, {"reason": _REASON})["reason"])


async def _draw(
    connection: asyncpg.Connection, events: NumberEvents, text: Callable[[int], str], *, first: int, count: int
) -> _Drawn:
    """Take counters one after the other, past the numbers that are taken."""
    free: dict[int, str] = {}
    taken: dict[int, str] = {}
    counter = first
    while len(free) < count:
        texts = {at: text(at) for at in range(counter, counter + count - len(free))}
        held = await taken_numbers(connection, events.enterprise_id, events.type, list(texts.values()))
        free |= {at: each for at, each in texts.items() if each not in held}
        taken |= {at: each for at, each in texts.items() if each in held}
        counter += len(texts)
        if len(taken) > SKIPPED_AT_MOST:
            raise too_many_taken(events.type, texts[counter - 1])
    return _Drawn(free, taken, counter)


async def import_numbers(
    parts: Parts,
    viewer: Viewer,
    numbers: Sequence[ImportedNumber],
    *,
    of: NumbersOf,
    reason: str,
) -> ImportedNumbers:
    """Write down numbers that were used in a former system, all or none, so that no document here gets them.

    May be repeated: a number that is given away already stays as it is. Raises UnknownDocumentType, NotFound for the
    enterprise, InvalidInput and LimitExceeded for what cannot be, NumberingConflict for a number that a document has.
    """
    viewer.require(Scope.BOOKS_WRITE)
    parts.plugins.document_type(of.type)
    why = _read_reason(reason)
    dates = _dates(numbers)
    async with writing() as connection:
        if not await has_row(connection, "enterprises", of.enterprise_id):
            raise NotFound("No enterprise has this id.", field="enterprise")
        await lock_all_series(connection, of.enterprise_id)
        await _check_free(connection, of, list(dates))
        events = NumberEvents(of.enterprise_id, of.type, why, viewer.name, parts.clock.now())
        added = await add_imported(connection, events, dates)
        if added:
            await _record(connection, "importNumbers", events, {"imported": added})
    return ImportedNumbers(added, len(dates) - added)


def _dates(numbers: Sequence[ImportedNumber]) -> dict[str, date | None]:
    """Give the date of each number, read. Raises InvalidInput, with the place of the number as its field."""
    if not numbers:
        raise InvalidInput("The list numbers is empty: name some.", field="numbers")
    if len(numbers) > NUMBERS_AT_ONCE:
        raise LimitExceeded(f"{len(numbers):,} numbers: send at most {NUMBERS_AT_ONCE:,} at once.", field="numbers")
    dates: dict[str, date | None] = {}
    for at, one in enumerate(numbers):
        try:
            number = str(_NUMBER(one.number.strip()))
            day_or_none(one.dated_on or "")
        except InvalidInput as error:
            raise InvalidInput(f"numbers.{at}: {error.message}", field=f"numbers.{at}") from error
        if dates.setdefault(number, one.dated_on) != one.dated_on:
            raise InvalidInput(f"numbers.{at}: {number!r} has two dates: keep one.", field=f"numbers.{at}")
    return dates


async def _check_free(connection: asyncpg.Connection, of: NumbersOf, numbers: Sequence[str]) -> None:
    found = await numbered_documents(connection, of.enterprise_id, of.type, numbers)
    for at, number in enumerate(numbers):
        if number in found:
            raise NumberingConflict(
                f"Number {number!r} of {of.type!r} is that of document_{found[number]} here: leave it out.",
                field=f"numbers.{at}",
            )
