"""`billfold import` and `billfold run`: books in, documents out."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Column, Table

from billfold.cli.plans import plan_result, print_plan
from billfold.cli.session import AsJson, console, print_json, progress_bar, with_parts
from billfold.database.codes import brand_ids, service_ids
from billfold.database.connection import reading
from billfold.database.contracts import contract_ids
from billfold.database.enterprises import enterprise_ids
from billfold.database.run_outcomes import ContractOutcome, runs_progress
from billfold.domain.access import OPERATOR
from billfold.domain.errors import InvalidInput, OperatorError
from billfold.domain.lifecycle import RunState
from billfold.domain.money import ZERO
from billfold.domain.periods import month
from billfold.services import plans, runs
from billfold.services.imports import FileResult
from billfold.services.operator_books import import_operator_books
from billfold.services.parts import Parts
from billfold.services.working import outcomes, work_off


def import_directory(
    directory: Annotated[Path, typer.Argument(help="The directory of CSV files.")], as_json: AsJson = False
) -> None:
    """Import an operator's books; the same rows again change nothing."""
    done: list[FileResult] = []
    with progress_bar() as bar:
        task = bar.add_task("Importing", total=None)

        def note(result: FileResult) -> None:
            done.append(result)
            bar.update(task, description=f"Imported {result.name}", completed=sum(one.rows for one in done))

        result = with_parts(lambda parts: import_operator_books(parts, OPERATOR, directory, progress=note))
    if as_json:
        print_json(asdict(result))
        return
    print_files(done)
    for name in result.ignored:
        console.print(f"{name} was not read: it is none of the books.")


def print_files(done: list[FileResult]) -> None:
    """Print what an import did, a line a file."""
    table = Table("File", *("Rows", "Added", "Changed", "Unchanged"))
    for column in table.columns[1:]:
        column.justify = "right"
    for one in done:
        table.add_row(one.name, *(f"{count:,}" for count in (one.rows, one.added, one.changed, one.unchanged)))
    console.print(table)


