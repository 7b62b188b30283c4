"""docs/drafts.md: a draft is made, edited, looked at and issued as the page says, from the real web process."""

from collections.abc import AsyncIterator

import pytest
from graphql import parse

from billfold.services.parts import Parts
from tests.docs.asking import Reader, reading_page
from tests.docs.pages import Block, blocks, read
from tests.services.asking import contract, value

BLOCKS = list(blocks(read("docs/drafts.md")))


@pytest.fixture
async def reader(books: Parts) -> AsyncIterator[Reader]:
    """Somebody with a manager's token, on the sample operator's books."""
    async with reading_page(books, BLOCKS) as reader:
        yield reader


async def test_a_draft_goes_its_way_as_the_page_says(reader: Reader) -> None:
    service_id = await value("SELECT id FROM services WHERE code = 'line-setup'")
    reader.know(contract=f"contract_{await contract('Я-101')}", service=f"service_{service_id}")

    draft = (await reader.ask("create"))["createDraft"]
    reader.know(draft=draft["id"])
    assert (draft["version"], draft["totals"]["gross"]["amount"], len(draft["charges"])) == (0, "2093.55", 2)

    edited = (await reader.ask("edit"))["updateDraft"]
    assert (edited["version"], edited["totals"]["gross"]["amount"]) == (1, "1830.00")
    assert (await reader.ask("preview"))["previewDraft"]["totals"]["gross"]["amount"] == "1830.00"

    issued = (await reader.ask("issue"))["issueDraft"]
    assert issued["id"] == draft["id"].replace("draft_", "document_")
    assert [line["description"] for line in issued["lines"]] == ["Internet at the agreed price", "Engineer's visit"]
    assert (await reader.ask("find"))["drafts"]["nodes"] == []


async def test_a_draft_is_deleted_as_the_page_says(reader: Reader) -> None:
    reader.know(contract=f"contract_{await contract('Я-101')}")
    draft = (await reader.ask("create"))["createDraft"]
    reader.know(draft=draft["id"])

    assert (await reader.ask("delete"))["deleteDraft"] == {"id": draft["id"]}


@pytest.mark.parametrize("block", [one for one in BLOCKS if one.language == "graphql"], ids=lambda one: one.title)
def test_every_operation_can_be_copied_alone(block: Block) -> None:
    assert len(parse(block.text).definitions) == 1
