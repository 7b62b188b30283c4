"""PostgreSQL and Valkey of one test, which may be killed, and worker processes, which may be killed too."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from redis import Redis

from billfold.adapters import embedded
from tests import stock

_WANTED = embedded.Wanted(database=True, redis=True)
_LEAVE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class OwnServers:
    """Servers below `folder`, at addresses that stay the same over their restarts."""

    folder: Path
    database_url: str
    redis_url: str

    async def restart_postgres(self) -> None:
        """End PostgreSQL as `pg_ctl -m immediate` does, in the middle of whatever it does, and start it again."""
        found = next((self.folder / "data").rglob("postmaster.pid"))
        postmaster = psutil.Process(int(found.read_text().split()[0]))
        postmaster.send_signal(signal.SIGQUIT)
        await asyncio.to_thread(self._revive, postmaster)

    async def restart_valkey(self, away_seconds: float = 0.0) -> None:
        """Kill Valkey, and start an empty one after a while."""
        with Redis.from_url(self.redis_url) as client:
            valkey = psutil.Process(client.info("server")["process_id"])
        valkey.kill()
        await asyncio.sleep(away_seconds)
        await asyncio.to_thread(self._revive, valkey)

    def flush_valkey(self) -> None:
        """Forget all jobs that were rung."""
        with Redis.from_url(self.redis_url) as client:
            client.flushall()

    def _revive(self, dying: psutil.Process) -> None:
        while dying.is_running() and dying.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.02)
        # The lease of the block below is held all the while, so this one stops nothing when it goes.
        embedded.acquire(self.folder / "data", _WANTED).release()


@contextmanager
def own_servers() -> Iterator[OwnServers]:
    """Start servers with a migrated database in a new directory; stop them and remove it at the end."""
    with stock.folder_for_servers("billfold-faults-") as folder:
        stock.put_migrated(folder / "data")
        with embedded.acquire(folder / "data", _WANTED) as lease:
            assert lease.database_url is not None
            assert lease.redis_url is not None
            yield OwnServers(folder, lease.database_url, lease.redis_url)


@dataclass(slots=True)
class Fleet:
    """Worker processes on the same servers, all of whose output goes to one log."""

    log: Path
    command: tuple[str, ...]
    variables: Mapping[str, str]
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(self) -> None:
        """Start one more."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("BILLFOLD_")}
        with self.log.open("ab") as log:
            self.running.append(
                subprocess.Popen([sys.executable, *self.command], env={**own, **self.variables}, stdout=log, stderr=log)
            )

    def kill(self, at: int) -> None:
        """Kill one without a word, and start another in its place."""
        victim = self.running.pop(at)
        victim.kill()
        victim.wait()
        self.start()

    def stop(self) -> list[int]:
        """Tell all to stop, and give their exit codes."""
        for worker in self.running:
            worker.terminate()
        codes = []
        for worker in self.running:
            try:
                codes.append(worker.wait(_LEAVE_SECONDS))
            except subprocess.TimeoutExpired:
                worker.kill()
                codes.append(worker.wait())
        self.running.clear()
        return codes
