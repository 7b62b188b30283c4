"""Attachments: the usage behind a document beside its PDF, streamed from the books, and the mark of a void one."""

import csv
import io
from uuid import UUID

import pytest

from billfold.domain.access import OPERATOR
from billfold.domain.periods import month
from billfold.services import documents
from billfold.services.parts import Parts
from billfold.services.printing import print_chunk
from tests.services.asking import contract, rows, value

OCTOBER = month("2026-10")


async def issue(parts: Parts, number: str, type: str = "invoice") -> UUID:
    return await documents.issue_for_period(
        parts, OPERATOR, type=type, contract_id=await contract(number), period=OCTOBER
    )


async def files(document_id: UUID) -> list[tuple[str, str]]:
    found = await rows("SELECT kind, name FROM files WHERE document_id = $1 ORDER BY kind, name", document_id)
    return [(file["kind"], file["name"]) for file in found]


async def statistics(parts: Parts, document_id: UUID) -> list[list[str]]:
    """Read the rows of a document's CSV, without its heading."""
    key = await value("SELECT key FROM files WHERE document_id = $1 AND name LIKE '%.csv'", document_id)
    text = (await parts.files.get(key)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))[1:]


async def test_an_invoice_has_the_usage_beside_it_where_the_client_wants_statistics(books: Parts) -> None:
    document_id = await issue(books, "Я-102-Т")
    used = await value(
        """SELECT count(*) FROM usage_records u JOIN contracts c ON c.id = u.contract_id WHERE c.number = 'Я-102-Т'
             AND (u.occurred_at AT TIME ZONE 'Europe/Kaliningrad')::date BETWEEN '2026-10-01' AND '2026-10-31'"""
    )

    assert await print_chunk(books) == 1

    kinds = [kind for kind, _ in await files(document_id)]
    assert kinds == ["PDF", "STATISTICS", "STATISTICS"]
    table = await statistics(books, document_id)
    assert used > 0
    assert len([row for row in table if row[0]]) >= used


async def test_an_invoice_of_another_client_has_its_pdf_alone(books: Parts) -> None:
    document_id = await issue(books, "Я-101")

    await print_chunk(books)

    assert [kind for kind, _ in await files(document_id)] == ["PDF"]


async def test_the_same_usage_gives_the_same_bytes(books: Parts) -> None:
    first = await issue(books, "Я-102-Т", "usage-statistics")
    await print_chunk(books)
    await documents.void(books, OPERATOR, document_id=first, reason="ещё раз")
    second = await issue(books, "Я-102-Т", "usage-statistics")

    await print_chunk(books)

    hashes = "SELECT sha256 FROM files WHERE document_id = $1 AND kind = 'STATISTICS' ORDER BY name"
    assert await rows(hashes, first) == await rows(hashes, second)
    assert len(await rows(hashes, first)) == 2


async def test_a_void_document_is_printed_once_more_with_its_mark(books: Parts) -> None:
    document_id = await issue(books, "Я-101")
    await print_chunk(books)
    (before,) = await rows("SELECT sha256, name FROM files")

    await documents.void(books, OPERATOR, document_id=document_id, reason="ошибка")
    await print_chunk(books)

    both = await rows("SELECT kind, name, sha256 FROM files ORDER BY kind")
    assert [file["kind"] for file in both] == ["PDF", "VOID"]
    assert both[0]["sha256"] == before["sha256"] != both[1]["sha256"]
    assert await value("SELECT step FROM documents") == "PUBLISH"


async def test_a_document_that_is_void_before_it_is_printed_has_the_marked_pdf_alone(books: Parts) -> None:
    document_id = await issue(books, "Я-102-Т")
    await documents.void(books, OPERATOR, document_id=document_id, reason="ошибка")

    await print_chunk(books)

    assert [kind for kind, _ in await files(document_id)] == ["VOID"]


@pytest.mark.parametrize("type", ["act", "tax-invoice"])
async def test_documents_that_attach_nothing_have_their_pdf_alone(books: Parts, type: str) -> None:
    document_id = await issue(books, "Я-102-Т", type)

    await print_chunk(books)

    assert [kind for kind, _ in await files(document_id)] == ["PDF"]


async def test_usage_that_came_after_the_charging_is_not_in_the_statistics_of_the_month(books: Parts) -> None:
    document_id = await issue(books, "Я-102-Т")
    before = await value("SELECT count(*) FROM usage_records WHERE contract_id = $1", await contract("Я-102-Т"))
    await value(
        """INSERT INTO usage_records (contract_id, service_id, source, external_id, occurred_at, quantity,
                                      unit_price, tax_included)
           SELECT contract_id, service_id, 'test', 'late', occurred_at, quantity, unit_price,
                  tax_included FROM usage_records WHERE contract_id = $1 LIMIT 1""",
        await contract("Я-102-Т"),
    )

    await print_chunk(books)

    assert await value("SELECT count(*) FROM late_usage") == 1
    # One row more sums up.
    assert len([row for row in await statistics(books, document_id) if row[0]]) == before
