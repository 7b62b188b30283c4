"""Queries: writes the statements of plans, for one viewer at one instant. It runs nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from billfold.database.reading.conditions import Condition, Statement
from billfold.database.reading.listings import Listing, Order, Window, window
from billfold.database.reading.plans import Child, Plan
from billfold.database.reading.selections import PageRequest, Sorting
from billfold.database.reading.shapes import ToMany
from billfold.domain.access import Viewer


@dataclass(frozen=True, slots=True)
class Query:
    """A statement with its values, ready to run."""

    sql: str
    values: list[object]


@dataclass(frozen=True, slots=True)
class PageFrame:
    """A page of a listing as it was asked for: its order, its place, and the conditions on its rows."""

    plan: Plan
    sorting: Sorting
    order: Order
    there: Window
    conditions: tuple[Condition, ...]


class Writer:
    """Writes statements for a viewer. The first column of a record is that of the plan; what is added comes last."""

    def __init__(self, viewer: Viewer, now: datetime) -> None:
        self.viewer = viewer
        self.now = now

    def guarded(self, plan: Plan, conditions: Sequence[Condition]) -> tuple[Condition, ...]:
        """Put the guard of the plan's own table before the conditions."""
        guard = plan.shape.guard
        return (*conditions,) if guard is None else (guard(self.viewer, self.now), *conditions)

    def frame(self, plan: Plan, listing: Listing, request: PageRequest) -> PageFrame:
        """Read the arguments of a page. Raises InvalidInput, naming the argument."""
        sorting = request.sorting or listing.default
        order = listing.orders[sorting.by]
        there = window(request, sorting, order, plan.shape.key_type)
        return PageFrame(plan, sorting, order, there, self.guarded(plan, listing.conditions(request)))

    def rows(self, plan: Plan, condition: Condition, *, order: str = "", limit: int | None = None) -> Query:
        """Write the reading of all rows that fit a condition."""
        statement = Statement(self.now)
        rest = statement.conditions(self.guarded(plan, [condition]), "t0")
        rest += f" ORDER BY {_of_root(order)}" if order else ""
        rest += f" LIMIT {limit}" if limit else ""
        return Query(self._select(plan, statement, rest), statement.values)

    def one(self, plan: Plan, condition: Condition) -> Query:
        """Write the reading of one row that fits; the last columns are the records of its plain lists, in order."""
        statement = Statement(self.now)
        row = self._select(plan, statement, f"{statement.conditions(self.guarded(plan, [condition]), 't0')} LIMIT 1")
        lists = "".join(f", ARRAY({self._own_list(child, statement)})" for child in plan.lists)
        return Query(f"SELECT x.*{lists} FROM ({row}) x({plan.names})", statement.values)

    def lists(self, plan: Plan, relation: ToMany, parents: Sequence[object]) -> Query:
        """Write the reading of the lists of many parents at once; the last column is the parent."""
        statement = Statement(self.now)
        conditions = [_of_parents(relation.parent, parents), *_narrowing(relation)]
        where = statement.conditions(self.guarded(plan, conditions), "t0")
        rest = f"{where} ORDER BY {_of_root(relation.order)}"
        return Query(self._select(plan, statement, rest, _of_root(relation.parent)), statement.values)

    def page(self, frame: PageFrame) -> Query:
        """Write the reading of a page and one row beyond; the last columns are the sorting value and the key."""
        statement = Statement(self.now)
        return Query(self._page(frame, statement, statement.conditions(frame.conditions, "t0")), statement.values)

    def pages(self, frame: PageFrame, parent: str, parents: Sequence[object]) -> Query:
        """Write the reading of the same page for many parents; the parent is one more last column."""
        statement = Statement(self.now)
        marks = statement.value(parents)
        where = f"{_of_root(parent)} = p.id AND {statement.conditions(frame.conditions, 't0')}"
        page = self._page(frame, statement, where)
        way = _way(frame)
        sql = (
            f"SELECT x.*, p.id FROM unnest({marks}::uuid[]) WITH ORDINALITY AS p(id, n)"
            f" CROSS JOIN LATERAL ({page}) x ORDER BY p.n, x.sorting_value {way}, x.sorting_key {way}"
        )
        return Query(sql, statement.values)

    def count(self, frame: PageFrame) -> Query:
        """Write the count of all rows of the listing."""
        statement = Statement(self.now)
        where = statement.conditions(frame.conditions, "t0")
        return Query(f"SELECT count(*) FROM {_source(frame.plan)} WHERE {where}", statement.values)

    def counts(self, frame: PageFrame, parent: str, parents: Sequence[object]) -> Query:
        """Write the counts for many parents: records of (parent, count), none for zero."""
        statement = Statement(self.now)
        where = statement.conditions([_of_parents(parent, parents), *frame.conditions], "t0")
        sql = f"SELECT {_of_root(parent)}, count(*) FROM {_source(frame.plan)} WHERE {where} GROUP BY 1"
        return Query(sql, statement.values)

    def _own_list(self, child: Child, statement: Statement) -> str:
        parent = f"{_of_root(child.relation.parent)} = x.c{child.key}"
        narrowing = _narrowing(child.relation) if isinstance(child.relation, ToMany) else []
        where = f"{parent} AND {statement.conditions(self.guarded(child.plan, narrowing), 't0')}"
        order = f" ORDER BY {_of_root(child.relation.order)}" if isinstance(child.relation, ToMany) else ""
        columns = statement.text(child.plan.columns) or "1"
        return f"SELECT ROW({columns}) FROM {self._tables(child.plan, statement)} WHERE {where}{order}"

    def _select(self, plan: Plan, statement: Statement, rest: str, extra: str = "") -> str:
        listed = ", ".join(part for part in (statement.text(plan.columns), extra) if part) or "1"
        return f"SELECT {listed} FROM {self._tables(plan, statement)} WHERE {rest}"

    def _tables(self, plan: Plan, statement: Statement) -> str:
        if plan.tables is not None:
            return plan.tables
        return _source(plan) + "".join(self._join(plan, statement, index) for index in range(len(plan.joins)))

    def _join(self, plan: Plan, statement: Statement, index: int) -> str:
        join = plan.joins[index]
        if join.guard is None:
            return f" LEFT JOIN {join.sql}"
        return f" LEFT JOIN {join.sql} AND ({statement.condition(join.guard(self.viewer, self.now), join.alias)})"

    def _page(self, frame: PageFrame, statement: Statement, where: str) -> str:
        value, key = _of_root(frame.order.sql), _of_root(frame.plan.shape.key)
        is_descending = _way(frame) == "DESC"
        for position, is_below in ((frame.there.position, is_descending), (frame.there.until, not is_descending)):
            if position is not None:
                low = f"{statement.value(position[0])}::{frame.order.type}"
                bound = f"{low}, {statement.value(position[1])}::{frame.plan.shape.key_type}"
                where += f" AND ({value}, {key}) {'<' if is_below else '>'} ({bound})"
        way = _way(frame)
        rest = f"{where} ORDER BY {value} {way}, {key} {way} LIMIT {frame.there.size + 1}"
        return self._select(frame.plan, statement, rest, f"{value} AS sorting_value, {key} AS sorting_key")


def _of_parents(parent: str, parents: Sequence[object]) -> Condition:
    if len(parents) == 1:
        # Planning and running an array of one costs PostgreSQL twice as much.
        return Condition(f"{parent} = ?", (parents[0],))
    return Condition(f"{parent} = ANY(?::uuid[])", (parents,))


def _narrowing(relation: ToMany) -> list[Condition]:
    return [Condition(relation.where)] if relation.where else []


def _way(frame: PageFrame) -> str:
    return "DESC" if frame.sorting.is_descending != frame.there.is_backward else "ASC"


def _of_root(sql: str) -> str:
    return sql.replace("{t}", "t0")


def _source(plan: Plan) -> str:
    return _of_root(plan.shape.source)
