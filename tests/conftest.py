"""Shared fixtures: real PostgreSQL and Valkey, and a fresh database for each test that asks for one."""

import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest

import billfold
from billfold import bootstrap
from billfold.adapters import embedded
from billfold.adapters.file_store import open_file_store
from billfold.adapters.mailer import open_mailer
from billfold.adapters.queue import SilentBell
from billfold.database import connection
from billfold.domain.access import OPERATOR
from billfold.domain.clock import FixedClock
from billfold.plugin_host import PluginHost, load_plugins
from billfold.rendering.letters import Letters
from billfold.rendering.press import Press
from billfold.services.imports import import_books
from billfold.services.parts import Parts

NOW = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
SAMPLE = Path(billfold.__file__).parent / "sample"


@pytest.fixture(scope="session")
def servers() -> Iterator[embedded.Lease]:
    """PostgreSQL and Valkey for the whole session, in a directory of its own."""
    with TemporaryDirectory(prefix="billfold-tests-") as folder:
        # Started as root, the servers belong to a user of their own, who must get there.
        Path(folder).chmod(0o755)
        with embedded.acquire(Path(folder), embedded.Wanted(database=True, redis=True)) as lease:
            yield lease


@pytest.fixture(scope="session")
def server_url(request: pytest.FixtureRequest) -> str:
    """The PostgreSQL to make databases on: BILLFOLD_TEST_DATABASE_URL, or the embedded one."""
    given = os.environ.get("BILLFOLD_TEST_DATABASE_URL")
    return given or str(request.getfixturevalue("servers").database_url)


@pytest.fixture(scope="session")
def redis_url(request: pytest.FixtureRequest) -> str:
    """The Valkey to ring: BILLFOLD_TEST_REDIS_URL, or the embedded one."""
    given = os.environ.get("BILLFOLD_TEST_REDIS_URL")
    return given or str(request.getfixturevalue("servers").redis_url)


@pytest.fixture(scope="session")
async def template(server_url: str) -> AsyncIterator[str]:
    """A migrated, empty database that every test's own is copied from."""
    name = f"template_{uuid4().hex}"
    await administer(server_url, f'CREATE DATABASE "{name}"')
    await connection.migrate(with_database(server_url, name))
    yield name
    await administer(server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def database_url(server_url: str, template: str) -> AsyncIterator[str]:
    """The URL of a fresh database of this test."""
    name = f"test_{uuid4().hex}"
    await administer(server_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield with_database(server_url, name)
    await administer(server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[str]:
    """A fresh database with Tortoise connected to it; gives its URL."""
    await connection.connect(database_url, pool_size=5)
    yield database_url
    await connection.disconnect()


@pytest.fixture(scope="session")
async def press() -> AsyncIterator[Press]:
    """A warm press with the built-in templates, shared by all tests."""
    async with Press([bootstrap.shipped() / "document_templates"], workers=2) as press:
        yield press


@pytest.fixture
async def parts(database: str, press: Press, data_dir: Path) -> Parts:
    """Real parts on a fresh database: files and mails in the test's data directory, the clock at NOW, no bell."""
    return make_parts(press, data_dir, NOW)


@pytest.fixture
async def books(parts: Parts) -> Parts:
    """The parts, with the sample operator's books imported."""
    await import_books(OPERATOR, SAMPLE)
    return parts


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data directory of this test."""
    return tmp_path / "data"


def with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


async def administer(url: str, statement: str) -> None:
    credentials = connection.tortoise_config(url)["connections"]["default"]["credentials"]
    administrator = await asyncpg.connect(
        **{key: credentials[key] for key in ("host", "port", "user", "password")}, database="postgres"
    )
    try:
        await administrator.execute(statement)
    finally:
        await administrator.close()


@cache
def shipped_plugins() -> PluginHost:
    """Load the built-in plugins, once a process, as Billfold does."""
    return load_plugins([bootstrap.shipped() / "plugins"])


def make_parts(press: Press, data_dir: Path, now: datetime) -> Parts:
    """Give real parts around the press, with the clock at `now` and no bell."""
    return Parts(
        clock=FixedClock(now),
        plugins=shipped_plugins(),
        press=press,
        letters=Letters([bootstrap.shipped() / "document_templates"]),
        files=open_file_store((data_dir / "files").as_uri()),
        mailer=open_mailer(None, data_dir / "mail"),
        bell=SilentBell(),
    )
