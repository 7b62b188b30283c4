"""Gathering: what is asked for at the same moment is done together, and each who asks has their own answer."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

# While so many lots of one key are under way, what is asked for waits for the next one.
LOTS_AT_ONCE = 2
MOST_IN_A_LOT = 50

T = TypeVar("T")
R = TypeVar("R")


@dataclass(eq=False, slots=True)
class _Asked(Generic[T, R]):
    """One thing that is asked for, what no other of its lot may share with it, and the answer to come."""

    item: T
    apart: Hashable
    answer: "asyncio.Future[R]"
    context: Context = field(default_factory=copy_context)


@dataclass(slots=True)
class _Line(Generic[T, R]):
    """Who waits for one key, in the order of their asking, and how many lots of it are under way."""

    waiting: list[_Asked[T, R]] = field(default_factory=list)
    under_way: int = 0


class Gathering:
    """Those of this process who ask for something that costs less when it is done for many.

    Nobody waits for company: while little is asked for, each is done at once and alone. `work` does a lot, all of one
    key, and gives the answers in the order of its items; an answer that is an exception is raised to who has asked.
    """

    def __init__(self, *, most: int = MOST_IN_A_LOT, at_once: int = LOTS_AT_ONCE) -> None:
        self._most = most
        self._at_once = at_once
        # Whoever joins for a key says what is asked for and answered there.
        self._lines: dict[Hashable, _Line[Any, Any]] = defaultdict(_Line)
        self._lots: set[asyncio.Task[None]] = set()

    async def join(
        self,
        key: Hashable,
        item: T,
        work: Callable[[Sequence[T]], Awaitable[Sequence[R | BaseException]]],
        *,
        apart: Hashable,
    ) -> R:
        """Give the answer for one item, whose lot holds no other of the same `apart`.

        Who gives up before the lot has begun is left out of it; what has begun is finished.
        """
        asked: _Asked[T, R] = _Asked(item, apart, asyncio.get_running_loop().create_future())
        line = self._lines[key]
        line.waiting.append(asked)
        if line.under_way < self._at_once:
            self._begin(key, line, work)
        return await asked.answer

    def _begin(
        self, key: Hashable, line: _Line[T, R], work: Callable[[Sequence[T]], Awaitable[Sequence[R | BaseException]]]
    ) -> None:
        lot = self._taken(line)
        if not lot:
            if not line.under_way:
                del self._lines[key]
            return
        line.under_way += 1
        # In the context of the first, and never in that of a lot before.
        task = asyncio.create_task(_answered(lot, work), context=lot[0].context)
        self._lots.add(task)

        def go_on(done: "asyncio.Task[None]") -> None:
            self._lots.discard(done)
            line.under_way -= 1
            if not done.cancelled():
                self._begin(key, line, work)

        task.add_done_callback(go_on)

    def _taken(self, line: _Line[T, R]) -> list[_Asked[T, R]]:
        """Take the next lot out of a line: the first who still wait, no two of the same `apart`."""
        lot: dict[Hashable, _Asked[T, R]] = {}
        left: list[_Asked[T, R]] = []
        for asked in line.waiting:
            if asked.answer.done():
                continue
            if len(lot) < self._most and asked.apart not in lot:
                lot[asked.apart] = asked
            else:
                left.append(asked)
        line.waiting = left
        return list(lot.values())


async def _answered(
    lot: Sequence[_Asked[T, R]], work: Callable[[Sequence[T]], Awaitable[Sequence[R | BaseException]]]
) -> None:
    try:
        answers = await work([asked.item for asked in lot])
    except BaseException as error:
        # Whatever it is, those who wait have to know.
        _answer(lot, [error] * len(lot))
        if not isinstance(error, Exception):
            raise
    else:
        _answer(lot, answers)


def _answer(lot: Sequence[_Asked[T, R]], answers: Sequence[R | BaseException]) -> None:
    for asked, answer in zip(lot, answers, strict=True):
        if asked.answer.done():
            continue
        if isinstance(answer, BaseException):
            asked.answer.set_exception(answer)
        else:
            asked.answer.set_result(answer)
