"""The contestants that print one document after another in one process."""

import atexit
import base64
import gc
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Protocol

from bench.printing.invoices import ACCENT, FONTS, LOGO_DATA_URI, texts
from billfold.bootstrap import shipped
from billfold.domain import snapshot
from billfold.domain.document import Document
from billfold.plugin_api import Budget

_HERE = Path(__file__).parent
# As in a child of the press: the collector is off, and runs between two documents when so much is new.
_GARBAGE_OBJECTS = 200_000
BUDGET = Budget(lines=5_000, pages=500, seconds=120, megabytes=2_000)
TEMPLATE = "invoice/invoice.html"


class InvoicePrinter(Protocol):
    """Prints a document, as its users would once it is set up."""

    def __call__(self, document: Document) -> bytes:
        """Give the PDF."""


def billfold_printer() -> InvoicePrinter:
    """Billfold: what a child of the press does with an order, from the snapshot's JSON on."""
    _use_private_fonts()
    from billfold.rendering.orders import PrintOrder
    from billfold.rendering.printer import Printer

    printer = Printer([shipped() / "document_templates"])
    gc.collect()
    gc.freeze()
    gc.disable()

    def print_invoice(document: Document) -> bytes:
        pdf, _ = printer.print(PrintOrder(snapshot.to_json(document), TEMPLATE, BUDGET))
        if gc.get_count()[0] > _GARBAGE_OBJECTS:
            gc.collect()
        return pdf

    return print_invoice


def _use_private_fonts() -> None:
    from billfold.rendering.assets import font_configuration

    folder = Path(mkdtemp(prefix="billfold-bench-fonts-"))
    atexit.register(rmtree, folder, ignore_errors=True)
    listing = folder / "fonts.conf"
    listing.write_text(font_configuration([shipped() / "document_templates"], folder / "cache"))
    os.environ["FONTCONFIG_FILE"] = str(listing)


def tutorial_printer() -> InvoicePrinter:
    """WeasyPrint as in its tutorial: HTML(string=...).write_pdf(), CSS and @font-face in the page, the QR as SVG."""
    import segno
    from jinja2 import Environment, FileSystemLoader
    from weasyprint import HTML

    template = Environment(loader=FileSystemLoader(_HERE), autoescape=True).get_template("tutorial.html")

    def print_invoice(document: Document) -> bytes:
        said = texts(document)
        qr = segno.make(said.qr_payload, error="m", micro=False).svg_inline(border=0, omitsize=True)
        html = template.render(texts=said, qr=qr, logo=LOGO_DATA_URI, fonts=FONTS.as_uri(), accent=ACCENT)
        pdf: bytes = HTML(string=html).write_pdf()
        return pdf

    return print_invoice


def typst_printer() -> InvoicePrinter:
    """Typst: one warm compiler, the document's words as JSON."""
    import typst
    import zxingcpp

    compiler = typst.Compiler(_HERE / "invoice.typ", root=_HERE, font_paths=[FONTS], ignore_system_fonts=True)
    logo = base64.b64decode(LOGO_DATA_URI.partition(",")[2]).decode()

    def print_invoice(document: Document) -> bytes:
        said = texts(document)
        qr = zxingcpp.create_barcode(said.qr_payload.encode(), zxingcpp.BarcodeFormat.QRCode, ec_level="M").to_svg()
        words = json.dumps({**asdict(said), "logo": logo, "qr": qr})
        pdf: bytes = compiler.compile(format="pdf", sys_inputs={"texts": words})
        return pdf

    return print_invoice


def reportlab_printer() -> InvoicePrinter:
    """ReportLab: Platypus, fonts registered once, the QR as a PNG."""
    from bench.printing.platypus import print_invoice

    return print_invoice


PRINTERS: dict[str, Callable[[], InvoicePrinter]] = {
    "billfold": billfold_printer,
    "tutorial": tutorial_printer,
    "typst": typst_printer,
    "reportlab": reportlab_printer,
}
