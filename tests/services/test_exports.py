"""Exports: what a file holds is kept, what changed since is told, and nothing is kept of an export that fails."""

import asyncio
import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest

from billfold.database.connection import writing
from billfold.database.reading.conditions import Span
from billfold.database.reading.exports import documents_to_export
from billfold.domain.access import OPERATOR, Scope
from billfold.domain.clock import FixedClock
from billfold.domain.errors import (
    Forbidden,
    IdempotencyKeyReused,
    InvalidInput,
    LimitExceeded,
    NotFound,
    PluginFailed,
)
from billfold.services import documents, export_sources
from billfold.services.exports import Export, ExportRequest, export_documents
from billfold.services.parts import Parts
from tests.conftest import NOW
from tests.services.asking import contract, rows, value
from tests.services.export_plugins import with_export_plugin

READER = dataclasses.replace(OPERATOR, name="reader", scopes=frozenset({Scope.BOOKS_READ, Scope.DOCUMENTS_READ}))
BLIND = dataclasses.replace(OPERATOR, name="blind", scopes=frozenset({Scope.DOCUMENTS_EXPORT}))


@pytest.fixture
def exporting(books: Parts, tmp_path: Path) -> Parts:
    """The books, and a plugin that exports in every way."""
    return with_export_plugin(books, tmp_path)


async def issue(parts: Parts, count: int, number: str = "Я-101") -> list[UUID]:
    """Issue invoices of 10, 20, ... roubles, numbered from 1."""
    contract_id = await contract(number)
    return [
        await documents.issue_for_amount(
            parts, OPERATOR, type="invoice", contract_id=contract_id, amount=Decimal(10 * (place + 1))
        )
        for place in range(count)
    ]


async def export(parts: Parts, format: str, key: str | None = None, **filters: Any) -> Export:
    return await export_documents(parts, OPERATOR, ExportRequest(format, filters), idempotency_key=key)


async def content(parts: Parts, made: Export) -> bytes:
    return await parts.files.get(made.file.key)


