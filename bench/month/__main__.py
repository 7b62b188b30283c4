"""`python -m bench.month`: what a month takes, step by step, and with `--growth` how it grows with the usage."""

import argparse
from collections import Counter
from collections.abc import Awaitable, Callable

import uvloop

from bench.measures import Reading, Stopwatch, machine_line
from bench.month.books import CLIENTS, CONTRACTS, PERIOD, SUBSCRIPTIONS, USERS, write_books
from bench.operators import House, open_house, open_house_parts
from bench.tables import figure, print_table
from billfold.bootstrap import set_up_logs
from billfold.database.connection import reading
from billfold.domain.access import OPERATOR
from billfold.domain.periods import month
from billfold.services import generating, plans, runs
from billfold.services.deliveries import deliver_chunk
from billfold.services.imports import import_books
from billfold.services.parts import Parts
from billfold.services.printing import print_chunk, publish_chunk

USAGE_ROWS = 60_000
GROWTH_ROWS = (100_000, 300_000, 1_000_000)
_REQUEST = runs.RunRequest(type="invoice", period=month(PERIOD))


def main() -> None:
    """Measure one month, or its growth."""
    options = _options()
    set_up_logs("WARNING")
    print(f"The month's run: {machine_line()}")
    print(
        f"{CLIENTS} clients, {CONTRACTS} contracts, {SUBSCRIPTIONS} subscriptions, usage of {USERS} contracts in "
        "October 2026, generated with a fixed seed; invoices of every contract; one process with a press of two "
        "children, embedded PostgreSQL with fsync, mails into a folder."
    )
    if options.growth:
        _grow(GROWTH_ROWS)
    else:
        _run(options.rows, whole=True)


def _grow(sizes: tuple[int, ...]) -> None:
    laps = {rows: _measure(rows, _import_and_plan) for rows in sizes}
    table = [
        [f"{rows:,}", *(cell for step in ("import", "plan") for cell in _summed(done[step]))]
        for rows, done in laps.items()
    ]
    header = ("usage rows", "import s", "import CPU s", "plan s", "plan CPU s")
    print_table("Growth with the usage", header, table)


def _summed(lap: Reading) -> tuple[str, str]:
    return figure(lap.wall), figure(sum(lap.cpu.values()))


def _run(rows: int, *, whole: bool) -> None:
    laps = _measure(rows, _whole_month if whole else _import_and_plan)
    table = [[step, figure(lap.wall), *(figure(seconds) for seconds in lap.cpu.values())] for step, lap in laps.items()]
    clocks = [f"{name} CPU s" for name in next(iter(laps.values())).cpu]
    print_table(f"A month with {rows:,} rows of usage", ("step", "s", *clocks), table)


def _measure(rows: int, work: Callable[[House, Parts], Awaitable[dict[str, Reading]]]) -> dict[str, Reading]:
    """Do the work in a house of its own, in which the books lie in `books`."""
    with open_house() as house:
        (house.folder / "books").mkdir()
        write_books(house.folder / "books", rows)

        async def session() -> dict[str, Reading]:
            async with open_house_parts(house) as parts:
                return await work(house, parts)

        return uvloop.run(session())


async def _import_and_plan(house: House, parts: Parts) -> dict[str, Reading]:
    watch = Stopwatch(house.clocks)
    await import_books(OPERATOR, house.folder / "books")
    laps = {"import": watch.lap()}
    await plans.plan(parts, OPERATOR, _REQUEST)
    return {**laps, "plan": watch.lap()}


async def _whole_month(house: House, parts: Parts) -> dict[str, Reading]:
    laps = await _import_and_plan(house, parts)
    watch = Stopwatch(house.clocks)
    again = await import_books(OPERATOR, house.folder / "books")
    assert not any(file.added or file.changed for file in again.files), "The same books must change nothing."
    laps["import again"] = watch.lap()
    laps |= await _work_off(parts, watch, await runs.start(parts, OPERATOR, _REQUEST))
    await _report(laps)
    return laps


async def _work_off(parts: Parts, watch: Stopwatch, run_id: object) -> dict[str, Reading]:
    laps = {"start the run": watch.lap()}
    await _until_none(lambda: generating.compose_chunk(parts, run_id))  # type: ignore[arg-type]
    laps["compose and issue"] = watch.lap()
    await _until_none(lambda: print_chunk(parts))
    laps["print and store"] = watch.lap()
    await _until_none(lambda: publish_chunk(parts))
    laps["publish"] = watch.lap()
    await _until_none(lambda: deliver_chunk(parts))
    laps["mail"] = watch.lap()
    return laps


async def _until_none(step: Callable[[], Awaitable[int]]) -> None:
    while await step():
        pass


async def _report(laps: dict[str, Reading]) -> None:
    async with reading() as connection:
        made = await connection.fetchrow(
            "SELECT count(*) AS documents, sum(gross) AS gross, count(*) FILTER (WHERE step = 'DONE') AS printed, "
            "(SELECT count(*) FROM document_lines) AS lines FROM documents"
        )
        states = Counter({row["state"]: row["count"] for row in await connection.fetch(
            "SELECT state, count(*) FROM deliveries GROUP BY 1"
        )})  # fmt: skip
    steps = ("start the run", "compose and issue", "print and store", "publish", "mail")
    wall = sum(laps[step].wall for step in steps)
    cpu = sum(sum(laps[step].cpu.values()) for step in steps)
    print(
        f"\n{made['documents']} documents with {made['lines']} lines, {made['gross']:,} RUB, {made['printed']} printed,"
        f" deliveries {dict(states)}: {made['documents'] / wall:.1f} documents a second, "
        f"{made['documents'] / cpu:.1f} a CPU second, from the run's start to the last mail."
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.month", description=__doc__)
    parser.add_argument("--rows", type=int, default=USAGE_ROWS, help="rows of usage")
    parser.add_argument("--growth", action="store_true", help=f"import and plan with {GROWTH_ROWS} rows instead")
    return parser.parse_args()


if __name__ == "__main__":
    main()
