"""A filled database that all reading tests share, and callers of its faces."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from billfold.database import connection
from billfold.domain.access import Role
from billfold.rendering.press import Press
from billfold.services.parts import Parts
from tests.conftest import administer, make_parts, with_database
from tests.schema.calling import Caller, Faces, open_http
from tests.schema.world import NOW, World, fill


@pytest.fixture(scope="session")
async def filled(server_url: str, template: str) -> AsyncIterator[World]:
    """The filled world; tests only read from it."""
    name = f"world_{uuid4().hex}"
    await administer(server_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    url = with_database(server_url, name)
    credentials = connection.tortoise_config(url)["connections"]["default"]["credentials"]
    own = await asyncpg.connect(**{key: credentials[key] for key in ("host", "port", "user", "password", "database")})
    ids = await fill(own)
    await own.close()
    yield World(url, ids)
    await administer(server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def world(filled: World) -> AsyncIterator[World]:
    """The filled world, connected."""
    await connection.connect(filled.url, pool_size=5)
    yield filled
    await connection.disconnect()


@pytest.fixture
def reading_parts(press: Press, tmp_path: Path) -> Parts:
    """Parts whose clock stands at the world's NOW."""
    return make_parts(press, tmp_path, NOW)


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
