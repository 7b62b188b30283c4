"""Outages: what means that PostgreSQL is away for a while, and what somebody has to mend."""

import asyncio
import errno

import asyncpg
import pytest
from tortoise.backends.asyncpg.client import TransactionWrapper
from tortoise.exceptions import DBConnectionError, OperationalError

from billfold.database.connection import writing
from billfold.database.outages import is_outage, lacks_tables


def wrapped(kind: type[Exception], cause: Exception) -> Exception:
    error = kind(str(cause))
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.CannotConnectNowError("the database system is starting up"),
        asyncpg.AdminShutdownError("terminating connection"),
        asyncpg.CrashShutdownError("terminating connection"),
        asyncpg.TooManyConnectionsError("sorry, too many clients already"),
        asyncpg.DiskFullError("No space left on device"),
        asyncpg.InterfaceError("connection is closed"),
        ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"),
        FileNotFoundError(errno.ENOENT, "No such file or directory"),
        TimeoutError(),
        wrapped(OperationalError, asyncpg.AdminShutdownError("terminating connection")),
    ],
)
def test_a_database_that_is_away_is_waited_for(error: Exception) -> None:
    assert is_outage(error)


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InvalidPasswordError("password authentication failed"),
        asyncpg.InvalidCatalogNameError('database "billfolt" does not exist'),
        wrapped(DBConnectionError, asyncpg.InvalidCatalogNameError('database "billfolt" does not exist')),
        asyncpg.UniqueViolationError("duplicate key"),
        asyncpg.UndefinedTableError('relation "runs" does not exist'),
        FileNotFoundError(errno.ENOENT, "No such file or directory", "/srv/templates"),
        OSError(errno.ENOSPC, "No space left on device"),
        ValueError("a fault of ours"),
    ],
)
def test_what_somebody_has_to_mend_is_not_waited_for(error: Exception) -> None:
    assert not is_outage(error)


async def test_a_transaction_that_cannot_begin_gives_its_connection_back(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_client: TransactionWrapper) -> None:
        raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")

    with monkeypatch.context() as patched:
        patched.setattr(TransactionWrapper, "begin", broken)
        # More often than the pool has connections.
        for _ in range(6):
            with pytest.raises(asyncpg.ConnectionDoesNotExistError):
                async with writing():
                    pass

    async with asyncio.timeout(5), writing() as connection:
        assert await connection.fetchval("SELECT 1") == 1


async def test_a_transaction_whose_connection_dies_gives_it_back(database: str) -> None:
    for _ in range(6):
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
            async with writing() as connection:
                await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    async with asyncio.timeout(5), writing() as connection:
        assert await connection.fetchval("SELECT 1") == 1


def test_a_database_that_was_not_migrated_is_told_apart() -> None:
    assert lacks_tables(wrapped(OperationalError, asyncpg.UndefinedTableError('relation "runs" does not exist')))
    assert not lacks_tables(asyncpg.UniqueViolationError("duplicate key"))
