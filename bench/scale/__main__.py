"""`python -m bench.scale`: many contracts planned, composed and issued, not printed, and what memory that takes."""

import argparse
import asyncio
import sys

from bench.measures import machine_line
from bench.operators import House, connect_plainly, open_house, open_house_parts
from bench.scale.books import fill
from bench.scale.processes import Step, run_beside
from bench.scale.verdicts import faults, print_verdict
from bench.tables import figure, print_table
from billfold.bootstrap import set_up_logs
from billfold.database.connection import reading

_WORK = "bench.scale.work"
_PARTS = (0.1, 0.5, 1.0)


def main() -> None:
    """Measure each number of processes in a house of its own; exit with 1 when something is wrong."""
    options = _options()
    set_up_logs("WARNING")
    print(f"Size: {machine_line()}")
    print(
        f"{options.contracts:,} contracts of {options.enterprises} enterprises, October 2026, generated; "
        f"{', '.join(options.types)} of every contract, composed, tried out and issued, not printed; embedded "
        "PostgreSQL with fsync; a press of two children a process."
    )
    sound = [_measure(options, count) for count in options.processes]
    sys.exit(0 if all(sound) else 1)


def _measure(options: argparse.Namespace, processes: int) -> bool:
    with open_house() as house:
        asyncio.run(_fill(house, options))
        steps: dict[str, Step] = {}
        data_dir = str(house.settings.data_dir)
        if options.plan:
            steps["plan"] = run_beside(house, [(_WORK, data_dir, "plan", *options.types)])
        steps["start the runs"] = run_beside(house, [(_WORK, data_dir, "start", *options.types)])
        ids = [str(id_) for id_ in steps["start the runs"].told[0]["ids"]]  # type: ignore[attr-defined]  # A list, as JSON.
        watch = Progress(house)
        try:
            command = (_WORK, data_dir, "compose", *ids)
            steps["compose and issue"] = run_beside(house, [command] * processes, watch.part)
        finally:
            watch.close()
        documents = options.contracts * len(options.types)
        _report(steps, processes, documents)
        found = asyncio.run(_faults(house, documents))
        print_verdict(found, documents=documents)
        return not found


async def _fill(house: House, options: argparse.Namespace) -> None:
    async with open_house_parts(house), reading() as connection:
        await fill(connection, options.contracts, options.enterprises)


async def _faults(house: House, documents: int) -> list[str]:
    async with open_house_parts(house), reading() as connection:
        return await faults(connection, documents=documents)


def _report(steps: dict[str, Step], processes: int, documents: int) -> None:
    header = ("step", "s", "Python CPU s", "press CPU s", "PostgreSQL CPU s", "peak MB a process")
    rows = [
        [name, *(figure(number) for number in (one.seconds, one.python, one.press, one.database, one.megabytes))]
        for name, one in steps.items()
    ]
    print_table(f"{processes} process{'es' if processes > 1 else ''}", header, rows)
    issued = steps["compose and issue"]
    cpu = issued.python + issued.press + issued.database
    print(f"\n{figure(documents / issued.seconds)} documents a second, {figure(documents / cpu)} a CPU second.")
    _report_memory({name: step for name, step in steps.items() if name != "start the runs"})


def _report_memory(steps: dict[str, Step]) -> None:
    """Print what the processes hold at a tenth, at half and at the end: flat is what does not grow."""
    header = ("resident MB at", *(f"{part:.0%}" for part in _PARTS))
    rows = []
    for name, step in steps.items():
        samples = [step.at(part) for part in _PARTS]
        rows.append([f"{name}: largest process", *(figure(max(one.processes)) for one in samples)])
        rows.append([f"{name}: largest child of a press", *(figure(one.press) for one in samples)])
        rows.append([f"{name}: largest backend, its own", *(figure(one.backend) for one in samples)])
    print_table("Memory", header, rows)


class Progress:
    """How much of all runs is settled, by a connection of its own."""

    def __init__(self, house: House) -> None:
        self._runner = asyncio.Runner()
        self._connection = self._runner.run(connect_plainly(house))

    def part(self) -> float:
        """Give it from 0 to 1."""
        ask = self._connection.fetchval(
            "SELECT count(*) FILTER (WHERE state <> 'PENDING')::float / count(*) FROM occurrences"
        )
        return float(self._runner.run(ask))

    def close(self) -> None:
        """Let the connection go."""
        self._runner.run(self._connection.close())
        self._runner.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--contracts", type=int, default=3_000)
    parser.add_argument("--types", type=lambda text: text.split(","), default=["invoice", "act", "tax-invoice"])
    parser.add_argument("--enterprises", type=int, default=3)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2], help="that compose and issue side by side")
    parser.add_argument("--plan", action="store_true", help="plan each type first")
    return parser.parse_args()


if __name__ == "__main__":
    main()
