"""docs/schedules.md: every operation on it is asked for, in the order of the page, from the real web process."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from graphql import parse

from billfold.services.parts import Parts
from billfold.services.scheduling import schedule_due
from tests.docs.asking import Reader, reading_page
from tests.docs.pages import Block, blocks, read
from tests.services.asking import value

BLOCKS = list(blocks(read("docs/schedules.md")))


@pytest.fixture
async def reader(books: Parts) -> AsyncIterator[Reader]:
    """Somebody with a manager's token, on the sample operator's books after the ticks of 1 November."""
    await schedule_due(replace(books, is_scheduling=True))
    async with reading_page(books, BLOCKS) as reader:
        yield reader


async def test_the_tasks_of_the_page_can_be_done_in_its_order(reader: Reader) -> None:
    client = await value("SELECT id FROM clients WHERE code = 'novosel'")
    enterprise = await value("SELECT enterprise_id FROM clients WHERE code = 'novosel'")
    run = await value("SELECT id FROM runs WHERE type = 'invoice' ORDER BY id LIMIT 1")
    reader.know(client=f"client_{client}", enterprise=f"enterprise_{enterprise}", run=f"run_{run}")

    assert (await reader.ask("schedule"))["updateDocumentRule"]["isAutomatic"] is True
    assert (await reader.ask("own dates"))["updateClient"] == {"invoiceDates": "1,16"}
    assert (await reader.ask("dates"))["scheduleDates"] == ["2026-11-02", "2026-11-16", "2026-12-01", "2026-12-16"]

    assert (await reader.ask("set a day"))["setCalendarDay"]["isWorking"] is False
    assert [one["day"] for one in (await reader.ask("set days"))["calendarDays"]] == ["2026-12-31"]
    assert (await reader.ask("clear a day"))["clearCalendarDay"] == {"country": "RU", "day": "2026-12-31"}

    expected = (await reader.ask("expected"))["occurrences"]
    assert {one["state"] for one in expected["nodes"]} == {"PENDING"}
    assert expected["nodes"][0]["issueDate"] == "2026-11-01"
    told = (await reader.ask("of a run"))["node"]
    assert (told["progress"]["pending"], told["occurrences"]["nodes"]) == (told["progress"]["total"], [])


@pytest.mark.parametrize("block", [one for one in BLOCKS if one.language == "graphql"], ids=lambda one: one.title)
def test_every_operation_can_be_copied_alone(block: Block) -> None:
    assert len(parse(block.text).definitions) == 1
