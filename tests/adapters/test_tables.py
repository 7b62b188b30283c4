"""Tables as CSV and XLSX: what stands in the cells, that no text becomes a formula, and that memory stays flat."""

import re
import tracemalloc
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from billfold.adapters import tables
from billfold.adapters.tables import plain_text, write_table
from billfold.plugin_api import Cell, Column, Table, TableFormat

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
MOSCOW = timezone(timedelta(hours=3))
DANGEROUS = [
    "=1+1", "+7 495", "-5", "@SUM(A1)", "\t=1", "\rx", "\nx", " =1", "＝1", "＋1", "－1", "＠x", "\ufeff=1", '"=1"',
]  # fmt: skip


def make_table(
    rows: Iterable[Sequence[Cell]], format: TableFormat = TableFormat.CSV, titles: Sequence[str] = ("a",)
) -> Table:
    return Table(format, "Реестр", tuple(Column(title) for title in titles), rows)


def csv_of(folder: Path, *rows: Sequence[Cell], titles: Sequence[str] = ("a",)) -> bytes:
    path = folder / "table.csv"
    write_table(make_table(rows, titles=titles), path)
    return path.read_bytes()


def xlsx_of(folder: Path, *rows: Sequence[Cell], titles: Sequence[str] = ("a",)) -> Path:
    path = folder / "table.xlsx"
    write_table(make_table(rows, TableFormat.XLSX, titles), path)
    return path


def cells_of(path: Path, sheet: int = 1) -> dict[str, tuple[str, str]]:
    """Give what stands in each cell, as its type and its text; `n` is a number."""
    with ZipFile(path) as archive:
        root = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{sheet}.xml"))  # noqa: S314  # Written here.
    return {cell.get("r", ""): (cell.get("t", "n"), "".join(cell.itertext())) for cell in root.iter(f"{MAIN}c")}


def sheets_of(path: Path) -> list[str]:
    return re.findall(r'<sheet name="([^"]+)"', ZipFile(path).read("xl/workbook.xml").decode())


def test_csv_is_what_a_russian_excel_opens(tmp_path: Path) -> None:
    row = ("ООО «Ёж»", Decimal("-1220.50"), 7, date(2026, 10, 31), datetime(2026, 10, 31, 23, 5, tzinfo=MOSCOW), None)

    written = csv_of(tmp_path, row, titles=("Клиент", "Сумма", "n", "Дата", "Когда", ""))

    assert written == (
        b"\xef\xbb\xbf"
        + "Клиент;Сумма;n;Дата;Когда;\r\nООО «Ёж»;-1220,50;7;2026-10-31;2026-10-31 23:05:00;\r\n".encode()
    )


def test_csv_quotes_what_would_break_a_row(tmp_path: Path) -> None:
    written = csv_of(tmp_path, ('a;b "c"\nd',))

    assert written == b'\xef\xbb\xbfa\r\n"a;b ""c""\nd"\r\n'


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_begins_like_a_formula_gets_an_apostrophe(tmp_path: Path, text: str) -> None:
    assert plain_text(text) == f"'{text}"
    assert csv_of(tmp_path, (text,), titles=(text,)).count(b"'") == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x,=cmd()", "x,'=cmd()"),
        ('x;"=cmd()"', 'x;\'"=cmd()"'),
        ("x\n=cmd()", "x\n'=cmd()"),
        ("x\t@cmd()", "x\t'@cmd()"),
        (",=1", ",'=1"),
        ("a|+1", "a|'+1"),
    ],
)
def test_a_formula_behind_another_separator_is_text_too(text: str, expected: str) -> None:
    assert plain_text(text) == expected


@pytest.mark.parametrize("text", ["", "ООО «Ёж»", "8-800", "a=b", "тел. +7 495", "— нет —", "x, -1", "a\nb"])
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert plain_text(text) == text


def test_a_negative_number_stays_a_number(tmp_path: Path) -> None:
    assert csv_of(tmp_path, (Decimal("-5"),), (-5,)) == b"\xef\xbb\xbfa\r\n-5\r\n-5\r\n"


@pytest.mark.parametrize("text", [*DANGEROUS[:4], "http://a.example", "mailto:x@x.example", "12", "{=1}", "_x0041_"])
def test_text_in_a_sheet_is_text(tmp_path: Path, text: str) -> None:
    path = xlsx_of(tmp_path, (text,))

    kind, found = cells_of(path)["A2"]
    assert (kind, found.replace("_x005F_", "_")) == ("inlineStr", text)
    assert b"<f>" not in ZipFile(path).read("xl/worksheets/sheet1.xml")


