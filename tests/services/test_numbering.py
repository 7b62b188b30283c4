"""Numbering: what documents are numbered when they are issued, whatever is taken, raised, changed or asked by hand."""

import asyncio
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR
from billfold.domain.errors import InvalidInput, NumberingConflict
from billfold.services import asked, documents
from billfold.services.checking import check
from billfold.services.composing import compose
from billfold.services.drafts import Composed, Failed, Issued, Stale
from billfold.services.issuing import issue
from billfold.services.parts import Parts
from billfold.services.rules import update_rule
from tests.factories_rows import add_row
from tests.services.asking import contract, rows, value

CONTRACTS = ("Я-101", "Я-102", "Я-103")


class RolledBackError(Exception):
    """Makes an issuing transaction roll back."""


async def compose_amount(parts: Parts, of: str = "Я-101", **options: Any) -> Sequence[Composed]:
    assignment = await asked.for_amount(parts, "invoice", await contract(of), Decimal("100.00"), **options)
    return await compose(parts, "invoice", [assignment])


async def issue_amount(parts: Parts, of: str = "Я-101", **options: Any) -> str:
    """Issue an invoice for an amount; gives its number."""
    document_id = await documents.issue_for_amount(
        parts, OPERATOR, type="invoice", contract_id=await contract(of), amount=Decimal("100.00"), **options
    )
    found = await value("SELECT number FROM documents WHERE id = $1", document_id)
    assert isinstance(found, str)
    return found


async def change_rule(parts: Parts, **fields: object) -> None:
    await update_rule(parts, OPERATOR, enterprise_id=await enterprise(), type="invoice", fields=fields)


async def enterprise() -> UUID:
    found = await value("SELECT enterprise_id FROM contracts WHERE number = 'Я-101'")
    assert isinstance(found, UUID)
    return found


async def give_away(number: str, kind: str = "imported") -> None:
    event = {"type": "invoice", "number": number, "kind": kind, "reason": "the old system", "actor": "test"}
    async with writing() as connection:
        await add_row(connection, "number_events", {"enterprise_id": await enterprise(), **event})


async def skipped() -> list[dict[str, Any]]:
    return await rows(
        "SELECT counter, count, number, reason FROM number_events WHERE kind = 'skipped' ORDER BY counter, reason"
    )


async def broken() -> list[str]:
    return [one for verdict in await check(OPERATOR) for one in verdict.broken]


async def test_twenty_at_once_in_a_new_series_leave_no_gap_though_each_third_fails(books: Parts) -> None:
    async def roll_back(_connection: asyncpg.Connection, _made: str) -> None:
        raise RolledBackError

    composed = [await compose_amount(books, CONTRACTS[place % 3]) for place in range(20)]
    results = await asyncio.gather(
        *(
            issue(books, "invoice", one, remember=roll_back if place % 3 == 2 else None)
            for place, one in enumerate(composed)
        ),
        return_exceptions=True,
    )

    assert sum(isinstance(one, RolledBackError) for one in results) == 6
    assert [row["counter"] for row in await rows("SELECT counter FROM documents ORDER BY counter")] == [*range(1, 15)]
    assert await broken() == []


async def test_numbers_that_are_given_away_are_skipped_and_that_is_written_down(books: Parts) -> None:
    await give_away("1")
    await give_away("2", "reserved")

    assert [await issue_amount(books), await issue_amount(books)] == ["3", "4"]

    assert await skipped() == [
        {"counter": 1, "count": 1, "number": "1", "reason": "taken by imported number"},
        {"counter": 2, "count": 1, "number": "2", "reason": "taken by reserved number"},
    ]
    assert await broken() == []


async def test_a_long_row_of_taken_numbers_is_passed_at_once(books: Parts) -> None:
    async with writing() as connection:
        await connection.execute(
            """INSERT INTO number_events (id, enterprise_id, type, number, kind, reason, actor)
               SELECT gen_random_uuid(), $1, 'invoice', n::text, 'imported', 'old', 'test'
               FROM generate_series(1, 5000) n""",
            await enterprise(),
        )

    assert await issue_amount(books) == "5001"

    assert len(await skipped()) == 5_000


