"""The jobs that workers do: parse the ids, call one service; what fails is found by the sweep."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from billfold.services.deliveries import deliver_chunk
from billfold.services.following import ring_followers
from billfold.services.generating import compose_chunk
from billfold.services.parts import Parts
from billfold.services.printing import print_chunk, publish_chunk
from billfold.workers.patience import Patience

Context = dict[str, Any]

# While one chunk is with the press or with PostgreSQL, this process composes the other.
COMPOSES_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Bench:
    """What one worker process works with; arq hands it to each job under the name `bench`."""

    parts: Parts
    patience: Patience


async def compose_run(context: Context, ids: list[str]) -> None:
    """Compose and issue chunk after chunk of the runs, until no contract of theirs is free."""
    bench = _bench(context)
    for run_id in _uuids(ids):
        async with asyncio.TaskGroup() as group:
            composing = [group.create_task(_compose(bench, run_id)) for _ in range(COMPOSES_AT_ONCE)]
        if any(one.result() for one in composing):
            await bench.patience.through(partial(ring_followers, bench.parts, run_id))


async def _compose(bench: Bench, run_id: UUID) -> int:
    took = 0
    while count := await bench.patience.through(partial(compose_chunk, bench.parts, run_id)):
        took += count
    return took


async def print_documents(context: Context, ids: list[str]) -> None:
    """Print and store the documents that nobody else holds."""
    bench, documents = _bench(context), _uuids(ids)
    while await bench.patience.through(partial(print_chunk, bench.parts, documents)):
        pass


async def publish_documents(context: Context, ids: list[str]) -> None:
    """Publish the documents and set up their deliveries."""
    bench = _bench(context)
    await bench.patience.through(partial(publish_chunk, bench.parts, _uuids(ids)))


async def deliver(context: Context, ids: list[str]) -> None:
    """Make the deliveries that are due."""
    bench, deliveries = _bench(context), _uuids(ids)
    while await bench.patience.through(partial(deliver_chunk, bench.parts, deliveries)):
        pass


JOBS: tuple[Callable[[Context, list[str]], Awaitable[None]], ...] = (
    compose_run,
    print_documents,
    publish_documents,
    deliver,
)


def _bench(context: Context) -> Bench:
    bench = context["bench"]
    if not isinstance(bench, Bench):
        raise TypeError("The worker was started without its parts.")
    return bench


def _uuids(ids: list[str]) -> list[UUID]:
    return [UUID(id_) for id_ in ids]
