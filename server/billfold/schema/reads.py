"""Reads: what resolvers call to read what their field was asked for.

Rows have the attributes of their GraphQL type that were asked for, and stand for it: hence the casts.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast
from uuid import UUID

from billfold.database.reading.conditions import Condition, every, raw_id, raw_number
from billfold.database.reading.plans import Plan
from billfold.database.reading.selections import PageRequest, PageSelection, Selection
from billfold.schema.connections import Connection
from billfold.schema.context import Info
from billfold.schema.lookahead import Lookahead

T = TypeVar("T")


async def read_page(info: Info, listing: str, of: type[T], request: PageRequest) -> Connection[T]:
    """Give a page of a listing. Raises Forbidden, or InvalidInput for paging arguments that cannot be."""
    context = info.context

    def make(lookahead: Lookahead) -> tuple[Plan, PageSelection]:
        asked = lookahead.page(f"{of.__name__}Connection", listing)
        return context.planner.plan(of.__name__, asked.rows), asked

    plan, asked = _planned(info, f"page:{listing}", make)
    return cast("Connection[T]", await context.reader.page(plan, listing, asked, request))


async def read_one(info: Info, of: type[T], condition: Condition | None) -> T | None:
    """Give the row that fits, or None; no condition fits nothing."""
    plan = _row_plan(info, of)
    if condition is None:
        # Who may not read the type is told so, whatever the id.
        plan.require_scopes(info.context.viewer)
        return None
    return cast("T | None", await info.context.reader.one(plan, condition))


async def read_many(
    info: Info, of: type[T], condition: Condition, order: str, *, via: tuple[str, str] | None = None
) -> list[T]:
    """Give all rows that fit, in an order; `via` is the (type, field) between them and the resolved field."""
    return cast("list[T]", await info.context.reader.many(_row_plan(info, of, via), condition, order=order))


def require_readable(info: Info, of: type) -> None:
    """Raise Forbidden unless the viewer may read all of the type that the resolved field asks for."""
    _row_plan(info, of).require_scopes(info.context.viewer)


async def read_listed(info: Info, listing: str, of: type[T], ids: Sequence[UUID], request: PageRequest) -> list[T]:
    """Give the rows of these ids that a listing would hold for the filters of the request, by id."""
    fitting = info.context.planner.catalog.listings[listing].conditions(request)
    return await read_many(info, of, every([Condition("{t}.id = ANY(?::uuid[])", (ids,)), *fitting]), "{t}.id")


def kept_page(row: object, name: str, request: PageRequest) -> Connection[Any]:
    """Give the page of a list below a row, which was read together with the row."""
    return cast("Connection[Any]", row.__dict__[request.key(name)])


def by_id(noun: str, text: str) -> Condition | None:
    """Give the condition of a global id; None for one that is malformed or of another noun."""
    key = raw_number(noun, text) if noun == "usage" else raw_id(noun, text)
    return None if key is None else Condition("{t}.id = ?", (key,))


def _row_plan(info: Info, of: type, via: tuple[str, str] | None = None) -> Plan:
    planner, name = info.context.planner, of.__name__
    plan: Plan = _planned(info, f"row:{name}", lambda lookahead: planner.plan(name, lookahead.row(name, via)))
    return plan


def _planned(info: Info, kind: str, make: Callable[[Lookahead], Any]) -> Any:
    raw, context = info._raw_info, info.context
    variables = context.variables
    if variables is None:
        raise RuntimeError("The executor has not told the variables.")

    def made() -> tuple[Any, frozenset[str]]:
        lookahead = Lookahead(raw, variables)
        return make(lookahead), frozenset(lookahead.used)

    return context.plans.get(kind, raw.field_nodes, variables.coerced.get, made)


async def read_whole(info: Info, of: type[T], order: str) -> list[T]:
    """Give all rows of a small table with all their columns, read once a request."""
    context, place = info.context, f"whole:{of.__name__}"
    async with context.reading_whole:
        if place in context.memo:
            return cast("list[T]", context.memo[place])
        shape = context.planner.catalog.shapes[of.__name__]
        plan = context.planner.plan(of.__name__, Selection(fields=set(shape.columns)))
        context.memo[place] = await context.reader.many(plan, Condition("TRUE"), order=order)
    return cast("list[T]", context.memo[place])
