"""The reader: runs plans for one viewer at one instant, one statement a level of nesting, never one a row."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any

import asyncpg

from billfold.database.connection import reading
from billfold.database.reading.conditions import Condition
from billfold.database.reading.listings import cursor
from billfold.database.reading.plans import KEY, Catalog, Child, Plan
from billfold.database.reading.queries import PageFrame, Query, Writer
from billfold.database.reading.rows import PageRow, Record, Row, row_class
from billfold.database.reading.selections import PageRequest, PageSelection
from billfold.database.reading.shapes import ToMany, ToPage
from billfold.domain.access import Viewer

_EdgeRow, _PageInfoRow = row_class("Edge"), row_class("PageInfo")


class Reader:
    """Reads what a viewer may see. Its methods raise Forbidden, before any statement, when a scope is missing."""

    def __init__(self, catalog: Catalog, viewer: Viewer, now: datetime) -> None:
        self._catalog = catalog
        self._viewer = viewer
        self._writer = Writer(viewer, now)

    async def one(self, plan: Plan, condition: Condition) -> Row | None:
        """Give the row that fits the condition, or None."""
        if not plan.lists:
            rows = await self.many(plan, condition, limit=1)
            return rows[0] if rows else None
        plan.require_scopes(self._viewer)
        query = self._writer.one(plan, condition)
        async with reading() as connection:
            records = await _fetch(connection, query)
            if not records:
                return None
            row = _with_lists(plan, records[0])
            await self._load_children(connection, plan.later, [row])
        return row

    async def many(self, plan: Plan, condition: Condition, *, order: str = "", limit: int | None = None) -> list[Row]:
        """Give all rows that fit the condition, in an order."""
        plan.require_scopes(self._viewer)
        query = self._writer.rows(plan, condition, order=order, limit=limit)
        async with reading() as connection:
            rows = [plan.make(record) for record in await _fetch(connection, query)]
            await self._load_children(connection, plan.children, rows)
        return rows

    async def page(self, plan: Plan, listing: str, asked: PageSelection, request: PageRequest) -> PageRow:
        """Give a page of a listing: a row with nodes, edges, page_info and total_count, as far as asked for.

        Raises InvalidInput for paging arguments that cannot be.
        """
        plan.require_scopes(self._viewer)
        frame = self._writer.frame(plan, self._catalog.listings[listing], request)
        async with reading() as connection:
            page = _page_of(frame, asked, await _fetch(connection, self._writer.page(frame)))
            await self._load_children(connection, plan.children, page.nodes)
            if asked.wants_total:
                count = self._writer.count(frame)
                page.total_count = await connection.fetchval(count.sql, *count.values)
        return page

    async def _load_children(
        self, connection: asyncpg.Connection, children: Sequence[Child], rows: Sequence[Row]
    ) -> None:
        for child in children if rows else ():
            parents = _parents_of(rows, child.steps)
            if not parents:
                continue
            if isinstance(child.relation, ToMany):
                await self._load_lists(connection, child, child.relation, parents)
            else:
                await self._load_pages(connection, child, child.relation, parents)

    async def _load_lists(
        self, connection: asyncpg.Connection, child: Child, relation: ToMany, parents: dict[Any, list[Row]]
    ) -> None:
        query = self._writer.lists(child.plan, relation, list(parents))
        lists: dict[Any, list[Row]] = {key: [] for key in parents}
        rows = []
        for record in await _fetch(connection, query):
            row = child.plan.make(record)
            rows.append(row)
            lists[record[child.plan.width]].append(row)
        for key, parent in _each(parents):
            setattr(parent, child.attribute, lists[key])
        await self._load_children(connection, child.plan.children, rows)

    async def _load_pages(
        self, connection: asyncpg.Connection, child: Child, relation: ToPage, parents: dict[Any, list[Row]]
    ) -> None:
        asked = child.asked
        frame = self._writer.frame(child.plan, self._catalog.listings[relation.listing], asked.request)
        records: dict[Any, list[Record]] = defaultdict(list)
        for record in await _fetch(connection, self._writer.pages(frame, relation.parent, list(parents))):
            records[record[child.plan.width + 2]].append(record)
        pages = {key: _page_of(frame, asked, records[key]) for key in parents}
        if asked.wants_total:
            query = self._writer.counts(frame, relation.parent, list(parents))
            counts = {record[0]: record[1] for record in await _fetch(connection, query)}
            for key, page in pages.items():
                page.total_count = counts.get(key, 0)
        for key, parent in _each(parents):
            setattr(parent, child.attribute, pages[key])
        below = [row for page in pages.values() for row in page.nodes]
        await self._load_children(connection, child.plan.children, below)


async def _fetch(connection: asyncpg.Connection, query: Query) -> list[Record]:
    return list(await connection.fetch(query.sql, *query.values))


def _with_lists(plan: Plan, record: Record) -> Row:
    row = plan.make(record)
    for at, child in enumerate(plan.lists, plan.width):
        make = child.plan.make
        setattr(row, child.attribute, [make(each) for each in record[at]])
    return row


def _parents_of(rows: Sequence[Row], steps: tuple[str, ...]) -> dict[Any, list[Row]]:
    """Give the rows at the end of the steps by their keys; several rows may be the same thing."""
    parents: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        parent: Row | None = row
        for step in steps:
            parent = None if parent is None else parent.__dict__[step]
        if parent is not None:
            parents[parent.__dict__[KEY]].append(parent)
    return parents


def _each(parents: dict[Any, list[Row]]) -> Iterable[tuple[Any, Row]]:
    return ((key, row) for key, rows in parents.items() for row in rows)


def _page_of(frame: PageFrame, asked: PageSelection, records: Sequence[Record]) -> PageRow:
    """Make a page of records of which the last may be one beyond it."""
    there = frame.there
    has_more, kept = len(records) > there.size, records[: there.size]
    if there.is_backward:
        kept = kept[::-1]
    page = PageRow(nodes=[frame.plan.make(record) for record in kept], total_count=0)
    cursors = _cursors(frame, kept) if asked.wants_cursors else []
    has_beyond = there.position is not None
    page.page_info = _PageInfoRow(
        has_next_page=has_beyond if there.is_backward else has_more,
        has_previous_page=has_more if there.is_backward else has_beyond,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )
    if asked.wants_edges:
        page.edges = [_EdgeRow(node=node, cursor=text) for node, text in zip_longest(page.nodes, cursors)]
    return page


def _cursors(frame: PageFrame, records: Sequence[Record]) -> list[str]:
    at = frame.plan.width
    return [cursor(frame.sorting, record[at], record[at + 1]) for record in records]
