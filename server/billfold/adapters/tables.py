"""Tables as files, written row by row: CSV for a spreadsheet of Russian settings and for programs, XLSX for any.

Text that would be a formula where it is opened is told as text: whoever can write a name cannot run a program on the
accountant's machine.
"""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from billfold.plugin_api.files import Cell, Table, TableFormat

# Excel takes the separator of its own settings, which is a semicolon wherever the decimals are set off by a comma.
DELIMITER = ";"
SHEET_ROWS = 1_048_576
# A spreadsheet counts in binary; of a decimal number this many digits are sure to stay.
EXACT_DIGITS = 15

_SIGNS = "=+\\-@＝＋－＠﹦﹢﹣﹫"
# At the start of a cell, whatever cannot be seen before it; and beyond what another program may take for a separator.
_FORMULA = re.compile(rf"(\A(?:[\s\"\x00-\x1f\u200b\ufeff]*(?=[{_SIGNS}])|(?=[\t\r\n]))|[,;|\t\r\n]\"*(?=[{_SIGNS}]))")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001  # Written as it is: the same table gives the same bytes.
_DAYS_SINCE = date(1900, 3, 1)
_WORKBOOK = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": True,
}


def write_table(table: Table, path: Path) -> None:
    """Write the table into a new file; takes its rows one after another, and blocks while they are made.

    Raises ValueError for a row that has more or fewer cells than there are columns, TypeError for a cell that is none.
    """
    writers: dict[TableFormat, Callable[[Table, Path], None]] = {
        TableFormat.CSV: _write_csv,
        TableFormat.XLSX: _write_xlsx,
    }
    writers[table.format](table, path)


def _rows(table: Table) -> Iterator[Sequence[Cell]]:
    width = len(table.columns)
    for row in table.rows:
        if len(row) != width:
            raise ValueError(f"A row of the table {table.title!r} has {len(row)} cells, and not {width}.")
        yield row


def _no_cell(value: object) -> TypeError:
    return TypeError(f"A cell holds {type(value).__name__}: give text, a Decimal, an int, a date, a datetime or None.")


# --- CSV ---


def _write_csv(table: Table, path: Path) -> None:
    """Write UTF-8 with a mark by which Excel knows it, RFC 4180 but for the delimiter."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=DELIMITER, lineterminator="\r\n")
        writer.writerow([plain_text(column.title) for column in table.columns])
        writer.writerows([_csv_cell(value) for value in row] for row in _rows(table))


def _csv_cell(value: Cell) -> str:
    if isinstance(value, str):
        return plain_text(value)
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    raise _no_cell(value)


def plain_text(text: str) -> str:
    """Give text that no spreadsheet takes for a formula: an apostrophe stands before what could begin one."""
    return _FORMULA.sub(_with_apostrophe, text)


def _with_apostrophe(match: re.Match[str]) -> str:
    found = match[1]
    # Inside a text the separator comes first: what follows it would be the start of a cell.
    return f"'{found}" if match.start() == 0 and found[:1] not in {",", "|", ";"} else f"{found[0]}'{found[1:]}"


# --- XLSX ---


def _write_xlsx(table: Table, path: Path) -> None:
    with xlsxwriter.Workbook(str(path), {**_WORKBOOK, "tmpdir": str(path.parent)}) as workbook:
        workbook.set_properties({"created": _CREATED})
        book = _Book(workbook, table)
        for row in _rows(table):
            book.write(row)


class _Book:
    """A workbook that goes on with another sheet where one is full."""

    def __init__(self, workbook: Any, table: Table) -> None:
        self._workbook = workbook
        self._table = table
        self._head = workbook.add_format({"bold": True, "bottom": 1})
        self._day = workbook.add_format({"num_format": 14})
        self._instant = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._decimals: dict[int, Any] = {}
        self._sheets = 0
        self._begin_sheet()

    def _begin_sheet(self) -> None:
        self._sheets += 1
        suffix = f" {self._sheets}" if self._sheets > 1 else ""
        self._sheet = self._workbook.add_worksheet(_sheet_title(self._table.title, suffix))
        self._sheet.freeze_panes(1, 0)
        for at, column in enumerate(self._table.columns):
            self._sheet.set_column(at, at, column.width)
            self._text(0, at, column.title, self._head)
        self._next = 1

    def write(self, row: Sequence[Cell]) -> None:
        """Write one row."""
        if self._next == SHEET_ROWS:
            self._begin_sheet()
        for at, value in enumerate(row):
            self._cell(at, value)
        self._next += 1

    def _cell(self, at: int, value: Cell) -> None:
        if isinstance(value, str):
            self._text(self._next, at, value)
        elif isinstance(value, Decimal) or (isinstance(value, int) and not isinstance(value, bool)):
            self._number(at, Decimal(value))
        elif isinstance(value, date):
            self._date(at, value)
        elif value is not None:
            raise _no_cell(value)

    def _text(self, row: int, at: int, text: str, style: Any = None) -> None:
        if text.startswith("<r>") and text.endswith("</r>"):
            # The library takes this for marked-up text of its own, and would write it unquoted into the sheet.
            text += " "
        if text:
            self._sheet.write_string(row, at, text, style)

    def _number(self, at: int, value: Decimal) -> None:
        digits = "".join(str(digit) for digit in value.as_tuple().digits).strip("0")
        if not value.is_finite() or len(digits) > EXACT_DIGITS:
            self._text(self._next, at, f"{value:f}")
            return
        self._sheet.write_number(self._next, at, value, self._decimal_style(value))

    def _decimal_style(self, value: Decimal) -> Any:
        exponent = value.as_tuple().exponent
        places = max(0, -exponent) if isinstance(exponent, int) else 0
        if places not in self._decimals:
            mask = "#,##0." + "0" * places if places else "0"
            self._decimals[places] = self._workbook.add_format({"num_format": mask})
        return self._decimals[places]

    def _date(self, at: int, value: date) -> None:
        day = value.date() if isinstance(value, datetime) else value
        if day < _DAYS_SINCE:
            # Spreadsheets count days since 1900, and miscount its first two months.
            self._text(self._next, at, value.isoformat())
            return
        self._sheet.write_datetime(self._next, at, value, self._instant if isinstance(value, datetime) else self._day)


def _sheet_title(title: str, suffix: str) -> str:
    room = 31 - len(suffix)
    units = _NOT_IN_TITLES.sub(" ", title).encode("utf-16-le")[: 2 * room]
    plain = units.decode("utf-16-le", "ignore").strip(" '")
    # A name that Excel keeps to itself.
    return f"{plain}{suffix}" if plain and plain.lower() != "history" else f"Table{suffix}"
