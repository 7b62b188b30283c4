"""`python -m bench.reads`: requests a second of `/graphql`, as a part of what one hand-written SQL statement allows."""

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import asyncpg
import orjson
import psutil
import uvloop

from bench.measures import machine_line, middle, spread, tree_seconds
from bench.operators import House, open_house, open_house_parts, postmaster
from bench.reads.books import CLIENTS, DOCUMENTS, LINES, fill
from bench.reads.client import Load, fetch, get, post, press
from bench.reads.queries import Asked, document, page
from bench.tables import figure, print_aim, print_table
from billfold.bootstrap import set_up_logs
from billfold.database.connection import tortoise_config
from billfold.domain.access import OPERATOR, Role
from billfold.services import tokens

_START_SECONDS = 60
_DIFFERENT = 200
READS = {
    "A": f"one document with {LINES} lines",
    "B": "50 documents of an enterprise's week with their parties, and totalCount",
}
# Aims of Billfold, as parts of the strict limit.
AIMS = {"A": 0.30, "B": 0.20}
SERVERS = {
    "limit": "the limit: one json_agg statement, no token",
    "checked": "the same, the token looked up first",
    "billfold": "Billfold's /graphql, token, scopes and visibility",
}


@dataclass(frozen=True, slots=True)
class Server:
    """A server process, and the requests that it is asked in turn, by the letter of the read."""

    port: int
    process: psutil.Process
    requests: dict[str, list[bytes]]


@dataclass(frozen=True, slots=True)
class Burst:
    """One round: the load, and the CPU milliseconds a request of the server and of PostgreSQL."""

    load: Load
    server: float
    postgres: float

    @property
    def cpu(self) -> float:
        """CPU milliseconds a request of both."""
        return self.server + self.postgres


def main() -> None:
    """Fill a database, start both servers, see that they answer alike, and race them."""
    options = _options()
    set_up_logs("WARNING")
    print(f"Reading: {machine_line()}")
    print(
        f"{DOCUMENTS:,} documents of {CLIENTS:,} clients with {LINES} lines each in embedded PostgreSQL; each server "
        f"one process of uvicorn (uvloop, httptools); one client process with {options.connections} keep-alive "
        f"connections; {options.rounds} interleaved rounds of {options.seconds:g} s, medians. The part by CPU compares "
        "what server and PostgreSQL spend on a request: it is the steadier one where the machine has other work."
    )
    with open_house() as house:
        token = asyncio.run(_fill(house))
        asked = asyncio.run(_asked(house))
        with _servers(house, token, asked) as servers:
            uvloop.run(_race(house, servers, options))


async def _fill(house: House) -> str:
    """Fill the database; gives a manager's token."""
    async with open_house_parts(house) as parts:
        await tokens.add_staff(parts, OPERATOR, email="bench@billfold.example", role=Role.MANAGER)
        issued = await tokens.create_staff_token(parts, OPERATOR, email="bench@billfold.example")
    connection = await _connect(house)
    await fill(connection)
    await connection.close()
    return issued.secret


async def _asked(house: House) -> dict[str, list[Asked]]:
    connection = await _connect(house)
    ids = await connection.fetch("SELECT id FROM documents ORDER BY substr(md5(id::text), 1, 8) LIMIT $1", _DIFFERENT)
    enterprises = await connection.fetch("SELECT id FROM enterprises ORDER BY code")
    await connection.close()
    weeks = [(date(2025, month, day), date(2025, month, day + 7)) for month in range(1, 13) for day in (1, 8, 15)]
    return {
        "A": [document(str(row["id"])) for row in ids],
        "B": [page(str(row["id"]), *days) for row in enterprises for days in weeks],
    }


async def _connect(house: House) -> asyncpg.Connection:
    return await asyncpg.connect(_plain_url(house))


def _plain_url(house: House) -> str:
    credentials = tortoise_config(house.servers.database_url)["connections"]["default"]["credentials"]
    return f"postgresql://{credentials['user']}@/{credentials['database']}?host={credentials['host']}"


