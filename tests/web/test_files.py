"""Files: whoever may read the document gets its files; what they may not read is not found."""

from datetime import timedelta
from urllib.parse import unquote

import httpx
import pytest

from billfold.database.connection import reading, writing
from billfold.database.stored_files import NewFile, keep_stored_file
from billfold.domain.access import Role, Scope
from billfold.domain.lifecycle import FileKind
from billfold.web.files import content_disposition
from tests.schema.calling import Caller, Faces
from tests.schema.world import NOW, World

CONTENT = b"%PDF-1.7 "


@pytest.fixture
async def stored(world: World, faces: Faces) -> bytes:
    """The bytes of the file of the document that is open."""
    kept = await faces.parts.files.put(CONTENT)
    async with reading() as connection:
        await connection.execute(
            "UPDATE files SET key = $1, sha256 = $2, size = $3 WHERE name = 'Счёт open.pdf'",
            kept.key, kept.sha256, kept.size,
        )  # fmt: skip
    return CONTENT


async def _get(caller: Caller, file_id: object, **headers: str) -> httpx.Response:
    given = {"Authorization": f"Bearer {caller.token}"} if caller.token else {}
    return await caller.http.get(f"/files/{file_id}", headers={**given, **headers})


async def test_staff_and_the_client_get_the_file(world: World, manager: Caller, alfa: Caller, stored: bytes) -> None:
    for caller in (manager, alfa):
        response = await _get(caller, f"file_{world.ids['open file']}")

        assert (response.status_code, response.content) == (200, stored)
        assert response.headers["content-type"] == "application/pdf"
        assert response.headers["cache-control"] == "private, no-store"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert unquote(response.headers["content-disposition"]).endswith("filename*=UTF-8''Счёт open.pdf")


async def test_the_url_of_a_document_leads_to_its_file(world: World, alfa: Caller, stored: bytes) -> None:
    query = "query($id: ID!) { document(id: $id) { files { url sha256 } } }"
    file = (await alfa.data(query, id=world.gid("document", "open")))["document"]["files"][0]

    response = await alfa.http.get(file["url"], headers={"Authorization": f"Bearer {alfa.token}"})

    assert response.content == stored
    assert response.headers["etag"] == f'"{file["sha256"]}"'


async def test_a_file_is_known_by_its_bare_id_too(world: World, alfa: Caller, stored: bytes) -> None:
    assert (await _get(alfa, world.ids["open file"])).status_code == 200


async def test_an_unchanged_file_is_not_sent_again(world: World, alfa: Caller, stored: bytes) -> None:
    etag = (await _get(alfa, world.ids["open file"])).headers["etag"]

    response = await _get(alfa, world.ids["open file"], **{"If-None-Match": etag})

    assert (response.status_code, response.content) == (304, b"")


@pytest.mark.parametrize(
    "name",
    ["hidden", "staff only", "unpublished", "embargoed", "ruled out", "void early", "draft", "foreign", "by run"],
)
async def test_files_of_unreadable_documents_are_not_found(world: World, alfa: Caller, name: str) -> None:
    hidden = await _get(alfa, f"file_{world.ids[f'{name} file']}")
    missing = await _get(alfa, "file_0192f0c4-0000-7000-8000-000000000000")

    assert hidden.status_code == missing.status_code == 404
    assert hidden.content == missing.content


@pytest.mark.parametrize(
    "id_", ["nonsense", "1", "document_0192f0c4-0000-7000-8000-000000000000", "..%2f..%2fetc%2fpasswd"]
)
async def test_a_malformed_id_is_not_found(world: World, manager: Caller, id_: str) -> None:
    assert (await _get(manager, id_)).status_code == 404


async def test_a_file_that_the_store_has_lost_is_not_found(world: World, manager: Caller) -> None:
    assert (await _get(manager, world.ids["paid file"])).status_code == 404


@pytest.fixture
async def of_nobody(faces: Faces, world: World) -> dict[str, str]:
    """Files of nobody's document, by how long they hold: their ids."""
    kept = await faces.parts.files.put(CONTENT)
    file = NewFile(FileKind.EXPORT, "registry-2026-10.csv", "text/csv", kept.size, kept.sha256, kept.key)
    holds = {"for ever": None, "still": NOW + timedelta(seconds=1), "no more": NOW}
    async with writing() as connection:
        ids = {
            name: await keep_stored_file(connection, file, actor="m@x.example", now=NOW, expires_at=until)
            for name, until in holds.items()
        }
    return {name: f"file_{id_}" for name, id_ in ids.items()}


async def test_staff_get_files_of_nobodys_document_while_they_hold(manager: Caller, of_nobody: dict[str, str]) -> None:
    responses = {name: await _get(manager, id_) for name, id_ in of_nobody.items()}

    assert {name: response.status_code for name, response in responses.items()} == {
        "for ever": 200,
        "still": 200,
        "no more": 404,
    }
    assert responses["for ever"].content == CONTENT
    assert responses["for ever"].headers["content-type"].startswith("text/csv")


async def test_clients_never_get_files_of_nobodys_document(
    world: World, faces: Faces, alfa: Caller, of_nobody: dict[str, str]
) -> None:
    books = await faces.staff(Role.ADMIN, Scope.BOOKS_READ, Scope.DOCUMENTS_EXPORT)

    assert [(await _get(alfa, id_)).status_code for id_ in of_nobody.values()] == [404, 404, 404]
    assert (await _get(books, of_nobody["for ever"])).status_code == 403
    assert (await _get(faces.nobody("/"), of_nobody["for ever"])).status_code == 401


async def test_without_a_token_there_is_no_file(world: World, faces: Faces, stored: bytes) -> None:
    response = await _get(faces.nobody("/"), world.ids["open file"])

    assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")


async def test_downloading_needs_its_scope(world: World, faces: Faces, stored: bytes) -> None:
    reader = await faces.client(world, "alfa", scopes=[Scope.PORTAL_READ])
    books = await faces.staff(Role.MANAGER, Scope.BOOKS_READ)

    assert (await _get(reader, world.ids["open file"])).status_code == 403
    assert (await _get(books, world.ids["open file"])).status_code == 403


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.pdf", "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"),
        ('a"b\r\nX: y.pdf', "attachment; filename=\"a_b__X_ y.pdf\"; filename*=UTF-8''a%22b%0D%0AX%3A%20y.pdf"),
        ("../x", "attachment; filename=\".._x\"; filename*=UTF-8''..%2Fx"),
        ("Счёт", "attachment; filename=\"____\"; filename*=UTF-8''%D0%A1%D1%87%D1%91%D1%82"),
    ],
)
def test_a_file_name_cannot_leave_its_header(name: str, expected: str) -> None:
    assert content_disposition(name) == expected
