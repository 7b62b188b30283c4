"""The registry: a table with one row a document, as CSV or XLSX, for whoever keeps the accounts elsewhere."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from billfold.plugin_api import (
    Cell,
    Column,
    Document,
    DocumentStatus,
    ExportedFile,
    ExportFormat,
    Party,
    Refused,
    Table,
    TableFormat,
    hookimpl,
    written_period,
)

_FORMATS = {
    "registry-csv": (TableFormat.CSV, "text/csv"),
    "registry-xlsx": (TableFormat.XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
_TITLES = {
    "registry-csv": {"ru": "Реестр документов, CSV", "en": "Registry of documents, CSV"},
    "registry-xlsx": {"ru": "Реестр документов, Excel", "en": "Registry of documents, Excel"},
}
_SHEET = {"ru": "Реестр документов", "en": "Registry of documents"}
# The titles of the columns by language, and their widths.
_COLUMNS: Sequence[tuple[str, str, int]] = (
    ("Документ", "Document", 24),
    ("Номер", "Number", 16),
    ("Дата", "Date", 12),
    ("Период", "Period", 24),
    ("Организация", "Enterprise", 32),
    ("Код клиента", "Client code", 14),
    ("Клиент", "Client", 40),
    ("ИНН", "INN", 14),
    ("КПП", "KPP", 12),
    ("Договор", "Contract", 16),
    ("Сумма без НДС", "Net", 16),
    ("НДС", "VAT", 14),
    ("Сумма с НДС", "Gross", 16),
    ("Валюта", "Currency", 9),
    ("Состояние", "Status", 14),
    ("Оплатить до", "Due date", 12),
    ("Идентификатор", "Id", 38),
    ("Исправление", "Revision", 12),
)
_STATUSES = {
    DocumentStatus.ISSUED: ("выставлен", "issued"),
    DocumentStatus.VOID: ("аннулирован", "void"),
}


@hookimpl
def export_formats() -> Sequence[ExportFormat]:
    """Declare the formats; they take documents of every type."""
    return tuple(ExportFormat(key, titles) for key, titles in _TITLES.items())


@hookimpl
def export_documents(format: str, documents: Iterable[Document]) -> Iterator[ExportedFile | Refused]:
    """Give one table, with titles in the language of the first document; a row is made as its document is read."""
    rest = iter(documents)
    first = next(rest, None)
    if first is None:
        return
    is_russian = first.locale.startswith("ru")
    kind, media_type = _FORMATS[format]
    columns = tuple(Column(russian if is_russian else english, width) for russian, english, width in _COLUMNS)
    rows = (_row(document, is_russian=is_russian) for document in chain([first], rest))
    table = Table(kind, _SHEET["ru" if is_russian else "en"], columns, rows)
    yield ExportedFile(f"registry-{{period}}.{kind.value}", media_type, table)


def _row(document: Document, *, is_russian: bool) -> Sequence[Cell]:
    locale = "ru" if is_russian else "en"
    return (
        document.title,
        document.number,
        document.issue_date,
        written_period(document.period, locale) if document.period else None,
        document.seller.name,
        *_client(document.buyer),
        document.contract.number if document.contract else None,
        document.totals.net,
        document.totals.tax,
        document.totals.gross,
        document.currency,
        _status(document.status, is_russian=is_russian),
        document.due_date,
        document.id,
        document.revision or None,
    )


def _client(buyer: Party) -> Sequence[Cell]:
    return buyer.code, buyer.name, buyer.inn, buyer.kpp


def _status(status: DocumentStatus, *, is_russian: bool) -> str:
    russian, english = _STATUSES.get(status, (status.value, status.value))
    return russian if is_russian else english
