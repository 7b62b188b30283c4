"""Importing books: one transaction a file, streaming; importing the same rows again changes nothing."""

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import asyncpg

from billfold.database.connection import writing
from billfold.database.staging import Staging, take_import_lock
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import InvalidInput
from billfold.services.imports.columns import Sheet
from billfold.services.imports.failures import ImportFailed
from billfold.services.imports.layouts import Layout
from billfold.services.imports.pictures import PICTURE_SUFFIXES
from billfold.services.imports.rows import read_rows
from billfold.services.imports.sheets import sheets

_BATCH_ROWS = 5_000
# Files of the same directory that `services/rule_books.py` imports, through the checks of its commands.
_RULE_BOOKS = re.compile(r"(document_rules|numbers)\.csv(\.gz)?")


@dataclass(frozen=True, slots=True)
class FileResult:
    """What one file did: of its `rows`, how many were new, how many changed what was there, how many did neither."""

    name: str
    rows: int
    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did, file by file in the order of import; `ignored` are files that are no books."""

    files: tuple[FileResult, ...]
    ignored: tuple[str, ...]


async def import_books(
    viewer: Viewer, directory: Path, *, progress: Callable[[FileResult], None] | None = None
) -> ImportResult:
    """Import every book in the directory; `progress` is called after each file is committed.

    May be repeated. Raises Forbidden without the scope books:write, InvalidInput when there is no book, ImportFailed at
    the first row that cannot be taken (its file changes nothing, the files before it stay), and Conflict while another
    import is under way.
    """
    viewer.require(Scope.BOOKS_WRITE)
    found, ignored = await asyncio.to_thread(_find, directory)
    results: list[FileResult] = []
    for path, sheet in found:
        results.append(await _import_file(path, sheet))
        if progress is not None:
            progress(results[-1])
    return ImportResult(tuple(results), ignored)


def _find(directory: Path) -> tuple[list[tuple[Path, Sheet]], tuple[str, ...]]:
    """Give the books in the order of import, and the names of the files that are none."""
    try:
        paths = sorted(path for path in directory.iterdir() if path.is_file())
    except OSError as error:
        raise InvalidInput(f"{directory} cannot be read ({error.strerror}): name a directory with books.") from error
    books = [(path, sheet) for sheet in sheets(directory) for path in paths if sheet.takes(path.name)]
    others = {path for path in paths if _RULE_BOOKS.fullmatch(path.name)}
    if not books and not others:
        raise InvalidInput(f"{directory} holds no books: put clients.csv, contracts.csv and the others there.")
    taken = {path for path, _ in books} | others
    ignored = (path.name for path in paths if path not in taken and path.suffix not in PICTURE_SUFFIXES)
    return books, tuple(ignored)


async def _import_file(path: Path, sheet: Sheet) -> FileResult:
    rows = read_rows(path)
    layout = await asyncio.to_thread(_read_header, path, sheet, rows)
    async with writing() as connection:
        await take_import_lock(connection)
        staging = Staging(connection, sheet.table, layout.targets)
        await staging.open()
        count = 0
        # The event loop goes on while a thread reads and checks the next rows.
        while batch := await asyncio.to_thread(_read_batch, layout, rows):
            await staging.add(batch)
            count += len(batch)
        await _check_staged(path.name, staging)
        if sheet.prepare is not None:
            await sheet.prepare(connection, path.name)
        try:
            merged = await staging.merge()
            if sheet.settle is not None:
                await sheet.settle(connection)
        except asyncpg.IntegrityConstraintViolationError as error:
            # What single rows cannot tell, such as a change of a contract that is billed already.
            raise ImportFailed(path.name, 1, None, f"{error.args[0]}.") from error
    return FileResult(path.name, count, merged.added, merged.changed, count - merged.added - merged.changed)


def _read_header(path: Path, sheet: Sheet, rows: Iterator[tuple[int, list[str]]]) -> Layout:
    first = next(rows, None)
    if first is None:
        raise ImportFailed(path.name, 1, None, "the file is empty: write a header with the names of the columns.")
    return Layout(sheet, path.name, first[1])


def _read_batch(layout: Layout, rows: Iterator[tuple[int, list[str]]]) -> list[tuple[Any, ...]]:
    return [layout.values(line, cells) for line, cells in islice(rows, _BATCH_ROWS)]


async def _check_staged(file: str, staging: Staging) -> None:
    """Raise ImportFailed when a code is unknown or ambiguous, rows contradict one another, or the books are closed."""
    code = await staging.unresolved()
    if code is not None and code.matches == 0:
        reason = f"{code.code!r} is not known: add it to {code.noun}s.csv, or correct it here."
        raise ImportFailed(file, code.line, code.column, reason)
    if code is not None:
        reason = f"{code.code!r} stands for {code.matches} {code.noun}s of different enterprises: renumber one."
        raise ImportFailed(file, code.line, code.column, reason)
    pair = await staging.contradiction()
    if pair is not None:
        reason = f"line {pair.other_line} says something else of the same {pair.column}: keep one of the two rows."
        raise ImportFailed(file, pair.line, pair.column, reason)
    refused = await staging.refused()
    if refused is not None:
        line, refusal, told = refused
        raise ImportFailed(file, line, refusal.column, refusal.reason.format(told=told))
    closed = await staging.closed()
    if closed is not None:
        reason = f"the books are closed until {closed.closed_until}: name that day or a later one."
        raise ImportFailed(file, closed.line, "valid_from", reason)
