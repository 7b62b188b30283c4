"""Hybrid PDFs: PDF/A-3 with the XML invoice inside, once."""

import asyncio
import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree
from pypdf import PdfReader

from billfold.domain.errors import OperatorError
from billfold.plugin_api import ExportedFile, HybridPdf
from billfold.rendering.hybrid import embed, print_hybrid
from billfold.rendering.press import Press
from facturx import get_xml_from_pdf
from plugins.facturx import plugin as facturx
from tests.factories import make_order
from tests.plugins.european_documents import make_european_document

XML = "<?xml version='1.0' encoding='UTF-8'?>\n<Invoice>Счёт № 42</Invoice>\n".encode()

FACTURX = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"


@pytest.fixture(scope="module")
async def archival(press: Press) -> bytes:
    return (await press.print(replace(make_order(), variant="pdf/a-3b"))).pdf


def root_of(pdf: bytes) -> dict:
    return PdfReader(BytesIO(pdf)).trailer["/Root"]


def metadata_of(pdf: bytes) -> etree._Element:
    return etree.fromstring(root_of(pdf)["/Metadata"].get_data())


def test_a_variant_is_printed_as_pdf_a(archival: bytes) -> None:
    (intent,) = root_of(archival)["/OutputIntents"]
    described = metadata_of(archival).find(".//{*}Description[@{http://www.aiim.org/pdfa/ns/id/}part]")

    assert intent["/S"] == "/GTS_PDFA1"
    assert described.get("{http://www.aiim.org/pdfa/ns/id/}part") == "3"
    assert described.get("{http://www.aiim.org/pdfa/ns/id/}conformance") == "B"


async def test_the_usual_pdf_is_no_pdf_a(press: Press) -> None:
    printed = await press.print(make_order())

    assert "/OutputIntents" not in root_of(printed.pdf)


async def test_a_variant_gives_the_same_bytes_in_every_child(templates: Path, archival: bytes) -> None:
    async with Press([templates], workers=1) as another:
        again = await another.print(replace(make_order(), variant="pdf/a-3b"))

    assert again.pdf == archival


async def test_the_xml_comes_out_as_it_went_in(archival: bytes) -> None:
    hybrid = await embed(archival, XML)

    assert PdfReader(BytesIO(hybrid)).attachments == {"factur-x.xml": [XML]}


async def test_the_document_has_one_associated_file(archival: bytes) -> None:
    root = root_of(await embed(archival, XML))

    (associated,) = root["/AF"]
    file = associated.get_object()
    assert file["/AFRelationship"] == "/Alternative"
    assert (file["/F"], file["/UF"]) == ("factur-x.xml", "factur-x.xml")
    assert file["/EF"]["/F"]["/Subtype"] == "/text/xml"
    assert file["/EF"]["/F"]["/Params"]["/Size"] == len(XML)
    assert file["/EF"]["/F"]["/Params"]["/ModDate"] == "D:20261101000000"


async def test_it_stays_pdf_a(archival: bytes) -> None:
    hybrid = await embed(archival, XML)

    described = metadata_of(hybrid).find(".//{*}Description[@{http://www.aiim.org/pdfa/ns/id/}part]")
    assert hybrid.startswith(b"%PDF-1.7")
    assert root_of(hybrid)["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert described.get("{http://www.aiim.org/pdfa/ns/id/}conformance") == "B"
    assert root_of(hybrid)["/Lang"] == "ru"
    assert PdfReader(BytesIO(hybrid)).metadata.author == "ООО «Пример Связь»"


async def test_the_metadata_tell_the_profile_and_their_schema(archival: bytes) -> None:
    metadata = metadata_of(await embed(archival, XML))

    told = {node.tag.rpartition("}")[2]: node.text for node in metadata.iter(f"{{{FACTURX}}}*")}
    names = [node.text for node in metadata.iter("{http://www.aiim.org/pdfa/ns/property#}name")]
    assert told == {
        "DocumentType": "INVOICE",
        "DocumentFileName": "factur-x.xml",
        "Version": "1.0",
        "ConformanceLevel": "EN 16931",
    }
    assert names == ["DocumentFileName", "DocumentType", "Version", "ConformanceLevel"]


async def test_an_exported_invoice_is_printed_with_its_xml(press: Press) -> None:
    document = make_european_document()
    (file,) = facturx.export_documents("facturx", [document])
    assert isinstance(file, ExportedFile)
    assert isinstance(file.content, HybridPdf)

    pdf = await print_hybrid(press, make_order(document), file.content)

    # The reader of the format checks the XML against its schema.
    assert get_xml_from_pdf(pdf, check_xsd=True) == ("factur-x.xml", file.content.xml)
    assert "Счёт на оплату № 42" in PdfReader(BytesIO(pdf)).pages[0].extract_text().replace("\u00a0", " ")


async def test_the_same_input_gives_the_same_bytes(archival: bytes) -> None:
    assert await embed(archival, XML) == await embed(archival, XML)


async def test_a_pdf_that_is_no_pdf_a_is_refused(press: Press) -> None:
    printed = await press.print(make_order())

    with pytest.raises(OperatorError, match="print it with the variant pdf/a-3b"):
        await embed(printed.pdf, XML)


async def test_an_unknown_level_is_refused(archival: bytes) -> None:
    with pytest.raises(OperatorError, match="Level 'minimum' of a hybrid PDF is unknown"):
        await embed(archival, XML, level="minimum")


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed here.")
async def test_qpdf_finds_no_fault(archival: bytes, tmp_path: Path) -> None:
    file = tmp_path / "hybrid.pdf"
    file.write_bytes(await embed(archival, XML))

    checked = await asyncio.create_subprocess_exec("qpdf", "--check", str(file), stdout=asyncio.subprocess.PIPE)
    told, _ = await checked.communicate()

    assert checked.returncode == 0, told.decode()
