"""Watching runs: whoever watches is told of each change, and however many watch, one query a second reads for all."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from uuid import UUID

from billfold.database.reading.progress import Progress, progress_of
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import NotFound
from billfold.services.listening import Round, Seat

Read = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, Progress]]]


class ProgressWatch:
    """Everybody of this process who watches a run. Nothing is read while nobody does."""

    def __init__(self, *, every_seconds: float = 1.0, read: Read = progress_of) -> None:
        self._read = read
        self._round: Round[_Seat] = Round(self._tell, every_seconds=every_seconds)

    @property
    def is_reading(self) -> bool:
        """Whether somebody watches, so that the database is read."""
        return self._round.is_going

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
        with self._round.take(_Seat(run_id, present)) as seat:
            while not present.is_last:
                present = await seat.newer()
                yield present

    async def _tell(self) -> None:
        found = await self._read(list({seat.run_id for seat in self._round.seats}))
        for seat in self._round.seats:
            if seat.run_id in found:
                seat.tell(found[seat.run_id])


class _Seat(Seat):
    """One who watches: holds the newest progress until it is taken."""

    def __init__(self, run_id: UUID, known: Progress) -> None:
        super().__init__()
        self.run_id = run_id
        self._newest = known

    def tell(self, progress: Progress) -> None:
        if progress != self._newest:
            self._newest = progress
            self.wake()

    async def newer(self) -> Progress:
        await self.news()
        return self._newest
