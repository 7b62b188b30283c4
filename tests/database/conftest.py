"""Fixtures of database tests: a bare connection whose work is rolled back, and a database without a single table."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest

from tests.database.connecting import open_connection


@pytest.fixture(scope="session")
async def shared_connection(server_url: str, template: str) -> AsyncIterator[asyncpg.Connection]:
    """One connection to a migrated database that all tests of the laws share."""
    async with _database(server_url, f' TEMPLATE "{template}"') as url:
        connection = await open_connection(url)
        yield connection
        await connection.close()


@pytest.fixture
async def connection(shared_connection: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """An asyncpg connection inside a transaction of this test, which is rolled back; Tortoise is not there."""
    transaction = shared_connection.transaction()
    await transaction.start()
    yield shared_connection
    await transaction.rollback()


@pytest.fixture
async def empty_database_url(server_url: str) -> AsyncIterator[str]:
    """The URL of a new database, before any migration."""
    async with _database(server_url) as url:
        yield url


@pytest.fixture
async def migrated_database_url(server_url: str, template: str) -> AsyncIterator[str]:
    """The URL of a new database that has been migrated, and may be migrated again."""
    async with _database(server_url, f' TEMPLATE "{template}"') as url:
        yield url


@asynccontextmanager
async def _database(server_url: str, options: str = "") -> AsyncIterator[str]:
    name = f"test_{uuid4().hex}"
    administrator = await open_connection(server_url, database="postgres")
    await administrator.execute(f'CREATE DATABASE "{name}"{options}')
    yield urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    await administrator.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await administrator.close()