async def archived(parts: Parts, made: Export) -> dict[str, bytes]:
    with ZipFile(BytesIO(await content(parts, made))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def kept() -> list[int]:
    """Give how many rows of exports, exported documents, stored files and export events there are."""
    return [
        await value("SELECT count(*) FROM exports"),
        await value("SELECT count(*) FROM exported_documents"),
        await value("SELECT count(*) FROM stored_files"),
        await value("SELECT count(*) FROM audit_events WHERE operation = 'exportDocuments'"),
    ]


async def to_export_again(parts: Parts) -> set[UUID]:
    flagged = {"needs_export_again": True}
    return set(await documents_to_export(OPERATOR, parts.clock.now(), flagged, types=(), most=None))


def later(parts: Parts, hours: int) -> Parts:
    return dataclasses.replace(parts, clock=FixedClock(NOW + timedelta(hours=hours)))


async def test_several_files_become_one_archive_in_the_order_of_issue(exporting: Parts) -> None:
    await issue(exporting, 3)

    made = await export(exporting, "notes")

    assert (made.file.name, made.file.media_type, made.documents) == ("notes-2026-11.zip", "application/zip", 3)
    assert await archived(exporting, made) == {
        "note.txt": b"1 ISSUED 10.00 RUB",
        "note (2).txt": b"2 ISSUED 20.00 RUB",
        "note (3).txt": b"3 ISSUED 30.00 RUB",
    }


async def test_one_file_is_given_as_it_is(exporting: Parts) -> None:
    await issue(exporting, 1)

    made = await export(exporting, "notes")

    assert (made.file.name, made.file.media_type) == ("note.txt", "text/plain")
    assert await content(exporting, made) == b"1 ISSUED 10.00 RUB"


async def test_a_format_may_ask_for_an_archive_of_one(exporting: Parts) -> None:
    await issue(exporting, 2)

    made = await export(exporting, "archive")

    assert await archived(exporting, made) == {"list-2026-11.txt": b"1,2"}


async def test_the_same_documents_give_the_same_bytes(exporting: Parts) -> None:
    await issue(exporting, 3)

    first, second = await export(exporting, "notes"), await export(later(exporting, 1), "notes")

    assert first.id != second.id
    assert first.file.sha256 == second.file.sha256


async def test_an_export_records_what_it_holds(exporting: Parts) -> None:
    ids = await issue(exporting, 3)
    await documents.void(exporting, OPERATOR, document_id=ids[2], reason="ошибка")

    made = await export(exporting, "odd")

    assert [(one.id, one.type, one.number, one.reason) for one in made.refused] == [
        (ids[0], "invoice", "1", "1 is odd."),
        (ids[2], "invoice", "3", "3 is odd."),
    ]
    assert await rows("SELECT format, documents, refused, created_by, created_at FROM exports") == [
        {"format": "odd", "documents": 1, "refused": 2, "created_by": "operator", "created_at": NOW}
    ]
    assert await rows(
        "SELECT document_id, format, status, refusal, exported_at FROM exported_documents ORDER BY document_id"
    ) == [
        {"document_id": ids[0], "format": "odd", "status": "ISSUED", "refusal": "1 is odd.", "exported_at": NOW},
        {"document_id": ids[1], "format": "odd", "status": "ISSUED", "refusal": "", "exported_at": NOW},
        {"document_id": ids[2], "format": "odd", "status": "VOID", "refusal": "3 is odd.", "exported_at": NOW},
    ]
    assert await rows("SELECT kind, name, media_type, size, expires_at FROM stored_files") == [
        {"kind": "EXPORT", "name": "2.txt", "media_type": "text/plain", "size": 4, "expires_at": None}
    ]
    assert await kept() == [1, 3, 1, 1]


async def test_a_void_document_is_exported_as_void(exporting: Parts) -> None:
    (document_id,) = await issue(exporting, 1)
    await documents.void(exporting, OPERATOR, document_id=document_id, reason="ошибка")

    made = await export(exporting, "notes")

    assert await content(exporting, made) == b"1 VOID 10.00 RUB"


async def test_the_filter_is_that_of_the_list(exporting: Parts) -> None:
    await issue(exporting, 2)
    await issue(exporting, 1, "Я-102-Т")

    made = await export(
        exporting,
        "archive",
        contract=[f"contract_{await contract('Я-102-Т')}"],
        issue_date=Span(date(2026, 11, 1), date(2026, 11, 2)),
    )

    assert await archived(exporting, made) == {"list-2026-11.txt": b"3"}


async def test_a_table_takes_its_documents_while_it_is_written(exporting: Parts) -> None:
    await issue(exporting, 3)

    made = await export(exporting, "rows")

    assert await content(exporting, made) == b"\xef\xbb\xbfn\r\n1\r\n3\r\n"
    assert made.file.name == "rows-2026-11.csv"
    assert [one.reason for one in made.refused] == ["No two."]


async def test_documents_are_read_in_chunks(exporting: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_sources, "CHUNK", 2)
    await issue(exporting, 5)

    made = await export(exporting, "archive")

    assert (made.documents, await archived(exporting, made)) == (5, {"list-2026-11.txt": b"1,2,3,4,5"})


async def test_a_party_that_was_sealed_without_an_electronic_address_has_the_one_of_now(exporting: Parts) -> None:
    await rows("UPDATE enterprises SET electronic_address = 'seller-then'")
    await issue(exporting, 1)
    await rows("UPDATE enterprises SET electronic_address = 'seller-now'")
    await rows("UPDATE clients SET electronic_address = 'buyer-now'")

    made = await export(exporting, "routes")

    assert await content(exporting, made) == b"seller-then buyer-now"


async def test_what_the_plugin_does_not_take_is_not_exported(exporting: Parts) -> None:
    await issue(exporting, 2)

    with pytest.raises(PluginFailed, match="Plugin exporter: export_documents gave no file for 0 documents"):
        await export(exporting, "slow")


async def test_an_electronic_invoice_that_breaks_a_rule_is_refused(exporting: Parts) -> None:
    await issue(exporting, 1)

    with pytest.raises(InvalidInput, match=r"None of the 1 documents .* The file 1\.xml breaks rules"):
        await export(exporting, "cii")
    with pytest.raises(PluginFailed, match=r"refused no document of the export: The file 1\.xml breaks"):
        await export(exporting, "nameless")

    assert await kept() == [0, 0, 0, 0]


async def test_paper_that_cannot_be_printed_is_refused_alone(exporting: Parts) -> None:
    await issue(exporting, 2)

    made = await export(exporting, "paper")

    assert (await content(exporting, made)).startswith(b"%PDF-")
    assert [(one.number, "none.html" in one.reason) for one in made.refused] == [("2", True)]


@pytest.mark.parametrize(
    ("format", "message"),
    [
        ("none", r"None of the 2 documents can be exported as none\. The first: Nothing fits\."),
        ("broken", "Plugin exporter: export_documents raised LookupError: torn"),
        ("stranger", "Plugin exporter: export_documents refused no document of the export"),
        ("poem", "Export format 'poem' is unknown: installed are archive, broken"),
        ("silent", "No issued or void document of the types act, which silent takes, fits"),
    ],
)
async def test_nothing_is_kept_of_an_export_that_fails(exporting: Parts, format: str, message: str) -> None:
    await issue(exporting, 2)

    with pytest.raises((InvalidInput, PluginFailed, NotFound), match=message):
        await export(exporting, format)

    assert await kept() == [0, 0, 0, 0]


async def test_too_many_are_sent_to_the_command_line(exporting: Parts) -> None:
    await issue(exporting, 2)

    with pytest.raises(LimitExceeded, match=r"More than 1 documents fit: .* billfold export"):
        await export_documents(exporting, OPERATOR, ExportRequest("notes", {}), limit=1)
    made = await export_documents(exporting, OPERATOR, ExportRequest("notes", {}), limit=2)

    assert made.documents == 2


@pytest.mark.parametrize(("viewer", "scope"), [(READER, "documents:export"), (BLIND, "documents:read")])
async def test_without_a_scope_nothing_is_exported(exporting: Parts, viewer: Any, scope: str) -> None:
    await issue(exporting, 1)

    with pytest.raises(Forbidden, match=scope):
        await export_documents(exporting, viewer, ExportRequest("notes", {}))

    assert await kept() == [0, 0, 0, 0]


async def test_the_same_key_exports_once(exporting: Parts) -> None:
    await issue(exporting, 1)
    days = Span(date(2026, 11, 1), None)

    first = await export(exporting, "notes", "key", issue_date=days)
    again = await export(exporting, "notes", "key", issue_date=days)
    with pytest.raises(IdempotencyKeyReused):
        await export(exporting, "notes", "key", issue_date=Span(date(2026, 10, 1), None))

    assert (again.id, again.file_id) == (first.id, first.file_id)
    assert await kept() == [1, 1, 1, 1]


async def test_the_same_key_at_once_exports_once(exporting: Parts) -> None:
    await issue(exporting, 1)

    made = await asyncio.gather(*(export(exporting, "notes", "key") for _ in range(4)))

    assert len({one.id for one in made}) == 1
    assert await kept() == [1, 1, 1, 1]


async def test_a_document_that_is_voided_after_its_export_is_to_be_exported_again(exporting: Parts) -> None:
    first, _ = await issue(exporting, 2)
    await export(exporting, "notes")

    await documents.void(exporting, OPERATOR, document_id=first, reason="ошибка")
    flagged = await to_export_again(exporting)
    await export(later(exporting, 1), "archive")
    other_format = await to_export_again(exporting)
    await export(later(exporting, 2), "notes")

    assert flagged == {first}
    assert other_format == {first}
    assert await to_export_again(exporting) == set()


async def test_a_document_that_is_refused_again_stays_to_be_exported(exporting: Parts) -> None:
    _, second, _, _ = await issue(exporting, 4)
    await export(exporting, "odd")
    await documents.void(exporting, OPERATOR, document_id=second, reason="ошибка")

    await export(later(exporting, 1), "rows")

    assert await to_export_again(exporting) == {second}


async def test_a_void_document_that_its_format_refuses_is_told_as_far_as_can_be(exporting: Parts) -> None:
    first, _ = await issue(exporting, 2)
    await export(exporting, "choosy")
    await documents.void(exporting, OPERATOR, document_id=first, reason="ошибка")
    flagged = await to_export_again(exporting)

    await export(later(exporting, 1), "choosy")

    assert flagged == {first}
    assert await to_export_again(exporting) == set()


async def test_a_document_that_is_corrected_after_its_export_is_to_be_exported_again(exporting: Parts) -> None:
    first, _ = await issue(exporting, 2)
    await export(exporting, "notes")

    await correct(first, at=2)
    flagged = await to_export_again(exporting)
    await export(later(exporting, 3), "notes")

    assert flagged == {first}
    assert await to_export_again(exporting) == set()


async def test_a_void_correction_asks_for_no_export(exporting: Parts) -> None:
    (document_id,) = await issue(exporting, 1)
    await export(exporting, "notes")
    await correct(document_id, at=2)

    async with writing() as connection:
        await connection.execute(
            "UPDATE documents SET status = 'VOID', voided_at = now() WHERE original_id = $1", document_id
        )

    assert await to_export_again(exporting) == set()


async def test_what_was_corrected_before_its_first_export_is_not_flagged(exporting: Parts) -> None:
    (document_id,) = await issue(exporting, 1)
    await correct(document_id, at=1)

    await export(later(exporting, 2), "notes")

    assert await to_export_again(exporting) == set()


async def correct(document_id: UUID, *, at: int) -> None:
    """Write a correction of the document, issued so many hours after NOW."""
    async with writing() as connection:
        await connection.execute(
            """INSERT INTO documents (id, type, enterprise_id, client_id, contract_id, series_id, counter, number,
                 status, issue_date, currency, locale, is_payable, net, tax, gross, template, plugin, snapshot,
                 snapshot_sha256, visible_vote, step, issued_at, original_id)
               SELECT gen_random_uuid(), 'corrective-tax-invoice', enterprise_id, client_id, contract_id, series_id,
                 1000, 'К-' || number, 'ISSUED', issue_date, currency, locale, FALSE, 0, 0, 0, template, plugin,
                 snapshot, snapshot_sha256, visible_vote, 'DONE', $2, id FROM documents WHERE id = $1""",
            document_id,
            NOW + timedelta(hours=at),
        )
