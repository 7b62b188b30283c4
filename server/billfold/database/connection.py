"""The connection: Tortoise over one asyncpg pool, raw access to it for reads and set-based writes, migrations."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.migrations.api.migrate import migrate as tortoise_migrate
from tortoise.transactions import in_transaction

from billfold.domain.errors import IllegalState, OperatorError, PassingError

APP = "billfold"
# A statement that takes longer is a fault; asyncpg has no limit of its own.
COMMAND_TIMEOUT_SECONDS = 60.0
# Two replicas that migrate at once would trip over each other; any constant will do.
_MIGRATION_LOCK = 0x62696C6C
# The name under which the triggers of 0007 refuse what is dated inside closed books.
_BOOKS_ARE_CLOSED = "books_are_closed"
_SCHEMES = ("postgresql", "postgres", "asyncpg")
_QUERIES = frozenset({"host", "sslmode", "statement_cache_size"})


def tortoise_config(url: str, *, pool_size: int = 10) -> dict[str, Any]:
    """Give Tortoise's configuration for a PostgreSQL URL."""
    credentials = {**_credentials(url), "minsize": 1, "maxsize": pool_size, "command_timeout": COMMAND_TIMEOUT_SECONDS}
    return {
        "connections": {"default": {"engine": "billfold.database.client", "credentials": credentials}},
        "apps": {
            APP: {
                "models": ["billfold.database.models"],
                "default_connection": "default",
                "migrations": "billfold.database.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


def _credentials(url: str) -> dict[str, Any]:
    """Read `postgresql://user:password@host:port/database?host=SOCKET_DIRECTORY&sslmode=require` and the like.

    Raises OperatorError for another scheme or another query.
    """
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if parts.scheme not in _SCHEMES or query.keys() - _QUERIES or not query.get("statement_cache_size", "0").isdigit():
        raise OperatorError(
            "The database URL must be of the form postgresql://user:password@host:5432/billfold?sslmode=require "
            f"(after the question mark: {', '.join(sorted(_QUERIES))}): mend BILLFOLD_DATABASE_URL."
        )
    return {
        "host": query.get("host") or parts.hostname or "localhost",
        "port": parts.port or 5432,
        "user": unquote(parts.username or "postgres"),
        "password": unquote(parts.password) if parts.password else None,
        "database": unquote(parts.path.lstrip("/")) or "billfold",
        **({"ssl": query["sslmode"]} if "sslmode" in query else {}),
        # 0 is for PgBouncer in transaction mode, which knows no prepared statements of a session.
        **({"statement_cache_size": int(query["statement_cache_size"])} if "statement_cache_size" in query else {}),
    }


def address(url: str) -> str:
    """Give where a PostgreSQL URL leads, as host:port/database: without the user and the password."""
    credentials = _credentials(url)
    return f"{credentials['host']}:{credentials['port']}/{credentials['database']}"


# For `tortoise -c billfold.database.connection.DESIGN makemigrations`, which needs no server.
DESIGN = tortoise_config("postgresql://postgres@localhost/billfold")


async def connect(url: str, *, pool_size: int = 10) -> None:
    """Open the pool and make it the process's own. To be paired with `disconnect`."""
    await Tortoise.init(config=tortoise_config(url, pool_size=pool_size), _enable_global_fallback=True)


async def disconnect() -> None:
    """Close the pool."""
    await Tortoise.close_connections()


async def migrate(url: str) -> None:
    """Bring the database to the newest migration. Many replicas may start it at once: one works, the others wait."""
    guard = await asyncpg.connect(**_credentials(url))
    try:
        await guard.execute("SELECT pg_advisory_lock($1)", _MIGRATION_LOCK)
        await tortoise_migrate(config=tortoise_config(url))
    finally:
        await Tortoise.close_connections()
        await guard.close()


def reading() -> AbstractAsyncContextManager[asyncpg.Connection]:
    """Lend one asyncpg connection of the pool for reads; no ORM instance is made on this path."""
    client: Any = get_connection("default")
    # A transaction's client has no pool of its own, and the first to come opens the pool: Tortoise's way serves both.
    pool: asyncpg.Pool | None = getattr(client, "_pool", None)
    lent: AbstractAsyncContextManager[asyncpg.Connection] = pool.acquire() if pool else client.acquire_connection()
    return lent


@asynccontextmanager
async def writing(*, lock_timeout: str = "5s") -> AsyncIterator[asyncpg.Connection]:
    """Open one transaction and lend its asyncpg connection; Tortoise's own writes inside join the transaction.

    Committed at the end of the block, rolled back by any exception. No network, no process and no bell inside. Raises
    IllegalState for a write inside closed books that PostgreSQL refused, such as one that the closing overtook, and
    PassingError where somebody else holds what it waits for.
    """
    try:
        async with in_transaction() as transaction:
            connection: asyncpg.Connection = transaction._connection
            await connection.execute("SELECT set_config('lock_timeout', $1, true)", lock_timeout)
            yield connection
    except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError) as error:
        raise PassingError("Somebody else is writing the same rows: ask again in a moment.") from error
    except asyncpg.IntegrityConstraintViolationError as error:
        if error.constraint_name != _BOOKS_ARE_CLOSED:
            raise
        raise IllegalState(f"{str(error)[:1].upper()}{str(error)[1:]}: take a later day.") from error


@asynccontextmanager
async def steady() -> AsyncIterator[asyncpg.Connection]:
    """Lend a connection of the pool that sees the database as it is now, however long one reads; it cannot write."""
    async with reading() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        yield connection


async def copy_rows(connection: asyncpg.Connection, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Write rows of one shape by COPY, the fastest way in; the keys of the first are the columns."""
    if rows:
        records = [tuple(row.values()) for row in rows]
        await connection.copy_records_to_table(table, records=records, columns=list(rows[0]))
