"""Sheets: a document's template filled with its snapshot, as HTML and the style sheets that go with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from billfold.domain.document import Document
from billfold.rendering.assets import Assets
from billfold.rendering.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Sheet:
    """A filled template; `stylesheets` are the names of the CSS files it asked for, in order."""

    html: str
    stylesheets: tuple[str, ...]


class _StyleNotes:
    """Notes which style sheets a template asks for, so that their parsed form can be kept between documents."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, name: str) -> str:
        if name not in self.names:
            self.names.append(name)
        return ""


class Sheets:
    """Fills templates with documents."""

    def __init__(self, template_dirs: Sequence[Path]) -> None:
        self._sandbox = Sandbox(template_dirs)
        self._assets = Assets(template_dirs)

    def fill(self, template: str, document: Document) -> Sheet:
        """Fill the template with a document. Raises TemplateFailed with its name and the reason."""
        notes = _StyleNotes()
        values = {"document": document, "stylesheet": notes}
        html = self._sandbox.fill(template, values, locale=document.locale, currency=document.currency)
        return Sheet(html, tuple(notes.names))

    def preview(self, template: str, document: Document) -> str:
        """Fill the template as one HTML page for a browser, with its style sheets inside."""
        sheet = self.fill(template, document)
        css = "\n".join(self._assets.read(name).decode() for name in sheet.stylesheets)
        return sheet.html.replace("</head>", f"<style>\n{css}\n</style>\n</head>", 1)
