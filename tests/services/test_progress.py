"""Watching runs: one reading for all who watch, each change told once, and nothing read when nobody watches."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from uuid import UUID

import pytest

from billfold.database.reading.progress import Progress
from billfold.domain.access import OPERATOR
from billfold.domain.errors import Forbidden, NotFound
from billfold.domain.lifecycle import RunState
from billfold.services.progress import ProgressWatch

ONE, OTHER = UUID(int=1), UUID(int=2)
START = Progress(RunState.RUNNING, total=3, pending=3, issued=0, skipped=0, failed=0, already_issued=0)
MIDDLE = replace(START, pending=1, issued=2)
END = replace(START, state=RunState.DONE, pending=0, issued=3)


class _Books:
    """Stands for the database: what the runs are at, and what was read."""

    def __init__(self) -> None:
        self.found = {ONE: START, OTHER: START}
        self.readings: list[list[UUID]] = []
        self._read: asyncio.Queue[list[UUID]] = asyncio.Queue()
        self.failure: Exception | None = None

    async def read(self, run_ids: Sequence[UUID]) -> Mapping[UUID, Progress]:
        self.readings.append(sorted(run_ids))
        self._read.put_nowait(sorted(run_ids))
        if self.failure is not None:
            raise self.failure
        return {id_: self.found[id_] for id_ in run_ids if id_ in self.found}

    async def next_readings(self, count: int) -> list[list[UUID]]:
        """Wait for readings that nobody has waited for yet."""
        return [await self._read.get() for _ in range(count)]


def _watch(books: _Books) -> ProgressWatch:
    return ProgressWatch(every_seconds=0.001, read=books.read)


async def test_a_run_is_told_at_once_and_at_each_change_until_its_end() -> None:
    books = _Books()
    heard = []

    async with aclosing(_watch(books).watch(OPERATOR, ONE)) as changes:
        async for progress in changes:
            heard.append(progress)
            books.found[ONE] = {START: MIDDLE, MIDDLE: END}.get(progress, END)

    assert heard == [START, MIDDLE, END]


async def test_all_who_watch_share_one_reading_which_ends_with_them() -> None:
    books = _Books()
    watch = _watch(books)
    watched = [watch.watch(OPERATOR, run) for run in (ONE, ONE, OTHER)]
    for each in watched:
        assert await anext(each) == START
    waiting = [asyncio.create_task(anext(each)) for each in watched]
    opened = await books.next_readings(3)
    shared = [reading for reading in await books.next_readings(5) if len(reading) > 1]

    for task, each in zip(waiting, watched, strict=True):
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await each.aclose()
    after = len(books.readings)
    await asyncio.sleep(0.01)

    assert opened == [[ONE], [ONE], [OTHER]]
    assert shared == [[ONE, OTHER]] * 5
    assert not watch.is_reading
    assert len(books.readings) == after


async def test_a_finished_run_is_told_once_and_not_watched() -> None:
    books = _Books()
    books.found[ONE] = replace(END, state=RunState.CANCELLED)
    watch = _watch(books)

    heard = [progress async for progress in watch.watch(OPERATOR, ONE)]

    assert heard == [books.found[ONE]]
    assert books.readings == [[ONE]]
    assert not watch.is_reading


@pytest.mark.parametrize("run_id", [None, UUID(int=3)])
async def test_a_run_that_is_not_there_is_told_as_such(run_id: UUID | None) -> None:
    with pytest.raises(NotFound):
        await anext(_watch(_Books()).watch(OPERATOR, run_id))


async def test_watching_needs_its_scope_before_anything_is_read() -> None:
    books = _Books()

    with pytest.raises(Forbidden):
        await anext(_watch(books).watch(replace(OPERATOR, scopes=frozenset()), ONE))

    assert books.readings == []


async def test_a_database_that_is_away_for_a_moment_loses_nobody_a_change() -> None:
    books = _Books()
    changes = _watch(books).watch(OPERATOR, ONE)
    assert await anext(changes) == START
    books.failure = OSError("away")
    waiting = asyncio.create_task(anext(changes))
    await books.next_readings(4)

    books.found[ONE], books.failure = END, None

    assert await waiting == END
    await changes.aclose()


async def test_a_fault_of_the_reading_is_told_to_all_who_watch() -> None:
    books = _Books()
    watch = _watch(books)
    watched = [watch.watch(OPERATOR, run) for run in (ONE, OTHER)]
    for each in watched:
        await anext(each)

    books.failure = LookupError("broken")
    heard = await asyncio.gather(*(anext(each) for each in watched), return_exceptions=True)

    assert [type(one) for one in heard] == [LookupError, LookupError]
    assert not watch.is_reading
