"""The database that tests share is as good as a new one."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.database.connecting import open_connection
from tests.databases import SharedDatabase
from tests.factories_rows import add_contract


@pytest.fixture
async def own(server_url: str, template: str) -> AsyncIterator[SharedDatabase]:
    """A database that is shared with nobody."""
    shared = SharedDatabase(server_url, template)
    yield shared
    await shared.drop()


async def test_the_next_test_finds_nothing_of_the_one_before(own: SharedDatabase) -> None:
    url = await own.enter()
    connection = await open_connection(url)
    await add_contract(connection)
    copy = await own.copy()

    await own.leave()

    assert "contracts" in copy.rows
    assert connection.is_closed() or await _is_cut_off(connection)
    assert await own.enter() == url
    assert (await own.copy()).rows == {}
    assert (await own.copy()).sequences == {}


async def test_what_was_copied_is_put_back_with_its_sequences(own: SharedDatabase) -> None:
    connection = await open_connection(await own.enter())
    await add_contract(connection)
    await connection.execute("SELECT setval('audit_events_id_seq', 41)")
    copy = await own.copy()
    await own.leave()

    await own.enter()
    await own.restore(copy)

    assert await own.copy() == copy
    assert copy.sequences == {"public.audit_events_id_seq": 41}


async def test_whoever_changes_its_tables_is_refused(own: SharedDatabase) -> None:
    connection = await open_connection(await own.enter())

    with pytest.raises(asyncpg.RaiseError, match="Tests share this database"):
        await connection.execute("ALTER TABLE contracts DISABLE TRIGGER ALL")
    await connection.execute("CREATE TEMPORARY TABLE staged AS SELECT 1 AS one")

    await connection.close()


async def _is_cut_off(connection: asyncpg.Connection) -> bool:
    try:
        await connection.execute("SELECT 1")
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        return True
    return False