async def test_more_taken_numbers_than_may_be_skipped_are_refused(books: Parts) -> None:
    async with writing() as connection:
        await connection.execute(
            """INSERT INTO number_events (id, enterprise_id, type, number, kind, reason, actor)
               SELECT gen_random_uuid(), $1, 'invoice', n::text, 'imported', 'old', 'test'
               FROM generate_series(1, 10001) n""",
            await enterprise(),
        )

    with pytest.raises(NumberingConflict, match="10000 numbers of invoice up to '10001' are taken: raise the start"):
        await issue_amount(books)

    assert await value("SELECT count(*) FROM number_series") == 0


async def test_a_raised_start_leaves_out_the_numbers_below_it(books: Parts) -> None:
    await issue_amount(books)

    await change_rule(books, start=100)

    assert await issue_amount(books) == "100"
    assert await skipped() == [{"counter": 2, "count": 98, "number": "2", "reason": "start raised to 100"}]
    assert await broken() == []


async def test_a_rule_that_changes_while_issuing_is_followed_whole(books: Parts) -> None:
    composed = await compose_amount(books)
    await change_rule(books, mask="{PREFIX}{N}", prefix="С-")

    (stale,) = await issue(books, "invoice", composed, is_last_try=False)
    (failed,) = await issue(books, "invoice", composed)

    assert isinstance(stale, Stale)
    assert isinstance(failed, Failed)
    assert await value("SELECT count(*) FROM documents") == 0
    assert await issue_amount(books) == "С-1"


async def test_a_rule_waits_for_who_issues_by_it(books: Parts) -> None:
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def hold(_connection: asyncpg.Connection, _made: str) -> None:
        entered.set()
        await go_on.wait()

    issuing = asyncio.create_task(issue(books, "invoice", await compose_amount(books), remember=hold))
    await entered.wait()
    changing = asyncio.create_task(change_rule(books, start=2))
    await asyncio.sleep(0.2)
    assert not changing.done()
    go_on.set()

    (issued,) = await issuing
    await changing

    assert isinstance(issued, Issued)
    assert issued.document.number == "1"


async def test_a_chronological_series_refuses_a_date_before_its_latest(books: Parts) -> None:
    await change_rule(books, backdating="chronological")
    await issue_amount(books, issue_date=date(2026, 10, 20))

    with pytest.raises(NumberingConflict, match="2026-10-20 or later") as refused:
        await issue_amount(books, issue_date=date(2026, 10, 19))

    assert refused.value.field == "issueDate"
    assert await issue_amount(books, issue_date=date(2026, 10, 20)) == "2"


async def test_the_refused_of_a_chunk_let_the_others_go_on(books: Parts) -> None:
    await change_rule(books, backdating="chronological")
    await issue_amount(books, issue_date=date(2026, 10, 20))
    early = await compose_amount(books, issue_date=date(2026, 10, 1))
    later = await compose_amount(books, "Я-103", issue_date=date(2026, 10, 21))

    refused, issued = await issue(books, "invoice", [*early, *later])

    assert isinstance(refused, Failed)
    assert isinstance(issued, Issued)
    assert issued.document.number == "2"
    assert await broken() == []


async def test_refused_backdating_refuses_what_is_asked_for_and_not_what_is_declared(books: Parts) -> None:
    await change_rule(books, backdating="refused")

    with pytest.raises(NumberingConflict, match="date the document 2026-11-01 or later") as refused:
        await issue_amount(books, issue_date=date(2026, 10, 31))

    assert refused.value.field == "issueDate"
    assert await issue_amount(books) == "1"


async def test_a_date_too_far_ahead_is_refused_with_the_latest(books: Parts) -> None:
    await change_rule(books, days_ahead=5)

    with pytest.raises(InvalidInput, match="date it 2026-11-06 at the latest") as refused:
        await issue_amount(books, issue_date=date(2026, 11, 7))

    assert refused.value.field == "issueDate"
    assert await issue_amount(books, issue_date=date(2026, 11, 6)) == "1"


