"""What the inputs of commands share: ids and lists are read, keys of repetition told, changed rows read again."""

import dataclasses
from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

import strawberry

from billfold.database.reading.conditions import Condition, raw_id
from billfold.domain.errors import InvalidInput, NotFound
from billfold.schema.context import Info
from billfold.schema.reads import read_one

T = TypeVar("T")

INPUT = strawberry.argument(description="What is asked for.")
KEY = "A key of the caller's: the same key carries the command out once. The header Idempotency-Key does the same."
TYPE = "The document type, by key."


def key_of(noun: str, id_: str, name: str) -> UUID:
    """Read a global id. Raises NotFound, naming the field, for one that is malformed or of another noun."""
    found = raw_id(noun, id_)
    if found is None:
        raise NotFound(f"No {noun} has the id {id_[:80]!r}.", field=name)
    return found


def keys_of(noun: str, ids: Sequence[str] | None, name: str) -> tuple[UUID, ...]:
    """Read a list of global ids; none is empty. Raises NotFound as `key_of` does, InvalidInput as `some` does."""
    return tuple(key_of(noun, id_, name) for id_ in some(ids, name))


def some(values: Sequence[T] | None, name: str) -> Sequence[T]:
    """Give the values of a narrowing; left out, it narrows nothing.

    Raises InvalidInput for an empty list: nobody who selects nothing means everything.
    """
    if values is not None and not values:
        raise InvalidInput(f"The list {name} is empty: name some, or leave it out to mean all.", field=name)
    return values or ()


def idempotency_key(info: Info, given: str | None) -> str | None:
    """Give the key of the input, or else the one of the header."""
    return given or info.context.idempotency_key


def attributes(input: object, *without: str) -> dict[str, object]:
    """Give the fields of an input that the caller gave, null among them, by their names; some are left out."""
    fields = dataclasses.fields(input)  # type: ignore[arg-type]  # Strawberry makes inputs dataclasses.
    given = {each.name: getattr(input, each.name) for each in fields if each.name not in without}
    return {name: value for name, value in given.items() if value is not strawberry.UNSET}


async def changed(info: Info, of: type[T], key: UUID) -> T:
    """Read what a command changed, as the query asks for it. Raises NotFound when it is gone."""
    found = await read_one(info, of, Condition("{t}.id = ?", (key,)))
    if found is None:
        raise NotFound(f"The {of.__name__} is not there any more.")
    return found
