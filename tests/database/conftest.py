"""Fixtures of database tests: a bare connection, and a database without a single table."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest

from tests.database.connecting import open_connection


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """One asyncpg connection to a fresh, migrated database; Tortoise is not there."""
    connection = await open_connection(database_url)
    yield connection
    await connection.close()


@pytest.fixture
async def empty_database_url(server_url: str) -> AsyncIterator[str]:
    """The URL of a new database, before any migration."""
    name = f"empty_{uuid4().hex}"
    administrator = await open_connection(server_url, database="postgres")
    await administrator.execute(f'CREATE DATABASE "{name}"')
    yield urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    await administrator.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await administrator.close()
