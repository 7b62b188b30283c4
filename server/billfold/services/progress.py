"""Watching runs: whoever watches is told of each change, and however many watch, one query a second reads for all."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import UUID

import asyncpg
import structlog

from billfold.database.reading.progress import Progress, progress_of
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import NotFound

_log = structlog.get_logger(__name__)
_PASSING = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)

Read = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, Progress]]]


class ProgressWatch:
    """Everybody of this process who watches a run. Nothing is read while nobody does."""

    def __init__(self, *, every_seconds: float = 1.0, read: Read = progress_of) -> None:
        self._every_seconds = every_seconds
        self._read = read
        self._seats: dict[UUID, set[_Seat]] = {}
        self._reading: asyncio.Task[None] | None = None

    @property
    def is_reading(self) -> bool:
        """Whether somebody watches, so that the database is read."""
        return self._reading is not None

    async def watch(self, viewer: Viewer, run_id: UUID | None) -> AsyncGenerator[Progress, None]:
        """Give the present progress at once, then each newer one; ends with the run. Who is slow gets the newest only.

        Raises NotFound when there is no such run.
        """
        viewer.require(Scope.DOCUMENTS_READ)
        present = None if run_id is None else (await self._read([run_id])).get(run_id)
        if run_id is None or present is None:
            raise NotFound("There is no such run.", field="run")
        yield present
        if present.is_last:
            return
        with self._seat(run_id, present) as seat:
            while not present.is_last:
                present = await seat.newer()
                yield present

    @contextmanager
    def _seat(self, run_id: UUID, known: Progress) -> Iterator["_Seat"]:
        seat = _Seat(known)
        self._seats.setdefault(run_id, set()).add(seat)
        if self._reading is None:
            self._reading = asyncio.create_task(self._read_on())
            self._reading.add_done_callback(self._tell_failure)
        try:
            yield seat
        finally:
            self._seats[run_id].discard(seat)
            if not self._seats[run_id]:
                del self._seats[run_id]
            if not self._seats and self._reading is not None:
                self._reading.cancel()
                self._reading = None

    async def _read_on(self) -> None:
        while True:
            await asyncio.sleep(self._every_seconds)
            try:
                found = await self._read(list(self._seats))
            except _PASSING as error:
                # Those who watch lose nothing: the next reading tells them what this one would have.
                _log.warning("progress not read", error=type(error).__name__)
                continue
            for run_id, progress in found.items():
                for seat in self._seats.get(run_id, ()):
                    seat.tell(progress)

    def _tell_failure(self, task: "asyncio.Task[None]") -> None:
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        self._reading = None
        for seats in self._seats.values():
            for seat in seats:
                seat.fail(error)


class _Seat:
    """One who watches: holds the newest progress until it is taken."""

    def __init__(self, known: Progress) -> None:
        self._newest = known
        self._failure: BaseException | None = None
        self._changed = asyncio.Event()

    def tell(self, progress: Progress) -> None:
        if progress != self._newest:
            self._newest = progress
            self._changed.set()

    def fail(self, error: BaseException) -> None:
        self._failure = error
        self._changed.set()

    async def newer(self) -> Progress:
        await self._changed.wait()
        self._changed.clear()
        if self._failure is not None:
            raise self._failure
        return self._newest
