"""`python -m bench.issuers`: hundreds issue documents of one series at once, some fail, and no number is lost."""

import argparse
import asyncio
import os
import subprocess
import sys
import time

from bench.issuers.requests import serve_and_ask
from bench.issuers.tallies import Tally, together
from bench.measures import machine_line
from bench.operators import House, open_house, open_house_parts
from bench.scale.books import fill
from bench.scale.verdicts import faults, print_verdict
from bench.tables import figure, print_aim, print_table
from billfold.bootstrap import set_up_logs
from billfold.database.connection import reading

_AIM = 100.0


def main() -> None:
    """Measure each number of series in a house of its own; exit with 1 when a number is lost or doubled."""
    options = _options()
    set_up_logs("WARNING")
    print(f"Rivals for numbers: {machine_line()}")
    how = (
        f"over HTTP, as `issueDocument` of `billfold serve --workers {options.processes}`"
        if options.http
        else f"through the services, in {options.processes} processes"
    )
    print(
        f"{options.issuers} issuers at once, {options.documents} invoices each, every one for an amount and with an "
        f"idempotency key, tried out in the press, numbered and sealed, {how}; {options.faults:.0%} of the requests "
        "fail and are asked again; embedded PostgreSQL with fsync."
    )
    sound = [_measure(options, series) for series in options.series]
    sys.exit(0 if all(sound) else 1)


def _measure(options: argparse.Namespace, series: int) -> bool:
    with open_house() as house:
        asyncio.run(_fill(house, options.issuers, series))
        clock = house.clocks["PostgreSQL"]
        before = clock()
        seconds, tally = serve_and_ask(house, options) if options.http else _issue(house, options)
        documents = options.issuers * options.documents
        _report(series, seconds, tally, clock() - before)
        found = asyncio.run(_faults(house, documents))
        print_verdict(found, documents=documents)
        if series == 1:
            print_aim(_AIM, "documents a second in one series", documents / seconds)
        return not found


def _issue(house: House, options: argparse.Namespace) -> tuple[float, Tally]:
    """Start the processes, let them begin at one moment, and wait for the last."""
    running = [_start(house, options, at) for at in range(options.processes)]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
    began = time.perf_counter()
    for process in running:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.close()
    told = [process.stdout.read() for process in running if process.stdout]
    seconds = time.perf_counter() - began
    if any(process.wait() for process in running):
        raise RuntimeError("A process of issuers has failed.")
    return seconds, together(told)


def _start(house: House, options: argparse.Namespace, at: int) -> "subprocess.Popen[bytes]":
    numbers = (at, options.processes, options.documents, options.faults, options.seed)
    return subprocess.Popen(
        [sys.executable, "-m", "bench.issuers.issue", str(house.settings.data_dir), *map(str, numbers)],
        env={**os.environ, "BILLFOLD_DATA_DIR": str(house.settings.data_dir)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # asyncpg tells of every connection that is cut.
        stderr=subprocess.DEVNULL if options.faults else None,
    )


async def _fill(house: House, issuers: int, series: int) -> None:
    async with open_house_parts(house), reading() as connection:
        # A series is that of an enterprise, by the built-in rule of invoices.
        await fill(connection, issuers, series)


async def _faults(house: House, documents: int) -> list[str]:
    async with open_house_parts(house), reading() as connection:
        return await faults(connection, documents=documents)


def _report(series: int, seconds: float, tally: Tally, database: float) -> None:
    waits = tally.seconds
    rows = [
        ["documents a second", figure(len(waits) / seconds)],
        ["median wait, ms", figure(waits[len(waits) // 2] * 1000)],
        ["99th percentile, ms", figure(waits[len(waits) * 99 // 100] * 1000)],
        ["longest wait, ms", figure(waits[-1] * 1000)],
        ["CPU ms a document: Python", figure(tally.cpu / len(waits) * 1000)],
        ["CPU ms a document: PostgreSQL", figure(database / len(waits) * 1000)],
        *([f"injected: {name}", str(count)] for name, count in sorted(tally.injected.items())),
        *([f"failed and asked again: {name}", str(count)] for name, count in sorted(tally.failures.items())),
    ]
    print_table(f"{series} series", ("", "figure"), rows)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.issuers", description=__doc__)
    parser.add_argument("--issuers", type=int, default=200)
    parser.add_argument("--documents", type=int, default=10, help="of each issuer, at most 15: more a day are refused")
    parser.add_argument("--processes", type=int, default=2, help="that issue, or serve")
    parser.add_argument("--series", type=int, nargs="+", default=[1, 20])
    parser.add_argument("--faults", type=float, default=0.1, help="the part of requests that fail")
    parser.add_argument("--seed", type=int, default=1, help="of the faults")
    parser.add_argument("--http", action="store_true", help="ask a web server over HTTP")
    return parser.parse_args()


if __name__ == "__main__":
    main()
