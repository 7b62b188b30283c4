"""`billfold numbers`: the register of numbers as a table for an auditor."""

from pathlib import Path
from typing import Annotated

import typer

from billfold.cli.session import AsJson, console, print_json, with_parts
from billfold.database.connection import reading
from billfold.database.enterprises import enterprise_ids
from billfold.database.reading.number_register import RegisterRequest
from billfold.domain.access import OPERATOR
from billfold.domain.errors import InvalidInput
from billfold.services.number_exports import write_register
from billfold.services.parts import Parts


def numbers(
    enterprise: Annotated[str, typer.Option(help="The enterprise's code.")],
    output: Annotated[Path, typer.Option(help="The CSV file to write.")],
    type: Annotated[str | None, typer.Option(help="Only this document type.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write each number of every series, and what became of it, as a CSV file; a file of its name is replaced."""

    async def work(parts: Parts) -> int:
        async with reading() as connection:
            (enterprise_id,) = await enterprise_ids(connection, [enterprise])
        return await _write(parts, RegisterRequest(enterprise_id, type), output)

    count = with_parts(work)
    if as_json:
        print_json({"enterprise": enterprise, "file": str(output), "numbers": count})
    else:
        console.print(f"Written: {output}, {count:,} rows", highlight=False, markup=False, soft_wrap=True)


async def _write(parts: Parts, request: RegisterRequest, path: Path) -> int:
    """Write the file under another name first, so that what bears its name is whole."""
    part = path.with_name(f"{path.name}.part")
    try:
        count = await write_register(parts, OPERATOR, request, part)
        part.replace(path)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
    return count
