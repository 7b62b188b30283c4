"""Lookups: what many rows of a report name, such as their clients, read in one statement and not one a row."""

from asyncio import Lock
from collections.abc import Iterable
from typing import Generic, TypeVar
from uuid import UUID

from billfold.database.reading.conditions import Condition
from billfold.schema.context import Info
from billfold.schema.reads import read_many

T = TypeVar("T")


class Lookup(Generic[T]):
    """The rows of a type with the ids given, which must be there; read when the first is asked for."""

    def __init__(self, of: type[T], ids: Iterable[UUID]) -> None:
        self._of = of
        self._ids = sorted(set(ids))
        self._lock = Lock()
        # By the place in the query, because each place asks for fields of its own.
        self._found: dict[tuple[int, ...], dict[UUID, T]] = {}

    async def get(self, info: Info, key: UUID) -> T:
        """Give one row with what the resolved field asks for. Raises Forbidden as any reading of the type."""
        place = tuple(id(node) for node in info._raw_info.field_nodes)
        async with self._lock:
            if place not in self._found:
                named = Condition("{t}.id = ANY(?::uuid[])", (self._ids,))
                rows = await read_many(info, self._of, named, "{t}.id")
                self._found[place] = dict(zip(self._ids, rows, strict=True))
        return self._found[place][key]