async def test_a_number_by_hand_stands_beside_the_counter_which_passes_it_later(books: Parts) -> None:
    assert await issue_amount(books, number="2", issue_date=date(2026, 11, 2)) == "2"

    (row,) = await rows("SELECT d.counter, s.key, s.next_counter, s.latest_on FROM documents d "
                        "JOIN number_series s ON s.id = d.series_id")  # fmt: skip
    assert row == {"counter": None, "key": "invoice:", "next_counter": 1, "latest_on": date(2026, 11, 2)}
    assert [await issue_amount(books), await issue_amount(books)] == ["1", "3"]
    (skip,) = await skipped()
    assert (skip["counter"], skip["number"]) == (2, "2")
    assert skip["reason"].endswith("of 2026-11-02")
    assert await broken() == []


async def test_a_number_by_hand_that_is_taken_is_refused(books: Parts) -> None:
    await issue_amount(books)
    await give_away("А-7")

    for number in ("1", "А-7"):
        with pytest.raises(NumberingConflict, match=f"Number '{number}' is taken by .*: give another") as refused:
            await issue_amount(books, number=number)

        assert refused.value.field == "number"
    assert await value("SELECT count(*) FROM documents") == 1


async def test_a_reserved_number_is_taken_up_by_hand(books: Parts) -> None:
    await give_away("А-7", "reserved")

    assert await issue_amount(books, number="А-7") == "А-7"


@pytest.mark.parametrize("number", [" 7", "7 ", "7\n8", "7" * 201])
async def test_a_number_by_hand_that_fits_no_paper_is_refused(books: Parts, number: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await issue_amount(books, number=number)

    assert refused.value.field == "number"
    assert await value("SELECT count(*) FROM documents") == 0


async def test_a_voided_number_by_hand_keeps_its_number(books: Parts) -> None:
    await issue_amount(books, number="А-7")

    await documents.void(books, OPERATOR, document_id=await value("SELECT id FROM documents"), reason="wrong client")

    assert await rows("SELECT counter, number, kind FROM number_events") == [
        {"counter": None, "number": "А-7", "kind": "void"}
    ]
    with pytest.raises(NumberingConflict):
        await issue_amount(books, number="А-7")


async def test_unique_numbers_are_drawn_without_waiting_for_whoever_issues(books: Parts) -> None:
    await change_rule(books, mode="unique")
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def hold(_connection: asyncpg.Connection, _made: str) -> None:
        entered.set()
        await go_on.wait()

    holding = asyncio.create_task(issue(books, "invoice", await compose_amount(books), remember=hold))
    await entered.wait()

    assert await issue_amount(books, "Я-103") == "2"

    go_on.set()
    await holding
    assert await issue_amount(books) == "3"


async def test_a_unique_number_that_nobody_bears_is_explained(books: Parts) -> None:
    await change_rule(books, mode="unique")

    async def roll_back(_connection: asyncpg.Connection, _made: str) -> None:
        raise RolledBackError

    with pytest.raises(RolledBackError):
        await issue(books, "invoice", await compose_amount(books), remember=roll_back)

    assert await issue_amount(books) == "2"
    reason = "drawn for a document that was not issued"
    assert await skipped() == [{"counter": 1, "count": 1, "number": "1", "reason": reason}]


async def test_a_unique_series_is_chronological_too(books: Parts) -> None:
    await change_rule(books, mode="unique", backdating="chronological")
    await issue_amount(books, issue_date=date(2026, 10, 20))

    with pytest.raises(NumberingConflict, match="2026-10-20 or later"):
        await issue_amount(books, issue_date=date(2026, 10, 19))

    assert await issue_amount(books, issue_date=date(2026, 10, 21)) == "2"


async def test_december_is_numbered_in_its_year_after_january_began(books: Parts) -> None:
    await change_rule(books, mask="{YYYY}-{N:03}", reset="year", days_ahead=90)
    december, january = date(2026, 12, 31), date(2027, 1, 1)

    numbers = [await issue_amount(books, issue_date=day) for day in (december, january, december, january)]

    assert numbers == ["2026-001", "2027-001", "2026-002", "2027-002"]
