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
        if self.converters or self.parts:
            return self._of_parts()
        return self._of_one_column() if len(self.names) == 1 else self._of_columns()

    def _of_one_column(self) -> Make:
        row, (name,), start, new = self.row, self.names, self.start, self.row.__new__

        def make(record: Record) -> Row:
            made = new(row)
            made.__dict__ = {name: record[start]}
            return made

        return make

    def _of_columns(self) -> Make:
        row, names, start, stop = self.row, self.names, self.start, self.start + len(self.names)
        new = row.__new__

        def make(record: Record) -> Row:
            made = new(row)
            made.__dict__ = dict(zip(names, record[start:stop], strict=True))
            return made

        return make

    def _of_parts(self) -> Make:
        row, names, start, stop = self.row, self.names, self.start, self.start + len(self.names)
        converters, new = self.converters, self.row.__new__
        parts = [(part.name, part.make, part.presence) for part in self.parts]

        def make(record: Record) -> Row:
            attributes: dict[str, Any] = dict(zip(names, record[start:stop], strict=True))
            for name, convert in converters:
                value = attributes[name]
                attributes[name] = None if value is None else convert(value)
            for name, make_part, presence in parts:
                attributes[name] = make_part(record) if presence is None or record[presence] else None
            made = new(row)
            made.__dict__ = attributes
            return made

        return make
