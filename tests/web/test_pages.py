"""The home page and the health pages."""

import asyncpg
import pytest

from billfold import __version__
from billfold.web import health
from tests.schema.calling import Faces
from tests.schema.world import World


async def test_home_says_what_runs_here(faces: Faces) -> None:
    told = (await faces.http.get("/")).json()

    assert (told["name"], told["version"]) == ("billfold", __version__)
    assert {"/graphql", "/portal/graphql", "/files/{id}"} <= set(told["paths"])


async def test_home_is_a_page_for_browsers(faces: Faces) -> None:
    response = await faces.http.get("/", headers={"Accept": "text/html,*/*"})

    assert response.headers["content-type"].startswith("text/html")
    assert "/portal/graphql" in response.text


async def test_it_is_ready_when_the_database_answers(world: World, faces: Faces) -> None:
    assert (await faces.http.get("/readyz")).status_code == 200
    assert (await faces.http.get("/livez")).status_code == 200


async def test_it_lives_but_is_not_ready_without_the_database(faces: Faces, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail() -> None:
        raise asyncpg.CannotConnectNowError("down")

    monkeypatch.setattr(health, "ping", fail)

    assert (await faces.http.get("/readyz")).status_code == 503
    assert (await faces.http.get("/livez")).status_code == 200
