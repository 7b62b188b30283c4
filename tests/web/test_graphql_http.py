"""GraphQL over HTTP: strict in what it takes, exact in what it answers, never a 500."""

from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from billfold.app import routes
from billfold.database.reading.queries import Writer
from tests.schema.calling import Caller, Faces
from tests.schema.world import World

QUERY = '{"query": "{ viewer { name } }"}'


async def _post(caller: Caller, body: bytes | str, **headers: str) -> httpx.Response:
    given = {"Authorization": f"Bearer {caller.token}", "Content-Type": "application/json", **headers}
    return await caller.http.post(caller.path, content=body, headers=given)


BAD_BODIES: dict[str, bytes] = {
    "empty": b"",
    "null": b"null",
    "number": b"5",
    "string": b'"x"',
    "list": b"[]",
    "batch": f"[{QUERY}]".encode(),
    "cut": b'{"query": "{ viewer',
    "utf-16": QUERY.encode("utf-16"),
    "bad utf-8": b'{"query": "\xff\xfe"}',
    "byte order mark": b"\xef\xbb\xbf" + QUERY.encode(),
    "deep": b'{"variables": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "long number": b'{"query": "{ x }", "variables": {"n": ' + b"9" * 5_000 + b"}}",
    "NaN": b'{"query": "{ x }", "variables": {"n": NaN}}',
    "Infinity": b'{"query": "{ x }", "variables": {"n": -Infinity}}',
    "surrogate": b'{"query": "{ x }", "variables": {"n": "\\ud800"}}',
    "NUL": b'{"query": "{ x }", "variables": {"n": "a\\u0000"}}',
    "NUL in the query": b'{"query": "{ client(code: \\"a\\\\u0000\\") { id } }"}',
    "NUL in braces": b'{"query": "{ client(code: \\"a\\\\u{000}\\") { id } }"}',
    "no query": b"{}",
    "query null": b'{"query": null}',
    "query number": b'{"query": 5}',
    "variables list": b'{"query": "{ x }", "variables": []}',
    "variables text": b'{"query": "{ x }", "variables": "{}"}',
    "name number": b'{"query": "{ x }", "operationName": 5}',
    "extensions list": b'{"query": "{ x }", "extensions": []}',
    "long query": b'{"query": "{ ' + b"x " * 20_000 + b'}"}',
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
async def test_a_bad_body_is_told_as_one(manager: Caller, body: bytes) -> None:
    response = await _post(manager, body)

    assert response.status_code == 400
    assert response.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "content_type", ["text/plain", "x/application/json", "application/jsonx", "multipart/form-data", ""]
)
async def test_only_json_is_taken(manager: Caller, content_type: str) -> None:
    assert (await _post(manager, QUERY, **{"Content-Type": content_type})).status_code == 415


async def test_a_charset_does_no_harm(manager: Caller) -> None:
    assert (await _post(manager, QUERY, **{"Content-Type": "Application/JSON; charset=utf-8"})).status_code == 200


async def test_a_large_body_is_refused_by_its_length_and_by_its_chunks(manager: Caller) -> None:
    async def chunks() -> Any:
        for _ in range(20):
            yield b"x" * 524_288

    declared = await _post(manager, b"x" * 8_388_609)
    sent = await manager.http.post(
        "/graphql", content=chunks(),
        headers={"Authorization": f"Bearer {manager.token}", "Content-Type": "application/json"},
    )  # fmt: skip

    assert (declared.status_code, sent.status_code) == (413, 413)


@pytest.mark.parametrize(
    ("accept", "query", "status", "media_type"),
    [
        ("application/json", "{ viewer { name } }", 200, "application/json"),
        ("*/*", "{ viewer { name } }", 200, "application/json"),
        ("application/json", "{ nonsense }", 200, "application/json"),
        ("application/graphql-response+json", "{ viewer { name } }", 200, "application/graphql-response+json"),
        ("application/graphql-response+json", "{ nonsense }", 400, "application/graphql-response+json"),
        ("application/graphql-response+json", "{", 400, "application/graphql-response+json"),
        ("application/graphql-response+json, application/json;q=0.9", "{ viewer { name } }", 200,
         "application/graphql-response+json"),
    ],
)  # fmt: skip
async def test_the_answer_is_of_the_kind_that_is_accepted(
    manager: Caller, accept: str, query: str, status: int, media_type: str
) -> None:
    response = await manager.http.post(
        "/graphql", json={"query": query}, headers={"Authorization": f"Bearer {manager.token}", "Accept": accept}
    )

    assert (response.status_code, response.headers["content-type"].split(";")[0]) == (status, media_type)
    assert ("data" in response.json()) == ("viewer" in query)


async def test_a_wrong_variable_is_a_refused_request(manager: Caller) -> None:
    response = await manager.http.post(
        "/graphql",
        json={"query": "query($n: Int!) { documents(first: $n) { totalCount } }", "variables": {"n": "x"}},
        headers={"Authorization": f"Bearer {manager.token}", "Accept": "application/graphql-response+json"},
    )

    assert response.status_code == 400
    assert "data" not in response.json()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "GET", "HEAD", "OPTIONS"])
