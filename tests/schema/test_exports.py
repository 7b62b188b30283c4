"""Exports on the managers' face: formats, the command, the list, and what a document tells of its exports."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from billfold.domain.access import OPERATOR, Role, Scope
from billfold.services import documents
from billfold.services.parts import Parts
from tests.schema.calling import Caller, Faces, open_http
from tests.schema.world import World
from tests.services.asking import contract, value
from tests.services.export_plugins import with_export_plugin

EXPORT = """mutation($input: ExportDocumentsInput!) { exportDocuments(input: $input) { __typename
  ... on File { id url name size sha256 kind mediaType createdAt
    export { id format documents refusedDocuments createdBy createdAt refused { reason document { number } } } }
  ... on Problem { code message field } } }"""
SHORT = """mutation($input: ExportDocumentsInput!) { exportDocuments(input: $input) {
  ... on File { url name size sha256 } ... on Problem { code message field } } }"""
LIST = """query($filter: ExportFilter) { exports(filter: $filter, first: 10) { totalCount nodes {
  id format documents refusedDocuments createdBy createdAt file { name url size export { id } }
  refused { reason document { number } } } } }"""
DOCUMENTS = """query($filter: DocumentFilter) {
  documents(filter: $filter, orderBy: {field: GROSS, direction: ASC}) { nodes {
    number needsExportAgain files { export { id } } exports { format exportedAt status export { id } } } } }"""
AT = "2026-11-01T09:00:00.000000Z"


@pytest.fixture
async def own(books: Parts, tmp_path: Path) -> AsyncIterator[Faces]:
    """Callers on the sample operator's books with two invoices, and a plugin that exports in every way."""
    parts = with_export_plugin(books, tmp_path)
    for amount in (10, 20):
        await documents.issue_for_amount(
            parts, OPERATOR, type="invoice", contract_id=await contract("Я-101"), amount=Decimal(amount)
        )
    async with open_http(parts) as http:
        yield Faces(parts, http)


@pytest.fixture
async def accountant(own: Faces) -> Caller:
    """A manager of the sample operator."""
    return await own.staff(Role.MANAGER)


async def _export(caller: Caller, format: str, query: str = EXPORT, **given: Any) -> dict[str, Any]:
    answer = await caller.data(query, input={"format": format, **given})
    found: dict[str, Any] = answer["exportDocuments"]
    return found


async def _documents(caller: Caller, **filter: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await caller.data(DOCUMENTS, filter=filter))["documents"]["nodes"]
    return found


async def test_formats_are_listed_with_what_they_take(accountant: Caller) -> None:
    formats = (await accountant.data("{ exportFormats { key titles { locale text } types { key } } }"))["exportFormats"]

    by_key = {one["key"]: one for one in formats}
    assert list(by_key) == sorted(by_key)
    assert by_key["silent"] == {
        "key": "silent",
        "titles": [{"locale": "en", "text": "silent"}, {"locale": "ru", "text": "silent"}],
        "types": [{"key": "act"}],
    }
    assert by_key["registry-xlsx"]["types"] == []


async def test_an_export_is_a_file_to_download(own: Faces, accountant: Caller) -> None:
    made = await _export(accountant, "odd")

    assert {name: made[name] for name in ("__typename", "name", "size", "kind", "mediaType", "createdAt")} == {
        "__typename": "File",
        "name": "2.txt",
        "size": 4,
        "kind": "EXPORT",
        "mediaType": "text/plain",
        "createdAt": AT,
    }
    response = await accountant.http.get(made["url"], headers={"Authorization": f"Bearer {accountant.token}"})
    assert (response.status_code, response.content) == (200, b"even")
    assert response.headers["etag"] == f'"{made["sha256"]}"'
    assert made["url"] == f"/files/{made['id']}"


async def test_an_export_tells_what_it_could_not_hold(accountant: Caller) -> None:
    made = (await _export(accountant, "odd"))["export"]

    export_id = await value("SELECT id FROM exports")
    assert made == {
        "id": f"export_{export_id}",
        "format": "odd",
        "documents": 1,
        "refusedDocuments": 1,
        "createdBy": "manager@staff.example",
        "createdAt": AT,
        "refused": [{"reason": "1 is odd.", "document": {"number": "1"}}],
    }


async def test_the_file_alone_may_be_asked_for(accountant: Caller) -> None:
    made = await _export(accountant, "archive", SHORT)

    assert set(made) == {"url", "name", "size", "sha256"}
    assert made["name"] == "archive-2026-11.zip"


