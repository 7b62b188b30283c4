"""УПД as XML of version 5.03 (КНД 1115131): acts, tax invoices and transfer documents for an ЭДО operator or 1C.

Each document is a file of its own, whose bytes are the same whenever it is exported; signing is not done here.
"""

import re
from collections.abc import Iterable, Iterator
from textwrap import shorten
from xml.etree.ElementTree import Element, tostring

from pydantic import ValidationError

from billfold.plugin_api import Document, ExportedFile, ExportFormat, Refused, hookimpl

from .contents import build_file  # noqa: TID252  # The host names the package.
from .papers import TYPES, Paper, read_paper  # noqa: TID252  # The same.
from .requirements import faults, too_long, unfit  # noqa: TID252  # The same.

_DECLARATION = b'<?xml version="1.0" encoding="windows-1251"?>\n'
# The marks N2 to N7 of the name; a zero each where there is nothing special about a document.
_TAIL = "0_0_0_0_0_00"
_REASON = 2_000
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@hookimpl
def export_formats() -> list[ExportFormat]:
    """Declare the format."""
    return [
        ExportFormat(
            key="upd-xml",
            titles={"ru": "УПД, XML 5.03 для ЭДО", "en": "Universal transfer documents, XML 5.03"},
            types=TYPES,
        )
    ]


@hookimpl
def export_documents(documents: Iterable[Document]) -> Iterator[ExportedFile | Refused]:
    """Write a file a document, or say all that it lacks."""
    return (_export(document) for document in documents)


def _export(document: Document) -> ExportedFile | Refused:
    if document.type not in TYPES:
        return Refused(document, f"The format holds no {document.type}: it takes {', '.join(sorted(TYPES))}.")
    if reason := unfit(document):
        return Refused(document, reason)
    try:
        paper = read_paper(document)
    except ValidationError as error:
        where = ".".join(str(step) for step in error.errors()[0]["loc"])
        return Refused(document, f"Its details are not those of a {document.type}, at {where}: void it, make it again.")
    if reason := _told(faults(paper)):
        return Refused(document, reason)
    root = build_file(paper, _file_id(paper))
    if reason := _told(too_long(root)):
        return Refused(document, reason)
    return ExportedFile(f"{root.attrib['ИдФайл']}.xml", "application/xml", _written(root))


def _told(faults: Iterable[str]) -> str:
    # Who mends the first ones is told the others the next time.
    return shorten(" ".join(faults), _REASON, placeholder=" …")


def _file_id(paper: Paper) -> str:
    """Name the file: the receiver first, then the sender, the day, and the document's own id."""
    document = paper.document
    receiver, sender = document.buyer.electronic_address, document.seller.electronic_address
    return f"ON_NSCHFDOPPR_{receiver}_{sender}_{document.issue_date:%Y%m%d}_{document.id}_{_TAIL}"


def _written(root: Element) -> bytes:
    # What the code page lacks becomes a numeric reference; what XML lacks has no reference, and is left out.
    text = _UNWRITABLE.sub("", tostring(root, encoding="unicode"))
    return _DECLARATION + text.encode("windows-1251", "xmlcharrefreplace")
