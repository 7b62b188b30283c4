"""Archival PDFs: what PDF/A asks for beyond what WeasyPrint does: no character without a glyph, no smoothed images.

Only the press's children import it, for fontTools comes with WeasyPrint.
"""

import unicodedata
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from fontTools.ttLib import TTFont

# Stands for a character that none of the fonts has; the XML beside the page tells it.
_REPLACEMENT: Final = "\ufffd"
_WHITE: Final = frozenset("\t\n\r")
# Characters that are not drawn: controls, and formats such as joiners.
_UNDRAWN: Final = frozenset({"Cc", "Cf"})


class Glyphs:
    """Which characters the fonts of the template directories have."""

    def __init__(self, template_dirs: Sequence[Path]) -> None:
        self._dirs = tuple(template_dirs)

    def drawable(self, html: str) -> str:
        """Give the page with a replacement character for each that no font has (ISO 19005-3, 6.2.11.8)."""
        if not self._covered:
            return html
        table = {ord(one): _stand_in(one) for one in set(html) if ord(one) not in self._covered and one not in _WHITE}
        return html.translate(table) if table else html

    @cached_property
    def _covered(self) -> frozenset[int]:
        covered: set[int] = set()
        for directory in self._dirs:
            for path in sorted((directory / "fonts").glob("*.[to]tf")):
                with TTFont(path, lazy=True) as font:
                    covered |= set(font.getBestCmap() or {})
        return frozenset(covered)


def leave_images_sharp(document: Any, pdf: Any) -> None:  # WeasyPrint and pydyf ship no types.
    """Finish a PDF: no image is to be interpolated (ISO 19005-3, 6.2.8)."""
    for one in pdf.objects:
        extra = getattr(one, "extra", None)
        if extra and "Interpolate" in extra:
            extra["Interpolate"] = "false"


def _stand_in(character: str) -> str:
    return "" if unicodedata.category(character) in _UNDRAWN else _REPLACEMENT
