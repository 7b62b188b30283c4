"""A plugin that owns no document type and exports in every way that tests need."""

import dataclasses
from pathlib import Path

from billfold.bootstrap import shipped
from billfold.plugin_host import load_plugins
from billfold.services.parts import Parts

SOURCE = """
from billfold.plugin_api import (
    Column, ExportedFile, ExportFormat, HybridPdf, Paper, Refused, Table, TableFormat, hookimpl, sample_document,
)

KEYS = (
    "notes", "archive", "odd", "none", "silent", "broken", "rows", "stranger", "cii", "nameless", "paper", "slow",
    "routes", "choosy",
)
CII = b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'


@hookimpl
def export_formats():
    return tuple(
        ExportFormat(
            key, {"ru": key, "en": key}, frozenset({"act"}) if key == "silent" else frozenset(), key == "archive"
        )
        for key in KEYS
    )


@hookimpl
def export_documents(format, documents):
    return globals()["_" + format](documents)


def _notes(documents):
    for document in documents:
        text = f"{document.number} {document.status} {document.totals.gross} {document.currency}"
        yield ExportedFile("note.txt", "text/plain", text.encode())


def _routes(documents):
    told = ((document.seller.electronic_address, document.buyer.electronic_address) for document in documents)
    yield ExportedFile("routes.txt", "text/plain", "; ".join(" ".join(one) for one in told).encode())


def _archive(documents):
    listed = ",".join(document.number for document in documents)
    yield ExportedFile("list-{period}.txt", "text/plain", listed.encode())


def _odd(documents):
    for document in documents:
        if int(document.number) % 2:
            yield Refused(document, f"{document.number} is odd.")
        else:
            yield ExportedFile(f"{document.number}.txt", "text/plain", b"even")


def _choosy(documents):
    for document in documents:
        if document.status == "VOID":
            yield Refused(document, "It is void.")
        else:
            yield ExportedFile(f"{document.number}.txt", "text/plain", b"stands")


def _none(documents):
    for document in documents:
        yield Refused(document, "Nothing fits.")


def _slow(documents):
    yield from ()


def _silent(documents):
    list(documents)
    yield from ()


def _broken(documents):
    yield ExportedFile("first.txt", "text/plain", next(iter(documents)).number.encode())
    raise LookupError("torn")


def _rows(documents):
    refused = []

    def rows():
        for document in documents:
            if document.number == "2":
                refused.append(Refused(document, "No two."))
            else:
                yield (document.number,)

    yield ExportedFile("rows-{period}.csv", "text/csv", Table(TableFormat.CSV, "Rows", (Column("n"),), rows()))
    yield from refused


def _stranger(documents):
    first = next(iter(documents))
    yield Refused(type(first)(**{**{name: getattr(first, name) for name in first.__slots__}, "id": "?"}), "Who is it?")


def _cii(documents):
    for document in documents:
        yield ExportedFile(f"{document.number}.xml", "application/xml", CII, document)


def _nameless(documents):
    for document in documents:
        yield ExportedFile(f"{document.number}.xml", "application/xml", CII)


def _paper(documents):
    for document in documents:
        template = "invoice/invoice.html" if document.number == "1" else "none.html"
        yield ExportedFile(f"{document.number}.pdf", "application/pdf", Paper(template, document), document)
"""


def with_export_plugin(parts: Parts, folder: Path) -> Parts:
    """Give the parts with the plugin, written into the folder, beside those that are shipped."""
    place = folder / "plugins" / "exporter"
    place.mkdir(parents=True)
    (place / "plugin.py").write_text(SOURCE, encoding="utf-8")
    return dataclasses.replace(parts, plugins=load_plugins([shipped() / "plugins", place.parent]))
