"""The printer: one process's WeasyPrint, used well: what can be kept between documents is kept."""

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from billfold.domain import snapshot
from billfold.domain.document import Document
from billfold.rendering.archival import Glyphs, leave_images_sharp
from billfold.rendering.assets import Assets
from billfold.rendering.fetcher import ClosedFetcher
from billfold.rendering.orders import PrintOrder
from billfold.rendering.sandbox import failed
from billfold.rendering.sheets import Sheets

_LARGEST_BYTES = 20_000_000
# What a page loads while it is printed; a link that a reader may follow is none of it.
_SOURCES = re.compile(r"""<(?:img|link|embed|object)\b[^>]*?\b(?:src|href|data)=["']?([^"'\s>]+)""")


class Printer:
    """Prints documents one after another; not for use by several threads."""

    def __init__(self, template_dirs: Sequence[Path]) -> None:
        self._sheets = Sheets(template_dirs)
        self._assets = Assets(template_dirs)
        self._fonts = FontConfiguration()
        self._glyphs = Glyphs(template_dirs)
        self._styles: dict[tuple[str, int], CSS] = {}

    def html(self, order: PrintOrder) -> str:
        """Fill the template as a page for a browser. Raises TemplateFailed."""
        return self._sheets.preview(order.template, _document(order), order.mark)

    def try_out(self, order: PrintOrder) -> None:
        """Fill the template and look for what it asks for, without printing. Raises TemplateFailed."""
        sheet = self._sheets.fill(order.template, _document(order), order.mark)
        for name in sheet.stylesheets:
            self._style(order.template, name)
        for url in _SOURCES.findall(sheet.html):
            self._check_source(order.template, unquote(url))

    def _check_source(self, template: str, url: str) -> None:
        """Say before anything is issued what the fetcher would refuse while printing."""
        if url.startswith("asset:"):
            self._assets.find(url.removeprefix("asset:"))
        elif not url.startswith("data:"):
            raise failed(template, f"{url[:100]} is refused: use data: or asset:")

    def print(self, order: PrintOrder) -> tuple[bytes, int]:
        """Print the document: the PDF and its number of pages.

        The same order gives the same bytes in every process. Raises TemplateFailed, also where the document needs
        more lines or pages than its budget, or a URL that is neither `data:` nor `asset:`.
        """
        sheet = self._sheets.fill(order.template, _document(order), order.mark)
        fetcher = ClosedFetcher(self._assets)
        html = self._glyphs.drawable(sheet.html) if order.variant else sheet.html
        source = HTML(string=html, url_fetcher=fetcher, base_url="asset:")
        styles = [self._style(order.template, name) for name in sheet.stylesheets]
        variant = order.variant or None
        rendering = source.render(font_config=self._fonts, stylesheets=styles, pdf_variant=variant)
        pages = len(rendering.pages)
        if pages > order.budget.pages:
            raise failed(order.template, f"{pages} pages are above its type's limit of {order.budget.pages} pages")
        pdf: bytes = rendering.write_pdf(pdf_variant=variant, finisher=leave_images_sharp if variant else None)
        _check_fetched(order.template, fetcher)
        if len(pdf) > _LARGEST_BYTES:
            raise failed(order.template, f"a PDF of {len(pdf)} bytes is above the limit of {_LARGEST_BYTES}")
        return pdf, pages

    def _style(self, template: str, name: str) -> CSS:
        """Give the parsed style sheet, anew only where its file has changed."""
        key = (name, self._assets.find(name).stat().st_mtime_ns)
        if key not in self._styles:
            # CSS() does not take over the document's fetcher.
            fetcher = ClosedFetcher(self._assets)
            css = self._assets.read(name).decode()
            self._styles[key] = CSS(string=css, url_fetcher=fetcher, base_url="asset:", font_config=self._fonts)
            _check_fetched(template, fetcher)
        return self._styles[key]


def _document(order: PrintOrder) -> Document:
    document = snapshot.from_json(order.snapshot)
    if len(document.lines) > order.budget.lines:
        raise failed(
            order.template, f"{len(document.lines)} lines are above its type's limit of {order.budget.lines} lines"
        )
    return document


def _check_fetched(template: str, fetcher: ClosedFetcher) -> None:
    if fetcher.refused:
        url = fetcher.refused[0]
        reason = "is not in the template directories" if url.startswith("asset:") else "is refused: use data: or asset:"
        raise failed(template, f"{url} {reason}")
