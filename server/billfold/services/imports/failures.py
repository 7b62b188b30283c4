"""The failure of an import: the file, the line and the column that stopped it."""

from billfold.domain.errors import InvalidInput


class ImportFailed(InvalidInput):
    """A row that cannot be taken. Nothing of its file is kept; the files before it are.

    `line` is the physical line on which the row starts; `column` is None when the row or the file itself is to blame.
    """

    def __init__(self, file: str, line: int, column: str | None, reason: str) -> None:
        place = f"{file}, line {line}" if column is None else f"{file}, line {line}, column {column}"
        super().__init__(f"{place}: {reason}", field=column)
        self.file = file
        self.line = line
        self.column = column
        self.reason = reason
