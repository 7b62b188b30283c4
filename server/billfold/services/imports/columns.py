"""Columns: what a kind of file is made of."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg

from billfold.database import books
from billfold.services.imports.cells import Reader

# Checks a whole row, given by the columns' targets; raises InvalidInput with the column as its field.
Check = Callable[[Mapping[str, Any]], None]
# Readies staged rows for the merge, given the name of the file; raises ImportFailed.
Prepare = Callable[[asyncpg.Connection, str], Awaitable[None]]
# Does what follows from the merged rows, in the same transaction.
Settle = Callable[[asyncpg.Connection], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file; `target` is its name in the books, where that differs."""

    name: str
    read: Reader
    target: str = ""
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A kind of file: the pattern of its name, its columns, and a check of whole rows.

    Where `translated` names a column, further columns such as `name_en` give it by locale.
    """

    file: str
    table: books.BookTable
    columns: tuple[Column, ...]
    check: Check | None = None
    translated: str = ""
    prepare: Prepare | None = None
    settle: Settle | None = None

    def takes(self, file: str) -> bool:
        """Whether a file of this name is of this kind."""
        return re.fullmatch(rf"{self.file}\.csv(\.gz)?", file) is not None
