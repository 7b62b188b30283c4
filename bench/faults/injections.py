"""The faults that are brought about while workers work, each at a random moment."""

import asyncio
import signal
import subprocess
from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random

from tests.journeys.own_servers import Fleet, OwnServers

# Longer than the lease of composing, of printing, and of mailing.
_STOPPED_SECONDS = (40.0, 70.0, 130.0)
_BETWEEN_SECONDS = (3.0, 10.0)


class Injector:
    """Brings about one fault after the other, and counts them by kind."""

    def __init__(self, servers: OwnServers, fleet: Fleet, seed: int) -> None:
        self.injected: Counter[str] = Counter()
        self._servers = servers
        self._fleet = fleet
        self._random = Random(seed)
        self._stopped: dict[subprocess.Popen[bytes], asyncio.Task[None]] = {}

    async def inject_for(self, seconds: float) -> None:
        """Inject for so long; at the end everybody goes on."""
        faults: list[tuple[str, int, Callable[[], Awaitable[bool | None]]]] = [
            ("worker killed", 6, self._kill),
            ("worker stopped for longer than a lease", 2, self._stop),
            ("PostgreSQL restarted at once", 3, self._servers.restart_postgres),
            ("Valkey flushed", 3, self._flush),
            ("Valkey killed", 2, self._kill_valkey),
        ]
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while loop.time() < until:
            await asyncio.sleep(self._random.uniform(*_BETWEEN_SECONDS))
            name, _, fault = self._random.choices(faults, [weight for _, weight, _ in faults])[0]
            if await fault() is not False:
                self.injected[name] += 1
        for task in self._stopped.values():
            task.cancel()
        await asyncio.gather(*self._stopped.values(), return_exceptions=True)

    async def _kill(self) -> None:
        at = self._random.randrange(len(self._fleet.running))
        # Whoever is stopped dies as well as another.
        waking = self._stopped.pop(self._fleet.running[at], None)
        if waking is not None:
            waking.cancel()
        await asyncio.to_thread(self._fleet.kill, at)

    async def _stop(self) -> bool:
        awake = [worker for worker in self._fleet.running if worker not in self._stopped]
        # One of them stays, so that the work goes on.
        if len(awake) < 2:
            return False
        worker = self._random.choice(awake)
        worker.send_signal(signal.SIGSTOP)
        self._stopped[worker] = asyncio.create_task(self._wake(worker, self._random.choice(_STOPPED_SECONDS)))
        return True

    async def _wake(self, worker: "subprocess.Popen[bytes]", seconds: float) -> None:
        try:
            await asyncio.sleep(seconds)
        finally:
            worker.send_signal(signal.SIGCONT)
        self._stopped.pop(worker, None)

    async def _flush(self) -> None:
        self._servers.flush_valkey()

    async def _kill_valkey(self) -> None:
        await self._servers.restart_valkey(away_seconds=self._random.uniform(0.0, 10.0))
