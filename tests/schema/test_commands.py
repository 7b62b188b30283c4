"""The managers' commands, on real services: what they change, and the Problems that they give."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from billfold.domain.access import OPERATOR, Role
from billfold.services import tokens
from billfold.services.parts import Parts
from tests.schema.calling import Caller, Faces, open_http
from tests.services.asking import contract, rows, value

PERIOD = {"from": "2026-10-01", "until": "2026-11-01"}
PROBLEM = "... on Problem { code message field }"
ISSUE = f"""mutation($input: IssueDocumentInput!) {{ issueDocument(input: $input) {{ __typename
  ... on Document {{ id number status type {{ key }} totals {{ gross {{ amount }} }} lines {{ position }} }}
  {PROBLEM} }} }}"""


@pytest.fixture
async def own(books: Parts) -> AsyncIterator[Faces]:
    """Callers on fresh books of the sample operator."""
    async with open_http(books) as http:
        yield Faces(books, http)


@pytest.fixture
async def commander(own: Faces) -> Caller:
    """A manager of the sample operator."""
    return await own.staff(Role.MANAGER)


async def _issue(caller: Caller, number: str = "Я-101", **changes: Any) -> dict[str, Any]:
    given = {"type": "invoice", "contract": f"contract_{await contract(number)}", "period": PERIOD, **changes}
    found: dict[str, Any] = (await caller.data(ISSUE, input=given))["issueDocument"]
    return found


async def test_a_document_is_issued_for_a_period_and_read_back(commander: Caller) -> None:
    issued = await _issue(commander)

    assert (issued["__typename"], issued["status"], issued["type"]["key"]) == ("Document", "ISSUED", "invoice")
    assert issued["number"]
    assert issued["lines"]


async def test_a_document_is_issued_for_an_amount(commander: Caller) -> None:
    issued = await _issue(commander, period=None, amount="1220.00", description="Аванс")

    assert issued["totals"]["gross"]["amount"] == "1220.00"


async def test_a_period_is_billed_once(commander: Caller) -> None:
    await _issue(commander)

    again = await _issue(commander)

    assert (again["__typename"], again["code"]) == ("Problem", "ALREADY_ISSUED")


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"contract": "contract_0192f0c4-0000-7000-8000-000000000000"}, "NOT_FOUND", "contract"),
        ({"contract": "client_0192f0c4-0000-7000-8000-000000000000"}, "NOT_FOUND", "contract"),
        ({"contract": "nonsense"}, "NOT_FOUND", "contract"),
        ({"type": "nonsense"}, "UNKNOWN_DOCUMENT_TYPE", "type"),
        ({"period": {"from": "2026-11-01", "until": "2026-10-01"}}, "INVALID_INPUT", "period"),
        ({"period": None}, "INVALID_INPUT", "type"),
        ({"amount": "5.00"}, "INVALID_INPUT", "amount"),
        ({"idempotencyKey": "й"}, "INVALID_INPUT", "idempotencyKey"),
    ],
)
async def test_what_the_caller_can_mend_is_a_problem(
    commander: Caller, changes: dict[str, Any], code: str, field: str
) -> None:
    problem = await _issue(commander, **changes)

    assert (problem["__typename"], problem["code"], problem["field"]) == ("Problem", code, field)
    assert await value("SELECT count(*) FROM documents") == 0


async def test_a_key_carries_a_command_out_once_by_input_or_by_header(own: Faces, commander: Caller) -> None:
    first = await _issue(commander, idempotencyKey="k1")
    given = {"type": "invoice", "contract": f"contract_{await contract('Я-101')}", "period": PERIOD}

    again = await _issue(commander, idempotencyKey="k1")
    header = await own.http.post(
        "/graphql",
        json={"query": ISSUE, "variables": {"input": given}},
        headers={"Authorization": f"Bearer {commander.token}", "Idempotency-Key": "k1"},
    )
    other = await _issue(commander, "Я-102", idempotencyKey="k1")

    assert again["id"] == first["id"]
    assert header.json()["data"]["issueDocument"]["id"] == first["id"]
    assert other["code"] == "IDEMPOTENCY_KEY_REUSED"


async def test_a_document_is_voided_and_keeps_its_number(commander: Caller) -> None:
    issued = await _issue(commander)
    query = f"""mutation($input: VoidDocumentInput!) {{ voidDocument(input: $input) {{
      ... on Document {{ number status voidReason }} {PROBLEM} }} }}"""

    voided = await commander.data(query, input={"document": issued["id"], "reason": "ошибка"})
    again = await commander.data(query, input={"document": issued["id"], "reason": "ошибка"})

    assert voided["voidDocument"] == {"number": issued["number"], "status": "VOID", "voidReason": "ошибка"}
    assert again["voidDocument"]["code"] == "ILLEGAL_STATE"


async def test_a_run_is_planned_and_the_plan_started(commander: Caller) -> None:
    plan_query = f"""mutation($input: PlanRunInput!) {{ planRun(input: $input) {{ ... on Plan {{ id documents
      totals {{ gross {{ amount currency }} }} skipped {{ reason count }} type {{ key }} }} {PROBLEM} }} }}"""
    start_query = f"""mutation($input: StartRunInput!) {{ startRun(input: $input) {{
      ... on Run {{ id state progress {{ total pending }} }} {PROBLEM} }} }}"""

    plan = (await commander.data(plan_query, input={"type": "invoice", "period": PERIOD}))["planRun"]
    run = (await commander.data(start_query, input={"plan": plan["id"]}))["startRun"]

    assert plan["documents"] > 0
    assert plan["totals"][0]["gross"]["currency"]
    assert run["state"] == "RUNNING"
    assert run["progress"]["total"] > 0


async def test_a_run_needs_a_plan_or_its_fields(commander: Caller) -> None:
    query = f"mutation($input: StartRunInput!) {{ startRun(input: $input) {{ {PROBLEM} }} }}"

    nothing = (await commander.data(query, input={}))["startRun"]
    half = (await commander.data(query, input={"type": "invoice"}))["startRun"]
    foreign = (await commander.data(query, input={"plan": "run_0192f0c4-0000-7000-8000-000000000000"}))["startRun"]

    assert (nothing["code"], nothing["field"]) == ("INVALID_INPUT", "type")
    assert (half["code"], half["field"]) == ("INVALID_INPUT", "period")
    assert (foreign["code"], foreign["field"]) == ("NOT_FOUND", "plan")


async def test_a_document_that_is_not_printed_is_not_sent(commander: Caller) -> None:
    issued = await _issue(commander)
    query = f"""mutation($input: SendDocumentInput!) {{ sendDocument(input: $input) {{
      ... on SentDocuments {{ deliveries {{ recipient }} }} {PROBLEM} }} }}"""

    problem = (await commander.data(query, input={"documents": [issued["id"]]}))["sendDocument"]

    assert problem["code"] == "ILLEGAL_STATE"
    assert await value("SELECT count(*) FROM deliveries") == 0


async def test_a_printed_document_is_sent_to_whom_is_asked(commander: Caller) -> None:
    issued = await _issue(commander)
    await value(
        "INSERT INTO files (id, document_id, kind, name, media_type, size, sha256, key)"
        " SELECT gen_random_uuid(), id, 'PDF', 'a.pdf', 'application/pdf', 1, 'x', 'x' FROM documents RETURNING 1"
    )
    query = f"""mutation($input: SendDocumentInput!) {{ sendDocument(input: $input) {{
      ... on SentDocuments {{ deliveries {{ recipient state document {{ id }} }} }} {PROBLEM} }} }}"""

    sent = await commander.data(query, input={"documents": [issued["id"]], "recipients": ["a@x.example"]})

    assert sent["sendDocument"]["deliveries"] == [
        {"recipient": "a@x.example", "state": "PENDING", "document": {"id": issued["id"]}}
    ]


async def test_a_client_token_is_made_used_and_revoked(own: Faces, commander: Caller) -> None:
    client = (await commander.data('{ client(code: "zorin") { id contracts { id } } }'))["client"]
    make = f"""mutation($input: CreateClientTokenInput!) {{ createClientToken(input: $input) {{
      ... on IssuedToken {{ id token expiresAt }} {PROBLEM} }} }}"""
    revoke = f"mutation($id: ID!) {{ revokeToken(input: {{token: $id}}) {{ ... on RevokedToken {{ id }} {PROBLEM} }} }}"

    made = (await commander.data(make, input={"client": client["id"], "scopes": ["PORTAL_READ"]}))["createClientToken"]
    holder = Caller(own.http, "/portal/graphql", made["token"])
    before = await holder.data("{ me { name } }")
    revoked = await commander.data(revoke, id=made["id"])
    after = await holder.code("{ me { name } }")

    assert before["me"]["name"]
    assert revoked["revokeToken"] == {"id": made["id"]}
    assert after == "UNAUTHENTICATED"
    assert [row["digest"] for row in await rows("SELECT digest FROM tokens") if made["token"] in row["digest"]] == []


async def test_a_leaked_token_is_revoked_by_its_text(own: Faces, commander: Caller) -> None:
    client = await value("SELECT id FROM clients WHERE code = 'zorin'")
    leaked = await tokens.create_client_token(own.parts, OPERATOR, client_id=client)
    holder = Caller(own.http, "/portal/graphql", leaked.secret)
    revoke = f"mutation($id: ID!) {{ revokeToken(input: {{token: $id}}) {{ ... on RevokedToken {{ id }} {PROBLEM} }} }}"

    revoked = (await commander.data(revoke, id=leaked.secret))["revokeToken"]
    unknown = (await commander.data(revoke, id=tokens.new_secret()))["revokeToken"]

    assert revoked == {"id": f"token_{leaked.id}"}
    assert await holder.code("{ me { name } }") == "UNAUTHENTICATED"
    assert (unknown["code"], unknown["field"], unknown["message"]) == ("NOT_FOUND", "token", "No token has this text.")


async def test_who_may_not_revoke_learns_nothing_of_a_token(own: Faces) -> None:
    viewer = await own.staff(Role.VIEWER)
    revoke = "mutation($id: ID!) { revokeToken(input: {token: $id}) { __typename } }"

    assert await viewer.code(revoke, id=viewer.token) == "FORBIDDEN"
    assert await viewer.code(revoke, id=tokens.new_secret()) == "FORBIDDEN"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"scopes": ["BOOKS_READ"]}, "INVALID_INPUT"),
        ({"expiresInDays": 0}, "INVALID_INPUT"),
        ({"expiresInDays": 366}, "INVALID_INPUT"),
        ({"types": ["nonsense"]}, "UNKNOWN_DOCUMENT_TYPE"),
        ({"client": "client_0192f0c4-0000-7000-8000-000000000000"}, "NOT_FOUND"),
        ({"contracts": ["FOREIGN"]}, "NOT_FOUND"),
    ],
)
async def test_a_token_that_cannot_be_is_not_made(commander: Caller, changes: dict[str, Any], code: str) -> None:
    found = await commander.data(
        '{ client(code: "zorin") { id } contracts(first: 100) { nodes { id client { code } } } }'
    )
    foreign = next(row["id"] for row in found["contracts"]["nodes"] if row["client"]["code"] != "zorin")
    given = {"client": found["client"]["id"], **changes}
    if "contracts" in given:
        given["contracts"] = [foreign]
    before = await value("SELECT count(*) FROM tokens")

    answer = await commander.data(
        f"mutation($i: CreateClientTokenInput!) {{ createClientToken(input: $i) {{ {PROBLEM} }} }}", i=given
    )

    assert answer["createClientToken"]["code"] == code
    assert await value("SELECT count(*) FROM tokens") == before


async def test_a_refused_command_changes_nothing(own: Faces) -> None:
    viewer = await own.staff(Role.VIEWER)
    given = {"type": "invoice", "contract": f"contract_{await contract('Я-101')}", "period": PERIOD}

    assert await viewer.code(ISSUE, input=given) == "FORBIDDEN"
    assert await value("SELECT count(*) FROM documents") == 0
    assert await value("SELECT count(*) FROM number_series WHERE next_counter > 1") == 0