def run(
    type: Annotated[str, typer.Argument(help="The document type, such as invoice.")],
    period: Annotated[str | None, typer.Option(help="The month to bill, such as 2026-10.")] = None,
    amount: Annotated[str | None, typer.Option(help="The amount to bill, tax included, instead of a month.")] = None,
    description: Annotated[str, typer.Option(help="What the amount is for, as it is printed.")] = "",
    enterprise: Annotated[list[str] | None, typer.Option(help="Only this enterprise's code; may be repeated.")] = None,
    contract: Annotated[list[str] | None, typer.Option(help="Only this contract's number; may be repeated.")] = None,
    brand: Annotated[list[str] | None, typer.Option(help="Only this brand's code; may be repeated.")] = None,
    currency: Annotated[list[str] | None, typer.Option(help="Only in this currency; may be repeated.")] = None,
    service: Annotated[list[str] | None, typer.Option(help="Only with this service's code; may be repeated.")] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Only tell what would be made.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make the documents of a month, or for an amount: compose, number, print, store and mail, in this process."""
    asked = runs.RunRequest(
        type=type,
        period=None if period is None else month(period),
        amount=None if amount is None else _amount(amount),
        description=description,
        currencies=tuple(currency or ()),
    )

    async def work(parts: Parts) -> dict[str, object]:
        async with reading() as connection:
            request = replace(
                asked,
                enterprise_ids=tuple(await enterprise_ids(connection, enterprise or [])),
                contract_ids=tuple(await contract_ids(connection, contract or [])),
                brand_ids=tuple(await brand_ids(connection, brand or [])),
                service_ids=tuple(await service_ids(connection, service or [])),
            )
        return await plan_result(parts, request, is_whole=as_json) if plan else await run_result(parts, request)

    result = with_parts(work)
    if as_json:
        print_json(result)
    else:
        print_run(result)
    if plan and not as_json:
        print_plan(result)
    if not plan and result["state"] in (RunState.PAUSED, RunState.CANCELLED):
        raise OperatorError(_stopped(result))
    if not plan and (result["failed"] or result["not_printed"]):
        again = "run the same again" if amount is None else f"say `billfold runs retry run_{result['run']}`"
        raise OperatorError(f"Not every document was made: mend what is told above, then {again}.")


def _amount(text: str) -> Decimal:
    """Read an amount. Raises InvalidInput for what is no number."""
    try:
        return Decimal(text)
    except ArithmeticError as error:
        raise InvalidInput(f"Amount {text!r} is not a number: write it as 500.00.", field="amount") from error


def _stopped(result: Mapping[str, object]) -> str:
    """Say why a run came to no end, and what to do about it."""
    run, reason = f"run_{result['run']}", result["state_reason"]
    if result["state"] == RunState.CANCELLED:
        return f"The run was cancelled: {reason}"
    why = f"stopped, for it is out of bounds: {reason}" if reason else "is paused."
    return f"The run {why} Say `billfold runs resume {run}` and the same again, or cancel it."


async def run_result(parts: Parts, request: runs.RunRequest) -> dict[str, object]:
    """Start a run, work it off in this process, and give what it made."""
    run_id = await runs.start(parts, OPERATOR, request)
    with progress_bar() as bar:
        tasks = {step: bar.add_task(step.capitalize(), total=None) for step in ("composed", "printed", "mailed")}
        await work_off(parts, run_id, lambda step, count: bar.advance(tasks[step], count))
    already_issued, contracts = await outcomes(run_id)
    async with reading() as connection:
        (progress,) = await runs_progress(connection, run_id=run_id)
    standing = {"state": progress.state.value, "state_reason": progress.state_reason}
    return {"run": str(run_id), **standing, "already_issued": already_issued, **summary(contracts)}


def summary(contracts: list[ContractOutcome]) -> dict[str, object]:
    """Add up what became of the contracts of a run."""
    issued = [one for one in contracts if one.number is not None]
    return {
        "documents": len(issued),
        "totals": _totals(issued),
        "skipped": plans.counted(one.reason for one in contracts if one.state == "SKIPPED"),
        "failed": plans.counted(one.reason for one in contracts if one.state == "FAILED"),
        "printed": sum(one.step == "DONE" for one in issued),
        "not_printed": plans.counted(one.failure or "" for one in issued if one.step in ("FAILED", "PRINT")),
        "deliveries": plans.counted(one.delivery for one in issued if one.delivery),
        "contracts": [asdict(one) for one in contracts],
    }


def _totals(issued: list[ContractOutcome]) -> list[dict[str, object]]:
    sums: dict[str, list[Decimal]] = {}
    for one in issued:
        total = sums.setdefault(one.currency, [ZERO, ZERO, ZERO])
        for at, amount in enumerate((one.net, one.tax, one.gross)):
            total[at] += amount or ZERO
    return [
        {"currency": currency, "net": net, "tax": tax, "gross": gross}
        for currency, (net, tax, gross) in sorted(sums.items())
    ]


def print_run(result: Mapping[str, Any], *, title: str | None = None) -> None:
    """Print the result of a run or a plan as a table."""
    table = Table(Column("What", no_wrap=True), "How many", "Net", "Tax", "Gross", title=title)
    for column in table.columns[1:]:
        column.justify = "right"
    for row in _rows(result):
        table.add_row(*row)
    console.print(table)
    for kind in ("failed", "not_printed"):
        for one in result.get(kind, []):
            console.print(f"{_words(kind)}, {one['count']}: {one['reason']}", highlight=False, markup=False)


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _rows(result: Mapping[str, Any]) -> list[tuple[str, ...]]:
    # Short rows leave the last columns empty.
    rows: list[tuple[str, ...]] = [("documents", str(result["documents"]))]
    for total in result["totals"]:
        sums = (f"{Decimal(total[name]):,}" for name in ("net", "tax", "gross"))
        rows.append((f"  sum, {total['currency']}", "", *sums))
    rows.append(("there before", str(result["already_issued"])))
    for kind in ("skipped", "deliveries"):
        rows += [(f"{kind}: {one['reason']}", str(one["count"])) for one in result.get(kind, [])]
    for kind in ("failed", "not_printed"):
        # Their reasons may be long, and stand below the table.
        if found := result.get(kind):
            rows.append((_words(kind), str(sum(one["count"] for one in found))))
    if "printed" in result:
        rows.append(("printed and stored", str(result["printed"])))
    if "seconds" in result:
        rows.append(("seconds", str(result["seconds"])))
    return rows
