"""docs/documents.md: every operation on it is asked for, in the order of the page, from the real web process."""

from collections.abc import AsyncIterator

import pytest
from graphql import parse

from billfold.domain.access import OPERATOR
from billfold.domain.periods import month
from billfold.services.documents import issue_for_period
from billfold.services.parts import Parts
from tests.docs.asking import Reader, reading_page
from tests.docs.pages import blocks, read
from tests.services.asking import contract

PAGE = read("docs/documents.md")
BLOCKS = list(blocks(PAGE))


@pytest.fixture
async def reader(books: Parts) -> AsyncIterator[Reader]:
    """Somebody with a manager's token, on the sample operator's books."""
    async with reading_page(books, BLOCKS) as reader:
        yield reader


async def test_the_tasks_of_the_page_can_be_done_in_its_order(books: Parts, reader: Reader) -> None:
    reader.know(contract=f"contract_{await contract('Я-101')}")

    preview = (await reader.ask("preview"))["previewDocument"]
    assert preview["totals"]["gross"] == {"amount": "2093.55", "currency": "RUB"}

    both = await reader.ask("act and tax invoice")
    assert [both[name]["totals"]["gross"]["amount"] for name in ("act", "taxInvoice")] == ["2093.55", "2093.55"]
    assert [both[name]["issueDate"] for name in ("act", "taxInvoice")] == ["2026-10-31", "2026-10-31"]

    reader.know(original=both["taxInvoice"]["id"], document=both["act"]["id"])
    corrected = (await reader.ask("correct"))["issueDocument"]
    assert (corrected["number"], corrected["totals"]["gross"]["amount"]) == ("2", "-950.00")

    reader.know(invoice=await _invoice(books))
    revised = (await reader.ask("revise"))["reviseDocument"]
    assert (revised["number"], revised["revision"], revised["replaces"]["status"]) == ("1", 1, "VOID")

    assert "Я-101" in (await reader.ask("contract"))["issueDocument"]["number"]
    assert (await reader.ask("reconcile"))["issueDocument"]["details"]["rows"]
    assert (await reader.ask("copy"))["copyDocument"]["pdfUrl"].startswith("/files/file_")


async def _invoice(parts: Parts) -> str:
    contract_id = await contract("Я-101")
    period = month("2026-10")
    made = await issue_for_period(parts, OPERATOR, type="invoice", contract_id=contract_id, period=period)
    return f"document_{made}"


@pytest.mark.parametrize("block", [one for one in BLOCKS if one.language == "graphql"], ids=lambda one: one.title)
def test_every_operation_can_be_copied_alone(block: object) -> None:
    assert len(parse(block.text).definitions) == 1  # type: ignore[attr-defined]
