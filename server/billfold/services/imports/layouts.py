"""Layouts: where the columns of a sheet stand in one file, and the values of its rows."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from billfold.domain.errors import InvalidInput
from billfold.services.imports.cells import is_locale, short_text
from billfold.services.imports.columns import Check, Sheet
from billfold.services.imports.failures import ImportFailed

_TRANSLATION = short_text()


class Layout:
    """The columns of a sheet as the header of a file gives them; unknown ones are passed over.

    Raises ImportFailed, for line 1, when the header lacks a column or names one twice.
    """

    def __init__(self, sheet: Sheet, file: str, header: Sequence[str]) -> None:
        names = [name.strip() for name in header]
        _check_header(sheet, file, names)
        self._sheet = sheet
        self._file = file
        self._width = len(names)
        self._columns = [(names.index(column.name), column) for column in sheet.columns if column.name in names]
        self._readers = [(index, column.read) for index, column in self._columns]
        self._translations = _translations(sheet, names)

    @property
    def targets(self) -> tuple[str, ...]:
        """The columns of the books that this file fills, in the order of the values."""
        own = tuple(column.target or column.name for _, column in self._columns)
        return (*own, f"{self._sheet.translated}s") if self._translations else own

    def values(self, line: int, cells: Sequence[str]) -> tuple[Any, ...]:
        """Give the line and the values of a row. Raises ImportFailed at the first cell that is wrong."""
        if len(cells) != self._width:
            reason = f"the row has {len(cells)} cells and the header {self._width}: check the commas and quotes."
            raise ImportFailed(self._file, line, None, reason)
        try:
            values = [read(cells[index].strip()) for index, read in self._readers]
        except InvalidInput:
            raise self._failure(line, cells) from None
        if self._sheet.check is not None:
            self._check_row(line, values, self._sheet.check)
        if self._translations:
            values.append(self._translated(line, cells))
        return (line, *values)

    def _failure(self, line: int, cells: Sequence[str]) -> ImportFailed:
        """Read the row again to find the cell; good rows need not keep account of where they are."""
        for index, column in self._columns:
            try:
                column.read(cells[index].strip())
            except InvalidInput as error:
                return ImportFailed(self._file, line, column.name, error.message)
        raise AssertionError("A reader refused a cell once and took it the second time.")

    def _check_row(self, line: int, values: Sequence[Any], check: Check) -> None:
        row = dict(zip(self.targets, values, strict=False))
        try:
            check(row)
        except InvalidInput as error:
            raise ImportFailed(self._file, line, error.field, error.message) from error

    def _translated(self, line: int, cells: Sequence[str]) -> str:
        texts = {locale: cells[index].strip() for index, locale in self._translations}
        for locale, text in texts.items():
            try:
                _TRANSLATION(text)
            except InvalidInput as error:
                raise ImportFailed(self._file, line, f"{self._sheet.translated}_{locale}", error.message) from error
        return json.dumps({locale: text for locale, text in texts.items() if text}, ensure_ascii=False)


def _check_header(sheet: Sheet, file: str, names: Sequence[str]) -> None:
    counts = Counter(names)
    for column in sheet.columns:
        if counts[column.name] == 0 and not column.is_optional:
            raise ImportFailed(
                file, 1, column.name, "the header lacks this column: add it, with commas between columns."
            )
        if counts[column.name] > 1:
            raise ImportFailed(file, 1, column.name, "the header names this column twice: keep one of them.")


def _translations(sheet: Sheet, names: Sequence[str]) -> tuple[tuple[int, str], ...]:
    """Give where the translations stand: (index, locale)."""
    prefix = f"{sheet.translated}_"
    if not sheet.translated:
        return ()
    known = ((index, name.removeprefix(prefix)) for index, name in enumerate(names) if name.startswith(prefix))
    return tuple((index, locale) for index, locale in known if is_locale(locale))
