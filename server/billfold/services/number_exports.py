"""Exports of the register of numbers: a table for an auditor, written while it is read from the database."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from billfold.database.audit import record_event
from billfold.database.connection import reading, writing
from billfold.database.reading.number_register import RegisteredNumber, RegisterRequest, registered_numbers
from billfold.database.single_rows import find_row
from billfold.database.stored_files import NewFile, keep_stored_file
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import InvalidInput, NotFound
from billfold.domain.lifecycle import FileKind
from billfold.plugin_api.files import Cell, Column, Table, TableFormat
from billfold.services.parts import Parts
from billfold.services.written_files import write_content, write_content_to

_CSV = "text/csv; charset=utf-8"
_TITLES = (
    "series", "counter", "count", "type", "number", "date", "state", "document", "reason", "actor", "at",
    "revision",
)  # fmt: skip


@dataclass(slots=True)
class _Rows:
    """The rows of the table, taken in a thread while this event loop reads them; `count` is how many were."""

    batches: AsyncGenerator[list[RegisteredNumber], None]
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    count: int = 0

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        try:
            while batch := asyncio.run_coroutine_threadsafe(_next(self.batches), self.loop).result():
                self.count += len(batch)
                yield from map(_cells, batch)
        finally:
            asyncio.run_coroutine_threadsafe(self.batches.aclose(), self.loop).result()


async def export_register(parts: Parts, viewer: Viewer, request: RegisterRequest) -> tuple[UUID, NewFile]:
    """Write the register of an enterprise as a CSV file into the store; gives the file's id, and the file.

    Raises NotFound for the enterprise, UnknownDocumentType, InvalidInput for a span without days.
    """
    code = await _checked(parts, viewer, request)
    stored = await write_content(parts, _table(code, _Rows(registered_numbers(request))))
    now = parts.clock.now()
    name = f"numbers-{code}-{now:%Y-%m-%d}.csv"
    file = NewFile(FileKind.EXPORT, name, _CSV, stored.size, stored.sha256, stored.key)
    async with writing() as connection:
        file_id = await keep_stored_file(connection, file, actor=viewer.name, now=now)
        await record_event(
            connection,
            "exportNumberRegister",
            ("enterprise", request.enterprise_id),
            actor=viewer.name,
            now=now,
            details={"type": request.type, "name": name},
        )
    return file_id, file


async def write_register(parts: Parts, viewer: Viewer, request: RegisterRequest, path: Path) -> int:
    """Write the register into a new file of this machine; gives how many rows it has. Raises as `export_register`."""
    code = await _checked(parts, viewer, request)
    rows = _Rows(registered_numbers(request))
    await write_content_to(parts, _table(code, rows), path)
    return rows.count


async def _checked(parts: Parts, viewer: Viewer, request: RegisterRequest) -> str:
    """Give the code of the enterprise of a request that may be answered."""
    viewer.require(Scope.DOCUMENTS_EXPORT)
    viewer.require(Scope.DOCUMENTS_READ)
    if request.type is not None:
        parts.plugins.document_type(request.type)
    if request.start and request.until and request.start >= request.until:
        raise InvalidInput(f"No day lies from {request.start} up to {request.until}: correct them.", field="dates")
    async with reading() as connection:
        found = await find_row(connection, "enterprises", {"id": request.enterprise_id}, ("code",))
    if found is None:
        raise NotFound("No enterprise has this id.", field="enterprise")
    return str(found["code"])


def _table(code: str, rows: _Rows) -> Table:
    return Table(TableFormat.CSV, f"Numbers {code}", tuple(Column(title) for title in _TITLES), rows)


def _cells(one: RegisteredNumber) -> tuple[Cell, ...]:
    document = "" if one.document_id is None else f"document_{one.document_id}"
    at = "" if one.at is None else f"{one.at:%Y-%m-%dT%H:%M:%SZ}"
    return (
        one.series, one.counter, one.count, one.type, one.number, one.dated_on, one.state, document, one.reason,
        one.actor, at, one.revision,
    )  # fmt: skip


async def _next(batches: AsyncGenerator[list[RegisteredNumber], None]) -> list[RegisteredNumber]:
    return await anext(batches, [])
