"""Connections: pages of lists after the Relay specification, and the arguments that ask for them."""

from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, Generic, TypeVar

import strawberry
from strawberry import field
from strawberry.types.arguments import convert_arguments

from billfold.database.reading.selections import PageRequest, Sorting

T = TypeVar("T")

First = Annotated[
    int | None, strawberry.argument(description="How many rows from the start: 1 to 100, 20 when left out.")
]
After = Annotated[str | None, strawberry.argument(description="The cursor after which the page starts.")]
Last = Annotated[int | None, strawberry.argument(description="How many rows from the end: 1 to 100.")]
Before = Annotated[str | None, strawberry.argument(description="The cursor before which the page ends.")]
FILTER = strawberry.argument(description="What the rows must fit; all fields given must hold.")
ORDER = strawberry.argument(description="The order of the rows; ties are broken by their ids.")


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool = field(description="Whether rows follow the page.")
    has_previous_page: bool = field(description="Whether rows come before the page, as far as that is known.")
    start_cursor: str | None = field(description="The cursor of the first row; null on an empty page.")
    end_cursor: str | None = field(description="The cursor of the last row; null on an empty page.")


@strawberry.type(description="One row of a page, with its cursor.")
class Edge(Generic[T]):
    cursor: str = field(description="The opaque place of the row in the list, for `after` and `before`.")
    node: T = field(description="The row.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = field(description="The rows with their cursors.")
    nodes: list[T] = field(description="The rows.")
    page_info: PageInfo = field(description="Where the page lies.")
    total_count: int = field(description="The number of rows in the whole list; counted only when asked for.")


@strawberry.enum(description="Which way a list runs: ASC from the smallest on, DESC from the largest.")
class Direction(Enum):
    """Which way a list runs."""

    ASC = "ASC"
    DESC = "DESC"


# first, after, last, before.
Place = tuple[int | None, str | None, int | None, str | None]


def page_request(filter: Any, order_by: Any, place: Place) -> PageRequest:
    """Read the arguments of a list into what the database takes."""
    sorting = None if order_by is None else Sorting(order_by.field.value, order_by.direction is Direction.DESC)
    first, after, last, before = place
    return PageRequest(_filters(filter), sorting, first, after, last, before)


def nested_request(schema: Any, definition: Any, values: Mapping[str, Any]) -> PageRequest:
    """Read the arguments of a list below another type, as they stand in the query, into the same request."""
    converter = schema._strawberry_schema.schema_converter
    own = definition.extensions["strawberry-definition"]
    given = convert_arguments(dict(values), own.arguments, converter.scalar_registry, converter.config)
    place = (given.get("first"), given.get("after"), given.get("last"), given.get("before"))
    return page_request(given.get("filter"), given.get("order_by"), place)


def _filters(given: Any) -> dict[str, Any]:
    fields = {} if given is None else vars(given)
    return {name: _plain(value) for name, value in fields.items() if value is not None}


def _plain(value: Any) -> Any:
    return value.span() if hasattr(value, "span") else value
