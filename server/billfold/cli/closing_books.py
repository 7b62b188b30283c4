"""`billfold close`: the books of an enterprise, charged and closed until a day."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated

import typer
from rich.table import Table

from billfold.cli.session import AsJson, console, print_json, progress_bar, with_parts
from billfold.database.connection import reading
from billfold.database.enterprises import enterprise_ids
from billfold.domain.access import OPERATOR
from billfold.services.closing_books import ClosedBooks, close_books
from billfold.services.parts import Parts


def close(
    enterprise: Annotated[str, typer.Option(help="The enterprise's code.")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The first day that stays open, 2026-11-01.")],
    start: Annotated[
        datetime | None,
        typer.Option(
            "--from",
            formats=["%Y-%m-%d"],
            help="At the first closing: charge nothing before this day, as opening balances hold it.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Close the books of an enterprise: charge what is not charged yet, and let nothing before the day change."""
    with progress_bar() as bar:
        task = bar.add_task("Charging", total=None)

        async def work(parts: Parts) -> ClosedBooks:
            async with reading() as connection:
                (enterprise_id,) = await enterprise_ids(connection, [enterprise])
            return await close_books(
                parts,
                OPERATOR,
                enterprise_id=enterprise_id,
                until=_day(until),
                start=_day(start) if start else None,
                progress=lambda contracts: bar.advance(task, contracts),
            )

        closed = with_parts(work)
    if as_json:
        print_json({"enterprise": enterprise, "closed_until": closed.until, **_told(closed)})
    else:
        _print(enterprise, closed)


def _day(given: datetime) -> date:
    return given.replace(tzinfo=UTC).date()


def _told(closed: ClosedBooks) -> dict[str, object]:
    return {"contracts": closed.contracts, "charged": [asdict(one) for one in closed.charged]}


def _print(enterprise: str, closed: ClosedBooks) -> None:
    table = Table("Charged", "Charges", "Net", "Tax", "Gross")
    for column in table.columns[1:]:
        column.justify = "right"
    for one in closed.charged:
        table.add_row(one.currency, f"{one.charges:,}", f"{one.net:,}", f"{one.tax:,}", f"{one.gross:,}")
    console.print(table)
    told = f"The books of {enterprise} are closed until {closed.until}; {closed.contracts:,} contracts were charged."
    console.print(told, highlight=False, markup=False)
