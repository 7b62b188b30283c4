"""Who may what: every root field of both faces by every kind of caller."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from billfold.domain.access import OPERATOR, Role, Scope
from billfold.domain.clock import FixedClock
from billfold.schema.manager.schema import manager_schema
from billfold.schema.portal.schema import portal_schema
from billfold.services import tokens
from tests.schema.calling import Caller, Faces
from tests.schema.world import NOW, World

OK, FORBIDDEN = "ok", "FORBIDDEN"
NO_ID = "0192f0c4-0000-7000-8000-000000000000"
_PERIOD = '{from: "2026-10-01", until: "2026-11-01"}'


def _of_books(command: str, given: str) -> tuple[str, ...]:
    given = given.replace("NO_ID", NO_ID)
    return f"mutation {{ {command}(input: {{{given}}}) {{ __typename }} }}", FORBIDDEN, OK, FORBIDDEN, FORBIDDEN


# Every root field of the managers' face: an operation, and what a viewer, a manager, and tokens with one scope get.
#                   operation                                            viewer     manager  books      documents
MATRIX = {
    "viewer": ("{ viewer { name } }", OK, OK, OK, OK),
    "node": ('{ node(id: "$document") { id } }', OK, OK, FORBIDDEN, OK),
    "brands": ("{ brands { id } }", OK, OK, OK, FORBIDDEN),
    "enterprises": ("{ enterprises { id } }", OK, OK, OK, FORBIDDEN),
    "services": ("{ services { id } }", OK, OK, OK, FORBIDDEN),
    "client": ('{ client(code: "alfa") { id } }', OK, OK, OK, FORBIDDEN),
    "contract": ('{ contract(number: "A-2") { id } }', OK, OK, OK, FORBIDDEN),
    "document": ('{ document(id: "$document") { id } }', OK, OK, FORBIDDEN, OK),
    "documentTypes": ("{ documentTypes { key } }", OK, OK, FORBIDDEN, OK),
    "clients": ("{ clients { totalCount } }", OK, OK, OK, FORBIDDEN),
    "contracts": ("{ contracts { totalCount } }", OK, OK, OK, FORBIDDEN),
    "subscriptions": ("{ subscriptions { totalCount } }", OK, OK, OK, FORBIDDEN),
    "usage": ("{ usage { totalCount } }", OK, OK, OK, FORBIDDEN),
    "prices": ("{ prices { totalCount } }", OK, OK, OK, FORBIDDEN),
    "charges": ("{ charges { totalCount } }", OK, OK, FORBIDDEN, OK),
    "payments": ("{ payments { totalCount } }", OK, OK, OK, FORBIDDEN),
    "registerPayment": _of_books(
        "registerPayment", 'contract: "contract_NO_ID", amount: "1", receivedOn: "2026-10-30"'
    ),
    "cancelPayment": _of_books("cancelPayment", 'payment: "payment_NO_ID", reason: "x"'),
    "refundPayment": _of_books(
        "refundPayment", 'payment: "payment_NO_ID", amount: "1", refundedOn: "2026-10-30", reason: "x"'
    ),
    "allocatePayment": _of_books("allocatePayment", 'payment: "payment_NO_ID", document: "document_NO_ID"'),
    "releaseAllocation": _of_books("releaseAllocation", 'allocation: "allocation_NO_ID", reason: "x"'),
    "markDocumentPaid": _of_books("markDocumentPaid", 'document: "document_NO_ID", reason: "x"'),
    "unmarkDocumentPaid": _of_books("unmarkDocumentPaid", 'document: "document_NO_ID", reason: "x"'),
    "statementLines": ("{ statementLines { totalCount } }", OK, OK, OK, FORBIDDEN),
    "importStatement": _of_books("importStatement", 'file: ""'),
    "resolveStatementLine": _of_books(
        "resolveStatementLine", 'line: "statement_line_NO_ID", contract: "contract_NO_ID"'
    ),
    "dismissStatementLine": _of_books("dismissStatementLine", 'line: "statement_line_NO_ID", reason: "x"'),
    "reopenStatementLine": _of_books("reopenStatementLine", 'line: "statement_line_NO_ID", reason: "x"'),
    "documents": ("{ documents { totalCount } }", OK, OK, FORBIDDEN, OK),
    "exportFormats": ("{ exportFormats { key } }", OK, OK, FORBIDDEN, OK),
    "numberEvents": ("{ numberEvents { totalCount } }", OK, OK, FORBIDDEN, OK),
    "numberPreview": (
        '{ numberPreview(input: {enterprise: "$enterprise", type: "invoice"}) }', OK, OK, FORBIDDEN, OK
    ),
    "reserveNumbers": _of_books("reserveNumbers", 'enterprise: "enterprise_NO_ID", type: "act", count: 1, reason: "x"'),
    "importNumbers": _of_books(
        "importNumbers", 'enterprise: "enterprise_NO_ID", type: "act", numbers: [], reason: "x"'
    ),
    "exportNumberRegister": (
        f'mutation {{ exportNumberRegister(input: {{enterprise: "enterprise_{NO_ID}"}}) {{ __typename }} }}',
        FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "exports": ("{ exports { totalCount } }", OK, OK, FORBIDDEN, OK),
    "exportDocuments": (
        'mutation { exportDocuments(input: {format: "nonsense"}) { __typename } }', FORBIDDEN, OK, FORBIDDEN, FORBIDDEN
    ),
    "runs": ("{ runs { totalCount } }", OK, OK, FORBIDDEN, OK),
    "occurrences": ("{ occurrences { totalCount } }", OK, OK, FORBIDDEN, OK),
    "scheduleDates": ('{ scheduleDates(client: "$client", type: "invoice") }', OK, OK, FORBIDDEN, OK),
    "calendarDays": ('{ calendarDays(country: "RU", year: 2026) { day } }', OK, OK, OK, FORBIDDEN),
    "setCalendarDay": _of_books("setCalendarDay", 'country: "ZZ", day: "2026-01-01", isWorking: true'),
    "clearCalendarDay": _of_books("clearCalendarDay", 'country: "RU", day: "2026-01-01"'),
    "deliveries": ("{ deliveries { totalCount } }", OK, OK, FORBIDDEN, OK),
    "dashboard": (f"{{ dashboard(period: {_PERIOD}) {{ paid {{ currency }} }} }}", OK, OK, FORBIDDEN, FORBIDDEN),
    "revenue": (f"{{ revenue(period: {_PERIOD}) {{ totals {{ currency }} }} }}", OK, OK, FORBIDDEN, FORBIDDEN),
    "chargePreview": (
        f'{{ chargePreview(contract: "$contract", period: {_PERIOD}) {{ isCharged }} }}', OK, OK, OK, FORBIDDEN
    ),
    "ageing": ("{ ageing { totals { currency } } }", OK, OK, FORBIDDEN, FORBIDDEN),
    "balances": ("{ balances { totals { currency } } }", OK, OK, FORBIDDEN, FORBIDDEN),
    "createCharge": (
        f'mutation {{ createCharge(input: {{contract: "contract_{NO_ID}", service: "service_{NO_ID}",'
        ' on: "2026-10-20", unitPrice: "1", taxIncluded: true}) { __typename } }', FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "cancelCharge": (
        f'mutation {{ cancelCharge(input: {{charge: "charge_{NO_ID}", reason: "x"}}) {{ __typename }} }}',
        FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "reopenPeriod": _of_books("reopenPeriod", f'contract: "contract_NO_ID", period: {_PERIOD}, reason: "x"'),
    "closePeriod": (
        f'mutation {{ closePeriod(input: {{enterprise: "enterprise_{NO_ID}", until: "2026-11-01"}})'
        " { __typename } }", FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "issueDocument": (
        f'mutation {{ issueDocument(input: {{type: "invoice", contract: "contract_{NO_ID}", period: {_PERIOD}}})'
        " { __typename } }", FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "drafts": ("{ drafts { totalCount } }", OK, OK, FORBIDDEN, OK),
    "createDraft": _of_books("createDraft", f'type: "invoice", contract: "contract_NO_ID", period: {_PERIOD}'),
    "updateDraft": _of_books("updateDraft", 'draft: "draft_NO_ID", version: 0'),
    "previewDraft": _of_books("previewDraft", 'draft: "draft_NO_ID"'),
    "issueDraft": _of_books("issueDraft", 'draft: "draft_NO_ID"'),
    "deleteDraft": _of_books("deleteDraft", 'draft: "draft_NO_ID"'),
    "previewDocument": (
        f'mutation {{ previewDocument(input: {{type: "invoice", contract: "contract_{NO_ID}", period: {_PERIOD}}})'
        " { __typename } }", FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "copyDocument": (
        f'mutation {{ copyDocument(input: {{document: "document_{NO_ID}"}}) {{ __typename }} }}',
        OK, OK, FORBIDDEN, OK,
    ),
    "createService": (
        'mutation { createService(input: {code: "", name: "x", kind: USAGE}) { __typename } }',
        FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "updateService": (
        f'mutation {{ updateService(input: {{service: "service_{NO_ID}"}}) {{ __typename }} }}',
        FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "createContract": (
        f'mutation {{ createContract(input: {{number: "x", client: "client_{NO_ID}", enterprise: "enterprise_{NO_ID}",'
        ' signedOn: "2026-10-01", currency: "RUB", billing: PREPAID}) { __typename } }',
        FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "updateContract": (
        f'mutation {{ updateContract(input: {{contract: "contract_{NO_ID}"}}) {{ __typename }} }}',
        FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "parkContract": _of_books("parkContract", 'contract: "contract_NO_ID", reason: "x"'),
    "unparkContract": _of_books("unparkContract", 'contract: "contract_NO_ID"'),
    "closeContract": (
        f'mutation {{ closeContract(input: {{contract: "contract_{NO_ID}", on: "2026-10-22"}}) {{ __typename }} }}',
        FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "createSubscription": (
        f'mutation {{ createSubscription(input: {{contract: "contract_{NO_ID}", service: "service_{NO_ID}",'
        ' startedOn: "2026-10-01", price: "1", taxIncluded: true}) { __typename } }',
        FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "changeSubscription": (
        f'mutation {{ changeSubscription(input: {{subscription: "subscription_{NO_ID}", from: "2026-10-01",'
        ' price: "1"}) { __typename } }', FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "suspendSubscription": (
        f'mutation {{ suspendSubscription(input: {{subscription: "subscription_{NO_ID}", from: "2026-10-01"}})'
        " { __typename } }", FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "resumeSubscription": (
        f'mutation {{ resumeSubscription(input: {{subscription: "subscription_{NO_ID}", from: "2026-10-01"}})'
        " { __typename } }", FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "endSubscription": (
        f'mutation {{ endSubscription(input: {{subscription: "subscription_{NO_ID}", on: "2026-10-01"}})'
        " { __typename } }", FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "planRun": (
        f'mutation {{ planRun(input: {{type: "nonsense", period: {_PERIOD}}}) {{ __typename }} }}',
        FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "startRun": (
        f'mutation {{ startRun(input: {{type: "nonsense", period: {_PERIOD}}}) {{ __typename }} }}',
        FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "pauseRun": _of_books("pauseRun", 'run: "run_NO_ID"'),
    "resumeRun": _of_books("resumeRun", 'run: "run_NO_ID"'),
    "cancelRun": _of_books("cancelRun", 'run: "run_NO_ID", reason: "x"'),
    "retryRun": _of_books("retryRun", 'run: "run_NO_ID"'),
    "voidDocument": (
        f'mutation {{ voidDocument(input: {{document: "document_{NO_ID}", reason: "x"}}) {{ __typename }} }}',
        FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "reviseDocument": _of_books("reviseDocument", 'document: "document_NO_ID", reason: "x"'),
    "setDocumentVisibility": _of_books("setDocumentVisibility", 'document: "document_NO_ID", isVisible: false'),
    "updateDocumentRule": _of_books("updateDocumentRule", 'enterprise: "enterprise_NO_ID", type: "invoice"'),
    "sendDocument": (
        f'mutation {{ sendDocument(input: {{documents: ["document_{NO_ID}"]}}) {{ __typename }} }}',
        FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "auditEvents": ("{ auditEvents { totalCount } }", OK, OK, OK, FORBIDDEN),
    "createBrand": _of_books("createBrand", 'code: "x", name: "x", currency: "RUR"'),
    "updateBrand": _of_books("updateBrand", 'brand: "brand_NO_ID"'),
    "createEnterprise": _of_books(
        "createEnterprise", 'code: "x", brand: "brand_NO_ID", legalName: "x", kind: PERSON, timezone: "UTC"'
    ),
    "updateEnterprise": _of_books("updateEnterprise", 'enterprise: "enterprise_NO_ID"'),
    "setTaxRegime": _of_books("setTaxRegime", 'enterprise: "enterprise_NO_ID", validFrom: "2027-01-01", regime: VAT'),
    "setBankAccount": _of_books(
        "setBankAccount",
        'enterprise: "enterprise_NO_ID", validFrom: "2027-01-01", currency: "RUB", bic: "1", account: "1"',
    ),
    "setSigner": _of_books(
        "setSigner", 'enterprise: "enterprise_NO_ID", validFrom: "2027-01-01", role: DIRECTOR, name: "x"'
    ),
    "createClient": _of_books("createClient", 'code: "x", kind: PERSON, name: "x", enterprise: "enterprise_NO_ID"'),
    "updateClient": _of_books("updateClient", 'client: "client_NO_ID"'),
    "createContact": _of_books(
        "createContact", 'client: "client_NO_ID", name: "x", role: "other", email: "x@x.example"'
    ),
    "updateContact": _of_books("updateContact", 'contact: "contact_NO_ID"'),
    "deleteContact": _of_books("deleteContact", 'contact: "contact_NO_ID"'),
    "recordUsage": (
        'mutation { recordUsage(input: {source: "s", records: []}) { __typename } }',
        FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "createPrice": (
        f'mutation {{ createPrice(input: {{service: "service_{NO_ID}", validFrom: "2026-10-20", taxIncluded: true,'
        ' tiers: [{price: "1"}]}) { __typename } }', FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "updatePrice": (
        f'mutation {{ updatePrice(input: {{price: "price_{NO_ID}"}}) {{ __typename }} }}',
        FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "deletePrice": (
        f'mutation {{ deletePrice(input: {{price: "price_{NO_ID}"}}) {{ __typename }} }}',
        FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "createClientToken": (
        f'mutation {{ createClientToken(input: {{client: "client_{NO_ID}"}}) {{ __typename }} }}',
        FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
    "revokeToken": (
        f'mutation {{ revokeToken(input: {{token: "token_{NO_ID}"}}) {{ __typename }} }}',
        FORBIDDEN, OK, FORBIDDEN, FORBIDDEN,
    ),
}  # fmt: skip
PORTAL = {
    "me": "{ me { name } }",
    "documents": "{ documents { totalCount } }",
    "document": '{ document(id: "$document") { id } }',
    "documentTypes": "{ documentTypes { key } }",
}


def test_the_matrix_knows_every_root_field() -> None:
    manager: Any = manager_schema().made._schema
    portal: Any = portal_schema().made._schema
    commands = manager.type_map["Mutation"].fields

    assert {*manager.type_map["Query"].fields, *commands} == set(MATRIX)
    assert set(portal.type_map["Query"].fields) == set(PORTAL)
    assert "Mutation" not in portal.type_map


CALLERS: dict[str, Callable[[Faces], Awaitable[Caller]]] = {
    "viewer": lambda faces: faces.staff(Role.VIEWER),
    "manager": lambda faces: faces.staff(Role.MANAGER),
    "books": lambda faces: faces.staff(Role.MANAGER, Scope.BOOKS_READ),
    "documents": lambda faces: faces.staff(Role.MANAGER, Scope.DOCUMENTS_READ),
}


@pytest.mark.parametrize("place", range(4), ids=CALLERS)
@pytest.mark.parametrize("field", MATRIX)
async def test_staff_may_what_their_scopes_say(world: World, faces: Faces, field: str, place: int) -> None:
    caller = await list(CALLERS.values())[place](faces)
    operation, *expected = MATRIX[field]

    for mark, name in (("document", "open"), ("contract", "A-1"), ("enterprise", "west"), ("client", "alfa")):
        operation = operation.replace(f"${mark}", world.gid(mark, name))

    answer = await caller.answer(operation)

    codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
    assert (codes[0] if codes else OK) == expected[place]


@pytest.mark.parametrize("operation", [*(row[0] for row in MATRIX.values())])
async def test_without_a_token_nothing_is_answered(world: World, faces: Faces, operation: str) -> None:
    response = await faces.nobody("/graphql").post(operation)

    assert response.status_code == 401
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert "data" not in response.json()


@pytest.mark.parametrize("operation", PORTAL.values())
async def test_without_a_token_the_clients_face_answers_nothing(world: World, faces: Faces, operation: str) -> None:
    assert await faces.nobody("/portal/graphql").code(operation) == "UNAUTHENTICATED"


@pytest.mark.parametrize("operation", [row[0] for row in MATRIX.values()])
async def test_a_client_is_refused_at_the_managers_face(
    world: World, faces: Faces, alfa: Caller, operation: str
) -> None:
    response = await Caller(faces.http, "/graphql", alfa.token).post(operation)

    assert response.status_code == 403
    assert response.json()["errors"][0]["extensions"]["code"] == FORBIDDEN


@pytest.mark.parametrize("operation", PORTAL.values())
async def test_staff_are_refused_at_the_clients_face(
    world: World, faces: Faces, manager: Caller, operation: str
) -> None:
    assert await Caller(faces.http, "/portal/graphql", manager.token).code(operation) == FORBIDDEN


# Reached through another type, a type still needs its scope.
@pytest.mark.parametrize(
    ("scope", "operation"),
    [
        (Scope.DOCUMENTS_READ, "{ documents { nodes { client { name } } } }"),
        (Scope.DOCUMENTS_READ, "{ deliveries { nodes { document { contract { number } } } } }"),
        (Scope.DOCUMENTS_READ, "{ charges { nodes { service { code } } } }"),
        (Scope.BOOKS_READ, '{ client(code: "alfa") { documents { totalCount } } }'),
        (Scope.BOOKS_READ, "{ contracts { nodes { d: documents { nodes { id } } } } }"),
        (Scope.BOOKS_READ, '{ node(id: "$document") { ... on Document { number } } }'),
    ],
)
async def test_scopes_hold_on_the_way_too(world: World, faces: Faces, scope: Scope, operation: str) -> None:
    caller = await faces.staff(Role.MANAGER, scope)

    assert await caller.code(operation.replace("$document", world.gid("document", "open"))) == FORBIDDEN


async def test_a_lowered_role_lowers_the_tokens_it_has(world: World, faces: Faces) -> None:
    email = "lowered@staff.example"
    await tokens.add_staff(faces.parts, OPERATOR, email=email, role=Role.MANAGER)
    issued = await tokens.create_staff_token(faces.parts, OPERATOR, email=email)
    await tokens.add_staff(faces.parts, OPERATOR, email=email, role=Role.VIEWER)

    code = await Caller(faces.http, "/graphql", issued.secret).code(MATRIX["planRun"][0])

    assert code == FORBIDDEN


async def test_expired_and_revoked_tokens_are_told_the_same_as_unknown_ones(world: World, faces: Faces) -> None:
    issued = [await tokens.create_client_token(faces.parts, OPERATOR, client_id=world.ids["alfa"]) for _ in range(2)]
    await tokens.revoke(faces.parts, OPERATOR, issued[0].id)
    early = FixedClock(NOW - timedelta(days=400))
    expired = await tokens.create_client_token(
        replace(faces.parts, clock=early), OPERATOR, client_id=world.ids["alfa"], expires_in_days=1
    )
    secrets = [issued[0].secret, expired.secret, tokens.new_secret(), issued[1].secret[:-1], "bf_x", "", "x" * 10_000]

    answers = [await Caller(faces.http, "/portal/graphql", secret or "-").post("{ me { name } }") for secret in secrets]

    assert {answer.status_code for answer in answers} == {401}
    messages = {answer.json()["errors"][0]["message"] for answer in answers[:6]}
    assert messages == {"The token is not valid: ask for a new one."}
