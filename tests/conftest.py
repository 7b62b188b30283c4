"""Shared fixtures: real PostgreSQL and Valkey, and a fresh database for each test that asks for one."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

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
from tests import stock
from tests.databases import Copy, SharedDatabase, administer, with_database
from tests.stock import SAMPLE

NOW = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


def pytest_configure(config: pytest.Config) -> None:
    """Have one stock for all processes of the run: the first of them begins it, the others are started by that one."""
    if not hasattr(config, "workerinput"):
        begun = ExitStack()
        begun.enter_context(stock.stock(config))
        config.add_cleanup(begun.close)


@pytest.fixture(scope="session")
def servers() -> Iterator[embedded.Lease]:
    """PostgreSQL, with a migrated database, and Valkey for the whole session, in a directory of its own."""
    with stock.folder_for_servers("billfold-tests-") as folder:
        stock.put_migrated(folder / "data")
        with embedded.acquire(folder / "data", embedded.Wanted(database=True, redis=True)) as lease:
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
    """A migrated, empty database that the tests' own are copied from."""
    if "BILLFOLD_TEST_DATABASE_URL" not in os.environ:
        yield urlsplit(server_url).path[1:]
        return
    name = f"template_{uuid4().hex}"
    await administer(server_url, f'CREATE DATABASE "{name}"')
    await connection.migrate(with_database(server_url, name))
    yield name
    await administer(server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
async def shared_database(server_url: str, template: str) -> AsyncIterator[SharedDatabase]:
    """The database that tests have one after the other."""
    shared = SharedDatabase(server_url, template)
    yield shared
    await shared.drop()


@pytest.fixture
async def database_url(shared_database: SharedDatabase) -> AsyncIterator[str]:
    """The URL of a database that is empty, and this test's alone while it runs."""
    yield await shared_database.enter()
    await shared_database.leave()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[str]:
    """An empty database with Tortoise connected to it; gives its URL."""
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
    """Real parts on an empty database: files and mails in the test's data directory, the clock at NOW, no bell."""
    return make_parts(press, data_dir, NOW)


@pytest.fixture
async def books(parts: Parts, shared_database: SharedDatabase, imported: list[Copy]) -> Parts:
    """The parts, with the sample operator's books imported: by the first test that wants them, then copied."""
    if imported:
        await shared_database.restore(imported[0])
    else:
        await import_books(OPERATOR, SAMPLE)
        imported.append(await shared_database.copy())
    return parts


@pytest.fixture(scope="session")
def imported() -> list[Copy]:
    """The sample operator's books as imported, once somebody has."""
    return []


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data directory of this test."""
    return tmp_path / "data"


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
