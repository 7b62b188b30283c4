"""`billfold runs`: what was asked to be made, how far it is, and the control of it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Column, Table

from billfold.cli.books import print_run, summary
from billfold.cli.session import AsJson, console, print_json, progress_bar, with_parts
from billfold.database.connection import reading
from billfold.database.reading.conditions import raw_id
from billfold.database.run_outcomes import RunProgress, run_outcomes, runs_progress
from billfold.domain.access import OPERATOR, Viewer
from billfold.domain.errors import InvalidInput, NotFound, OperatorError
from billfold.domain.lifecycle import RunState
from billfold.services import plans, run_control
from billfold.services.parts import Parts

runs = typer.Typer(help="Runs: list, show, start, watch, pause, resume, cancel and retry them.", no_args_is_help=True)

RunId = Annotated[str, typer.Argument(metavar="RUN", help="The run's id, as `billfold runs list` and the API give it.")]
Command = Callable[[Parts, Viewer, UUID], Awaitable[UUID]]
_WATCH_SECONDS = 1.0
_MOST = 1_000


@runs.command("list")
def list_runs(
    state: Annotated[list[RunState] | None, typer.Option(help="Only in this state; may be repeated.")] = None,
    type: Annotated[list[str] | None, typer.Option(help="Only of this document type; may be repeated.")] = None,
    first: Annotated[int, typer.Option(help="How many, the newest first.", min=1, max=_MOST)] = 20,
    as_json: AsJson = False,
) -> None:
    """List the newest runs and how far each is."""

    async def work(_: Parts) -> list[RunProgress]:
        states = [each.value for each in state] if state else None
        async with reading() as connection:
            return await runs_progress(connection, states=states, types=type or None, count=first)

    found = with_parts(work)
    if as_json:
        print_json({"runs": [_told(one) for one in found]})
    else:
        _print(found)


@runs.command("show")
def show(run: RunId, as_json: AsJson = False) -> None:
    """Show a run: where it stands, and what became of its contracts."""

    async def work(_: Parts) -> tuple[RunProgress, dict[str, object]]:
        found = await _find(_key(run))
        async with reading() as connection:
            return found, summary(await run_outcomes(connection, found.id))

    found, made = with_parts(work)
    if as_json:
        print_json({**_told(found), "outcome": made})
        return
    _print([found])
    print_run({"already_issued": found.already_issued, **made})


@runs.command("start")
def start(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="The plan's id, as `billfold run --plan` gives it.")],
    confirm: Annotated[bool, typer.Option("--confirm", help="Start it although it is out of bounds.")] = False,
    as_json: AsJson = False,
) -> None:
    """Start exactly what a plan showed; workers make it."""
    _carry_out(
        plan.removeprefix("plan_"),
        lambda parts, viewer, id_: plans.start_plan(parts, viewer, id_, confirm=confirm),
        as_json=as_json,
    )


@runs.command("watch")
def watch(run: RunId, as_json: AsJson = False) -> None:
    """Watch a run until it is done, paused or cancelled; it is made by workers, not by this command."""
    with progress_bar() as bar:
        task = bar.add_task("Running", total=None)

        async def work(_: Parts) -> RunProgress:
            key = _key(run)
            while (found := await _find(key)).state is RunState.RUNNING:
                bar.update(task, total=found.total, completed=found.total - found.pending)
                await asyncio.sleep(_WATCH_SECONDS)
            return found

        found = with_parts(work)
    _tell(found, as_json=as_json)
    if found.state is not RunState.DONE or found.failed:
        raise OperatorError(_unfinished(found))


@runs.command("pause")
def pause(run: RunId, as_json: AsJson = False) -> None:
    """Let a run rest: what is under way is finished, and nothing further begun."""
    _carry_out(run, run_control.pause, as_json=as_json)


@runs.command("resume")
def resume(run: RunId, as_json: AsJson = False) -> None:
    """Let a paused run go on; one that had stopped because it was out of bounds is confirmed by that."""
    _carry_out(run, run_control.resume, as_json=as_json)


@runs.command("cancel")
def cancel(
    run: RunId,
    reason: Annotated[str, typer.Option(help="Why it is cancelled; kept with the run.")],
    as_json: AsJson = False,
) -> None:
    """End a run before it is through: what waits is skipped, what is issued stays."""
    _carry_out(run, lambda parts, viewer, id_: run_control.cancel(parts, viewer, id_, reason=reason), as_json=as_json)


@runs.command("retry")
def retry(run: RunId, as_json: AsJson = False) -> None:
    """Try again what failed of a run that is done; workers make it."""
    _carry_out(run, run_control.retry, as_json=as_json)


def _carry_out(run: str, command: Command, *, as_json: bool) -> None:
    async def work(parts: Parts) -> RunProgress:
        return await _find(await command(parts, OPERATOR, _key(run)))

    _tell(with_parts(work, is_ringing=True), as_json=as_json)


async def _find(run_id: UUID) -> RunProgress:
    async with reading() as connection:
        found = await runs_progress(connection, run_id=run_id)
    if not found:
        raise NotFound(f"There is no run run_{run_id}: see `billfold runs list`.")
    return found[0]


def _key(run: str) -> UUID:
    """Read the id of a run, with or without its noun."""
    key = raw_id("run", run) or raw_id("run", f"run_{run}")
    if key is None:
        raise InvalidInput(f"{run!r} is not the id of a run: see `billfold runs list`.")
    return key


def _tell(found: RunProgress, *, as_json: bool) -> None:
    if as_json:
        print_json(_told(found))
    else:
        _print([found])


def _told(one: RunProgress) -> dict[str, object]:
    return {**asdict(one), "id": f"run_{one.id}"}


def _unfinished(found: RunProgress) -> str:
    if found.state is RunState.DONE:
        return f"{found.failed} contracts failed: mend what `billfold runs show` tells, then `billfold runs retry`."
    return f"The run is {found.state.value}: {found.state_reason or 'see `billfold runs show`.'}"


def _print(found: list[RunProgress]) -> None:
    table = Table(Column("Run", no_wrap=True), "Type", Column("Period or amount", no_wrap=True), "State")
    for name in ("Contracts", "Waiting", "Issued", "Skipped", "Failed"):
        table.add_column(name, justify="right")
    for one in found:
        asked = f"{one.period_from}..{one.period_until}" if one.amount is None else f"{one.amount:,}"
        counts = (one.total, one.pending, one.issued, one.skipped, one.failed)
        table.add_row(f"run_{one.id}", one.type, asked, one.state.value, *(f"{count:,}" for count in counts))
    console.print(table)
    for one in found:
        if one.state_reason:
            told = f"run_{one.id} is {one.state.value}: {one.state_reason}"
            console.print(told, highlight=False, markup=False, soft_wrap=True)
