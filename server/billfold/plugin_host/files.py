"""Files: what plugins give to be stored and exported, checked before a byte of it is written."""

import dataclasses
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from billfold.domain.document import Document
from billfold.domain.errors import PluginFailed
from billfold.domain.lifecycle import FileKind
from billfold.plugin_api.files import (
    Attachment,
    Column,
    ExportedFile,
    ExportFormat,
    HybridPdf,
    Paper,
    Refused,
    Table,
    TableFormat,
)
from billfold.plugin_host.asking import check_answer
from billfold.plugin_host.contents import DESCRIPTION_LIMIT, TITLE_LIMIT, text_fault

ATTACHMENT_LIMIT = 20
FILE_LIMIT = 50_000_000
# What a cell of a sheet holds.
CELL_LIMIT = 32_767
KINDS = frozenset({FileKind.STATISTICS, FileKind.XML, FileKind.ATTACHMENT})
NEEDED_LOCALES = ("en", "ru")
KEY = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_MEDIA_TYPE = re.compile(r"[a-z]+/[\w.+-]{1,80}")
_CELLS = (str, Decimal, int, date, datetime, type(None))
# A name is a file's on every system, and goes into the header of an answer.
_FORBIDDEN = re.compile(r'[\\/:*?"<>|]')

Rows = Callable[[Table], Iterator[Sequence[Any]]]


def checked_attachments(plugin: str, attachments: object, rows: Rows) -> tuple[Attachment, ...]:
    """Check the attachments of one document; their tables are read through `rows`. Raises PluginFailed."""
    gave = f"Plugin {plugin}: document_attachments gave"
    if attachments is None:
        return ()
    if not isinstance(attachments, list | tuple) or not all(isinstance(one, Attachment) for one in attachments):
        raise PluginFailed(f"{gave} something else than a tuple of Attachment.")
    if len(attachments) > ATTACHMENT_LIMIT:
        raise PluginFailed(f"{gave} {len(attachments)} files: {ATTACHMENT_LIMIT} are the limit, so join some.")
    for attachment in attachments:
        if attachment.kind not in KINDS:
            raise PluginFailed(f"{gave} a file of the kind {attachment.kind!r}: take STATISTICS, XML or ATTACHMENT.")
        _check_file(gave, attachment.name, attachment.media_type)
    names = [attachment.name.casefold() for attachment in attachments]
    if len(set(names)) < len(names):
        raise PluginFailed(f"{gave} two files of one name: name them apart.")
    return tuple(dataclasses.replace(one, content=_content(gave, one, rows)) for one in attachments)


def checked_export(plugin: str, item: object, rows: Rows) -> ExportedFile | Refused:
    """Check one thing that an export gives. Raises PluginFailed."""
    gave = f"Plugin {plugin}: export_documents gave"
    if isinstance(item, Refused):
        fault = text_fault(item.reason, DESCRIPTION_LIMIT)
        if fault or not item.reason or not isinstance(item.document, Document):
            raise PluginFailed(f"{gave} a Refused without its document or its reason: give both.")
        return item
    if not isinstance(item, ExportedFile):
        raise PluginFailed(f"{gave} {type(item).__name__}, and neither ExportedFile nor Refused.")
    _check_file(gave, item.name, item.media_type)
    check_answer(plugin, "export_documents", Document | None, item.document)
    return dataclasses.replace(item, content=_content(gave, item, rows))


def format_fault(declared: ExportFormat) -> str | None:
    """Say what is wrong with the declaration of an export format, and the mend, if anything is."""
    for name, value, expected in _typed(declared):
        if not isinstance(value, expected):
            return f"declares an export format with {name} {value!r}: give a {expected.__name__}"
    if not KEY.fullmatch(declared.key):
        return f"declares the export format {declared.key!r}: use lower-case words joined by hyphens"
    missing = [locale for locale in NEEDED_LOCALES if not declared.titles.get(locale)]
    if missing or any(text_fault(title, TITLE_LIMIT) for title in declared.titles.values()):
        wanted = ", ".join(missing) or "words"
        return f"declares the export format {declared.key!r} without a title in {wanted}: add it"
    for key in sorted(declared.types):
        if not KEY.fullmatch(key):
            return f"declares the export format {declared.key!r} for the type {key!r}: name keys of document types"
    return None


