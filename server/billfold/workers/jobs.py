"""The jobs that workers do: parse the ids, call one service; what fails is found by the sweep."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from billfold.services.deliveries import deliver_chunk
from billfold.services.generating import compose_chunk
from billfold.services.parts import Parts
from billfold.services.printing import print_chunk, publish_chunk
from billfold.services.working import sweep

Context = dict[str, Any]


async def compose_run(context: Context, ids: list[str]) -> None:
    """Compose and issue chunk after chunk of the runs, until no contract of theirs is free."""
    for run_id in ids:
        while await compose_chunk(_parts(context), UUID(run_id)):
            pass


async def print_documents(context: Context, ids: list[str]) -> None:
    """Print and store the documents that nobody else holds."""
    while await print_chunk(_parts(context), _uuids(ids)):
        pass


async def publish_documents(context: Context, ids: list[str]) -> None:
    """Publish the documents and set up their deliveries."""
    await publish_chunk(_parts(context), _uuids(ids))


async def deliver(context: Context, ids: list[str]) -> None:
    """Make the deliveries that are due."""
    while await deliver_chunk(_parts(context), _uuids(ids)):
        pass


async def sweep_steps(context: Context) -> None:
    """Ring again for what stands too long."""
    await sweep(_parts(context))


JOBS: tuple[Callable[[Context, list[str]], Awaitable[None]], ...] = (
    compose_run,
    print_documents,
    publish_documents,
    deliver,
)


def _parts(context: Context) -> Parts:
    parts = context["parts"]
    if not isinstance(parts, Parts):
        raise TypeError("The worker was started without its parts.")
    return parts


def _uuids(ids: list[str]) -> list[UUID]:
    return [UUID(id_) for id_ in ids]
