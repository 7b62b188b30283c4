"""`python -m bench.faults`: three runs while everything fails at random, and what became of each document and mail."""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from tempfile import gettempdir
from typing import TypeVar
from uuid import UUID

from bench.faults.injections import Injector
from bench.faults.peers import UnsteadyPeer
from bench.faults.verdicts import LEFT, Verdict, judge
from bench.measures import machine_line
from bench.month.books import PERIOD, write_books
from bench.tables import print_table
from billfold.bootstrap import Servers, open_parts, set_up_logs
from billfold.database.connection import migrate, reading
from billfold.domain.access import OPERATOR
from billfold.domain.periods import month
from billfold.services import runs
from billfold.services.imports import import_books
from billfold.services.parts import Parts
from billfold.settings import Settings
from billfold.workers.patience import Patience
from tests.adapters.smtp_peers import listening
from tests.journeys.own_servers import Fleet, OwnServers, own_servers
from tests.stock import stock

T = TypeVar("T")

_TYPES = ("invoice", "act", "universal-transfer")
_USAGE_ROWS = 2_000
# The longest lease, and the pauses of a mail that was put off twice.
_PATIENCE_SECONDS = 900


def main() -> None:
    """Do it, print the table, and exit 1 when something is not as it should be."""
    options = _options()
    set_up_logs("ERROR")
    with stock(), own_servers() as servers, listening(UnsteadyPeer(options.seed)) as peer:
        assert isinstance(peer, UnsteadyPeer)
        verdict = asyncio.run(_suffer(servers, peer, options))
    sys.exit(0 if verdict.holds else 1)


async def _suffer(servers: OwnServers, peer: UnsteadyPeer, options: argparse.Namespace) -> Verdict:
    environment = {
        "BILLFOLD_DATA_DIR": str(servers.folder / "house"),
        "BILLFOLD_DATABASE_URL": servers.database_url,
        "BILLFOLD_REDIS_URL": servers.redis_url,
        "BILLFOLD_SMTP_URL": f"smtp://127.0.0.1:{peer.port}?starttls=never",
        "BILLFOLD_PRESS_WORKERS": "1",
    }
    fleet = Fleet(Path(options.log), ("-m", "billfold", "worker"), environment)
    settings = Settings(data_dir=servers.folder / "house", pool_size=2)
    where = Servers(servers.database_url, servers.redis_url, is_embedded=False)
    await migrate(servers.database_url)
    async with open_parts(settings, where, is_ringing=True) as parts:
        (servers.folder / "books").mkdir()
        write_books(servers.folder / "books", _USAGE_ROWS)
        await import_books(OPERATOR, servers.folder / "books")
        injector = Injector(servers, fleet, options.seed)
        began = time.monotonic()
        try:
            for _ in range(options.workers):
                fleet.start()
            starting = asyncio.create_task(_start_runs(parts, options))
            await injector.inject_for(options.minutes * 60)
            peer.is_calm = True
            await starting
            calm = time.monotonic()
            await _until_through(parts)
        finally:
            codes = fleet.stop()
        verdict = await judge(parts, peer)
    seconds = {"seconds with faults": int(calm - began), "seconds until all was through": int(time.monotonic() - calm)}
    _print(injector, peer, verdict, seconds | {"workers that did not end when told": sum(map(bool, codes))})
    return verdict


async def _start_runs(parts: Parts, options: argparse.Namespace) -> None:
    """Start a run of each type, each some time after the other."""
    random = Random(options.seed)
    contracts = await _patiently(lambda: _contracts(options.contracts))
    for type_ in _TYPES:
        request = runs.RunRequest(type=type_, period=month(PERIOD), contract_ids=tuple(contracts))
        await _patiently(lambda request=request: runs.start(parts, OPERATOR, request))  # type: ignore[misc]  # mypy asks for the default's type.
        await asyncio.sleep(random.uniform(0.1, 0.25) * options.minutes * 60)


async def _contracts(count: int) -> list[UUID]:
    async with reading() as connection:
        rows = await connection.fetch("SELECT id FROM contracts ORDER BY number LIMIT $1", count)
        return [row["id"] for row in rows]


async def _until_through(parts: Parts) -> None:
    async def left() -> int:
        async with reading() as connection:
            count: int = await connection.fetchval(LEFT)
            return count

    async with asyncio.timeout(_PATIENCE_SECONDS):
        while await _patiently(left):  # noqa: ASYNC110  # Other processes work, and the database tells.
            await asyncio.sleep(1.0)


async def _patiently(ask: Callable[[], Awaitable[T]]) -> T:
    done = await Patience(asyncio.Event()).through(ask)
    assert done is not None
    return done


def _print(injector: Injector, peer: UnsteadyPeer, verdict: Verdict, more: dict[str, int]) -> None:
    injected = dict(injector.injected) | {
        "mail server hung up before it took a mail": peer.hung_up_before,
        "mail server hung up after it took a mail": len(peer.unanswered),
    }
    print(f"Faults: {machine_line()}")
    print_table("What was done", ("fault", "times"), [[name, str(count)] for name, count in injected.items()])
    print_table("What came of it", ("", "count"), [
        [name, str(count)] for name, count in (verdict.figures | verdict.faults | more).items()
    ])  # fmt: skip


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("--minutes", type=float, default=4.0, help="for how long faults are injected")
    parser.add_argument("--workers", type=int, default=3, help="worker processes")
    parser.add_argument("--contracts", type=int, default=130, help="contracts, each with a document of three types")
    parser.add_argument("--seed", type=int, default=1, help="of the faults")
    parser.add_argument(
        "--log", default=str(Path(gettempdir()) / "billfold-faults.log"), help="where the workers' logs go"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
