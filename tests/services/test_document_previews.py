"""Previews of documents and copies: paper that issues nothing."""

import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from billfold.domain.access import OPERATOR, Scope
from billfold.domain.errors import AlreadyIssued, Forbidden, IllegalState, NotFound, NothingToBill
from billfold.domain.periods import month
from billfold.services import asked, documents
from billfold.services.document_previews import copy, preview
from billfold.services.parts import Parts
from tests.services.asking import contract, rows, value
from tests.services.money import close

OCTOBER = month("2026-10")
READER = dataclasses.replace(OPERATOR, name="reader", scopes=frozenset({Scope.DOCUMENTS_READ}))
NOBODY = dataclasses.replace(OPERATOR, name="nobody", scopes=frozenset({Scope.BOOKS_READ}))
WRITTEN = ("documents", "charges", "charge_periods", "number_series", "occurrences", "stored_files")


async def counts() -> list[int]:
    return [await value(f"SELECT count(*) FROM {table}") for table in WRITTEN]  # noqa: S608 # Names of the test's own.


async def invoice(parts: Parts) -> UUID:
    return await documents.issue_for_period(
        parts, OPERATOR, type="invoice", contract_id=await contract("Я-101"), period=OCTOBER
    )


async def test_a_preview_shows_what_would_be_issued_and_writes_a_draft_only(books: Parts) -> None:
    assignment = await asked.for_period(books, "invoice", await contract("Я-101"), OCTOBER)

    found = await preview(books, OPERATOR, assignment)

    assert (found.document.number, found.document.totals.gross) == ("", Decimal("2093.55"))
    assert "ЧЕРНОВИК" in found.html
    assert "2\u00a0093,55" in found.html
    assert await counts() == [0, 0, 0, 0, 0, 1]
    (file,) = await rows("SELECT * FROM stored_files")
    assert (file["id"], file["kind"], file["created_by"]) == (found.file_id, "PREVIEW", OPERATOR.name)
    assert file["expires_at"] - file["created_at"] == timedelta(days=1)
    assert (await books.files.get(file["key"]))[:5] == b"%PDF-"


async def test_a_preview_says_what_the_document_then_says(books: Parts) -> None:
    assignment = await asked.for_amount(books, "invoice", await contract("Я-101"), Decimal("1220.00"))

    found = await preview(books, OPERATOR, assignment)
    await documents.issue_for_amount(
        books, OPERATOR, type="invoice", contract_id=await contract("Я-101"), amount=Decimal("1220.00")
    )

    (row,) = await rows("SELECT net, tax, gross FROM documents")
    totals = found.document.totals
    assert (row["net"], row["tax"], row["gross"]) == (totals.net, totals.tax, totals.gross)
    assert totals.net == Decimal("1000.00")


async def test_nothing_to_bill_has_no_preview(books: Parts) -> None:
    assignment = await asked.for_period(books, "invoice", await contract("Я-101"), month("2020-01"))

    with pytest.raises(NothingToBill, match="nothing_to_bill"):
        await preview(books, OPERATOR, assignment)

    assert await counts() == [0, 0, 0, 0, 0, 0]


async def test_what_is_issued_already_has_no_preview(books: Parts) -> None:
    document_id = await invoice(books)
    assignment = await asked.for_period(books, "invoice", await contract("Я-101"), OCTOBER)

    with pytest.raises(AlreadyIssued, match=f"has its invoice for .* already: document_{document_id}"):
        await preview(books, OPERATOR, assignment)


async def test_closed_books_have_no_preview(books: Parts) -> None:
    assignment = await asked.for_period(books, "invoice", await contract("Я-101"), OCTOBER)
    await close(date(2026, 11, 1))

    with pytest.raises(IllegalState, match="was not charged then"):
        await preview(books, OPERATOR, assignment)


async def test_who_may_not_issue_may_not_preview(books: Parts) -> None:
    assignment = await asked.for_period(books, "invoice", await contract("Я-101"), OCTOBER)

    with pytest.raises(Forbidden):
        await preview(books, READER, assignment)

    assert await counts() == [0, 0, 0, 0, 0, 0]


async def test_a_copy_is_other_paper_of_the_same_document(books: Parts) -> None:
    document_id = await invoice(books)
    (sealed,) = await rows("SELECT snapshot_sha256, step FROM documents")

    file_id = await copy(books, READER, document_id)

    (file,) = await rows("SELECT id, kind, name FROM stored_files")
    assert file == {"id": file_id, "kind": "COPY", "name": "Счёт 1 от 01.11.2026.pdf"}
    assert await rows("SELECT snapshot_sha256, step FROM documents") == [sealed]


async def test_a_void_document_has_no_copy(books: Parts) -> None:
    document_id = await invoice(books)
    await documents.void(books, OPERATOR, document_id=document_id, reason="ошибка")

    with pytest.raises(IllegalState, match="is VOID"):
        await copy(books, OPERATOR, document_id)

    assert await value("SELECT count(*) FROM stored_files") == 0


async def test_a_copy_needs_a_document_and_a_scope(books: Parts) -> None:
    document_id = await invoice(books)

    with pytest.raises(NotFound):
        await copy(books, OPERATOR, uuid4())
    with pytest.raises(Forbidden):
        await copy(books, NOBODY, document_id)

    assert await value("SELECT count(*) FROM stored_files") == 0
