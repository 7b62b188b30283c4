"""Watching documents: whoever listens reads what was issued or changed; one query a second finds it for all."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from uuid import UUID

from billfold.database.changes import Changes, changes_since, present
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import LimitExceeded
from billfold.services.listening import Round, Seat

# What one listener may have waiting, and reads at once.
MOST_WAITING = 10_000
CHUNK = 100
# So many of this process read at once for all listeners, so that connections are left for those who ask.
_READERS = 2

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source:
    """Where changes are found: from where to look, and what is new since, `most` and one more."""

    present: Callable[[], Awaitable[Changes]] = present
    since: Callable[[str, int], Awaitable[Changes]] = changes_since


class ChangeWatch:
    """Everybody of this process who listens for changed documents. Nothing is read while nobody does."""

    def __init__(
        self, *, every_seconds: float = 1.0, source: Source | None = None, most_waiting: int = MOST_WAITING
    ) -> None:
        self._source = source or Source()
        self._most_waiting = most_waiting
        self._round: Round[_Seat] = Round(self._tell, every_seconds=every_seconds)
        self._until = ""
        self._turns = asyncio.Semaphore(_READERS)

    @property
    def is_reading(self) -> bool:
        """Whether somebody listens, so that the database is read."""
        return self._round.is_going

    async def watch(
        self, viewer: Viewer, read: Callable[[Sequence[UUID]], Awaitable[Sequence[T]]]
    ) -> AsyncGenerator[T, None]:
        """Give what `read` makes of the documents that change from now on, a hundred at a time; never ends.

        A document that changes again before it is read is read once, as it is then. Raises LimitExceeded when too many
        wait to be read.
        """
        viewer.require(Scope.DOCUMENTS_READ)
        if not self._round.is_going:
            first = await self._source.present()
            # Who came meanwhile has begun the round, at a moment that is as good.
            self._until = self._until if self._round.is_going else first.until
        with self._round.take(_Seat(self._most_waiting)) as seat:
            while True:
                ids = await seat.some(CHUNK)
                for document in await self._round.outlast(partial(self._in_turn, ids, read)):
                    yield document

    async def _in_turn(self, ids: Sequence[UUID], read: Callable[[Sequence[UUID]], Awaitable[T]]) -> T:
        async with self._turns:
            return await read(ids)

    async def _tell(self) -> None:
        found = await self._source.since(self._until, self._most_waiting)
        self._until = found.until
        for seat in self._round.seats:
            seat.tell(found.ids)


class _Seat(Seat):
    """One who listens: holds the ids of what changed until they are taken, each once."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most
        # A set that keeps its order.
        self._waiting: dict[UUID, None] = {}

    def tell(self, ids: Iterable[UUID]) -> None:
        self._waiting |= dict.fromkeys(ids)
        if len(self._waiting) > self._most:
            self._waiting.clear()
            self.fail(
                LimitExceeded(
                    f"More than {self._most:,} changed documents wait to be told: query what is wanted anew, "
                    "and subscribe again."
                )
            )
        elif self._waiting:
            self.wake()

    async def some(self, most: int) -> list[UUID]:
        while not self._waiting:
            await self.news()
        taken = list(self._waiting)[:most]
        for id_ in taken:
            del self._waiting[id_]
        return taken
