"""What the command line says of failures around it, and that faults of its own stay tracebacks."""

import errno

import asyncpg
import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from tortoise.exceptions import DBConnectionError, OperationalError

from billfold.cli import application
from billfold.cli.failures import sentence


@pytest.fixture(autouse=True)
def _addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILLFOLD_DATABASE_URL", "postgresql://someone:hush@db.example/books")
    monkeypatch.setenv("BILLFOLD_REDIS_URL", "redis://someone:hush@queue.example:6379/0")


def _raised_from(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed"),
            "PostgreSQL at db.example:5432/books cannot be reached: [Errno 111] Connect call failed.",
        ),
        (TimeoutError(), "PostgreSQL at db.example:5432/books cannot be reached: TimeoutError."),
        (
            asyncpg.InvalidPasswordError('password authentication failed for user "someone"'),
            'PostgreSQL at db.example:5432/books cannot be reached: password authentication failed for user "someone".',
        ),
        (
            _raised_from(DBConnectionError("No."), asyncpg.InvalidCatalogNameError('database "books" does not exist')),
            'PostgreSQL at db.example:5432/books cannot be reached: database "books" does not exist.',
        ),
        (
            _raised_from(OperationalError("No."), asyncpg.UndefinedTableError('relation "staff" does not exist')),
            "PostgreSQL at db.example:5432/books lacks tables of this version, say billfold migrate: "
            'relation "staff" does not exist.',
        ),
        (
            asyncpg.UniqueViolationError("duplicate key\nDETAIL:  Key (email)=(a@x.example) already exists."),
            "PostgreSQL at db.example:5432/books failed: duplicate key.",
        ),
        (
            asyncpg.InterfaceError("connection is closed"),
            "PostgreSQL at db.example:5432/books failed: connection is closed.",
        ),
        (
            RedisConnectionError("Connection refused."),
            "Valkey or Redis at queue.example:6379/0 does not answer as it should: Connection refused.",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "/srv/files"),
            "The machine refused: [Errno 13] Permission denied: '/srv/files'.",
        ),
        (
            OSError(errno.ENOSPC, "No space left on device"),
            "The machine refused: [Errno 28] No space left on device.",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_a_failure_around_is_one_sentence(error: Exception, told: str) -> None:
    assert sentence(error) == told


def test_a_told_failure_ends_the_command_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _fail_with(monkeypatch, RedisConnectionError("[gone]"))

    with pytest.raises(SystemExit) as ended:
        application.main()

    assert ended.value.code == 1
    assert capsys.readouterr().err == (
        "billfold: Valkey or Redis at queue.example:6379/0 does not answer as it should: [gone].\n"
    )


def test_a_fault_of_our_own_stays_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    _fail_with(monkeypatch, KeyError("ours"))

    with pytest.raises(KeyError, match="ours"):
        application.main()


def _fail_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def run() -> None:
        raise error

    monkeypatch.setattr(application, "application", run)
    # The handlers of a command are not wanted in the process of the tests.
    monkeypatch.setattr(application.signal, "signal", lambda *_: None)