@contextmanager
def _servers(house: House, token: str, asked: dict[str, list[Asked]]) -> Iterator[dict[str, Server]]:
    limit, billfold = _free_port(), _free_port()
    environment = {**os.environ, "BILLFOLD_DATA_DIR": str(house.settings.data_dir), "BILLFOLD_LOG_LEVEL": "WARNING"}
    commands = {
        limit: ["bench.reads.limit", str(limit), _plain_url(house)],
        billfold: ["billfold", "serve", "--port", str(billfold)],
    }
    started = {
        port: subprocess.Popen([sys.executable, "-m", *command], env=environment) for port, command in commands.items()
    }
    try:
        for port in started:
            _wait_until_open(port)
        trees = {port: psutil.Process(process.pid) for port, process in started.items()}
        gets = {way: _gets(asked, token, prefix) for way, prefix in (("limit", ""), ("checked", "/checked"))}
        posts = {letter: [post("/graphql", token, one.body) for one in each] for letter, each in asked.items()}
        yield {
            "limit": Server(limit, trees[limit], gets["limit"]),
            "checked": Server(limit, trees[limit], gets["checked"]),
            "billfold": Server(billfold, trees[billfold], posts),
        }
    finally:
        for process in started.values():
            process.terminate()
            process.wait(timeout=60)


def _gets(asked: dict[str, list[Asked]], token: str, prefix: str) -> dict[str, list[bytes]]:
    return {letter: [get(prefix + one.path, token) for one in each] for letter, each in asked.items()}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_open(port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"Nothing listens on port {port}.")


async def _race(house: House, servers: dict[str, Server], options: argparse.Namespace) -> None:
    database = postmaster(house.folder)
    for letter in options.reads:
        await _check(servers, letter)
        rounds: dict[str, list[Burst]] = defaultdict(list)
        for turn in range(options.rounds + 1):
            for name, server in servers.items():
                burst = await _burst(server, letter, database, options)
                if turn:  # The first round warms up.
                    rounds[name].append(burst)
        _report(letter, rounds)


async def _check(servers: dict[str, Server], letter: str) -> None:
    """See that all servers answer the same, whatever the order of the keys."""
    count = len(servers["limit"].requests[letter])
    for at in range(0, count, max(1, count // 10)):
        answers = {
            name: orjson.loads(await fetch(server.port, server.requests[letter][at]))
            for name, server in servers.items()
        }
        assert answers["limit"]["data"], answers["limit"]
        for name, answer in answers.items():
            assert answer == answers["limit"], f"{name} answers otherwise: {answer}\n{answers['limit']}"


async def _burst(server: Server, letter: str, database: psutil.Process, options: argparse.Namespace) -> Burst:
    before = tree_seconds(server.process), tree_seconds(database)
    load = await press(server.port, server.requests[letter], connections=options.connections, seconds=options.seconds)
    count = len(load.latencies) / 1000
    own, postgres = tree_seconds(server.process) - before[0], tree_seconds(database) - before[1]
    return Burst(load, own / count, postgres / count)


def _report(letter: str, rounds: dict[str, list[Burst]]) -> None:
    pairs = {name: list(zip(bursts, rounds["limit"], strict=True)) for name, bursts in rounds.items()}
    ratios = {name: [one.load.rate / limit.load.rate for one, limit in each] for name, each in pairs.items()}
    rows = [
        [
            SERVERS[name],
            figure(middle([one.load.rate for one in bursts])),
            f"{middle(ratios[name]):.2f}",
            spread(ratios[name]),
            f"{middle([limit.cpu / one.cpu for one, limit in pairs[name]]):.2f}",
            figure(middle([middle(one.load.latencies) * 1000 for one in bursts])),
            figure(middle([one.server for one in bursts])),
            figure(middle([one.postgres for one in bursts])),
        ]
        for name, bursts in rounds.items()
    ]
    header = (
        *("server", "requests / s", "part of the limit", "spread", "by CPU"),
        *("median ms", "server CPU ms", "PostgreSQL CPU ms"),
    )
    print_table(f"{letter}: {READS[letter]}", header, rows)
    print_aim(AIMS[letter], "of the limit", middle(ratios["billfold"]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.reads", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=3.0, help="seconds a server and round")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--reads", nargs="+", choices=list(READS), default=list(READS))
    return parser.parse_args()


if __name__ == "__main__":
    main()