async def test_operations_come_by_post_only(world: World, manager: Caller, method: str) -> None:
    response = await manager.http.request(
        method, "/graphql?query={viewer{name}}", headers={"Authorization": f"Bearer {manager.token}"}
    )

    assert (response.status_code, response.headers["allow"]) == (405, "POST")


async def test_browsers_get_a_page_that_loads_nothing_from_elsewhere(world: World, faces: Faces) -> None:
    response = await faces.http.get("/graphql", headers={"Accept": "text/html"})

    assert response.status_code == 200
    assert "http://" not in response.text
    assert "https://" not in response.text


async def test_the_page_is_off_unless_it_is_asked_for(world: World, faces: Faces) -> None:
    app = Starlette(routes=list(routes(faces.parts)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://billfold.test") as http:
        assert (await http.get("/graphql", headers={"Accept": "text/html"})).status_code == 405


async def test_answers_are_kept_by_nobody(manager: Caller) -> None:
    response = await manager.post("{ viewer { name } }")

    assert response.headers["cache-control"] == "private, no-store"
    assert response.headers["vary"] == "Authorization"


@pytest.mark.parametrize("header", ["", "Basic x", "Bearer", "Bearer ", "bf_x", "Bearer a b"])
async def test_a_header_that_is_no_token_is_refused(world: World, faces: Faces, header: str) -> None:
    response = await faces.http.post("/graphql", content=QUERY, headers={"Authorization": header})

    assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")


async def test_two_tokens_are_none(manager: Caller) -> None:
    headers = [("Authorization", f"Bearer {manager.token}")] * 2 + [("Content-Type", "application/json")]

    assert (await manager.http.post("/graphql", content=QUERY, headers=headers)).status_code == 401


async def test_a_token_in_the_address_is_not_looked_at(manager: Caller) -> None:
    response = await manager.http.post(f"/graphql?access_token={manager.token}", content=QUERY)

    assert response.status_code == 401


async def test_errors_of_the_database_are_masked(manager: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Writer, "_select", lambda *_args, **_kwargs: "SELECT secret_table")

    response = await manager.post("{ documents { nodes { id } } }")

    assert response.status_code == 200
    assert "secret_table" not in response.text
    assert response.json()["errors"][0]["extensions"]["code"] == "INTERNAL"


async def test_strange_texts_are_only_texts(manager: Caller) -> None:
    for text in (
        "'; DROP TABLE documents; --",
        "\u202e",
        "a\u0301" * 100,
        "\U0001f600",
        "$1",
        "{t}",
        "?",
        "{now}",
        "\\",
    ):
        query = """query($s: String) { clients(filter: {search: $s}) { totalCount }
          documents(filter: {search: $s, number: $s}) { totalCount } }"""

        assert await manager.data(query, s=text) == {"clients": {"totalCount": 0}, "documents": {"totalCount": 0}}
