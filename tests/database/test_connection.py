"""The connection: how a PostgreSQL URL is read."""

from typing import Any

import pytest

from billfold.database.connection import reading, tortoise_config, writing
from billfold.domain.errors import PassingError
from tests.factories_rows import add_contract


def credentials(url: str, pool_size: int = 10) -> dict[str, Any]:
    read: dict[str, Any] = tortoise_config(url, pool_size=pool_size)["connections"]["default"]["credentials"]
    return read


def test_every_part_of_a_url_is_read() -> None:
    assert credentials("postgresql://billing:secret@db.example:6432/books", pool_size=7) == {
        "host": "db.example",
        "port": 6432,
        "user": "billing",
        "password": "secret",
        "database": "books",
        "minsize": 1,
        "maxsize": 7,
        "command_timeout": 60.0,
    }


def test_what_a_url_leaves_out_has_a_default() -> None:
    read = credentials("postgresql://")

    assert (read["host"], read["port"], read["user"], read["password"], read["database"]) == (
        "localhost",
        5432,
        "postgres",
        None,
        "billfold",
    )


def test_the_directory_of_a_socket_is_the_host() -> None:
    read = credentials("postgresql://postgres@/books?host=/run/billfold/postgres")

    assert (read["host"], read["port"], read["database"]) == ("/run/billfold/postgres", 5432, "books")


def test_the_host_of_the_query_wins() -> None:
    read = credentials("postgresql://postgres@localhost:5433/books?host=/tmp/pg")

    assert (read["host"], read["port"]) == ("/tmp/pg", 5433)  # noqa: S108  # The name of a socket's directory only.


@pytest.mark.parametrize(
    ("written", "meant"), [("p%40ss", "p@ss"), ("a%3Ab%2Fc", "a:b/c"), ("%25", "%"), ("%D1%8F", "я"), ("a+b", "a+b")]
)
def test_a_password_may_hold_any_mark(written: str, meant: str) -> None:
    assert credentials(f"postgresql://billing:{written}@localhost/books")["password"] == meant


def test_a_user_may_hold_any_mark() -> None:
    assert credentials("postgresql://billing%40host:x@localhost/books")["user"] == "billing@host"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "asyncpg"])
def test_the_scheme_makes_no_difference(scheme: str) -> None:
    assert credentials(f"{scheme}://billing@localhost/books")["database"] == "books"


def test_times_are_aware_and_in_utc() -> None:
    config = tortoise_config("postgresql://localhost/books")

    assert (config["use_tz"], config["timezone"]) == (True, "UTC")


@pytest.mark.usefixtures("database")
async def test_a_lock_that_somebody_holds_is_waited_for_no_longer_than_told() -> None:
    async with writing() as connection:
        await add_contract(connection)

    async with reading() as other, other.transaction():
        await other.execute("SELECT FROM contracts FOR UPDATE")
        with pytest.raises(PassingError, match="ask again"):
            async with writing(lock_timeout="50ms") as connection:
                await connection.execute("UPDATE contracts SET payment_terms_days = 1")
