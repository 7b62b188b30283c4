"""The managers' commands on rules and on the visibility of documents: what changes, and the clients' door at once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR, Role, Scope
from billfold.services import tokens
from billfold.services.parts import Parts
from tests.factories_rows import add_client, add_contract, add_document, add_enterprise
from tests.schema.calling import Caller, Faces, open_http
from tests.services.asking import value

RULE = """mutation($input: UpdateDocumentRuleInput!) { updateDocumentRule(input: $input) {
  ... on DocumentRule { enterprise isVisible delivery template paymentTermsDays printsFacsimile }
  ... on Problem { code message field } } }"""
HIDE = """mutation($input: SetDocumentVisibilityInput!) { setDocumentVisibility(input: $input) {
  ... on Document { id isVisibleToClient } ... on Problem { code message field } } }"""
LIST = "{ documents { totalCount nodes { number } } }"


@pytest.fixture
async def own(parts: Parts) -> AsyncIterator[Faces]:
    """Callers on books of their own."""
    async with open_http(parts) as http:
        yield Faces(parts, http)


@pytest.fixture
async def ids(own: Faces) -> dict[str, UUID]:
    """An enterprise with two clients, each with a document that is published."""
    found: dict[str, UUID] = {}
    async with writing() as connection:
        found["enterprise"] = await add_enterprise(connection)
        for name in ("alfa", "beta"):
            found[name] = await add_client(connection, enterprise_id=found["enterprise"])
            contract_id = await add_contract(connection, name, enterprise_id=found["enterprise"], client_id=found[name])
            found[f"document {name}"] = await add_document(
                connection, name, contract_id=contract_id, published_at=datetime(2026, 11, 1, tzinfo=UTC)
            )
    return found


async def _client(own: Faces, client_id: UUID) -> Caller:
    issued = await tokens.create_client_token(own.parts, OPERATOR, client_id=client_id)
    return Caller(own.http, "/portal/graphql", issued.secret)


async def _seen(caller: Caller) -> list[str]:
    found = (await caller.data(LIST))["documents"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["number"] for node in found["nodes"]]


async def test_a_rule_is_changed(own: Faces, ids: dict[str, UUID]) -> None:
    manager = await own.staff(Role.MANAGER)
    enterprise = f"enterprise_{ids['enterprise']}"
    given = {"visibility": "STAFF", "delivery": "CONTACTS", "paymentTermsDays": 10, "printsFacsimile": True}

    changed = await manager.data(RULE, input={"enterprise": enterprise, "type": "invoice", **given})
    types = await manager.data("{ documentTypes { key rules { enterprise printsFacsimile } } }")

    assert changed["updateDocumentRule"] == {
        "enterprise": enterprise,
        "isVisible": False,
        "delivery": "contacts",
        "template": "",
        "paymentTermsDays": 10,
        "printsFacsimile": True,
    }
    assert {"key": "invoice", "rules": [{"enterprise": enterprise, "printsFacsimile": True}]} in types["documentTypes"]


async def test_a_hidden_type_is_gone_from_the_clients_door_at_once(own: Faces, ids: dict[str, UUID]) -> None:
    manager, alfa = await own.staff(Role.MANAGER), await _client(own, ids["alfa"])
    given = {"enterprise": f"enterprise_{ids['enterprise']}", "type": "invoice"}
    before = await _seen(alfa)

    await manager.data(RULE, input={**given, "visibility": "STAFF"})
    hidden = await _seen(alfa)
    await manager.data(RULE, input={**given, "visibility": "CLIENT"})

    assert (before, hidden, await _seen(alfa)) == (["alfa"], [], ["alfa"])


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"enterprise": "enterprise_0192f0c4-0000-7000-8000-000000000000"}, "NOT_FOUND", "enterprise"),
        ({"enterprise": "brand_0192f0c4-0000-7000-8000-000000000000"}, "NOT_FOUND", "enterprise"),
        ({"type": "memo"}, "UNKNOWN_DOCUMENT_TYPE", "type"),
        ({"visibility": None}, "INVALID_INPUT", "visibility"),
        ({"delivery": None}, "INVALID_INPUT", "delivery"),
        ({"paymentTermsDays": 400}, "INVALID_INPUT", "paymentTermsDays"),
        ({"template": "../x.html"}, "INVALID_INPUT", "template"),
    ],
)
async def test_what_is_wrong_with_a_rule_is_a_problem(
    own: Faces, ids: dict[str, UUID], given: dict[str, Any], code: str, field: str
) -> None:
    manager = await own.staff(Role.MANAGER)
    base = {"enterprise": f"enterprise_{ids['enterprise']}", "type": "invoice", "printsFacsimile": True}

    problem = (await manager.data(RULE, input={**base, **given}))["updateDocumentRule"]

    assert (problem["code"], problem["field"]) == (code, field)
    assert await value("SELECT count(*) FROM document_rules") == 0


async def test_hiding_a_document_acts_on_its_client_at_once_and_on_no_other(own: Faces, ids: dict[str, UUID]) -> None:
    manager = await own.staff(Role.MANAGER)
    alfa, beta = await _client(own, ids["alfa"]), await _client(own, ids["beta"])
    document = f"document_{ids['document alfa']}"

    hidden = await manager.data(HIDE, input={"document": document, "isVisible": False, "reason": "спор"})
    seen = await _seen(alfa), await _seen(beta)
    found = await alfa.data("query($id: ID!) { document(id: $id) { number } }", id=document)
    shown = await manager.data(HIDE, input={"document": document, "isVisible": True})

    assert hidden["setDocumentVisibility"] == {"id": document, "isVisibleToClient": False}
    assert seen == ([], ["beta"])
    assert found == {"document": None}
    assert shown["setDocumentVisibility"] == {"id": document, "isVisibleToClient": True}
    assert await _seen(alfa) == ["alfa"]


async def test_a_document_that_is_not_there_is_a_problem(own: Faces, ids: dict[str, UUID]) -> None:
    manager = await own.staff(Role.MANAGER)

    for id_ in ("document_0192f0c4-0000-7000-8000-000000000000", f"client_{ids['alfa']}", "nonsense"):
        problem = (await manager.data(HIDE, input={"document": id_, "isVisible": False}))["setDocumentVisibility"]
        assert (problem["code"], problem["field"]) == ("NOT_FOUND", "document")


@pytest.mark.parametrize("lacking", [Scope.BOOKS_WRITE, Scope.DOCUMENTS_SEND, Scope.DOCUMENTS_READ])
async def test_without_a_scope_nothing_is_changed(own: Faces, ids: dict[str, UUID], lacking: Scope) -> None:
    held = {Scope.BOOKS_READ, Scope.BOOKS_WRITE, Scope.DOCUMENTS_READ, Scope.DOCUMENTS_SEND} - {lacking}
    caller = await own.staff(Role.MANAGER, *held)
    rule = {"enterprise": f"enterprise_{ids['enterprise']}", "type": "invoice", "visibility": "STAFF"}
    hide = {"document": f"document_{ids['document alfa']}", "isVisible": False}

    if lacking is not Scope.DOCUMENTS_SEND:
        assert await caller.code(RULE, input=rule) == "FORBIDDEN"
    if lacking is not Scope.BOOKS_WRITE:
        assert await caller.code(HIDE, input=hide) == "FORBIDDEN"

    assert await value("SELECT count(*) FROM document_rules") == 0
    assert await value("SELECT count(*) FROM documents WHERE is_hidden") == 0
    assert await value("SELECT count(*) FROM audit_events") == 0


NUMBERED = """mutation($input: UpdateDocumentRuleInput!) { updateDocumentRule(input: $input) {
  ... on DocumentRule { mask prefix reset scope start mode isAutomatic scheduleDay scheduleTime scheduleShift
                        schedulePeriod backdating daysAhead delivery }
  ... on Problem { code message field } } }"""


async def test_numbering_schedule_and_dates_of_a_rule_are_changed(own: Faces, ids: dict[str, UUID]) -> None:
    manager = await own.staff(Role.MANAGER)
    base = {"enterprise": f"enterprise_{ids['enterprise']}", "type": "invoice"}
    numbering = {"mask": "{PREFIX}{YYYY}/{N:04}", "prefix": "СЧ-", "reset": "YEAR", "scope": "TYPE", "mode": "UNIQUE"}
    schedule = {"isAutomatic": True, "day": 31, "time": "06:00", "shift": "NEXT", "period": "SINCE_LAST_CUT"}

    await manager.data(NUMBERED, input={**base, "numbering": {**numbering, "start": 7}, "schedule": schedule})
    changed = await manager.data(
        NUMBERED, input={**base, "numbering": {"prefix": "Б-"}, "backdating": "CHRONOLOGICAL", "daysAhead": 3}
    )

    assert changed["updateDocumentRule"] == {
        "mask": "{PREFIX}{YYYY}/{N:04}",
        "prefix": "Б-",
        "reset": "year",
        "scope": "type",
        "start": 7,
        "mode": "unique",
        "isAutomatic": True,
        "scheduleDay": 31,
        "scheduleTime": "06:00",
        "scheduleShift": "next",
        "schedulePeriod": "since_last_cut",
        "backdating": "chronological",
        "daysAhead": 3,
        "delivery": "client",
    }


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"numbering": None}, "INVALID_INPUT"),
        ({"schedule": None}, "INVALID_INPUT"),
        ({"numbering": {"mask": "{PREFIX}"}}, "NUMBERING_CONFLICT"),
        ({"numbering": {"mask": "{N}", "reset": "YEAR"}}, "NUMBERING_CONFLICT"),
        ({"schedule": {"day": 32}}, "INVALID_INPUT"),
        ({"schedule": {"time": "24:00"}}, "INVALID_INPUT"),
        ({"backdating": None}, "INVALID_INPUT"),
        ({"daysAhead": 367}, "INVALID_INPUT"),
    ],
)
async def test_a_rule_of_numbers_that_cannot_be_is_a_problem(
    own: Faces, ids: dict[str, UUID], given: dict[str, Any], code: str
) -> None:
    manager = await own.staff(Role.MANAGER)

    problem = (
        await manager.data(
            NUMBERED, input={"enterprise": f"enterprise_{ids['enterprise']}", "type": "invoice", **given}
        )
    )["updateDocumentRule"]

    assert problem["code"] == code
    assert await value("SELECT count(*) FROM document_rules") == 0
