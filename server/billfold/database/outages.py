"""Outages: which errors mean that PostgreSQL is away for a while, and what a worker asks of it before it begins."""

import errno
from datetime import datetime

import asyncpg
from tortoise.exceptions import BaseORMException

from billfold.database.connection import reading

# What may come of asking the database; whether it is an outage, the error itself tells.
DATABASE_ERRORS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, BaseORMException)
_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleSessionTimeoutError,
    # Too many connections, no memory, a full disk: somebody makes room.
    asyncpg.InsufficientResourcesError,
    # What a replica says until it has taken over.
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
_MACHINE_IS_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE)
_OLD_TABLES = (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError)


def is_outage(error: BaseException) -> bool:
    """Say whether the error means that the database is away, and that the same work may succeed when it is back.

    A wrong password, an unknown database and a statement that PostgreSQL refuses are none.
    """
    cause = _cause(error)
    # asyncpg's own complaint about an argument is both of these.
    if isinstance(cause, ValueError):
        return False
    # An error of the machine's files names one; an error of a connection does not.
    if isinstance(cause, OSError):
        return cause.filename is None and cause.errno not in _MACHINE_IS_FULL
    return isinstance(cause, _AWAY)


def lacks_tables(error: BaseException) -> bool:
    """Say whether the database has not been brought to this version's migration."""
    return isinstance(_cause(error), _OLD_TABLES)


async def database_time() -> datetime:
    """Ask the database what time it is; raises whatever keeps it from answering."""
    async with reading() as connection:
        now: datetime = await connection.fetchval("SELECT clock_timestamp()")
        return now


def _cause(error: BaseException) -> BaseException:
    """Give what Tortoise has wrapped."""
    return error.__cause__ if isinstance(error, BaseORMException) and error.__cause__ else error
