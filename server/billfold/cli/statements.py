"""`billfold statement`: a bank's statement in, and what became of its payments."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from billfold.adapters.bank_statements import FILE_LIMIT
from billfold.cli.session import AsJson, console, print_json, with_parts
from billfold.domain.access import OPERATOR
from billfold.domain.errors import InvalidInput, LimitExceeded
from billfold.services.statements import StatementImport, import_statement


def statement(
    file: Annotated[Path, typer.Argument(help="The bank's statement for 1C, a text file.")], as_json: AsJson = False
) -> None:
    """Import a bank's statement: each payment finds its contract, or waits; the same file again changes nothing."""
    content = _read(file)
    result = with_parts(lambda parts: import_statement(parts, OPERATOR, content, file.name))
    if as_json:
        print_json(asdict(result))
    else:
        _print(result)


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(FILE_LIMIT + 1)
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}.") from error
    if len(content) > FILE_LIMIT:
        raise LimitExceeded(f"{file} is larger than {FILE_LIMIT:,} bytes: import it in parts.")
    return content


def _print(result: StatementImport) -> None:
    table = Table(Column("Payments", no_wrap=True), Column("How many", justify="right"))
    for what, count in (
        ("tied to documents", result.matched),
        ("credited to contracts", result.credited),
        ("wait for a person", result.unmatched),
        ("there before", result.known),
        ("not ours", result.ignored),
    ):
        table.add_row(what, f"{count:,}")
    console.print(table)
    for warning in result.warnings:
        console.print(f"Warning: {warning}", highlight=False, markup=False)
