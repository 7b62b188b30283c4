"""Written files: bytes, tables, paper and hybrid PDFs, all in the store under the hash of their bytes."""

import asyncio
import hashlib
import threading
from collections.abc import Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from uuid import UUID

import pytest
from pypdf import PdfReader

from billfold.domain.access import OPERATOR
from billfold.domain.errors import OperatorError, TemplateFailed
from billfold.domain.snapshot import from_json
from billfold.plugin_api import Cell, Column, Document, HybridPdf, Paper, Table, TableFormat
from billfold.services import documents
from billfold.services.parts import Parts
from billfold.services.written_files import write_content
from tests.factories import make_document
from tests.services.asking import contract, value

XML = b"<?xml version='1.0'?><rsm:CrossIndustryInvoice xmlns:rsm='x'/>"


def make_table(rows: Iterator[Sequence[Cell]]) -> Table:
    return Table(TableFormat.CSV, "a", (Column("n"),), rows)


async def test_bytes_are_stored_as_they_are(parts: Parts) -> None:
    stored = await write_content(parts, b"hello")

    assert (stored.size, stored.sha256) == (5, hashlib.sha256(b"hello").hexdigest())
    assert await parts.files.get(stored.key) == b"hello"


async def test_rows_of_a_table_may_wait_for_the_event_loop(parts: Parts) -> None:
    loop, threads = asyncio.get_running_loop(), set()

    async def asked(number: int) -> int:
        await asyncio.sleep(0)
        return number * 10

    def rows() -> Iterator[Sequence[Cell]]:
        for number in range(3):
            threads.add(threading.get_ident())
            yield (asyncio.run_coroutine_threadsafe(asked(number), loop).result(),)

    stored = await write_content(parts, make_table(rows()))

    assert await parts.files.get(stored.key) == b"\xef\xbb\xbfn\r\n0\r\n10\r\n20\r\n"
    assert threading.get_ident() not in threads


async def test_a_table_that_breaks_off_is_not_stored(parts: Parts) -> None:
    def rows() -> Iterator[Sequence[Cell]]:
        yield (1,)
        raise LookupError("torn")

    with pytest.raises(LookupError, match="torn"):
        await write_content(parts, make_table(rows()))


async def test_paper_is_printed_with_its_template(parts: Parts) -> None:
    stored = await write_content(parts, Paper("invoice/invoice.html", make_document()))
    again = await write_content(parts, Paper("invoice/invoice.html", make_document()))

    assert (await parts.files.get(stored.key)).startswith(b"%PDF-")
    assert stored == again


async def test_paper_with_a_template_that_is_not_there_fails(parts: Parts) -> None:
    with pytest.raises(TemplateFailed, match=r"none\.html"):
        await write_content(parts, Paper("none.html", make_document()))


async def issued(parts: Parts) -> Document:
    document_id: UUID = await documents.issue_for_amount(
        parts, OPERATOR, type="invoice", contract_id=await contract("Я-101"), amount=Decimal(10)
    )
    return from_json(await value("SELECT snapshot FROM documents WHERE id = $1", document_id))


async def test_a_hybrid_pdf_holds_its_xml(books: Parts) -> None:
    document = await issued(books)

    stored = await write_content(books, HybridPdf(document, XML))

    pdf = await books.files.get(stored.key)
    assert pdf.startswith(b"%PDF-1.7")
    assert PdfReader(BytesIO(pdf)).attachments == {"factur-x.xml": [XML]}


async def test_a_hybrid_pdf_of_an_unknown_level_is_refused(books: Parts) -> None:
    document = await issued(books)

    with pytest.raises(OperatorError, match="'none' of a hybrid PDF is unknown"):
        await write_content(books, HybridPdf(document, XML, level="none"))
