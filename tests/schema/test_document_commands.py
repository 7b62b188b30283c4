"""Commands on documents of every type: previews, copies, corrections, and documents of a day, as an SPA asks."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from billfold.domain.access import Role
from billfold.services.parts import Parts
from tests.schema.calling import Caller, Faces, open_http
from tests.services.asking import contract, value

PERIOD = {"from": "2026-10-01", "until": "2026-11-01"}
PROBLEM = "... on Problem { code message field }"
ISSUE = f"""mutation($input: IssueDocumentInput!) {{ issueDocument(input: $input) {{ __typename
  ... on Document {{ id number type {{ key }} issueDate totals {{ gross {{ amount }} }}
    original {{ id number }} corrections {{ number }} }} {PROBLEM} }} }}"""
PREVIEW = f"""mutation($input: AskedDocumentInput!) {{ previewDocument(input: $input) {{ __typename
  ... on DocumentPreview {{ title issueDate dueDate period {{ from until }} html pdfUrl details type {{ key }}
    totals {{ net {{ amount }} tax {{ amount }} gross {{ amount currency }} taxes {{ rate }} }}
    lines {{ position description gross {{ amount }} }} }} {PROBLEM} }} }}"""
COPY = f"""mutation($input: CopyDocumentInput!) {{ copyDocument(input: $input) {{ __typename
  ... on DocumentCopy {{ pdfUrl }} {PROBLEM} }} }}"""


@pytest.fixture
async def own(books: Parts) -> AsyncIterator[Faces]:
    """Callers on fresh books of the sample operator."""
    async with open_http(books) as http:
        yield Faces(books, http)


@pytest.fixture
async def manager(own: Faces) -> Caller:
    """A manager of the sample operator."""
    return await own.staff(Role.MANAGER)


async def given(**changes: Any) -> dict[str, Any]:
    return {"type": "invoice", "contract": f"contract_{await contract('Я-101')}", "period": PERIOD, **changes}


async def issue(caller: Caller, **changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await caller.data(ISSUE, input=await given(**changes)))["issueDocument"]
    return found


async def correction_of(caller: Caller, original: str, **changes: Any) -> dict[str, Any]:
    asked = {
        "type": "corrective-tax-invoice",
        "original": original,
        "corrections": [{"position": 1, "unitPrice": "950.00"}],
        **changes,
    }
    found: dict[str, Any] = (await caller.data(ISSUE, input=asked))["issueDocument"]
    return found


async def test_a_preview_gives_sums_a_page_and_a_pdf_and_issues_nothing(own: Faces, manager: Caller) -> None:
    preview = (await manager.data(PREVIEW, input=await given()))["previewDocument"]

    assert (preview["type"]["key"], preview["title"], preview["period"]) == ("invoice", "Счёт на оплату", PERIOD)
    assert preview["totals"]["gross"] == {"amount": "2093.55", "currency": "RUB"}
    assert preview["totals"]["taxes"] == [{"rate": "22"}]
    assert [line["gross"]["amount"] for line in preview["lines"]] == ["1900.00", "193.55"]
    assert "ЧЕРНОВИК" in preview["html"]
    file = await own.http.get(preview["pdfUrl"], headers={"Authorization": f"Bearer {manager.token}"})
    assert file.content.startswith(b"%PDF-")
    assert await value("SELECT count(*) FROM documents") == 0


async def test_a_preview_and_the_document_say_the_same(manager: Caller) -> None:
    preview = (await manager.data(PREVIEW, input=await given(type="tax-invoice")))["previewDocument"]

    issued = await issue(manager, type="tax-invoice")

    assert issued["totals"]["gross"]["amount"] == preview["totals"]["gross"]["amount"] == "2093.55"
    assert issued["issueDate"] == preview["issueDate"] == "2026-10-31"


async def test_a_correction_is_previewed_issued_and_tied_to_its_original(manager: Caller) -> None:
    original = await issue(manager, type="tax-invoice")
    asked = {
        "type": "corrective-tax-invoice",
        "original": original["id"],
        "corrections": [{"position": 1, "unitPrice": "950.00"}],
    }
    preview = (await manager.data(PREVIEW, input=asked))["previewDocument"]

    correction = await correction_of(manager, original["id"])

    assert preview["totals"]["gross"]["amount"] == correction["totals"]["gross"]["amount"] == "-950.00"
    assert correction["original"] == {"id": original["id"], "number": "1"}
    found = await manager.data("query($id: ID!) { document(id: $id) { corrections { number } } }", id=original["id"])
    assert found["document"]["corrections"] == [{"number": "2"}]


async def test_a_contract_is_printed_as_of_a_day(manager: Caller) -> None:
    issued = await issue(manager, type="contract", period=None)

    assert (issued["__typename"], issued["type"]["key"]) == ("Document", "contract")
    assert "Я-101" in issued["number"]


async def test_a_copy_is_downloaded_by_staff_alone(own: Faces, manager: Caller) -> None:
    issued = await issue(manager)

    copy = (await manager.data(COPY, input={"document": issued["id"]}))["copyDocument"]

    file = await own.http.get(copy["pdfUrl"], headers={"Authorization": f"Bearer {manager.token}"})
    nobody = await own.http.get(copy["pdfUrl"])
    assert file.content.startswith(b"%PDF-")
    assert nobody.status_code == 401


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"amount": "5.00"}, "INVALID_INPUT", "amount"),
        ({"contract": None}, "INVALID_INPUT", "contract"),
        ({"corrections": [{"position": 1, "quantity": "1"}]}, "INVALID_INPUT", "corrections"),
        ({"period": None}, "INVALID_INPUT", "type"),
        ({"type": "contract"}, "INVALID_INPUT", "type"),
        ({"type": "nonsense"}, "UNKNOWN_DOCUMENT_TYPE", "type"),
        ({"period": {"from": "2020-01-01", "until": "2020-02-01"}}, "NOTHING_TO_BILL", "period"),
    ],
)
async def test_what_cannot_be_previewed_is_a_problem(
    manager: Caller, changes: dict[str, Any], code: str, field: str
) -> None:
    problem = (await manager.data(PREVIEW, input=await given(**changes)))["previewDocument"]

    assert (problem["code"], problem["field"]) == (code, field)
    assert await value("SELECT count(*) FROM stored_files") == 0


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"corrections": []}, "INVALID_INPUT", "corrections"),
        ({"corrections": [{"position": 7, "quantity": "1"}]}, "INVALID_INPUT", "corrections"),
        ({"corrections": [{"position": 1, "quantity": "-1"}]}, "INVALID_INPUT", "corrections"),
        ({"type": "invoice"}, "INVALID_INPUT", "type"),
        ({"original": "document_0192f0c4-0000-7000-8000-000000000000"}, "NOT_FOUND", "original"),
        ({"issueDate": "2026-10-01"}, "INVALID_INPUT", "issueDate"),
        ({"corrections": [{"position": 1, "unitPrice": "1900.00"}]}, "NOTHING_TO_BILL", "corrections"),
    ],
)
async def test_what_cannot_be_corrected_is_a_problem(
    manager: Caller, changes: dict[str, Any], code: str, field: str
) -> None:
    original = await issue(manager, type="tax-invoice")

    problem = await correction_of(manager, **{"original": original["id"], **changes})

    assert (problem["__typename"], problem["code"], problem["field"]) == ("Problem", code, field)
    assert await value("SELECT count(*) FROM documents") == 1


async def test_a_seller_that_may_not_issue_tax_invoices_is_told_so(manager: Caller) -> None:
    problem = await issue(manager, type="tax-invoice", contract=f"contract_{await contract('В-7')}")

    assert (problem["code"], await value("SELECT count(*) FROM documents")) == ("NOTHING_TO_BILL", 0)
    assert "Ветрова" in problem["message"]


async def test_the_same_charges_are_claimed_once(manager: Caller) -> None:
    number = f"contract_{await contract('В-9')}"
    invoice = await issue(manager, contract=number)

    problem = await issue(manager, type="receipt-slip", contract=number)

    assert invoice["__typename"] == "Document"
    assert problem["code"] == "NOTHING_TO_BILL"
    assert "claimed by invoice 1" in problem["message"]
