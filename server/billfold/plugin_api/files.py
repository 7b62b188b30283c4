"""Files that a plugin gives: bytes, tables that the host writes row by row, and paper that the host prints."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from billfold.domain.document import Document
from billfold.domain.lifecycle import FileKind

Cell = str | Decimal | int | date | datetime | None


class TableFormat(StrEnum):
    """As what a table is written."""

    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `width` in characters, of a sheet."""

    title: str
    width: int = 16


@dataclass(frozen=True, slots=True)
class Table:
    """A table, written row by row while its rows are made, however many they are; no cell is ever a formula.

    Text stays text, numbers stay numbers. `rows` is taken once.
    """

    format: TableFormat
    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Paper:
    """A document to be printed by the host with a template, beside the one that it belongs to."""

    template: str
    document: Document


@dataclass(frozen=True, slots=True)
class HybridPdf:
    """The PDF of an issued document as PDF/A-3b with an XML invoice inside (Factur-X, ZUGFeRD)."""

    document: Document
    xml: bytes
    xml_name: str = "factur-x.xml"
    level: str = "en16931"


FileContent = bytes | Table | Paper | HybridPdf


@dataclass(frozen=True, slots=True)
class Attachment:
    """A further file of a document; `name` with its suffix, in the document's language."""

    kind: FileKind
    name: str
    media_type: str
    content: bytes | Table | Paper


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format that documents are exported in.

    `key` is lower-case words joined by hyphens, unique among all plugins. `titles` by locale, `en` and `ru` at least.
    `types` are the keys of the document types that it takes, empty for all. Several files become one ZIP archive;
    with `is_archive` one alone does too.
    """

    key: str
    titles: dict[str, str]
    types: frozenset[str] = frozenset()
    is_archive: bool = False


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file of an export; `name` with its suffix, in which `{period}` becomes the months that the export spans.

    `document` is the one that the file is of, where it holds no other: then the document alone is refused when the
    host finds the file faulty, such as an electronic invoice that breaks a rule.
    """

    name: str
    media_type: str
    content: FileContent
    document: Document | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that the format cannot hold, and why, in a sentence; the others are exported."""

    document: Document
    reason: str
