"""docs/numbering.md: every operation on it is asked for, in the order of the page, from the real web process."""

from collections.abc import AsyncIterator

import pytest

from billfold.database.connection import writing
from billfold.services.parts import Parts
from tests.docs.asking import Reader, reading_page
from tests.docs.pages import blocks, read
from tests.factories_rows import add_enterprise

BLOCKS = list(blocks(read("docs/numbering.md")))


@pytest.fixture
async def reader(parts: Parts) -> AsyncIterator[Reader]:
    """Somebody with a manager's token, and an enterprise without documents."""
    async with reading_page(parts, BLOCKS) as reader:
        async with writing() as connection:
            reader.know(enterprise=f"enterprise_{await add_enterprise(connection)}")
        yield reader


async def test_the_tasks_of_the_page_can_be_done_in_its_order(reader: Reader) -> None:
    preview = (await reader.ask("preview"))["numberPreview"]
    assert preview == [*(f"INV-2026/000{counter}" for counter in range(1, 6)), "INV-2027/0001"]

    assert (await reader.ask("change"))["updateDocumentRule"]["mask"] == "{PREFIX}{YYYY}/{N:04}"
    reserved = (await reader.ask("reserve"))["reserveNumbers"]
    assert reserved == {"numbers": ["INV-2026/0001", "INV-2026/0002"]}

    assert (await reader.ask("import"))["importNumbers"] == {"imported": 1, "unchanged": 0}
    assert (await reader.ask("events"))["numberEvents"]["totalCount"] == 3
    assert (await reader.ask("register"))["exportNumberRegister"]["url"].startswith("/files/file_")
