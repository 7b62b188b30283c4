"""`billfold export`: issued documents as a file for another system."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Column, Table

from billfold.cli.session import AsJson, console, print_json, with_parts
from billfold.database.connection import reading
from billfold.database.contracts import contract_ids
from billfold.database.enterprises import enterprise_ids
from billfold.database.exports import RefusedDocument
from billfold.database.reading.conditions import Span
from billfold.domain.access import OPERATOR
from billfold.domain.errors import InvalidInput, OperatorError
from billfold.services.exports import Export, ExportRequest, export_documents
from billfold.services.parts import Parts

_DAYS = ["%Y-%m-%d"]


def export(
    format: Annotated[str, typer.Argument(help="The format, such as registry-xlsx.")],
    to: Annotated[Path, typer.Option(help="The directory to write the file into.")],
    type: Annotated[list[str] | None, typer.Option(help="Only this document type; may be repeated.")] = None,
    start: Annotated[
        datetime | None, typer.Option("--from", formats=_DAYS, help="Only dated this day or later, 2026-10-01.")
    ] = None,
    until: Annotated[datetime | None, typer.Option(formats=_DAYS, help="Only dated before this day.")] = None,
    enterprise: Annotated[list[str] | None, typer.Option(help="Only this enterprise's code; may be repeated.")] = None,
    contract: Annotated[list[str] | None, typer.Option(help="Only this contract's number; may be repeated.")] = None,
    as_json: AsJson = False,
) -> None:
    """Export issued and void documents as one file for another system; a file of its name is replaced."""

    async def work(parts: Parts) -> tuple[Export, Path]:
        folder = _folder(to)
        filters = await _filters(type, (start, until), enterprise, contract)
        made = await export_documents(parts, OPERATOR, ExportRequest(format, filters), limit=None)
        return made, await _save(parts.files.iterate(made.file.key), folder / made.file.name)

    made, path = with_parts(work)
    if as_json:
        print_json(_told(made, path))
    else:
        _print(made, path)
    if made.refused:
        raise OperatorError("Not every document was exported: mend what is told above, then export those again.")


async def _filters(
    types: list[str] | None,
    days: tuple[datetime | None, datetime | None],
    enterprises: list[str] | None,
    contracts: list[str] | None,
) -> dict[str, Any]:
    """Give the filter as the list of documents takes it. Raises NotFound for a code or a number that nobody has."""
    filters: dict[str, Any] = {}
    if types:
        filters["type"] = types
    if any(days):
        filters["issue_date"] = Span(*(_day(each) for each in days))
    async with reading() as connection:
        if enterprises:
            found = await enterprise_ids(connection, enterprises)
            filters["enterprise"] = [f"enterprise_{id_}" for id_ in found]
        if contracts:
            filters["contract"] = [f"contract_{id_}" for id_ in await contract_ids(connection, contracts)]
    return filters


def _day(given: datetime | None) -> date | None:
    return given.replace(tzinfo=UTC).date() if given else None


def _folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written to: {error.strerror}.") from error
    return path


async def _save(chunks: AsyncIterator[bytes], path: Path) -> Path:
    """Write the file under another name first, so that what bears its name is whole."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as stream:
            async for chunk in chunks:
                stream.write(chunk)
        part.replace(path)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
    return path


def _told(made: Export, path: Path) -> dict[str, object]:
    return {
        "export": str(made.id),
        "format": made.format,
        "file": str(path),
        "size": made.file.size,
        "sha256": made.file.sha256,
        "documents": made.documents,
        "refused": [asdict(one) for one in made.refused],
    }


def _print(made: Export, path: Path) -> None:
    table = Table(Column("Documents", no_wrap=True), Column("How many", justify="right"))
    table.add_row("exported", f"{made.documents:,}")
    table.add_row("refused", f"{len(made.refused):,}")
    console.print(table)
    for told in told_refusals(made.refused):
        console.print(told, highlight=False, markup=False, soft_wrap=True)
    console.print(f"Written: {path}", highlight=False, markup=False, soft_wrap=True)


def told_refusals(refused: Iterable[RefusedDocument]) -> list[str]:
    """Give a line for each reason, with its documents: many often lack the same, such as an address of their seller."""
    by_reason: dict[str, list[str]] = {}
    for one in refused:
        by_reason.setdefault(one.reason, []).append(f"{one.type} {one.number}")
    return [f"Refused, {', '.join(names)}: {reason}" for reason, names in by_reason.items()]
