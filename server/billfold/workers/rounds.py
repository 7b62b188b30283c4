"""The rounds of a worker: PostgreSQL is the queue of record, and whoever looks into it finds all that is to be done.

A round sweeps. While the bell cannot be heard, the rounds follow each other quickly and do the work themselves.
"""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from functools import partial
from random import Random
from typing import TypeVar

import structlog

from billfold.adapters.queue import SilentBell
from billfold.database.outages import database_time, lacks_tables
from billfold.services.deliveries import deliver_chunk
from billfold.services.generating import compose_chunk
from billfold.services.parts import Parts
from billfold.services.printing import print_chunk, publish_chunk
from billfold.services.working import going_runs, sweep
from billfold.workers.clock_watch import ClockWatch
from billfold.workers.jobs import Bench
from billfold.workers.patience import rest

T = TypeVar("T")

_log = structlog.get_logger()
_ROUND_SECONDS = 20.0
# How soon a bell that has gone silent is noticed, and how often its work is looked for meanwhile.
_LOOK_SECONDS = 1.5
_BUSY_SECONDS = 0.5


class Rounds:
    """The rounds of one worker process; `hears_bell` says whether Redis would tell it of new work."""

    def __init__(self, bench: Bench, stopping: asyncio.Event, hears_bell: Callable[[], Awaitable[bool]]) -> None:
        self._ringing = bench.parts
        # Where nobody hears, ringing would only cost its timeout.
        self._silent = dataclasses.replace(bench.parts, bell=SilentBell())
        self._patience = bench.patience
        self._stopping = stopping
        self._hears_bell = hears_bell
        self._random = Random()  # noqa: S311  # It keeps workers apart, and no secret.
        self._clock_watch = ClockWatch(bench.parts.clock)

    async def begin(self) -> None:
        """Sweep once, at the start.

        Raises what a start is refused for: a wrong password, a database that is not there, one of another version.
        """
        await self._patience.through(database_time)
        try:
            await self._patience.through(partial(sweep, self._ringing))
        except Exception as error:
            if lacks_tables(error):
                raise
            _log.exception("step failed")

    async def keep(self) -> None:
        """Go round until the process is told to stop. Nothing that fails ends it: it is logged, and tried again."""
        loop = asyncio.get_running_loop()
        next_round, was_heard, pause = loop.time() + self._interval(), True, _LOOK_SECONDS
        while not await rest(self._stopping, pause * self._random.uniform(0.8, 1.2)):
            is_heard, pause = bool(await self._do(self._hears_bell)), _LOOK_SECONDS
            if is_heard != was_heard:
                _log.info("bell heard again" if is_heard else "bell not heard, looking for work")
            if not is_heard:
                await self._sweep(self._silent)
                pause = _BUSY_SECONDS if await self._work_off() else _LOOK_SECONDS
            elif loop.time() >= next_round or not was_heard:
                await self._sweep(self._ringing)
                next_round = loop.time() + self._interval()
            was_heard = is_heard

    def _interval(self) -> float:
        # Workers that were started together would all sweep at the same moment.
        return _ROUND_SECONDS * self._random.uniform(0.8, 1.2)

    async def _sweep(self, parts: Parts) -> None:
        await self._do(partial(sweep, parts))
        await self._do(self._clock_watch.look)

    async def _work_off(self) -> int:
        """Compose, print, publish and mail until nothing is left that is free; gives how many pieces it took."""
        took = 0
        while not self._stopping.is_set() and (count := await self._turn()):
            took += count
        return took

    async def _turn(self) -> int:
        """Take a chunk of each kind, so that a long run does not keep the documents of others from the press."""
        parts = self._silent
        composing = [partial(compose_chunk, parts, run_id) for run_id in await self._do(going_runs) or ()]
        steps: list[Callable[[], Awaitable[int]]] = [
            *composing,
            partial(print_chunk, parts),
            partial(publish_chunk, parts),
            partial(deliver_chunk, parts),
        ]
        return sum([await self._do(step) or 0 for step in steps if not self._stopping.is_set()])

    async def _do(self, step: Callable[[], Awaitable[T]]) -> T | None:
        try:
            return await self._patience.through(step)
        except Exception:
            # What one piece of work is brought down by must not keep the worker from the others.
            _log.exception("step failed")
            return None
