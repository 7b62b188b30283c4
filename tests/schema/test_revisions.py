"""Revisions as an SPA asks for them, and as a client sees them in the cabinet."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR, Role
from billfold.services import exports, tokens
from billfold.services.exports import ExportRequest
from billfold.services.parts import Parts
from tests.schema.calling import Caller, Faces, open_http
from tests.services.asking import contract, value

ISSUE = """mutation($input: IssueDocumentInput!) { issueDocument(input: $input) {
  ... on Document { id } ... on Problem { code message } } }"""
REVISE = """mutation($input: ReviseDocumentInput!) { reviseDocument(input: $input) { __typename
  ... on Document { id number status revision revisedOn replaces { id status voidReason replacedBy { id } } replacedBy {
    id } } ... on Problem { code message field } } }"""


@pytest.fixture
async def own(books: Parts) -> AsyncIterator[Faces]:
    """Callers on fresh books of the sample operator."""
    async with open_http(books) as http:
        yield Faces(books, http)


@pytest.fixture
async def manager(own: Faces) -> Caller:
    """A manager of the sample operator."""
    return await own.staff(Role.MANAGER)


@pytest.fixture
async def invoice(manager: Caller) -> str:
    """The global id of an invoice of the contract Я-101."""
    period = {"from": "2026-10-01", "until": "2026-11-01"}
    given = {"type": "invoice", "contract": f"contract_{await contract('Я-101')}", "period": period}
    made = (await manager.data(ISSUE, input=given))["issueDocument"]
    return str(made["id"])


async def revise(caller: Caller, document: str, **changes: Any) -> dict[str, Any]:
    given = {"document": document, "reason": "неверный адрес", **changes}
    found: dict[str, Any] = (await caller.data(REVISE, input=given))["reviseDocument"]
    return found


async def test_a_revision_tells_what_it_replaces_and_that_tells_it(manager: Caller, invoice: str) -> None:
    made = await revise(manager, invoice)

    assert made.pop("id") == made["replaces"]["replacedBy"]["id"] != invoice
    made["replaces"].pop("replacedBy")
    assert made == {
        "__typename": "Document",
        "number": "1",
        "status": "ISSUED",
        "revision": 1,
        "revisedOn": "2026-11-01",
        "replaces": {"id": invoice, "status": "VOID", "voidReason": "неверный адрес"},
        "replacedBy": None,
    }


async def test_what_is_void_is_refused_as_a_problem(manager: Caller, invoice: str) -> None:
    await revise(manager, invoice)

    again = await revise(manager, invoice)

    assert (again["code"], again["field"]) == ("ILLEGAL_STATE", "document")


async def test_a_key_gives_the_same_revision(manager: Caller, invoice: str) -> None:
    first = await revise(manager, invoice, idempotencyKey="once")
    again = await revise(manager, invoice, idempotencyKey="once")
    other = await revise(manager, invoice, idempotencyKey="once", reason="другое")

    assert first["id"] == again["id"]
    assert other["code"] == "IDEMPOTENCY_KEY_REUSED"


async def test_a_client_sees_the_revision_only(own: Faces, manager: Caller, invoice: str) -> None:
    made = await revise(manager, invoice)
    async with writing() as connection:
        await connection.execute("UPDATE documents SET step = 'DONE', published_at = issued_at")
        client_id = await connection.fetchval("SELECT client_id FROM documents LIMIT 1")
    issued = await tokens.create_client_token(own.parts, OPERATOR, client_id=client_id)
    client = Caller(own.http, "/portal/graphql", issued.secret)

    listed = (await client.data("{ documents { nodes { id number status } totalCount } }"))["documents"]
    old = await client.answer("query($id: ID!) { document(id: $id) { id } }", id=invoice)
    shown = "query($id: ID!) { node(id: $id) { ... on Document { isVisibleToClient } } }"
    staff = await manager.data(shown, id=invoice)

    assert listed == {"nodes": [{"id": made["id"], "number": "1", "status": "ISSUED"}], "totalCount": 1}
    assert not (old.get("data") or {}).get("document")
    assert staff["node"] == {"isVisibleToClient": False}


async def test_an_export_is_to_be_made_again_and_holds_both(own: Faces, manager: Caller, invoice: str) -> None:
    await exports.export_documents(own.parts, OPERATOR, ExportRequest("commerceml", {}))
    made = await revise(manager, invoice)

    query = "{ documents(orderBy: {field: ISSUED_AT, direction: ASC}) { nodes { id needsExportAgain } } }"
    flagged = (await manager.data(query))["documents"]["nodes"]
    again = await exports.export_documents(own.parts, OPERATOR, ExportRequest("commerceml", {}))
    mended = (await manager.data(query))["documents"]["nodes"]

    assert flagged == [{"id": invoice, "needsExportAgain": True}, {"id": made["id"], "needsExportAgain": False}]
    assert again.documents == 2
    assert [one["needsExportAgain"] for one in mended] == [False, False]
    content = await own.parts.files.get(await value("SELECT key FROM stored_files WHERE id = $1", again.file_id))
    text = content.decode()
    assert text.count("<Номер>1</Номер>") == 2
    assert text.index("ПометкаУдаления") < text.index("НомерИсправления")
