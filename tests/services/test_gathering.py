"""Gathering: what is asked for at the same moment is done in lots, and each has their own answer."""

import asyncio
from collections.abc import Sequence
from contextvars import ContextVar

import pytest

from billfold.services.gathering import Gathering

asker: ContextVar[int] = ContextVar("asker")


class Counter:
    """Doubles numbers, lot by lot, once it is let go; a negative one is answered with an error."""

    def __init__(self) -> None:
        self.lots: list[list[int]] = []
        self.may_end = asyncio.Event()

    async def work(self, items: Sequence[int]) -> list[int | BaseException]:
        self.lots.append(list(items))
        await self.may_end.wait()
        return [ValueError(f"{item}") if item < 0 else item * 2 for item in items]


async def ask(gathering: Gathering, counter: Counter, items: Sequence[int]) -> list[asyncio.Task[int]]:
    tasks = [asyncio.create_task(gathering.join("key", item, counter.work, apart=item)) for item in items]
    await asyncio.sleep(0)
    return tasks


async def test_who_is_alone_does_not_wait_for_company() -> None:
    counter = Counter()
    counter.may_end.set()

    assert await Gathering().join("key", 3, counter.work, apart=3) == 6

    assert counter.lots == [[3]]


async def test_what_is_asked_meanwhile_is_done_together() -> None:
    gathering, counter = Gathering(most=3), Counter()
    tasks = await ask(gathering, counter, range(7))

    counter.may_end.set()
    answers = await asyncio.gather(*tasks)

    assert answers == [0, 2, 4, 6, 8, 10, 12]
    assert counter.lots == [[0], [1], [2, 3, 4], [5, 6]]


async def test_two_of_one_kind_are_never_in_a_lot() -> None:
    gathering, counter = Gathering(at_once=1), Counter()
    tasks = [asyncio.create_task(gathering.join("key", item, counter.work, apart=item % 2)) for item in range(5)]
    await asyncio.sleep(0)

    counter.may_end.set()
    await asyncio.gather(*tasks)

    assert counter.lots == [[0], [1, 2], [3, 4]]


async def test_each_key_has_lots_of_its_own() -> None:
    gathering, counter = Gathering(at_once=1), Counter()
    tasks = [asyncio.create_task(gathering.join(item % 2, item, counter.work, apart=item)) for item in range(4)]
    await asyncio.sleep(0)

    counter.may_end.set()
    await asyncio.gather(*tasks)

    assert counter.lots == [[0], [1], [2], [3]]


async def test_an_error_is_raised_to_who_has_asked_for_it_alone() -> None:
    gathering, counter = Gathering(at_once=1), Counter()
    tasks = await ask(gathering, counter, [1, -2, 3])

    counter.may_end.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)

    assert [answers[0], answers[2]] == [2, 6]
    assert isinstance(answers[1], ValueError)


async def test_a_lot_that_is_brought_down_is_told_to_all_of_it_and_the_next_goes_on() -> None:
    gathering, lots = Gathering(at_once=1), []

    async def work(items: Sequence[int]) -> list[int | BaseException]:
        lots.append(list(items))
        if len(items) == 2:
            raise ConnectionError("away")
        return list(items)

    tasks = [asyncio.create_task(gathering.join("key", item, work, apart=min(item, 2))) for item in range(4)]
    answers = await asyncio.gather(*tasks, return_exceptions=True)

    assert lots == [[0], [1, 2], [3]]
    assert [answers[0], answers[3]] == [0, 3]
    assert all(isinstance(answer, ConnectionError) for answer in answers[1:3])


async def test_who_gives_up_is_left_out_and_the_others_are_not_held_up() -> None:
    gathering, counter = Gathering(at_once=1), Counter()
    tasks = await ask(gathering, counter, [1, 2, 3])
    tasks[0].cancel()
    tasks[1].cancel()
    await asyncio.sleep(0)

    counter.may_end.set()

    assert await tasks[2] == 6
    assert counter.lots == [[1], [3]]
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]


async def test_a_lot_is_done_in_the_context_of_its_first() -> None:
    gathering, told = Gathering(at_once=1), []

    async def work(items: Sequence[int]) -> list[int | BaseException]:
        told.append((asker.get(), list(items)))
        return list(items)

    async def ask_as(item: int) -> int:
        asker.set(item)
        return await gathering.join("key", item, work, apart=item)

    await asyncio.gather(*(ask_as(item) for item in (1, 2, 3)))

    assert told == [(1, [1]), (2, [2, 3])]
