"""Staging: rows in bulk go to a temporary table, where their codes are resolved; one statement merges them."""

# Names of tables and columns are the declarations of `books.py`; values only go in by COPY.

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import asyncpg

from billfold.database.books import BookTable, Reference, Refusal
from billfold.domain.errors import Conflict
from billfold.domain.ids import new_id

# A million rows merge within a minute or so; the pool's own limit is meant for requests.
MERGE_TIMEOUT_SECONDS = 1800.0
# Two imports at once would wait for one another's rows; any constant will do.
_IMPORT_LOCK = 0x626F6F6B


@dataclass(frozen=True, slots=True)
class UnresolvedCode:
    """A staged code that stands for no row of a noun, or for several; `line` is the first that has it."""

    line: int
    column: str
    noun: str
    code: str
    matches: int


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two staged rows of one key that say different things; `column` is the first of the key."""

    line: int
    other_line: int
    column: str


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A staged row that would change what is dated before the books were closed."""

    line: int
    closed_until: date


@dataclass(frozen=True, slots=True)
class Merged:
    """How many rows of the table a merge added and changed."""

    added: int
    changed: int


async def take_import_lock(connection: asyncpg.Connection) -> None:
    """Make this the only import until the transaction ends. Raises Conflict when another one is under way."""
    if not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", _IMPORT_LOCK):
        raise Conflict("Another import is under way: start this one again when it has ended.")


