"""A filled database that all reading tests share, and callers of its faces."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from billfold import bootstrap
from billfold.adapters.file_store import open_file_store
from billfold.adapters.mailer import open_mailer
from billfold.adapters.queue import SilentBell
from billfold.database import connection
from billfold.domain.access import Role
from billfold.domain.clock import FixedClock
from billfold.plugin_host import load_plugins
from billfold.rendering.letters import Letters
from billfold.rendering.press import Press
from billfold.services.parts import Parts
from tests.conftest import _administer, _with_database
from tests.schema.calling import Caller, Faces, open_http
from tests.schema.world import NOW, World, fill


@pytest.fixture(scope="session")
async def filled(server_url: str, template: str) -> AsyncIterator[World]:
    """The filled world; tests only read from it."""
    name = f"world_{uuid4().hex}"
    await _administer(server_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    url = _with_database(server_url, name)
    credentials = connection.tortoise_config(url)["connections"]["default"]["credentials"]
    own = await asyncpg.connect(**{key: credentials[key] for key in ("host", "port", "user", "password", "database")})
    ids = await fill(own)
    await own.close()
    yield World(url, ids)
    await _administer(server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def world(filled: World) -> AsyncIterator[World]:
    """The filled world, connected."""
    await connection.connect(filled.url, pool_size=5)
    yield filled
    await connection.disconnect()


@pytest.fixture
def reading_parts(press: Press, tmp_path: Path) -> Parts:
    """Parts whose clock stands at the world's NOW."""
    return Parts(
        clock=FixedClock(NOW),
        plugins=load_plugins([bootstrap.shipped() / "plugins"]),
        press=press,
        letters=Letters([bootstrap.shipped() / "document_templates"]),
        files=open_file_store((tmp_path / "files").as_uri()),
        mailer=open_mailer(None, tmp_path / "mail"),
        bell=SilentBell(),
    )


@pytest.fixture
async def faces(reading_parts: Parts) -> AsyncIterator[Faces]:
    """Callers on the filled world."""
    async with open_http(reading_parts) as http:
        yield Faces(reading_parts, http)


@pytest.fixture
async def manager(world: World, faces: Faces) -> Caller:
    """A manager who reads the filled world."""
    return await faces.staff(Role.MANAGER)


@pytest.fixture
async def alfa(world: World, faces: Faces) -> Caller:
    """The client alfa."""
    return await faces.client(world, "alfa")
