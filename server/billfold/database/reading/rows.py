"""Rows: what was read of one thing, as plain attributes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

# An asyncpg record, or anything else that is read by position.
Record = Sequence[Any]
Make = Callable[[Record], "Row"]


class Row:
    """One thing that was read: it has the attributes that were asked for, and no others.

    Rows are made by the hundred in one request, so their attributes are put in place whole.
    """

    __slots__ = ("__dict__",)
    type_name: ClassVar[str] = ""

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)

    def __getattr__(self, name: str) -> Any:
        # Reached only for what was not selected; typed so that resolvers may read attributes.
        raise AttributeError(f"{self.type_name}.{name} was not read")


class PageRow(Row):
    """A page of a list; `edges` and `total_count` are there when they were asked for."""

    __slots__ = ()
    type_name = "Connection"
    nodes: list[Row]
    edges: list[Row]
    page_info: Row
    total_count: int


def row_class(type_name: str) -> type[Row]:
    """Make the class of the rows of a type."""
    return type(f"{type_name}Row", (Row,), {"__slots__": (), "type_name": type_name})


@dataclass(frozen=True, slots=True)
class Part:
    """A row inside a row; it is None when the column at `presence` is false or empty."""

    name: str
    make: Make
    presence: int | None


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the attributes of one row lie in a record: `names` from the column `start` on."""

    row: type[Row]
    names: tuple[str, ...]
    start: int
    converters: tuple[tuple[str, Callable[[Any], Any]], ...] = ()
    parts: tuple[Part, ...] = ()

    def maker(self) -> Make:
        """Give the function that makes the row from a record."""
        row, names, start, stop = self.row, self.names, self.start, self.start + len(self.names)
        converters, parts, new = self.converters, self.parts, self.row.__new__

        def make(record: Record) -> Row:
            made = new(row)
            attributes = made.__dict__
            attributes.update(zip(names, record[start:stop], strict=True))
            for name, convert in converters:
                value = attributes[name]
                attributes[name] = None if value is None else convert(value)
            for part in parts:
                is_there = part.presence is None or record[part.presence]
                attributes[part.name] = part.make(record) if is_there else None
            return made

        return make
