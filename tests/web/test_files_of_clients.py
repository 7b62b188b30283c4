"""Files of documents as clients see them: what is sent along, and of a void document the copy that says so."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import pytest

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR, Role
from billfold.services import tokens
from billfold.services.parts import Parts
from tests.factories_rows import add_document, add_row
from tests.schema.calling import Caller, Faces, open_http
from tests.services.asking import value

PAST = datetime(2026, 10, 31, tzinfo=UTC)
QUERY = "query($id: ID!) { document(id: $id) { files { kind name } } }"
ALL_KINDS = ("PDF", "STATISTICS", "XML", "ATTACHMENT")


@pytest.fixture
async def own(parts: Parts) -> AsyncIterator[Faces]:
    """Callers on books of their own."""
    async with open_http(parts) as http:
        yield Faces(parts, http)


async def _document(*, is_void: bool = False) -> UUID:
    void = {"status": "VOID", "voided_at": PAST, "void_reason": "ошибка"} if is_void else {}
    async with writing() as connection:
        return await add_document(connection, published_at=PAST, **void)


async def _file(parts: Parts, document_id: UUID, kind: str) -> UUID:
    kept = await parts.files.put(f"{kind} of {document_id}".encode())
    row = {
        "document_id": document_id,
        "kind": kind,
        "name": f"{kind.lower()}.bin",
        "media_type": "application/octet-stream",
        "size": kept.size,
        "sha256": kept.sha256,
        "key": kept.key,
    }
    async with writing() as connection:
        return await add_row(connection, "files", row)


async def _client(own: Faces, document_id: UUID) -> Caller:
    client_id = await value("SELECT client_id FROM documents WHERE id = $1", document_id)
    issued = await tokens.create_client_token(own.parts, OPERATOR, client_id=client_id)
    return Caller(own.http, "/portal/graphql", issued.secret)


async def _listed(caller: Caller, document_id: UUID) -> list[str]:
    files = (await caller.data(QUERY, id=f"document_{document_id}"))["document"]["files"]
    return [file["kind"] for file in files]


async def _download(caller: Caller, file_id: UUID) -> int:
    response = await caller.http.get(f"/files/file_{file_id}", headers={"Authorization": f"Bearer {caller.token}"})
    return response.status_code


async def test_a_client_gets_all_files_of_an_issued_document(own: Faces) -> None:
    document_id = await _document()
    files = [await _file(own.parts, document_id, kind) for kind in ALL_KINDS]
    client = await _client(own, document_id)

    assert await _listed(client, document_id) == ["ATTACHMENT", "PDF", "STATISTICS", "XML"]
    assert [await _download(client, file_id) for file_id in files] == [200, 200, 200, 200]


async def test_a_client_gets_the_pdf_of_a_void_document_until_its_marked_copy_is_there(own: Faces) -> None:
    document_id = await _document(is_void=True)
    files = [await _file(own.parts, document_id, kind) for kind in ALL_KINDS]
    client = await _client(own, document_id)

    assert await _listed(client, document_id) == ["PDF"]
    assert [await _download(client, file_id) for file_id in files] == [200, 404, 404, 404]


async def test_a_client_gets_only_the_marked_copy_of_a_void_document(own: Faces) -> None:
    document_id = await _document(is_void=True)
    files = [await _file(own.parts, document_id, kind) for kind in (*ALL_KINDS, "VOID")]
    client = await _client(own, document_id)

    assert await _listed(client, document_id) == ["VOID"]
    assert [await _download(client, file_id) for file_id in files] == [404, 404, 404, 404, 200]


async def test_staff_get_every_file_of_a_void_document(own: Faces) -> None:
    document_id = await _document(is_void=True)
    files = [await _file(own.parts, document_id, kind) for kind in (*ALL_KINDS, "VOID")]
    manager = await own.staff(Role.MANAGER)

    assert await _listed(manager, document_id) == ["ATTACHMENT", "PDF", "STATISTICS", "VOID", "XML"]
    assert [await _download(manager, file_id) for file_id in files] == [200, 200, 200, 200, 200]


async def test_the_files_of_another_client_are_not_found(own: Faces) -> None:
    document_id, foreign_id = await _document(), await _document(is_void=True)
    foreign = [await _file(own.parts, foreign_id, kind) for kind in ("PDF", "VOID", "STATISTICS")]
    client = await _client(own, document_id)

    assert [await _download(client, file_id) for file_id in foreign] == [404, 404, 404]
    assert await client.data(QUERY, id=f"document_{foreign_id}") == {"document": None}
