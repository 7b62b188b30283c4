"""Books of rules and numbers: document_rules.csv and numbers.csv, which go through the same checks as the commands.

Each rule, and each thousand numbers, is a transaction of its own; the same file again changes nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import partial
from itertools import groupby, islice
from pathlib import Path
from typing import Any
from uuid import UUID

from billfold.database.books import BookTable
from billfold.database.connection import reading
from billfold.database.single_rows import find_row
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import CallerError
from billfold.services.fields import api_name
from billfold.services.imports import FileResult, ImportFailed
from billfold.services.imports.cells import Reader, boolean, day_or_none, short_text, whole
from billfold.services.imports.columns import Column, Sheet
from billfold.services.imports.layouts import Layout
from billfold.services.imports.parties import CODE
from billfold.services.imports.rows import read_rows
from billfold.services.number_register import NUMBERS_AT_ONCE, ImportedNumber, import_numbers
from billfold.services.numbers import NumbersOf
from billfold.services.parts import Parts
from billfold.services.rules import update_rule

Row = dict[str, Any]
Note = Callable[[FileResult], None]


def _or_stays(read: Reader) -> Reader:
    """Read a cell; an empty one is None, and leaves the rule as it is."""
    return lambda text: read(text) if text else None


_TYPE = short_text(limit=100, is_needed=True)
_WORD = _or_stays(short_text(limit=200))
_NUMBER = _or_stays(whole(0, 999_999_999))
_RULE_CELLS: Mapping[str, Reader] = {
    **dict.fromkeys(("mask", "reset", "scope", "mode"), _WORD),
    # The one text that may be empty: an empty cell takes it away, and a file without the column leaves it.
    "prefix": short_text(limit=200),
    **dict.fromkeys(("schedule_time", "schedule_shift", "schedule_period", "backdating"), _WORD),
    **dict.fromkeys(("start", "schedule_day", "days_ahead"), _NUMBER),
    "is_automatic": _or_stays(boolean),
}
_RULES = Sheet(
    "document_rules",
    BookTable("document_rules", key=("enterprise_id", "type")),
    (
        Column("enterprise", CODE),
        Column("type", _TYPE),
        *(Column(name, read, is_optional=True) for name, read in _RULE_CELLS.items()),
    ),
)
_NUMBERS = Sheet(
    "numbers",
    BookTable("number_events", key=("enterprise_id", "type", "number")),
    (
        Column("enterprise", CODE),
        Column("type", _TYPE),
        Column("number", short_text(limit=200, is_needed=True)),
        Column("dated_on", day_or_none),
        Column("reason", short_text(is_needed=True)),
    ),
)


async def import_rule_books(
    parts: Parts, viewer: Viewer, directory: Path, *, progress: Note | None = None
) -> tuple[FileResult, ...]:
    """Import the rules, then the numbers, of a directory that may hold neither. May be repeated.

    Raises Forbidden without the scope books:write, ImportFailed at the first row that cannot be taken: what stands
    before it in the file is kept.
    """
    viewer.require(Scope.BOOKS_WRITE)
    results = []
    for sheet, take in ((_RULES, _take_rules), (_NUMBERS, _take_numbers)):
        for path in await asyncio.to_thread(_files, directory, sheet):
            results.append(await _import_file(path, sheet, partial(take, parts, viewer)))
            if progress is not None:
                progress(results[-1])
    return tuple(results)


def _files(directory: Path, sheet: Sheet) -> list[Path]:
    return sorted(path for path in directory.iterdir() if path.is_file() and sheet.takes(path.name))


async def _import_file(
    path: Path, sheet: Sheet, take: Callable[[str, list[Row]], Awaitable[tuple[int, int]]]
) -> FileResult:
    rows = await asyncio.to_thread(_rows, path, sheet)
    count = added = changed = 0
    while batch := await asyncio.to_thread(lambda: list(islice(rows, NUMBERS_AT_ONCE))):
        new, other = await take(path.name, batch)
        count, added, changed = count + len(batch), added + new, changed + other
    return FileResult(path.name, count, added, changed, count - added - changed)


def _rows(path: Path, sheet: Sheet) -> Iterator[Row]:
    """Give the rows by their columns, each with its `line`, the header read and checked."""
    cells = read_rows(path)
    first = next(cells, None)
    if first is None:
        raise ImportFailed(path.name, 1, None, "the file is empty: write a header with the names of the columns.")
    layout = Layout(sheet, path.name, first[1])
    names = ("line", *layout.targets)
    return (dict(zip(names, layout.values(line, each), strict=True)) for line, each in cells)


async def _take_rules(parts: Parts, viewer: Viewer, file: str, rows: list[Row]) -> tuple[int, int]:
    """Change a rule for each row; gives how many are new, and how many were changed."""
    added = changed = 0
    for row in rows:
        enterprise_id = await _enterprise(file, row)
        fields = {name: row[name] for name in _RULE_CELLS if row.get(name) is not None}
        before = await _rule(enterprise_id, row["type"])
        try:
            await update_rule(parts, viewer, enterprise_id=enterprise_id, type=row["type"], fields=fields)
        except CallerError as error:
            raise ImportFailed(file, row["line"], _column(error), error.message) from error
        after = await _rule(enterprise_id, row["type"])
        added, changed = added + (before is None), changed + (before is not None and before != after)
    return added, changed


async def _take_numbers(parts: Parts, viewer: Viewer, file: str, rows: list[Row]) -> tuple[int, int]:
    """Import the numbers of rows, those of one enterprise, type and reason together; gives how many are new."""
    added = 0
    for (_, type, reason), group in groupby(rows, lambda row: (row["enterprise"], row["type"], row["reason"])):
        some = list(group)
        of = NumbersOf(await _enterprise(file, some[0]), type)
        numbers = [ImportedNumber(row["number"], row["dated_on"]) for row in some]
        try:
            added += (await import_numbers(parts, viewer, numbers, of=of, reason=reason)).imported
        except CallerError as error:
            _, _, place = (error.field or "").partition("numbers.")
            row = some[int(place)] if place.isdigit() else some[0]
            raise ImportFailed(file, row["line"], "number" if place else _column(error), error.message) from error
    return added, 0


async def _enterprise(file: str, row: Row) -> UUID:
    async with reading() as connection:
        found = await find_row(connection, "enterprises", {"code": row["enterprise"]}, ("id",))
    if found is None:
        reason = f"{row['enterprise']!r} is not known: add it to enterprises.csv, or correct it here."
        raise ImportFailed(file, row["line"], "enterprise", reason)
    return UUID(str(found["id"]))


async def _rule(enterprise_id: UUID, type: str) -> dict[str, Any] | None:
    async with reading() as connection:
        key = {"enterprise_id": enterprise_id, "type": type}
        return await find_row(connection, "document_rules", key, tuple(_RULE_CELLS))


def _column(error: CallerError) -> str | None:
    return next((name for name in ("type", *_RULE_CELLS) if api_name(name) == error.field), None)
