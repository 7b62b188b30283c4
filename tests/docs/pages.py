"""Pages of the docs as their tests read them: sections, tables, code blocks and links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

_HEADING = re.compile(r"(#+) (.+)")
_FENCE = re.compile(r'```(\w*)(?: title="([^"]+)")?\n(.*?)\n?```', re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code; `title` is the file that it shows, if any, and `section` the heading above it."""

    section: str
    language: str
    title: str
    text: str


def read(name: str) -> str:
    """Give the text of a page, by its path from the root."""
    return (ROOT / name).read_text(encoding="utf-8")


def pages() -> list[Path]:
    """Give every page of the docs, and those at the root."""
    own = [page for page in ROOT.glob("*.md") if page.name != "RELEASE.md"]
    return sorted([*own, *DOCS.rglob("*.md")])


def headings(text: str) -> list[str]:
    """Give the headings of a page, without marks and backticks."""
    lines = _FENCE.sub("", text).splitlines()
    return [match[2].replace("`", "").strip() for line in lines if (match := _HEADING.fullmatch(line))]


def section(text: str, heading: str) -> str:
    """Give what stands below a heading, up to the next one of its level or above."""
    lines = text.splitlines()
    found = [
        (at, len(match[1]))
        for at, line in enumerate(lines)
        if (match := _HEADING.fullmatch(line)) and match[2].replace("`", "") == heading
    ]
    assert found, f"There is no section {heading!r}."
    start, level = found[0]
    ends = (
        at
        for at, line in enumerate(lines[start + 1 :], start + 1)
        if (match := _HEADING.fullmatch(line)) and len(match[1]) <= level
    )
    return "\n".join(lines[start + 1 : next(ends, len(lines))])


def first_cells(text: str) -> list[str]:
    """Give the code in the first column of the tables of a text, in order."""
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return [code for row in rows for code in _CODE.findall(row)]


def blocks(text: str) -> Iterator[Block]:
    """Give the blocks of code of a page, in order."""
    for match in _FENCE.finditer(text):
        above = [line for line in text[: match.start()].splitlines() if _HEADING.fullmatch(line)]
        yield Block(above[-1].lstrip("# ") if above else "", match[1], match[2] or "", match[3])


def links(text: str) -> list[str]:
    """Give the targets of the links of a page."""
    return _LINK.findall(_FENCE.sub("", text))


def anchor(heading: str) -> str:
    """Give the anchor that a heading gets."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def script(parts: Iterator[Block]) -> str:
    """Give the shell script that does what blocks show: writes titled files, runs what stands after `$`."""
    lines = ["set -eu"]
    for block in parts:
        if block.title:
            folder = str(Path(block.title).parent)
            lines += [f"mkdir -p '{folder}'", f"cat > '{block.title}' <<'END_OF_FILE'", block.text, "END_OF_FILE"]
        elif block.language == "console":
            lines += [line.removeprefix("$ ") for line in block.text.splitlines() if line.startswith("$ ")]
    return "\n".join(lines) + "\n"