async def test_exports_are_listed_the_newest_first(accountant: Caller) -> None:
    first = (await _export(accountant, "odd"))["export"]["id"]
    await _export(accountant, "rows")

    every = (await accountant.data(LIST))["exports"]
    page = (await accountant.data(LIST, filter={"format": ["odd"]}))["exports"]
    node = (await accountant.data("query($id: ID!) { node(id: $id) { id ... on Export { format } } }", id=first))[
        "node"
    ]

    assert (every["totalCount"], [one["id"] for one in page["nodes"]]) == (2, [first])
    assert page["nodes"][0]["file"]["export"] == {"id": first}
    assert page["nodes"][0]["refused"] == [{"reason": "1 is odd.", "document": {"number": "1"}}]
    assert node == {"id": first, "format": "odd"}


async def test_a_document_tells_which_exports_hold_it(accountant: Caller) -> None:
    odd = (await _export(accountant, "odd"))["export"]["id"]
    archive = (await _export(accountant, "archive"))["export"]["id"]

    one, two = await _documents(accountant)

    assert [each["export"]["id"] for each in one["exports"]] == [archive]
    assert two["exports"] == [
        {"format": "odd", "exportedAt": AT, "status": "ISSUED", "export": {"id": odd}},
        {"format": "archive", "exportedAt": AT, "status": "ISSUED", "export": {"id": archive}},
    ]
    assert [each["number"] for each in await _documents(accountant, export=odd)] == ["2"]
    assert await _documents(accountant, export="export_nonsense") == []


async def test_a_file_of_a_document_is_no_export(world: World, manager: Caller) -> None:
    query = "query($id: ID!) { document(id: $id) { files { name export { id } } exports { format } needsExportAgain } }"

    document = (await manager.data(query, id=world.gid("document", "open")))["document"]

    assert document == {
        "files": [{"name": "Счёт open.pdf", "export": None}],
        "exports": [],
        "needsExportAgain": False,
    }


async def test_a_void_document_is_flagged_until_it_is_exported_again(own: Faces, accountant: Caller) -> None:
    await _export(accountant, "archive")
    document_id = await value("SELECT id FROM documents WHERE number = '1'")
    await documents.void(own.parts, OPERATOR, document_id=document_id, reason="ошибка")

    flagged = await _documents(accountant)
    chosen = await _documents(accountant, needsExportAgain=True)
    others = await _documents(accountant, needsExportAgain=False)
    await _export(accountant, "archive", filter={"needsExportAgain": True})

    assert [one["needsExportAgain"] for one in flagged] == [True, False]
    assert [[one["number"] for one in found] for found in (chosen, others)] == [["1"], ["2"]]
    assert [one["needsExportAgain"] for one in await _documents(accountant)] == [False, False]


async def test_the_filter_and_the_key_are_taken(accountant: Caller) -> None:
    given = {"filter": {"number": "2", "type": ["invoice"], "issueDate": {"from": "2026-11-01"}}}

    first = await _export(accountant, "archive", idempotencyKey="once", **given)
    again = await _export(accountant, "archive", idempotencyKey="once", **given)
    other = await _export(accountant, "archive", idempotencyKey="once")

    assert first["id"] == again["id"]
    assert first["export"]["documents"] == 1
    assert other["code"] == "IDEMPOTENCY_KEY_REUSED"


@pytest.mark.parametrize(
    ("format", "filter", "code", "field"),
    [
        ("poem", {}, "INVALID_INPUT", "format"),
        ("none", {}, "INVALID_INPUT", "filter"),
        ("notes", {"number": "77"}, "NOT_FOUND", "filter"),
        ("broken", {}, "PLUGIN_FAILED", None),
    ],
)
async def test_what_cannot_be_exported_is_a_problem(
    accountant: Caller, format: str, filter: dict[str, Any], code: str, field: str | None
) -> None:
    problem = await _export(accountant, format, filter=filter)

    assert (problem["__typename"], problem["code"], problem["field"]) == ("Problem", code, field)


@pytest.mark.parametrize(
    ("role", "scopes", "is_allowed"),
    [
        (Role.VIEWER, (), False),
        (Role.MANAGER, (), True),
        (Role.ADMIN, (), True),
        (Role.MANAGER, (Scope.DOCUMENTS_EXPORT, Scope.DOCUMENTS_READ), True),
        *((Role.ADMIN, (scope,), False) for scope in Scope if not scope.startswith("portal:")),
    ],
)
async def test_exporting_takes_both_scopes(own: Faces, role: Role, scopes: tuple[Scope, ...], is_allowed: bool) -> None:
    caller = await own.staff(role, *scopes)

    answer = await caller.answer(SHORT, input={"format": "archive"})

    codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
    assert codes == ([] if is_allowed else ["FORBIDDEN"])
    assert await value("SELECT count(*) FROM exports") == (1 if is_allowed else 0)
    assert await value("SELECT count(*) FROM stored_files") == (1 if is_allowed else 0)
