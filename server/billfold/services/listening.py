"""Listening: who listens sits down, and one reading a while, for all of this process, tells them what is new."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

import structlog

from billfold.database.outages import DATABASE_ERRORS, is_outage

_log = structlog.get_logger(__name__)

T = TypeVar("T")


class Seat:
    """One who listens: sleeps until there is something new for it, or the reading has failed."""

    def __init__(self) -> None:
        self._failure: BaseException | None = None
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Say that there is something new."""
        self._woken.set()

    def fail(self, error: BaseException) -> None:
        """Say that nothing new will come, and why."""
        self._failure = error
        self._woken.set()

    async def news(self) -> None:
        """Wait until it is woken; raises what it has failed with."""
        await self._woken.wait()
        self._woken.clear()
        if self._failure is not None:
            raise self._failure


S = TypeVar("S", bound=Seat)


class Round(Generic[S]):
    """Those who sit, and the task that does `tell` for them, a while apart; it rests while nobody sits.

    While the database is away nobody is told, and nobody loses anything: `tell` is done again. When it fails otherwise,
    all who sit are told so.
    """

    def __init__(self, tell: Callable[[], Awaitable[None]], *, every_seconds: float) -> None:
        self.every_seconds = every_seconds
        self.seats: set[S] = set()
        self._tell = tell
        self._going: asyncio.Task[None] | None = None

    @property
    def is_going(self) -> bool:
        """Whether somebody sits, so that the database is read."""
        return self._going is not None

    @contextmanager
    def take(self, seat: S) -> Iterator[S]:
        """Keep the seat for as long as the block lasts."""
        self.seats.add(seat)
        if self._going is None:
            self._going = asyncio.create_task(self._go())
            self._going.add_done_callback(self._tell_failure)
        try:
            yield seat
        finally:
            self.seats.discard(seat)
            if not self.seats and self._going is not None:
                self._going.cancel()
                self._going = None

    async def outlast(self, read: Callable[[], Awaitable[T]]) -> T:
        """Give what `read` does, which is done again after a while as long as the database is away."""
        while True:
            try:
                return await read()
            except DATABASE_ERRORS as error:
                if not is_outage(error):
                    raise
                _log.warning("not read for those who listen", error=type(error).__name__)
            await asyncio.sleep(self.every_seconds)

    async def _go(self) -> None:
        while True:
            await asyncio.sleep(self.every_seconds)
            await self.outlast(self._tell)

    def _tell_failure(self, task: "asyncio.Task[None]") -> None:
        error = None if task.cancelled() else task.exception()
        if error is None or task is not self._going:
            return
        self._going = None
        for seat in self.seats:
            seat.fail(error)
