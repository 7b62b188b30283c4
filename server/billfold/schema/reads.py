"""Reads: what resolvers call to read what their field was asked for."""

from collections.abc import Callable
from typing import Any

from billfold.database.reading.conditions import Condition, raw_id, raw_number
from billfold.database.reading.plans import Plan
from billfold.database.reading.rows import Row
from billfold.database.reading.selections import PageRequest, PageSelection, Selection
from billfold.schema.context import Info
from billfold.schema.lookahead import Lookahead


async def read_page(info: Info, listing: str, request: PageRequest) -> Any:
    """Give a page of a listing. Raises Forbidden, or InvalidInput for paging arguments that cannot be."""
    context = info.context
    type_name = context.planner.catalog.listings[listing].shape

    def make(lookahead: Lookahead) -> tuple[Plan, PageSelection]:
        asked = lookahead.page(f"{type_name}Connection", listing)
        return context.planner.plan(type_name, asked.rows), asked

    plan, asked = _planned(info, f"page:{listing}", make)
    return await context.reader.page(plan, listing, asked, request)


async def read_one(info: Info, type_name: str, condition: Condition | None) -> Any:
    """Give the row that fits, or None; no condition fits nothing."""
    plan = _row_plan(info, type_name)
    if condition is None:
        # Who may not read the type is told so, whatever the id.
        plan.require_scopes(info.context.viewer)
        return None
    return await info.context.reader.one(plan, condition)


async def read_many(
    info: Info, type_name: str, condition: Condition, order: str, *, via: tuple[str, str] | None = None
) -> Any:
    """Give all rows that fit, in an order; `via` is the (type, field) between them and the resolved field."""
    return await info.context.reader.many(_row_plan(info, type_name, via), condition, order=order)


def kept_page(row: object, name: str, request: PageRequest) -> Any:
    """Give the page of a list below a row, which was read together with the row."""
    return row.__dict__[request.key(name)]


def by_id(noun: str, text: str) -> Condition | None:
    """Give the condition of a global id; None for one that is malformed or of another noun."""
    key = raw_number(noun, text) if noun == "usage" else raw_id(noun, text)
    return None if key is None else Condition("{t}.id = ?", (key,))


def _row_plan(info: Info, type_name: str, via: tuple[str, str] | None = None) -> Plan:
    planner = info.context.planner
    return _planned(info, f"row:{type_name}", lambda lookahead: planner.plan(type_name, lookahead.row(type_name, via)))


def _planned(info: Info, kind: str, make: Callable[[Lookahead], Any]) -> Any:
    raw, context = info._raw_info, info.context
    variables = context.variables
    if variables is None:
        raise RuntimeError("The executor has not told the variables.")

    def made() -> tuple[Any, frozenset[str]]:
        lookahead = Lookahead(raw, variables)
        return make(lookahead), frozenset(lookahead.used)

    return context.plans.get(kind, raw.field_nodes, variables.coerced.get, made)


async def read_whole(info: Info, type_name: str, order: str) -> list[Row]:
    """Give all rows of a small table with all their columns, read once a request."""
    context, place = info.context, f"whole:{type_name}"
    if place not in context.memo:
        shape = context.planner.catalog.shapes[type_name]
        plan = context.planner.plan(type_name, Selection(fields=set(shape.columns)))
        context.memo[place] = await context.reader.many(plan, Condition("TRUE"), order=order)
    rows: list[Row] = context.memo[place]
    return rows
