"""The registry plugin: one row a document, in the language of the first."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billfold.plugin_api import Document, DocumentStatus, ExportedFile, PartyKind, Table, TableFormat
from plugins.registry import plugin
from tests.factories import make_buyer, make_document


def table_of(*documents: Document, format: str = "registry-csv") -> Table:
    (file,) = plugin.export_documents(format, documents)
    assert isinstance(file, ExportedFile)
    assert isinstance(file.content, Table)
    return file.content


def test_both_formats_take_documents_of_every_type() -> None:
    declared = plugin.export_formats()

    assert [(one.key, one.types, one.is_archive) for one in declared] == [
        ("registry-csv", frozenset(), False),
        ("registry-xlsx", frozenset(), False),
    ]
    assert [sorted(one.titles) for one in declared] == [["en", "ru"], ["en", "ru"]]


@pytest.mark.parametrize(
    ("format", "name", "media_type", "kind"),
    [
        ("registry-csv", "registry-{period}.csv", "text/csv", TableFormat.CSV),
        (
            "registry-xlsx",
            "registry-{period}.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            TableFormat.XLSX,
        ),
    ],
)
def test_a_format_is_one_file(format: str, name: str, media_type: str, kind: TableFormat) -> None:
    (file,) = plugin.export_documents(format, [make_document()])

    assert isinstance(file, ExportedFile)
    assert isinstance(file.content, Table)
    assert (file.name, file.media_type, file.content.format) == (name, media_type, kind)


def test_a_row_tells_a_document() -> None:
    document = make_document(revision=1, revised_on=date(2026, 11, 3))

    table = table_of(document)

    told = dict(zip([column.title for column in table.columns], next(iter(table.rows)), strict=True))
    assert told == {
        "Документ": "Счёт на оплату",
        "Номер": "42",
        "Дата": date(2026, 11, 1),
        "Период": "октябрь 2026 г.",
        "Организация": "ООО «Пример Связь»",
        "Код клиента": "c0005",
        "Клиент": "ООО «Юпитер Логистик»",
        "ИНН": "7707083893",
        "КПП": "770701001",
        "Договор": "100042",
        "Сумма без НДС": Decimal("11059.80"),
        "НДС": Decimal("2433.15"),
        "Сумма с НДС": Decimal("13492.95"),
        "Валюта": "RUB",
        "Состояние": "выставлен",
        "Оплатить до": date(2026, 11, 15),
        "Идентификатор": "019a5f00-0000-7000-8000-000000000042",
        "Исправление": 1,
    }


def test_titles_are_in_the_language_of_the_first_document() -> None:
    void = replace(make_document(locale="en", currency="EUR"), status=DocumentStatus.VOID)

    table = table_of(void, make_document())

    assert (table.title, table.columns[0].title) == ("Registry of documents", "Document")
    assert [(row[0], row[3], row[14]) for row in table.rows] == [
        ("Invoice", "October 2026", "void"),
        ("Счёт на оплату", "October 2026", "issued"),
    ]


@pytest.mark.parametrize("kind", PartyKind)
def test_what_a_document_lacks_is_left_out(kind: PartyKind) -> None:
    document = make_document(buyer=make_buyer(kind), period=None, due_date=None, contract=None)

    (row,) = table_of(document).rows

    assert [row[at] for at in (3, 9, 15, 17)] == [None, None, None, None]
    assert row[7] == document.buyer.inn


def test_nothing_is_made_of_no_documents() -> None:
    assert list(plugin.export_documents("registry-csv", [])) == []


def test_documents_are_read_while_rows_are_taken() -> None:
    read: list[int] = []

    def documents() -> Iterator[Document]:
        for number in range(3):
            read.append(number)
            yield make_document(number=str(number))

    (file,) = plugin.export_documents("registry-csv", documents())
    assert isinstance(file, ExportedFile)
    assert isinstance(file.content, Table)
    rows = iter(file.content.rows)

    assert [next(rows)[1], next(rows)[1], read] == ["0", "1", [0, 1]]
