"""Sheets: a document's template filled with its snapshot, as HTML and the style sheets that go with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from billfold.domain.document import Document, DocumentStatus
from billfold.rendering.assets import Assets
from billfold.rendering.editions import Editions
from billfold.rendering.orders import Mark
from billfold.rendering.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Sheet:
    """A filled template; `stylesheets` are the names of the CSS files it asked for, in order."""

    html: str
    stylesheets: tuple[str, ...]


def _mark_of(document: Document) -> Mark | None:
    if document.status is DocumentStatus.VOID:
        return Mark.VOID
    return None if document.number else Mark.DRAFT


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
        self._editions = Editions(template_dirs)

    def fill(self, template: str, document: Document, mark: Mark | None = None) -> Sheet:
        """Fill the template, in the edition of the document's date. Raises TemplateFailed with its name and the reason.

        The paper is marked as `mark`, or else by what the document is: a draft has no number, a void one its status.
        """
        notes = _StyleNotes()
        edition = self._editions.in_force(template, document.issue_date)
        values = {
            "document": document,
            "stylesheet": notes,
            "edition": edition.values,
            "mark": mark or _mark_of(document),
        }
        html = self._sandbox.fill(
            edition.template, values, locale=document.locale, currency=document.currency, overlay=edition.labels
        )
        return Sheet(html, tuple(notes.names))

    def preview(self, template: str, document: Document, mark: Mark | None = None) -> str:
        """Fill the template as one HTML page for a browser, with its style sheets inside."""
        sheet = self.fill(template, document, mark)
        css = "\n".join(self._assets.read(name).decode() for name in sheet.stylesheets)
        return sheet.html.replace("</head>", f"<style>\n{css}\n</style>\n</head>", 1)