def test_text_cannot_write_xml_into_a_sheet(tmp_path: Path) -> None:
    attack = "<r></r></is></c><c r='B2'><f>1+1</f></c><c><is><r></r>"

    path = xlsx_of(tmp_path, (attack, "x"), titles=(attack, "b"))

    assert cells_of(path)["A2"] == ("inlineStr", f"{attack} ")
    assert b"<f>" not in ZipFile(path).read("xl/worksheets/sheet1.xml")


def test_a_sheet_holds_numbers_and_dates(tmp_path: Path) -> None:
    instant = datetime(2026, 10, 31, 12, 0, tzinfo=MOSCOW)

    cells = cells_of(xlsx_of(tmp_path, (Decimal("-1220.50"), 7, date(2026, 10, 31), instant, None), titles="abcde"))

    assert cells["A1"] == ("inlineStr", "a")
    assert [cells.get(f"{column}2") for column in "ABCDE"] == [
        ("n", "-1220.50"),
        ("n", "7"),
        ("n", "46326"),
        ("n", "46326.5"),
        None,
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("123456789012.345"), ("n", "123456789012.345")),
        (Decimal("1234567890123.456"), ("inlineStr", "1234567890123.456")),
        (9_007_199_254_740_993, ("inlineStr", "9007199254740993")),
        (Decimal("NaN"), ("inlineStr", "NaN")),
        (Decimal("1E+3"), ("n", "1E+3")),
        (Decimal("1.0000000000000000000000000000000001"), ("inlineStr", "1.0000000000000000000000000000000001")),
        (date(1899, 12, 31), ("inlineStr", "1899-12-31")),
    ],
)
def test_what_a_spreadsheet_would_round_is_text(tmp_path: Path, value: Cell, expected: tuple[str, str]) -> None:
    assert cells_of(xlsx_of(tmp_path, (value,)))["A2"] == expected


def test_a_sheet_that_is_full_is_followed_by_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "SHEET_ROWS", 3)

    path = xlsx_of(tmp_path, *((number,) for number in range(3)))

    assert cells_of(path) == {"A1": ("inlineStr", "a"), "A2": ("n", "0"), "A3": ("n", "1")}
    assert cells_of(path, 2) == {"A1": ("inlineStr", "a"), "A2": ("n", "2")}
    assert sheets_of(path) == ["Реестр", "Реестр 2"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [("a/b:[c]*?", "a b  c"), ("'x'", "x"), ("", "Table"), ("History", "Table"), ("я" * 40, "я" * 31)],
)
def test_a_title_that_excel_refuses_is_mended(tmp_path: Path, title: str, expected: str) -> None:
    path = tmp_path / "table.xlsx"

    write_table(Table(TableFormat.XLSX, title, (Column("a"),), ()), path)

    assert sheets_of(path) == [expected]


@pytest.mark.parametrize("format", TableFormat)
def test_the_same_table_gives_the_same_bytes(tmp_path: Path, format: TableFormat) -> None:
    for name in ("first", "second"):
        write_table(make_table([("x",), (Decimal("1.50"),)], format), tmp_path / name)

    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


@pytest.mark.parametrize("format", TableFormat)
def test_a_row_of_another_width_is_refused(tmp_path: Path, format: TableFormat) -> None:
    with pytest.raises(ValueError, match="has 2 cells, and not 1"):
        write_table(make_table([("a", "b")], format), tmp_path / "table")


@pytest.mark.parametrize("value", [1.5, True, b"x"])
@pytest.mark.parametrize("format", TableFormat)
def test_a_cell_of_another_kind_is_refused(tmp_path: Path, format: TableFormat, value: object) -> None:
    with pytest.raises(TypeError, match=f"A cell holds {type(value).__name__}"):
        write_table(make_table([(value,)], format), tmp_path / "table")  # type: ignore[list-item]  # That is the point.


@pytest.mark.parametrize("format", TableFormat)
def test_memory_does_not_grow_with_the_rows(tmp_path: Path, format: TableFormat) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        write_table(make_table(many(count), format, ("a", "b", "c")), tmp_path / f"{count}")
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    few, more = peak(5_000), peak(10_000)

    assert more < few + 100_000


def many(count: int) -> Iterator[Sequence[Cell]]:
    for number in range(count):
        yield f"Строка {number}", Decimal(number), date(2026, 10, 1)
