"""Shapes: what each type that a face shows is made of, field by field, in SQL."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from billfold.database.reading.conditions import Condition
from billfold.database.reading.rows import Row, row_class
from billfold.domain.access import Scope, Viewer

Guard = Callable[[Viewer, datetime], Condition]
Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column whose value is made into something else; `convert` may be the name of a function given later."""

    sql: str
    convert: Convert | str


@dataclass(frozen=True, slots=True)
class Embed:
    """An object made of columns of the same table; None where the expression `presence` is not true."""

    shape: "Shape"
    presence: str = ""


@dataclass(frozen=True, slots=True)
class ToOne:
    """Another row, joined as `{r}`; `is_optional` tells that there may be none."""

    target: str
    on: str
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class ToMany:
    """All rows whose `parent` is this row's key, in an order: one statement for all parents.

    `where` is a further condition on them, without values.
    """

    target: str
    parent: str
    order: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class ToPage:
    """A page of a listing for each parent: one lateral statement for all parents."""

    listing: str
    parent: str


Relation = ToOne | ToMany | ToPage


@dataclass(frozen=True, slots=True)
class Shape:
    """One type: its table as `{t}`, its fields, and who may see it.

    `scope` is needed wherever the type is reached; `guard` is a condition that every statement on the table carries.
    """

    type_name: str
    source: str = ""
    columns: Mapping[str, str | Column] = field(default_factory=dict)
    embeds: Mapping[str, Embed] = field(default_factory=dict)
    relations: Mapping[str, Relation] = field(default_factory=dict)
    noun: str = ""
    key: str = "{t}.id"
    key_type: str = "uuid"
    scope: Scope | None = None
    guard: Guard | None = None
    row: type[Row] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "row", row_class(self.type_name))


def identity(noun: str) -> str:
    """Give the SQL of a global id: `<noun>_<uuid>`."""
    return f"'{noun}_' || {{t}}.id"


def instant(column: str) -> str:
    """Give the SQL of an instant as text, in UTC: 2026-10-31T21:00:00.000000Z."""
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def money(amount: str, currency: str, *, presence: str = "") -> Embed:
    """Embed an amount and its currency."""
    return Embed(Shape("Money", columns={"amount": f"({amount})::text", "currency": currency}), presence)


def period(start: str, until: str, *, presence: str = "") -> Embed:
    """Embed a half-open period of days."""
    return Embed(Shape("Period", columns={"from_": f"{start}::text", "until": f"{until}::text"}), presence)
