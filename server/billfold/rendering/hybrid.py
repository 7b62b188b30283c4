"""Hybrid PDFs: an XML invoice put into the PDF/A-3 that says the same (Factur-X, ZUGFeRD)."""

import asyncio
from dataclasses import replace
from hashlib import md5
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape

from pypdf import PdfWriter
from pypdf.generic import ArrayObject, ByteStringObject, NameObject, NumberObject, StreamObject, TextStringObject

from billfold.domain.errors import OperatorError
from billfold.plugin_api.files import HybridPdf
from billfold.rendering.press import Press, PrintOrder

VARIANT: Final = "pdf/a-3b"

# What the metadata call the profiles of Factur-X.
_PROFILES: Final = {"basic": "BASIC", "en16931": "EN 16931", "extended": "EXTENDED"}
# Germany asks for this relationship; France allows it too.
_RELATIONSHIP: Final = "/Alternative"
# Such as %PDF-1.7.
_HEADER_BYTES: Final = 8
_END_OF_METADATA: Final = b"</rdf:RDF>"
# The properties of Factur-X 1.0, and the description that PDF/A asks for where properties are not its own.
_METADATA: Final = """\
<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">\
<fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>{name}</fx:DocumentFileName>\
<fx:Version>1.0</fx:Version><fx:ConformanceLevel>{profile}</fx:ConformanceLevel></rdf:Description>\
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">\
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">\
<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>fx</pdfaSchema:prefix>\
<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property>\
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"""
_PROPERTY: Final = """\
<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>\
<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>\
<pdfaProperty:description>{description}</pdfaProperty:description></rdf:li>"""
_PROPERTIES: Final = {
    "DocumentFileName": "The name of the embedded XML document",
    "DocumentType": "The type of the hybrid document",
    "Version": "The version of the standard that the embedded XML document follows",
    "ConformanceLevel": "The conformance level of the embedded XML document",
}


async def print_hybrid(press: Press, order: PrintOrder, hybrid: HybridPdf) -> bytes:
    """Print the order as PDF/A-3 and put the XML into it. Raises as `Press.print` and `embed` do."""
    printed = await press.print(replace(order, variant=VARIANT))
    return await embed(printed.pdf, hybrid.xml, name=hybrid.xml_name, level=hybrid.level)


async def embed(pdf: bytes, xml: bytes, *, name: str = "factur-x.xml", level: str = "en16931") -> bytes:
    """Put the XML into a PDF that was printed as `pdf/a-3b`; the same input gives the same bytes.

    Works in a thread. Raises OperatorError for an unknown level, or for a PDF that was printed otherwise.
    """
    profile = _PROFILES.get(level)
    if profile is None:
        raise OperatorError(f"Level {level!r} of a hybrid PDF is unknown: use one of {', '.join(_PROFILES)}.")
    return await asyncio.to_thread(_embedded, pdf, xml, name, profile)


def _embedded(pdf: bytes, xml: bytes, name: str, profile: str) -> bytes:
    writer = PdfWriter(clone_from=BytesIO(pdf))
    # A clone would call itself 1.3.
    writer.pdf_header = pdf[:_HEADER_BYTES].decode("ascii", "replace")
    _attach(writer, name, xml)
    _describe(writer, name, profile)
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def _attach(writer: PdfWriter, name: str, xml: bytes) -> None:
    """Embed the file once, and tell that it is an alternative of the whole document."""
    file = writer.add_attachment(name, xml)
    file.alternative_name = TextStringObject(name)
    file.description = TextStringObject("Invoice in XML")
    file.subtype = NameObject("/text/xml")
    file.associated_file_relationship = NameObject(_RELATIONSHIP)
    file.size = NumberObject(len(xml))
    file.checksum = ByteStringObject(md5(xml, usedforsecurity=False).digest())
    # The day of the document, as the printed metadata have it: a clock would change the bytes.
    file.modification_date = writer.metadata.creation_date if writer.metadata else None
    reference = file.pdf_object.indirect_reference
    if reference is not None:
        writer.root_object[NameObject("/AF")] = ArrayObject([reference])


def _describe(writer: PdfWriter, name: str, profile: str) -> None:
    """Add the properties of Factur-X to the metadata that the press wrote."""
    stream = writer.root_object.get("/Metadata")
    metadata = stream.get_object() if stream is not None else None
    if not isinstance(metadata, StreamObject) or _END_OF_METADATA not in metadata.get_data():
        raise OperatorError(f"An invoice in XML can be put into a PDF/A-3 only: print it with the variant {VARIANT}.")
    properties = "".join(_PROPERTY.format(name=key, description=text) for key, text in _PROPERTIES.items())
    added = _METADATA.format(name=escape(name), profile=profile, properties=properties).encode()
    metadata.set_data(metadata.get_data().replace(_END_OF_METADATA, added + _END_OF_METADATA, 1))
