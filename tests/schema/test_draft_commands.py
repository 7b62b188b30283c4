"""Drafts as an SPA uses them: made, listed, edited line by line, previewed, issued and deleted."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from billfold.domain.access import Role
from billfold.services.parts import Parts
from tests.schema.calling import Caller, Faces, open_http
from tests.services.asking import contract, value

PERIOD = {"from": "2026-10-01", "until": "2026-11-01"}
PROBLEM = "... on Problem { code message field }"
DRAFT = f"""__typename ... on Draft {{ id version issueDate isDated description createdBy
  type {{ key }} client {{ code }} enterprise {{ code }} contract {{ number }} period {{ from until }}
  amount {{ amount currency }} original {{ id }} corrections {{ position quantity unitPrice }}
  totals {{ net {{ amount }} tax {{ amount }} gross {{ amount currency }} taxes {{ rate }} }}
  lines {{ position description quantity unit unitPrice taxRate gross {{ amount }} period {{ from until }} }}
  charges {{ position kind service description quantity unitPrice taxIncluded gross {{ amount }} isEdited isRemoved }}
  edits {{ position quantity unitPrice description isRemoved }}
  addedLines {{ service code on quantity unitPrice taxIncluded description }} }} {PROBLEM}"""
CREATE = f"mutation($input: CreateDraftInput!) {{ createDraft(input: $input) {{ {DRAFT} }} }}"
UPDATE = f"mutation($input: UpdateDraftInput!) {{ updateDraft(input: $input) {{ {DRAFT} }} }}"
PREVIEW = f"""mutation($input: DraftInput!) {{ previewDraft(input: $input) {{ __typename
  ... on DocumentPreview {{ html pdfUrl totals {{ gross {{ amount }} }} }} {PROBLEM} }} }}"""
ISSUE = f"""mutation($input: IssueDraftInput!) {{ issueDraft(input: $input) {{ __typename
  ... on Document {{ id number status totals {{ gross {{ amount }} }} lines {{ description gross {{ amount }} }} }}
  {PROBLEM} }} }}"""
DELETE = f"""mutation($input: DraftInput!) {{ deleteDraft(input: $input) {{ __typename
  ... on DeletedDraft {{ id }} {PROBLEM} }} }}"""


@pytest.fixture
async def own(books: Parts) -> AsyncIterator[Faces]:
    """Callers on fresh books of the sample operator."""
    async with open_http(books) as http:
        yield Faces(books, http)


@pytest.fixture
async def manager(own: Faces) -> Caller:
    """A manager of the sample operator."""
    return await own.staff(Role.MANAGER)


async def create(caller: Caller, number: str = "Я-101", **changes: Any) -> dict[str, Any]:
    given = {"type": "invoice", "contract": f"contract_{await contract(number)}", "period": PERIOD, **changes}
    found: dict[str, Any] = (await caller.data(CREATE, input=given))["createDraft"]
    return found


async def update(caller: Caller, of: dict[str, Any], **changes: Any) -> dict[str, Any]:
    given = {"draft": of["id"], "version": of["version"], **changes}
    found: dict[str, Any] = (await caller.data(UPDATE, input=given))["updateDraft"]
    return found


async def test_a_draft_shows_its_lines_and_the_charges_that_edits_address(manager: Caller) -> None:
    draft = await create(manager)

    assert (draft["version"], draft["isDated"], draft["issueDate"]) == (0, False, "2026-11-01")
    assert (draft["type"], draft["period"], draft["amount"]) == ({"key": "invoice"}, PERIOD, None)
    assert (draft["contract"], draft["createdBy"]) == ({"number": "Я-101"}, "manager@staff.example")
    assert draft["totals"]["gross"] == {"amount": "2093.55", "currency": "RUB"}
    assert draft["totals"]["taxes"] == [{"rate": "22"}]
    assert [line["gross"]["amount"] for line in draft["lines"]] == ["1900.00", "193.55"]
    assert draft["charges"][1] == {
        "position": 2,
        "kind": "SUBSCRIPTION",
        "service": "static-ip",
        "description": "Постоянный IP-адрес",
        "quantity": "2",
        "unitPrice": "150.00",
        "taxIncluded": True,
        "gross": {"amount": "193.55"},
        "isEdited": False,
        "isRemoved": False,
    }
    assert (draft["edits"], draft["addedLines"], draft["corrections"]) == ([], [], [])


async def test_a_manager_edits_the_lines_looks_at_the_paper_and_issues_it(own: Faces, manager: Caller) -> None:
    draft = await create(manager)
    service_id = await value("SELECT id FROM services WHERE code = 'line-setup'")
    service = f"service_{service_id}"
    added = {"service": service, "quantity": "1", "unitPrice": "500.00", "taxIncluded": False, "on": "2026-10-14"}

    edited = await update(
        manager,
        draft,
        lines=[{"position": 1, "unitPrice": "1220.00", "description": "Интернет"}, {"position": 2, "isRemoved": True}],
        addedLines=[added],
    )

    assert (edited["version"], edited["totals"]["gross"]["amount"]) == (1, "1830.00")
    assert [line["description"] for line in edited["lines"]] == [
        "Интернет",
        "Подключение и настройка линии, 14.10.2026",
    ]
    assert [(one["gross"]["amount"], one["isEdited"], one["isRemoved"]) for one in edited["charges"]] == [
        ("1900.00", True, False),
        ("193.55", True, True),
    ]
    assert edited["edits"][0] == {
        "position": 1,
        "quantity": None,
        "unitPrice": "1220.00",
        "description": "Интернет",
        "isRemoved": False,
    }
    assert edited["addedLines"] == [{**added, "code": "line-setup", "description": ""}]
    preview = (await manager.data(PREVIEW, input={"draft": draft["id"]}))["previewDraft"]
    assert "ЧЕРНОВИК" in preview["html"]
    file = await own.http.get(preview["pdfUrl"], headers={"Authorization": f"Bearer {manager.token}"})
    assert file.content.startswith(b"%PDF-")
    issued = (await manager.data(ISSUE, input={"draft": draft["id"], "version": 1}))["issueDraft"]
    assert issued["id"] == draft["id"].replace("draft_", "document_")
    assert (issued["number"], issued["status"]) == ("1", "ISSUED")
    assert [line["gross"]["amount"] for line in issued["lines"]] == ["1220.00", "610.00"]
    assert (await manager.data("query($id: ID!) { node(id: $id) { id } }", id=draft["id"]))["node"] is None


async def test_an_amount_and_a_correction_are_drafted_and_changed(manager: Caller) -> None:
    amount = await create(manager, period=None, amount="1220.00", description="Аванс")
    amount = await update(manager, amount, amount="2440.00", issueDate="2026-11-02")
    assert (amount["amount"]["amount"], amount["issueDate"], amount["isDated"]) == ("2440.00", "2026-11-02", True)
    assert (await update(manager, amount, issueDate=None))["isDated"] is False

    invoice = await create(manager, type="tax-invoice")
    original = (await manager.data(ISSUE, input={"draft": invoice["id"]}))["issueDraft"]["id"]
    correction = await create(
        manager,
        type="corrective-tax-invoice",
        contract=None,
        period=None,
        original=original,
        corrections=[{"position": 1, "unitPrice": "950.00"}],
    )

    assert correction["original"] == {"id": original}
    assert correction["corrections"] == [{"position": 1, "quantity": None, "unitPrice": "950.00"}]
    assert correction["totals"]["gross"]["amount"] == "-950.00"
    listed = await manager.data("query($id: [ID!]) { drafts(filter: {original: $id}) { nodes { id } } }", id=[original])
    assert listed["drafts"]["nodes"] == [{"id": correction["id"]}]


async def test_drafts_are_listed_filtered_sorted_and_found(manager: Caller) -> None:
    first, second = await create(manager), await create(manager, period=None, amount="5.00", number="Я-102")
    act = await create(manager, type="act")
    ids = {first["id"]: "first", second["id"]: "second", act["id"]: "act"}

    async def listed(arguments: str) -> list[str]:
        found = await manager.data(f"{{ drafts({arguments}) {{ totalCount nodes {{ id }} }} }}")
        return [ids[row["id"]] for row in found["drafts"]["nodes"]]

    contract_id, client_id = f"contract_{await contract('Я-101')}", await client_of("Я-102")
    assert await listed('filter: {type: ["act"]}') == ["act"]
    assert sorted(await listed(f'filter: {{contract: ["{contract_id}"], type: ["invoice"]}}')) == ["first"]
    assert sorted(await listed(f'filter: {{client: ["client_{client_id}"]}}')) == ["second"]
    assert await listed('filter: {enterprise: ["enterprise_0192f0c4-0000-7000-8000-000000000000"]}') == []
    assert sorted(await listed('filter: {period: {from: "2026-10-31", until: "2026-11-05"}}')) == ["act", "first"]
    assert await listed('filter: {createdBy: ["somebody@else.example"]}') == []
    assert (await listed("orderBy: {field: GROSS, direction: ASC}"))[0] == "second"
    assert len(await listed("first: 2")) == 2
    node = await manager.data("query($id: ID!) { node(id: $id) { ... on Draft { version } } }", id=first["id"])
    assert node["node"] == {"version": 0}


async def client_of(number: str) -> Any:
    return await value("SELECT client_id FROM contracts WHERE number = $1", number)


async def test_a_deleted_draft_is_gone(manager: Caller) -> None:
    draft = await create(manager)

    deleted = (await manager.data(DELETE, input={"draft": draft["id"]}))["deleteDraft"]

    assert deleted == {"__typename": "DeletedDraft", "id": draft["id"]}
    again = (await manager.data(DELETE, input={"draft": draft["id"]}))["deleteDraft"]
    assert (again["code"], again["field"]) == ("NOT_FOUND", "draft")


PROBLEMS: list[tuple[dict[str, Any], str, str]] = [
    ({"version": 7}, "CONFLICT", "version"),
    ({"amount": "5.00"}, "INVALID_INPUT", "amount"),
    ({"lines": [{"position": 9}]}, "INVALID_INPUT", "lines"),
    ({"lines": [{"position": 1, "quantity": "-1"}]}, "INVALID_INPUT", "lines"),
    ({"lines": [{"position": 1, "isRemoved": True, "quantity": "1"}]}, "INVALID_INPUT", "lines"),
    ({"lines": [{"position": 1}] * 1_001}, "INVALID_INPUT", "lines"),
    ({"lines": [{"position": one, "isRemoved": True} for one in (1, 2)]}, "NOTHING_TO_BILL", "lines"),
    (
        {"addedLines": [{"service": "x", "quantity": "1", "unitPrice": "1", "taxIncluded": True}]},
        "NOT_FOUND",
        "addedLines",
    ),
    ({"draft": "draft_0192f0c4-0000-7000-8000-000000000000"}, "NOT_FOUND", "draft"),
]


async def test_what_cannot_be_is_a_problem_and_changes_nothing(manager: Caller) -> None:
    draft = await create(manager)

    found = [await update(manager, draft, **change) for change, _, _ in PROBLEMS]

    assert [(one["code"], one["field"]) for one in found] == [(code, field) for _, code, field in PROBLEMS]
    assert await value("SELECT version FROM drafts") == 0


async def test_a_viewer_reads_drafts_and_changes_nothing(own: Faces, manager: Caller) -> None:
    draft, viewer = await create(manager), await own.staff(Role.VIEWER)
    given = {"draft": draft["id"]}

    assert (await viewer.data("{ drafts { totalCount } }"))["drafts"]["totalCount"] == 1
    for operation, input in (
        (UPDATE, {**given, "version": 0, "lines": []}),
        (PREVIEW, given),
        (ISSUE, given),
        (DELETE, given),
    ):
        assert await viewer.code(operation, input=input) == "FORBIDDEN"

    assert await value("SELECT count(*) FROM drafts WHERE version = 0") == 1
    assert await value("SELECT count(*) FROM documents") == 0


async def test_the_same_key_makes_one_draft(manager: Caller) -> None:
    first, second = await create(manager, idempotencyKey="k"), await create(manager, idempotencyKey="k")

    assert first["id"] == second["id"]
    assert await value("SELECT count(*) FROM drafts") == 1
