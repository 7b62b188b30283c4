"""Creating: one row of the books and its event in one transaction, once a key."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from billfold.database.audit import record_event
from billfold.database.connection import writing
from billfold.database.single_rows import has_row, insert_row
from billfold.domain.access import Viewer
from billfold.domain.errors import Conflict, NotFound
from billfold.services.idempotency import Remember, Request, once
from billfold.services.parts import Parts

# Pictures and signatures would only swell the log.
_LONGEST_TOLD = 1_000


@dataclass(frozen=True, slots=True)
class Creation:
    """What is created: its operation and noun in the API, its table and values, and the Conflict when it is there.

    `parents` are rows that must be there, (table, id) by the API's field. `afterwards` writes what hangs on the row.
    `told` are the columns that the log is told, None for all. `besides` is what else was asked for.
    """

    operation: str
    noun: str
    table: str
    values: Mapping[str, object]
    taken: Conflict
    parents: Mapping[str, tuple[str, UUID]] = field(default_factory=dict)
    afterwards: Callable[[asyncpg.Connection, UUID], Awaitable[None]] | None = None
    told: Collection[str] | None = None
    besides: Mapping[str, object] = field(default_factory=dict)


async def create(parts: Parts, viewer: Viewer, creation: Creation, *, idempotency_key: str | None) -> UUID:
    """Write the row, and give its id. Raises NotFound for a parent that is not there, and the creation's Conflict.

    May be repeated with the key: the same request gives the same row.
    """

    async def act(remember: Remember) -> str:
        async with writing() as connection:
            await check_parents(connection, creation.parents)
            id_ = await insert_row(connection, creation.table, creation.values)
            if id_ is None:
                raise creation.taken
            if creation.afterwards is not None:
                await creation.afterwards(connection, id_)
            await record_event(
                connection,
                creation.operation,
                (creation.noun, id_),
                actor=viewer.name,
                now=parts.clock.now(),
                details={**told(creation.values, creation.told), **creation.besides},
            )
            await remember(connection, str(id_))
        return str(id_)

    arguments = {**creation.values, **creation.besides}
    return UUID(await once(viewer, Request(creation.operation, idempotency_key, arguments), act))


async def check_parents(connection: asyncpg.Connection, parents: Mapping[str, tuple[str, UUID]]) -> None:
    """Raise NotFound, naming the API's field, for a row that is not there."""
    for name, (table, id_) in parents.items():
        if not await has_row(connection, table, id_):
            raise NotFound(f"No {name} has this id.", field=name)


def told(values: Mapping[str, object], only: Collection[str] | None = None) -> dict[str, object]:
    """Give values as the log tells them, perhaps only some columns: what is long is only said to be there."""
    return {
        name: value if len(str(value)) <= _LONGEST_TOLD else "(long)"
        for name, value in values.items()
        if only is None or name in only
    }
