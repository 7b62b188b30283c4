"""Databases of tests: one that tests have one after the other, emptied after each, for a new one costs far more.

A test finds it as migrated, just as it would find a new one: no row, no connection of whoever came before, sequences at
their start. What none may do is to change its tables: PostgreSQL refuses that by name.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

from tests.database.connecting import open_connection

# A new one after so many tests: what they deleted is still in its pages, and plans are made by their count.
_TESTS_A_DATABASE = 50
_TRIES = 200
_REFUSE_OTHER_TABLES = """
CREATE FUNCTION refuse_other_tables() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_tag <> 'CREATE TABLE AS' THEN
        RAISE EXCEPTION 'Tests share this database: one that changes its tables makes a database of its own.';
    END IF;
END $$;
CREATE EVENT TRIGGER tables_are_shared ON ddl_command_end EXECUTE FUNCTION refuse_other_tables();
"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_END_OTHERS = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
_SEQUENCES = """
SELECT format('%I.%I', schemaname, sequencename) AS name, last_value FROM pg_sequences WHERE last_value IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Copy:
    """All that a database held: the rows of each table, and how far each sequence had come."""

    rows: dict[str, bytes]
    sequences: dict[str, int]


@dataclass(slots=True)
class SharedDatabase:
    """A database on the server, copied from the template, that one test at a time may fill."""

    server_url: str
    template: str
    _url: str = ""
    _owner: asyncpg.Connection | None = None
    _tables: list[str] = field(default_factory=list)
    _begun: frozenset[str] = frozenset()
    _tests: int = 0
    _may_empty: bool = False

    async def enter(self) -> str:
        """Give the URL of the database, empty. To be asked once a test, and followed by `leave`."""
        if self._owner is None or not self._may_empty or self._tests >= _TESTS_A_DATABASE:
            await self.drop()
            await self._create()
        self._tests += 1
        return self._url

    async def leave(self) -> None:
        """End whatever a test has left running on the database, and delete what it has written."""
        if not self._may_empty:
            return
        if not await self._is_alone():
            await self.drop()
            return
        if filled := await self._filled():
            async with self._without_laws() as owner:
                await owner.execute("".join(f'DELETE FROM "{table}";' for table in filled))  # noqa: S608  # Names of ours.
        for name in await self._sequences():
            await self._connection.execute("SELECT setval($1::text::regclass, 1, false)", name)

    async def copy(self) -> Copy:
        """Give all that the database holds, for `restore`."""
        rows = {}
        for table in await self._filled():
            content = BytesIO()
            await self._connection.copy_from_table(table, output=content, format="binary")
            rows[table] = content.getvalue()
        return Copy(rows, await self._sequences())

    async def restore(self, copy: Copy) -> None:
        """Put what was copied into the empty database."""
        async with self._without_laws() as owner:
            for table, content in copy.rows.items():
                await owner.copy_to_table(table, source=BytesIO(content), format="binary")
        for name, last in copy.sequences.items():
            await self._connection.execute("SELECT setval($1::text::regclass, $2)", name, last)

    async def drop(self) -> None:
        """Remove the database, if there is one."""
        if self._owner is not None:
            await self._owner.close()
            self._owner = None
            await administer(self.server_url, f'DROP DATABASE "{urlsplit(self._url).path[1:]}" WITH (FORCE)')

    async def _create(self) -> None:
        name = f"test_{uuid4().hex}"
        await administer(self.server_url, f'CREATE DATABASE "{name}" TEMPLATE "{self.template}"')
        self._url = with_database(self.server_url, name)
        self._owner = await open_connection(self._url)
        self._tables = [row["tablename"] for row in await self._owner.fetch(_TABLES)]
        self._tables = sorted(set(self._tables) - set(await self._filled()))
        self._begun = frozenset()
        self._begun = frozenset(await self._sequences())
        self._tests = 0
        # Whoever is none may not delete against the laws: each test has a new database then.
        self._may_empty = await self._owner.fetchval("SHOW is_superuser") == "on"
        if self._may_empty:
            await self._owner.execute(_REFUSE_OTHER_TABLES)

    async def _is_alone(self) -> bool:
        """End all other connections; false if somebody keeps coming back, such as a process that a test started."""
        for _ in range(_TRIES):
            if not await self._connection.fetchval(_END_OTHERS):
                return True
            await asyncio.sleep(0.005)
        return False

    @property
    def _connection(self) -> asyncpg.Connection:
        assert self._owner is not None
        return self._owner

    async def _filled(self) -> list[str]:
        """Give the tables that have rows which the template has not."""
        each = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in self._tables)  # noqa: S608  # Ours.
        asked = " UNION ALL ".join(each)
        return [row[0] for row in await self._connection.fetch(asked)]

    async def _sequences(self) -> dict[str, int]:
        """Give how far the sequences have come that the template has not begun."""
        found = await self._connection.fetch(_SEQUENCES)
        return {row["name"]: row["last_value"] for row in found if row["name"] not in self._begun}

    @asynccontextmanager
    async def _without_laws(self) -> AsyncIterator[asyncpg.Connection]:
        """Open a transaction in which no trigger and no foreign key looks."""
        async with self._connection.transaction():
            await self._connection.execute("SET LOCAL session_replication_role = replica")
            yield self._connection


def with_database(url: str, name: str) -> str:
    """Give the URL of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


async def administer(url: str, statement: str) -> None:
    """Run a statement about databases."""
    administrator = await open_connection(url, database="postgres")
    try:
        await administrator.execute(statement)
    finally:
        await administrator.close()
