"""Printing: issued documents become stored files, are published, and fail alone."""

import dataclasses
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from billfold.adapters.file_store import StoredFile
from billfold.database.connection import writing
from billfold.domain.access import OPERATOR
from billfold.domain.clock import FixedClock
from billfold.domain.errors import PassingError, TemplateFailed
from billfold.domain.periods import month
from billfold.rendering.press import Printed, PrintOrder
from billfold.services import documents, runs
from billfold.services.parts import Parts
from billfold.services.printing import print_chunk, publish_chunk
from billfold.services.working import work_off
from tests.services.asking import contract, rows, value


class _BrokenPress:
    """A press that fails with one error; the rest of the house is real."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def trial(self, orders: Sequence[PrintOrder]) -> list[TemplateFailed | None]:
        return [None for _ in orders]

    async def print(self, order: PrintOrder) -> Printed:
        raise self._error


class _FullStore:
    """A store that has no room."""

    async def put(self, data: bytes) -> StoredFile:
        raise PassingError("The file store is full.")


@pytest.fixture
async def issued(books: Parts) -> UUID:
    return await documents.issue_for_period(
        books, OPERATOR, type="invoice", contract_id=await contract("Я-101"), period=month("2026-10")
    )


async def test_a_printed_document_is_stored_under_its_hash(books: Parts, issued: UUID) -> None:
    assert await print_chunk(books) == 1

    (file,) = await rows("SELECT document_id, name, media_type, size, sha256, key FROM files")
    pdf = await books.files.get(file["key"])
    assert file["document_id"] == issued
    assert file["name"] == "Счёт 1 от 01.11.2026.pdf"
    assert (len(pdf), pdf[:5]) == (file["size"], b"%PDF-")
    assert await value("SELECT step FROM documents") == "PUBLISH"


async def test_printing_the_snapshot_again_gives_the_same_bytes(books: Parts, issued: UUID) -> None:
    await print_chunk(books)
    (row,) = await rows("SELECT d.snapshot, d.template, f.sha256 FROM documents d JOIN files f ON f.document_id = d.id")

    budget = books.plugins.document_type("invoice").budget
    again = await books.press.print(PrintOrder(row["snapshot"], row["template"], budget))

    assert again.sha256 == row["sha256"]


async def test_publishing_sets_up_the_delivery(books: Parts, issued: UUID) -> None:
    await print_chunk(books)

    assert await publish_chunk(books) == 1

    (row,) = await rows("SELECT recipient, state, asked_as FROM deliveries")
    assert row == {"recipient": "office@bukhta-roz.example", "state": "PENDING", "asked_as": "rule"}
    assert await value("SELECT published_at = $1 FROM documents", books.clock.now())


async def test_publishing_twice_sets_up_one_delivery(books: Parts, issued: UUID) -> None:
    await print_chunk(books)
    await publish_chunk(books)

    assert await publish_chunk(books) == 0

    assert await value("SELECT count(*) FROM deliveries") == 1


async def test_what_another_worker_holds_is_left_alone(books: Parts, issued: UUID) -> None:
    async with writing() as connection:
        await connection.execute("UPDATE documents SET leased_until = $1", books.clock.now() + timedelta(seconds=1))

    assert await print_chunk(books) == 0


async def test_a_lease_that_ran_out_is_taken_over(books: Parts, issued: UUID) -> None:
    await print_chunk(dataclasses.replace(books, press=_BrokenPress(PassingError("gone"))))
    later = dataclasses.replace(books, clock=FixedClock(books.clock.now() + timedelta(minutes=2)))

    assert await print_chunk(later) == 1

    assert await value("SELECT step FROM documents") == "PUBLISH"


async def test_a_template_that_fails_is_final_and_keeps_the_number(books: Parts, issued: UUID) -> None:
    broken = dataclasses.replace(books, press=_BrokenPress(TemplateFailed("Template x.html failed: no.")))

    await print_chunk(broken)

    (row,) = await rows("SELECT number, step, failure FROM documents")
    assert row == {"number": "1", "step": "FAILED", "failure": "Template x.html failed: no."}


async def test_a_full_store_is_tried_again_a_minute_later(books: Parts, issued: UUID) -> None:
    await print_chunk(dataclasses.replace(books, files=_FullStore()))

    (row,) = await rows("SELECT step, attempts, failure, leased_until FROM documents")
    assert row == {
        "step": "PRINT",
        "attempts": 1,
        "failure": "The file store is full.",
        "leased_until": books.clock.now() + timedelta(minutes=1),
    }


async def test_a_store_that_stays_full_for_days_is_given_up(books: Parts, issued: UUID) -> None:
    for day in range(10):
        clock = FixedClock(books.clock.now() + timedelta(days=day))
        await print_chunk(dataclasses.replace(books, files=_FullStore(), clock=clock))

    (row,) = await rows("SELECT step, attempts FROM documents")
    assert row == {"step": "FAILED", "attempts": 9}


async def test_the_same_run_again_prints_what_was_given_up(books: Parts) -> None:
    request = runs.RunRequest(type="invoice", period=month("2026-10"), contract_ids=(await contract("Я-101"),))
    broken = dataclasses.replace(books, press=_BrokenPress(TemplateFailed("Template x.html failed: no.")))
    await work_off(broken, await runs.start(broken, OPERATOR, request), lambda _step, _count: None)
    assert await value("SELECT step FROM documents") == "FAILED"

    await work_off(books, await runs.start(books, OPERATOR, request), lambda _step, _count: None)

    assert await value("SELECT step FROM documents") == "DONE"
    assert await value("SELECT count(*) FROM documents") == 1


async def test_a_run_in_this_process_does_not_wait_for_a_full_store(books: Parts) -> None:
    request = runs.RunRequest(type="invoice", period=month("2026-10"), contract_ids=(await contract("Я-101"),))
    full = dataclasses.replace(books, files=_FullStore())

    await work_off(full, await runs.start(full, OPERATOR, request), lambda _step, _count: None)

    assert await value("SELECT step FROM documents") == "PRINT"


async def test_a_document_that_is_void_before_it_is_published_is_never_seen(books: Parts, issued: UUID) -> None:
    await print_chunk(books)
    await documents.void(books, OPERATOR, document_id=issued, reason="wrong client")

    await print_chunk(books)
    await publish_chunk(books)

    (row,) = await rows("SELECT step, published_at FROM documents")
    assert row == {"step": "DONE", "published_at": None}
    assert await value("SELECT count(*) FROM deliveries") == 0


async def test_a_document_that_was_published_is_still_seen_when_it_is_void(books: Parts, issued: UUID) -> None:
    await print_chunk(books)
    await publish_chunk(books)
    (before,) = await rows("SELECT published_at FROM documents")
    await documents.void(books, OPERATOR, document_id=issued, reason="wrong client")

    await print_chunk(books)
    await publish_chunk(books)

    assert await rows("SELECT published_at FROM documents") == [before]
    assert before["published_at"] is not None


async def test_a_print_that_fails_after_the_document_is_void_leaves_it_to_the_mark(books: Parts, issued: UUID) -> None:
    class VoidingPress(_BrokenPress):
        async def print(self, order: PrintOrder) -> Printed:
            await documents.void(books, OPERATOR, document_id=issued, reason="wrong client")
            return await super().print(order)

    press = VoidingPress(TemplateFailed("invoice/invoice.html: broken"))
    await print_chunk(dataclasses.replace(books, press=press))  # type: ignore[arg-type]

    (row,) = await rows("SELECT step, failure, leased_until FROM documents")
    assert row == {"step": "PRINT", "failure": "", "leased_until": None}
    assert await print_chunk(books) == 1
    assert [file["kind"] for file in await rows("SELECT kind FROM files")] == ["VOID"]


@pytest.mark.parametrize(
    "statement", ["UPDATE document_rules SET is_visible = false", "UPDATE documents SET is_hidden = true"]
)
async def test_what_the_client_may_not_see_is_not_mailed(books: Parts, issued: UUID, statement: str) -> None:
    async with writing() as connection:
        await connection.execute(statement)
    await print_chunk(books)

    await publish_chunk(books)

    assert await value("SELECT reason FROM deliveries") == "not_for_client"
