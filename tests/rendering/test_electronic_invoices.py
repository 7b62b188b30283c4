"""Electronic invoices: the rules are found broken in a child process, whatever a file holds."""

import sys
from pathlib import Path

import pytest

from billfold.domain.errors import OperatorError, PassingError
from billfold.plugin_api import ExportedFile, HybridPdf
from billfold.rendering.electronic_invoices import invoice_in, validate
from billfold.rendering.invoice_rules import InvoiceRules
from plugins.facturx import plugin as facturx
from plugins.peppol import plugin as peppol
from tests.plugins.european_documents import make_correction, make_european_document, net_line

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">&b;</Invoice>"""


def cii() -> bytes:
    (file,) = facturx.export_documents("facturx", [make_european_document(net_line())])
    return file.content.xml


def ubl() -> bytes:
    (file,) = peppol.export_documents("peppol-bis-3", [make_european_document(net_line())])
    return file.content


def credit_note() -> bytes:
    (file,) = peppol.export_documents("peppol-bis-3", [make_correction(net_line(price="-1.00"))])
    return file.content


@pytest.fixture(scope="module")
def rules() -> InvoiceRules:
    return InvoiceRules()


async def test_right_files_break_no_rules() -> None:
    assert await validate([cii(), ubl(), credit_note()]) == [[], [], []]


async def test_nothing_is_right() -> None:
    assert await validate([]) == []


@pytest.mark.parametrize(
    ("script", "error", "message"),
    [
        ("exit 3", OperatorError, "cannot run: its error output says why"),
        ("kill -9 $$", PassingError, "was killed: the export may be repeated"),
    ],
)
async def test_a_child_that_ends_is_told(
    script: str, error: type[Exception], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = tmp_path / "python"
    child.write_text(f"#!/bin/sh\n{script}\n")
    child.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(child))

    with pytest.raises(error, match=message):
        await validate([b"<a/>"])


def test_the_invoice_in_a_file_is_found() -> None:
    hybrid = HybridPdf(make_european_document(), cii())

    assert invoice_in(ExportedFile("a.pdf", "application/pdf", hybrid)) == cii()
    assert invoice_in(ExportedFile("a.xml", "application/xml", ubl())) == ubl()
    assert invoice_in(ExportedFile("a.xml", "application/xml", credit_note())) == credit_note()
    assert invoice_in(ExportedFile("a.xml", "application/xml", b"<\xd4\xe0\xe9\xeb/>")) is None


async def test_each_file_has_its_own_failures() -> None:
    wrong = cii().replace(b">2684.00</ram:GrandTotalAmount>", b">2685.00</ram:GrandTotalAmount>")

    failures = await validate([ubl(), wrong, b"<a/>"])

    assert failures == [
        [],
        [
            "[BR-CO-15]-Invoice total amount with VAT (BT-112) = Invoice total amount without VAT (BT-109) + "
            "Invoice total VAT amount (BT-110).",
            "[BR-CO-16]-Amount due for payment (BT-115) = Invoice total amount with VAT (BT-112) -Paid amount "
            "(BT-113) +Rounding amount (BT-114).",
        ],
        ["The file is neither CII nor UBL: its root is a."],
    ]


def test_a_file_that_does_not_fit_the_schema_is_told_with_its_line(rules: InvoiceRules) -> None:
    failures = rules.failures(ubl().replace(b"<cbc:IssueDate>2026-11-01", b"<cbc:IssueDate>1 November"))

    assert failures[0].startswith("Line 6: ")
    assert "'1 November' is not a valid value of the atomic type 'xs:date'" in failures[0]


def test_a_rule_that_many_lines_break_is_told_once(rules: InvoiceRules) -> None:
    lines = [net_line(position) for position in range(1, 6)]
    (file,) = peppol.export_documents("peppol-bis-3", [make_european_document(*lines)])

    failures = rules.failures(file.content.replace(b'unitCode="MON"', b'unitCode="MONTH"'))

    assert [failure[1:9] for failure in failures] == ["BR-CL-23"]


@pytest.mark.parametrize(("file", "reason"), [(b"no XML", "The file is no XML"), (BOMB, "The file is no XML")])
def test_a_file_that_is_no_plain_xml_is_told(file: bytes, reason: str, rules: InvoiceRules) -> None:
    (failure,) = rules.failures(file)

    assert failure.startswith(reason)