def _typed(declared: ExportFormat) -> list[tuple[str, object, type]]:
    return [
        ("key", declared.key, str),
        ("titles", declared.titles, Mapping),
        ("types", declared.types, frozenset),
        ("is_archive", declared.is_archive, bool),
        *(("types", key, str) for key in declared.types),
    ]


def checked_row(plugin: str, table: Table, row: object) -> Sequence[Any]:
    """Check a row of a table. Raises PluginFailed."""
    title = table.title
    if not isinstance(row, list | tuple) or len(row) != len(table.columns):
        raise PluginFailed(f"Plugin {plugin}: table {title!r} has a row that has not {len(table.columns)} cells.")
    for cell in row:
        if not isinstance(cell, _CELLS) or isinstance(cell, bool):
            raise PluginFailed(
                f"Plugin {plugin}: table {title!r} has a cell that is {type(cell).__name__}: give text, Decimal, int, "
                "date, datetime or None."
            )
        if (fault := _cell_fault(cell)) is not None:
            raise PluginFailed(f"Plugin {plugin}: table {title!r} has a cell that {fault}.")
    return row


def _cell_fault(cell: object) -> str | None:
    if isinstance(cell, str):
        return text_fault(cell, CELL_LIMIT)
    return "is no number" if isinstance(cell, Decimal) and not cell.is_finite() else None


def _check_file(gave: str, name: object, media_type: object) -> None:
    fault = text_fault(name, 200)
    if fault is None and isinstance(name, str):
        fault = _name_fault(name)
    if fault is not None:
        raise PluginFailed(f"{gave} a file named {str(name)[:200]!r}, which {fault}.")
    if not isinstance(media_type, str) or not _MEDIA_TYPE.fullmatch(media_type):
        raise PluginFailed(f"{gave} {name!r} of the media type {str(media_type)[:100]!r}: give one such as text/csv.")


def _name_fault(name: str) -> str | None:
    if _FORBIDDEN.search(name) or any(unicodedata.category(sign).startswith("C") for sign in name):
        return "holds a sign that files may not be named with"
    if not PurePosixPath(name).suffix or name.startswith("."):
        return "has no suffix or no stem"
    return "begins or ends with a space" if name != name.strip() else None


def _content(gave: str, file: Attachment | ExportedFile, rows: Rows) -> Any:
    content = file.content
    kinds = (bytes, Table, Paper) if isinstance(file, Attachment) else (bytes, Table, Paper, HybridPdf)
    if not isinstance(content, kinds):
        raise PluginFailed(f"{gave} {file.name!r} with a content that is {type(content).__name__}.")
    if isinstance(content, bytes) and len(content) > FILE_LIMIT:
        raise PluginFailed(f"{gave} {file.name!r} of {len(content)} bytes: {FILE_LIMIT} is the limit.")
    if isinstance(content, Paper | HybridPdf) and not isinstance(content.document, Document):
        raise PluginFailed(f"{gave} {file.name!r}, which is paper without a Document.")
    if isinstance(content, HybridPdf) and not isinstance(content.xml, bytes):
        raise PluginFailed(f"{gave} {file.name!r}, whose xml is {type(content.xml).__name__}, and not bytes.")
    if isinstance(content, Table):
        _check_table(gave, file.name, content)
        return dataclasses.replace(content, rows=rows(content))
    return content


def _check_table(gave: str, name: str, table: Table) -> None:
    has_columns = isinstance(table.columns, tuple) and all(isinstance(one, Column) for one in table.columns)
    if not has_columns or not table.columns:
        raise PluginFailed(f"{gave} {name!r}, a table whose columns are no tuple of Column.")
    titles = [table.title, *(column.title for column in table.columns)]
    if not isinstance(table.format, TableFormat) or any(text_fault(title, TITLE_LIMIT) for title in titles):
        raise PluginFailed(f"{gave} {name!r}, a table whose format is no TableFormat or whose titles are no text.")
