"""Real processes that hold the embedded servers, run as the caller or as an ordinary user."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import psutil
import pytest
import redis.asyncio as redis_client

NOBODY = 65534
SERVER_ROOT = Path(__file__).parents[2] / "server"

HOLDER = """
import signal, sys
from pathlib import Path
from billfold.adapters.embedded import Wanted, acquire

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
data_dir, database, redis, ending = sys.argv[1:]
lease = acquire(Path(data_dir), Wanted(database=database == "yes", redis=redis == "yes"))
print(lease.database_url, lease.redis_url, flush=True)
sys.stdin.read()
if ending == "release":
    lease.release()
"""


@dataclass
class Holder:
    """One process with a lease; `database_url` and `redis_url` are what it was given."""

    process: subprocess.Popen[str]
    database_url: str
    redis_url: str

    def leave(self) -> int:
        """Let it go on to its end, and give its exit code."""
        self.process.communicate()
        return self.process.returncode

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def end(self, number: signal.Signals) -> int:
        os.killpg(self.process.pid, number)
        return self.leave()


@dataclass
class House:
    """A data directory with the processes that use it."""

    data_dir: Path
    user: int | None
    python: str
    holders: list[Holder] = field(default_factory=list)

    def begin(self, database: str = "yes", redis: str = "yes", ending: str = "release") -> subprocess.Popen[str]:
        """Start a holder without waiting for its lease."""
        return subprocess.Popen(
            [self.python, "-c", HOLDER, str(self.data_dir), database, redis, ending],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            user=self.user,
            group=self.user,
            extra_groups=None if self.user is None else [],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{SERVER_ROOT}:{psutil_site()}"},
            cwd="/",
            start_new_session=True,
        )

    def hold(self, database: str = "yes", redis: str = "yes", ending: str = "release") -> Holder:
        """Start a holder and wait for its lease."""
        return self.joined(self.begin(database, redis, ending))

    def joined(self, process: subprocess.Popen[str]) -> Holder:
        assert process.stdout is not None
        line = process.stdout.readline().split()
        if len(line) != 2:
            pytest.fail(process.communicate()[1])
        holder = Holder(process, *line)
        self.holders.append(holder)
        return holder

    def refusal(self) -> str:
        """Give what a holder says that gets no lease."""
        errors = self.begin().communicate()[1]
        return errors[errors.rindex("OperatorError: ") + len("OperatorError: ") :]

    async def ask(self, query: str) -> object:
        """Run a query in the database `billfold` of the last holder and give its one value."""
        sockets = self.holders[-1].database_url.partition("?host=")[2]
        connection = await asyncpg.connect(user="postgres", database="billfold", host=sockets)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    async def rings(self) -> bool:
        """Tell whether the last holder's Valkey answers."""
        client = redis_client.Redis.from_url(self.holders[-1].redis_url)
        try:
            return bool(await client.ping())
        finally:
            await client.aclose()

    @property
    def home(self) -> Path:
        return (self.data_dir / "embedded").resolve()

    def postmaster(self) -> int:
        return int((self.data_dir / "embedded/postgres/postmaster.pid").read_text().split()[0])

    def valkey(self) -> int:
        return next(process.pid for process in self.servers() if process.name() == "valkey-server")

    def servers(self) -> list[psutil.Process]:
        """Give every process that works below the data directory or its folder of sockets."""
        folders = (str(self.home), str((self.home / "run").resolve()))
        found = psutil.process_iter(["name", "cwd"])
        return [
            process
            for process in found
            if process.info["name"] in {"postgres", "valkey-server"} and (process.info["cwd"] or "").startswith(folders)
        ]

    def close(self) -> None:
        for holder in self.holders:
            if holder.process.poll() is None:
                holder.kill()
        for process in self.servers():
            process.kill()
        shutil.rmtree((self.home / "run").resolve(), ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)


def psutil_site() -> Path:
    """Give the folder of the installed packages, which is not the interpreter's own."""
    return Path(psutil.__file__).parents[1]


def ordinary_python() -> str | None:
    """Give an interpreter of this version that every user may run, or None."""
    usual = f"/usr/bin/python3.{sys.version_info.minor}"
    for candidate in (Path(sys.executable).resolve(), Path(usual)):
        if candidate.exists() and all(
            folder.stat().st_mode & stat.S_IXOTH for folder in (candidate, *candidate.parents)
        ):
            return str(candidate)
    return None


def open_house(user: int | None, python: str, name: str = "data") -> Iterator[House]:
    """Give a house in a short folder that every user may walk to."""
    with tempfile.TemporaryDirectory(prefix="billfold-test-") as folder:
        os.chmod(folder, 0o755)  # noqa: S103 - an ordinary user's server must get there.
        data_dir = Path(folder, name)
        data_dir.mkdir(parents=True)
        if user is not None:
            os.chown(data_dir, user, user)
        house = House(data_dir, user, python)
        try:
            yield house
        finally:
            house.close()
