"""Watching documents: each change told, at most once a while; who is slow gets the newest; nothing read for nobody."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from uuid import UUID

import pytest

from billfold.database.changes import Changes
from billfold.domain.access import OPERATOR
from billfold.domain.errors import Forbidden, LimitExceeded
from billfold.services.changes import ChangeWatch, Source

ONE, OTHER, THIRD = (UUID(int=number) for number in (1, 2, 3))


class _Documents:
    """Stands for the database: what has changed, in the order of its looks, and what a document is at."""

    def __init__(self) -> None:
        self.changed: list[UUID] = []
        self.state = "new"
        self.looks: list[str] = []
        self.readings: list[list[UUID]] = []
        self.failures: list[Exception] = []
        self._looked: asyncio.Queue[None] = asyncio.Queue()

    async def present(self) -> Changes:
        return Changes("0")

    async def since(self, until: str, most: int) -> Changes:
        self.looks.append(until)
        self._looked.put_nowait(None)
        if self.failures:
            raise self.failures.pop()
        found, self.changed = self.changed[: most + 1], []
        return Changes(str(len(self.looks)), found)

    async def read(self, ids: Sequence[UUID]) -> list[tuple[UUID, str]]:
        self.readings.append(list(ids))
        return [(id_, self.state) for id_ in ids]

    async def next_looks(self, count: int) -> None:
        """Wait for looks that nobody has waited for yet."""
        for _ in range(count):
            await self._looked.get()


def _watch(documents: _Documents, most_waiting: int = 10_000) -> ChangeWatch:
    source = Source(documents.present, documents.since)
    return ChangeWatch(every_seconds=0.001, source=source, most_waiting=most_waiting)


async def _begun(changes: AsyncGenerator[tuple[UUID, str], None]) -> "asyncio.Task[tuple[UUID, str]]":
    """Listen, and give what is heard first."""
    waiting = asyncio.create_task(anext(changes))
    await asyncio.sleep(0)
    return waiting


async def test_what_changes_is_read_and_told_once_to_each_who_listens() -> None:
    documents = _Documents()
    watch = _watch(documents)
    async with (
        aclosing(watch.watch(OPERATOR, documents.read)) as one,
        aclosing(watch.watch(OPERATOR, documents.read)) as other,
    ):
        first, second = await _begun(one), await _begun(other)
        documents.changed = [ONE, OTHER]

        heard = [await first, await anext(one)]
        also_heard = [await second, await anext(other)]

    assert heard == also_heard == [(ONE, "new"), (OTHER, "new")]
    assert documents.readings == [[ONE, OTHER]] * 2


async def test_looks_go_on_from_one_another_and_end_with_the_last_who_listens() -> None:
    documents = _Documents()
    watch = _watch(documents)
    async with aclosing(watch.watch(OPERATOR, documents.read)) as changes:
        waiting = await _begun(changes)
        await documents.next_looks(3)

        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    count = len(documents.looks)
    await asyncio.sleep(0.01)

    assert documents.looks[:3] == ["0", "1", "2"]
    assert len(documents.looks) == count
    assert not watch.is_reading


async def test_who_is_slow_is_told_the_newest_state_once() -> None:
    documents = _Documents()
    async with aclosing(_watch(documents).watch(OPERATOR, documents.read)) as changes:
        waiting = await _begun(changes)
        documents.changed = [ONE]
        assert await waiting == (ONE, "new")
        for state in ("printed", "published", "paid"):
            documents.changed, documents.state = [OTHER, THIRD], state
            await documents.next_looks(2)

        heard = [await anext(changes), await anext(changes)]

    assert heard == [(OTHER, "paid"), (THIRD, "paid")]
    assert documents.readings == [[ONE], [OTHER, THIRD]]


async def test_many_are_read_a_hundred_at_a_time() -> None:
    documents = _Documents()
    async with aclosing(_watch(documents).watch(OPERATOR, documents.read)) as changes:
        waiting = await _begun(changes)
        documents.changed = [UUID(int=number) for number in range(250)]

        heard = [await waiting, *[await anext(changes) for _ in range(249)]]

    assert [id_.int for id_, _ in heard] == list(range(250))
    assert [len(ids) for ids in documents.readings] == [100, 100, 50]


async def test_when_too_many_wait_the_listening_ends_and_says_what_to_do() -> None:
    documents = _Documents()
    watch = _watch(documents, most_waiting=2)
    async with aclosing(watch.watch(OPERATOR, documents.read)) as changes:
        waiting = await _begun(changes)
        documents.changed = [ONE]
        await waiting
        for changed in ([ONE, OTHER], [OTHER, THIRD]):
            documents.changed = changed
            await documents.next_looks(2)

        with pytest.raises(LimitExceeded, match="query what is wanted anew, and subscribe again"):
            await anext(changes)

    assert documents.readings == [[ONE]]
    assert not watch.is_reading


async def test_listening_needs_its_scope_before_anything_is_looked_at() -> None:
    documents = _Documents()
    watch = _watch(documents)

    with pytest.raises(Forbidden):
        await anext(watch.watch(replace(OPERATOR, scopes=frozenset()), documents.read))

    assert documents.looks == []
    assert not watch.is_reading


async def test_a_database_that_is_away_for_a_moment_loses_nobody_a_change() -> None:
    documents = _Documents()
    away = [OSError("away"), OSError("away")]

    async def read(ids: Sequence[UUID]) -> list[tuple[UUID, str]]:
        if away:
            raise away.pop()
        return await documents.read(ids)

    async with aclosing(_watch(documents).watch(OPERATOR, read)) as changes:
        documents.failures = [OSError("away"), OSError("away")]
        waiting = await _begun(changes)
        documents.changed = [ONE]

        assert await waiting == (ONE, "new")

    assert documents.looks[:3] == ["0", "0", "0"]


async def test_a_fault_of_the_looking_is_told_to_who_listens_and_the_next_begins_anew() -> None:
    documents = _Documents()
    watch = _watch(documents)
    documents.failures = [LookupError("broken")]
    async with aclosing(watch.watch(OPERATOR, documents.read)) as changes:
        with pytest.raises(LookupError):
            await anext(changes)
    async with aclosing(watch.watch(OPERATOR, documents.read)) as changes:
        waiting = await _begun(changes)
        documents.changed = [ONE]

        assert await waiting == (ONE, "new")


async def test_a_fault_of_ones_own_reading_ends_that_listening_alone() -> None:
    documents = _Documents()
    watch = _watch(documents)

    async def read(_ids: Sequence[UUID]) -> list[tuple[UUID, str]]:
        raise LookupError("broken")

    async with (
        aclosing(watch.watch(OPERATOR, read)) as broken,
        aclosing(watch.watch(OPERATOR, documents.read)) as sound,
    ):
        failing, waiting = await _begun(broken), await _begun(sound)
        documents.changed = [ONE]

        assert await waiting == (ONE, "new")
        with pytest.raises(LookupError):
            await failing
