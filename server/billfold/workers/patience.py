"""Patience: work that is interrupted because the database is away is done again when it is back."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random
from typing import TypeVar

import structlog

from billfold.database.outages import is_outage
from billfold.domain.errors import PassingError

T = TypeVar("T")

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
_log = structlog.get_logger()


class Patience:
    """What all work of one process shares: it is told once that the database is away, and once that it is back."""

    def __init__(self, stopping: asyncio.Event) -> None:
        self._stopping = stopping
        self._random = Random()  # noqa: S311  # It keeps workers apart, and no secret.
        self._is_interrupted = False

    async def through(self, work: Callable[[], Awaitable[T]]) -> T | None:
        """Do the work, again and again while the database is away; it must be such that it may be repeated.

        Gives None when the process is told to stop first. Raises what is no outage.
        """
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                done = await work()
            except Exception as error:
                if not (isinstance(error, PassingError) or is_outage(error)):
                    raise
                self._note(error)
            else:
                self._note_end()
                return done
            # Many workers, each at its own moment: a database that has just come up has enough to do.
            if await rest(self._stopping, pause * self._random.uniform(0.75, 1.0)):
                return None
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _note(self, error: Exception) -> None:
        if not self._is_interrupted:
            self._is_interrupted = True
            _log.warning("work interrupted, trying again", error=type(error).__name__)

    def _note_end(self) -> None:
        if self._is_interrupted:
            self._is_interrupted = False
            _log.info("work goes on")


async def rest(stopping: asyncio.Event, seconds: float) -> bool:
    """Wait for so many seconds, or until the process is told to stop; says whether it is."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)
    return stopping.is_set()
