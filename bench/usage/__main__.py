"""`python -m bench.usage`: what a month's usage of one contract takes to import and to close, and how that grows."""

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import orjson

from bench.measures import machine_line
from bench.operators import House, open_house
from bench.tables import figure, print_table
from bench.usage.books import write_heavy_books

SIZES = (100_000, 300_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class Step:
    """What one process took: seconds by the wall, CPU seconds of Python and PostgreSQL, and its peak memory."""

    seconds: float
    python: float
    database: float
    megabytes: float
    output: bytes = b""


def main() -> None:
    """Measure each size in a house of its own."""
    parser = argparse.ArgumentParser(prog="python -m bench.usage", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="rows of usage")
    sizes = parser.parse_args().sizes
    print(f"A month's usage of one contract: {machine_line()}")
    measured = {rows: _measure(rows) for rows in sizes}
    least = min(sizes)
    for place, name in enumerate(("import", "import again", "close")):
        table = [_row(rows, steps[place], measured[least][place], rows / least) for rows, steps in measured.items()]
        header = ("usage rows", "s", "Python CPU s", "PostgreSQL CPU s", "CPU ms a 1,000 rows", "peak MB", "growth")
        print_table(f"{name}; growth is CPU time a row, of that with the fewest rows", header, table)
    for rows, steps in measured.items():
        print(f"\n{rows:,} rows closed: {steps[2].output.decode()}")


def _row(rows: int, step: Step, least: Step, times: float) -> list[str]:
    cpu, of = step.python + step.database, least.python + least.database
    return [
        f"{rows:,}",
        *(figure(number) for number in (step.seconds, step.python, step.database, cpu / rows * 1_000_000)),
        figure(step.megabytes),
        figure(cpu / of / times),
    ]


def _measure(rows: int) -> tuple[Step, Step, Step]:
    with open_house() as house:
        books = house.folder / "books"
        books.mkdir()
        number = write_heavy_books(books, rows)
        # The migrations are no part of what is measured.
        _run(house, "-m", "billfold", "migrate")
        imported = _run(house, "-m", "billfold", "import", str(books), "--json")
        again = _run(house, "-m", "billfold", "import", str(books), "--json")
        assert all(not file["added"] for file in orjson.loads(again.output)["files"]), "Nothing may be added twice."
        closed = _run(house, "-m", "bench.usage.closing", str(house.settings.data_dir), number)
        told = orjson.loads(closed.output)
        return (
            imported,
            again,
            Step(told["seconds"], told["cpu"], closed.database, told["peak_megabytes"], closed.output),
        )


def _run(house: House, *arguments: str) -> Step:
    """Run a process of its own to its end. Raises when it fails."""
    clock = house.clocks["PostgreSQL"]
    before, started = clock(), time.perf_counter()
    environment = {**os.environ, "BILLFOLD_DATA_DIR": str(house.settings.data_dir)}
    output = house.folder / "output"
    with output.open("wb") as stream:
        process = subprocess.Popen([sys.executable, *arguments], env=environment, stdout=stream, cwd=_ROOT)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)} ended with {process.returncode}.")
    return Step(
        time.perf_counter() - started,
        used.ru_utime + used.ru_stime,
        clock() - before,
        used.ru_maxrss / 1024,
        output.read_bytes(),
    )


_ROOT = Path(__file__).resolve().parents[2]


if __name__ == "__main__":
    main()
