"""What a command says of a failure that is not the house's own: a setting, a server that is away, a file."""

import errno
from urllib.parse import urlsplit

import asyncpg
from pydantic import ValidationError
from redis.exceptions import RedisError
from tortoise.exceptions import DBConnectionError, OperationalError

from billfold.bootstrap import data_dir
from billfold.database.connection import address
from billfold.domain.errors import BillfoldError
from billfold.settings import Settings

_POSTGRES = (asyncpg.PostgresError, asyncpg.InterfaceError, OperationalError, DBConnectionError)
_UNREACHED = (
    OSError,
    DBConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.TooManyConnectionsError,
)
_OLD_TABLES = (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE)
# Failures of the world around; whatever else comes is a fault of ours, and stays a traceback.
TOLD = (BillfoldError, ValidationError, OSError, RedisError, *_POSTGRES)


def sentence(error: Exception) -> str:
    """Give the sentence for one of `TOLD`: what failed, where and why, without a password."""
    if isinstance(error, BillfoldError):
        return error.message
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"BILLFOLD_{'_'.join(str(part) for part in first['loc']).upper()}: {first['msg']}."
    if isinstance(error, RedisError):
        return f"Valkey or Redis at {_redis()} does not answer as it should: {_reason(error)}."
    # Only PostgreSQL is spoken to without a library that names its own errors.
    if isinstance(error, OSError) and (error.filename is not None or error.errno in _FULL):
        return f"The machine refused: {_reason(error)}."
    return _of_postgres(error)


def _of_postgres(error: Exception) -> str:
    cause = error.__cause__ or error
    if isinstance(cause, _OLD_TABLES):
        return f"PostgreSQL at {_postgres()} lacks tables of this version, say billfold migrate: {_reason(cause)}."
    if isinstance(cause, (*_UNREACHED, asyncpg.InvalidCatalogNameError)):
        return f"PostgreSQL at {_postgres()} cannot be reached: {_reason(cause)}."
    return f"PostgreSQL at {_postgres()} failed: {_reason(cause)}."


def _reason(error: BaseException) -> str:
    # Further lines are PostgreSQL's details, which may hold a row of somebody's.
    lines = str(error).splitlines()
    return (lines[0] if lines else type(error).__name__).rstrip(".")


def _postgres() -> str:
    settings = Settings()
    if settings.database_url is None:
        return str(data_dir(settings) / "embedded")
    return address(settings.database_url.get_secret_value())


def _redis() -> str:
    settings = Settings()
    if settings.redis_url is None:
        return str(data_dir(settings) / "embedded")
    parts = urlsplit(settings.redis_url.get_secret_value())
    return f"{parts.netloc.rpartition('@')[2]}{parts.path}"