class Staging:
    """The temporary table `staged` of one transaction: the given columns of one noun, and each row's line."""

    def __init__(self, connection: asyncpg.Connection, table: BookTable, columns: Sequence[str]) -> None:
        codes = {reference.column for reference in table.references}
        self._connection = connection
        self._table = table
        self._columns = tuple(columns)
        self._own = tuple(name for name in columns if name not in codes and name not in table.extra)

    async def open(self) -> None:
        """Create the table, its columns typed as those of the noun. It goes with the transaction."""
        # A million rows are sorted and joined: what suits requests would spill to the disk.
        await self._connection.execute("SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
        codes = [f"''::text AS {reference.column}" for reference in self._table.references]
        extra = [f"NULL::{kind} AS {name}" for name, kind in self._table.extra.items()]
        columns = ", ".join(["0 AS line", "NULL::uuid AS id", *self._own, *codes, *extra])
        await self._connection.execute(
            f"CREATE TEMPORARY TABLE staged ON COMMIT DROP AS SELECT {columns} FROM {self._table.table} WITH NO DATA"
        )

    async def add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Copy rows in; each is its line and then the values, in the order of the columns."""
        if self._table.has_uuid:
            rows = ((line, new_id(), *values) for line, *values in rows)
        names = ("line", "id", *self._columns) if self._table.has_uuid else ("line", *self._columns)
        await self._connection.copy_records_to_table("staged", records=rows, columns=names)

    async def unresolved(self) -> UnresolvedCode | None:
        """Give the first code that does not stand for exactly one row."""
        await self._connection.execute("ANALYZE staged")
        found = [await self._unresolved(reference) for reference in self._table.references]
        return min((code for code in found if code), key=lambda code: code.line, default=None)

    async def _unresolved(self, reference: Reference) -> UnresolvedCode | None:
        told = reference.told
        row = await self._connection.fetchrow(
            f"""
            SELECT s.line, concat_ws(' ', {", ".join(f"s.{name}" for name in told)}) AS code, count(found.id) AS matches
            FROM (SELECT {", ".join(f"{sql} AS {name}" for name, sql in told.items())}, min(s.line) AS line
                  FROM staged s WHERE {_is_coded(reference)} GROUP BY {", ".join(told.values())}) s
            LEFT JOIN ({reference.lookup}) found ON {" AND ".join(f"found.{name} = s.{name}" for name in told)}
            GROUP BY s.line, 2 HAVING count(found.id) <> 1 ORDER BY s.line LIMIT 1
            """,
            timeout=MERGE_TIMEOUT_SECONDS,
        )
        if row is None:
            return None
        return UnresolvedCode(row["line"], reference.column, reference.noun, row["code"], row["matches"])

    async def contradiction(self) -> Contradiction | None:
        """Give the first two rows that share a key and differ; rows repeated word for word are no contradiction."""
        if not self._table.staged_key:
            return None
        key = ", ".join(self._table.staged_key)
        row = await self._connection.fetchrow(
            f"""
            SELECT max(line) AS line, min(line) AS other_line FROM staged GROUP BY {key}
            HAVING count(DISTINCT ({", ".join(self._columns)})) > 1 ORDER BY line LIMIT 1
            """,
            timeout=MERGE_TIMEOUT_SECONDS,
        )
        return Contradiction(row["line"], row["other_line"], self._table.staged_key[0]) if row else None

    async def closed(self) -> ClosedDay | None:
        """Give the first row that would change something inside closed books."""
        if not self._table.is_closable:
            return None
        same = " AND ".join(f"kept.{name} IS NOT DISTINCT FROM s.{name}" for name in self._own)
        row = await self._connection.fetchrow(
            f"""
            SELECT s.line, e.closed_until FROM staged s JOIN enterprises e ON e.code = s.enterprise
            WHERE s.valid_from < e.closed_until
              AND NOT EXISTS (SELECT FROM {self._table.table} kept WHERE kept.enterprise_id = e.id AND {same})
            ORDER BY s.line LIMIT 1
            """
        )
        return ClosedDay(row["line"], row["closed_until"]) if row else None

    async def refused(self) -> tuple[int, Refusal, object] | None:
        """Give the first row that says what may not be said: its line, by which rule, and what it is told of."""
        for refusal in self._table.refusals:
            row = await self._connection.fetchrow(refusal.query, timeout=MERGE_TIMEOUT_SECONDS)
            if row is not None:
                return row["line"], refusal, row["told"]
        return None

    async def merge(self) -> Merged:
        """Insert the rows that are new, change those that differ, leave the others alone."""
        added = changed = 0
        for statement in self._table.beforehand:
            await self._connection.execute(statement, timeout=MERGE_TIMEOUT_SECONDS)
        for condition in self._table.passes:
            merged = await self._merge(condition)
            added, changed = added + merged.added, changed + merged.changed
        for statement in self._table.afterwards:
            await self._connection.execute(statement, timeout=MERGE_TIMEOUT_SECONDS)
        return Merged(added, changed)

    async def _merge(self, condition: str) -> Merged:
        statement = self._merge_statement(condition)
        if not self._table.is_updated:
            # Only new rows count, and PostgreSQL tells their number by itself: INSERT 0 17.
            status = await self._connection.execute(statement, timeout=MERGE_TIMEOUT_SECONDS)
            return Merged(int(status.rpartition(" ")[2]), 0)
        # A row that the statement inserted has no xmax; one that it updated carries the lock it took on the way.
        row = await self._connection.fetchrow(
            f"""
            WITH merged AS ({statement} RETURNING kept.xmax = 0 AS is_new)
            SELECT count(*) FILTER (WHERE is_new) AS added, count(*) FILTER (WHERE NOT is_new) AS changed FROM merged
            """,
            timeout=MERGE_TIMEOUT_SECONDS,
        )
        return Merged(row["added"], row["changed"])

    def _merge_statement(self, condition: str) -> str:
        table = self._table
        sources = {"id": "s.id"} if table.has_uuid else {}
        sources |= {name: f"s.{name}" for name in self._own}
        sources |= {reference.target: f"{reference.column}_found.id" for reference in table.references}
        sources |= table.computed
        return f"""
            INSERT INTO {table.table} AS kept ({", ".join(sources)})
            SELECT {", ".join(sources.values())} FROM {self._source()} WHERE {condition} ORDER BY s.line
            ON CONFLICT ({", ".join(table.key)}) DO {self._change(tuple(sources))}
        """

    def _source(self) -> str:
        key = ", ".join(self._table.staged_key)
        once = f"(SELECT DISTINCT ON ({key}) * FROM staged ORDER BY {key}, line)" if key else "staged"
        return " ".join([f"{once} s", *(_join(reference) for reference in self._table.references)])

    def _change(self, targets: tuple[str, ...]) -> str:
        if not self._table.is_updated:
            return "NOTHING"
        names = [name for name in targets if name != "id" and name not in self._table.key]
        settings = ", ".join(f"{name} = EXCLUDED.{name}" for name in names)
        differs = " OR ".join(f"kept.{name} IS DISTINCT FROM EXCLUDED.{name}" for name in names)
        return f"UPDATE SET {settings} WHERE {differs} OR {self._table.also_changed}"


def _is_coded(reference: Reference) -> str:
    return f"s.{reference.column} <> ''" if reference.is_optional else "true"


def _join(reference: Reference) -> str:
    found, way = f"{reference.column}_found", "LEFT JOIN" if reference.is_optional else "JOIN"
    matches = " AND ".join(f"{found}.{name} = {sql}" for name, sql in reference.told.items())
    return f"{way} ({reference.lookup}) {found} ON {matches}"
