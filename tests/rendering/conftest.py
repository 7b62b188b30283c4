"""What the tests of printing share: the shipped templates and one warm press."""

from collections.abc import AsyncIterator, Callable
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from billfold.rendering.press import Press

TEMPLATES = Path(__file__).parents[2] / "document_templates"


@pytest.fixture(scope="session")
def templates() -> Path:
    return TEMPLATES


@pytest.fixture(scope="session")
async def press() -> AsyncIterator[Press]:
    async with Press([TEMPLATES], workers=1) as running:
        yield running


@pytest.fixture
def write_template(tmp_path: Path) -> Callable[[str], Path]:
    """Write `own.html` into a directory of the operator's, and give the directory."""

    def write(source: str) -> Path:
        (tmp_path / "own.html").write_text(source)
        return tmp_path

    return write


def pages_of(pdf: bytes) -> list[str]:
    """Give the text of each page, with plain spaces."""
    return [page.extract_text().replace("\u00a0", " ") for page in PdfReader(BytesIO(pdf)).pages]


@pytest.fixture
def read_pages() -> Callable[[bytes], list[str]]:
    return pages_of
