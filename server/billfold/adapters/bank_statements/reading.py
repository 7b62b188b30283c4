"""Reading a statement: lines become sections, sections become values; whatever is wrong is told by its line."""

import re
from dataclasses import dataclass, field

from billfold.adapters.bank_statements.decoding import is_title, statement_lines
from billfold.adapters.bank_statements.sections import CONTINUED, account_of, check_cell, document_of, is_kept
from billfold.domain.errors import InvalidInput, LimitExceeded
from billfold.domain.statements import BankStatement, StatementAccount, StatementDocument

FILE_LIMIT = 50 * 1024 * 1024
DOCUMENT_LIMIT = 200_000
VALUE_LIMIT = 4_000
_ACCOUNT, _DOCUMENT = "СЕКЦИЯРАСЧСЧЕТ", "СЕКЦИЯДОКУМЕНТ"
_ENDS = {"КОНЕЦРАСЧСЧЕТ": _ACCOUNT, "КОНЕЦДОКУМЕНТА": _DOCUMENT}
_END_OF_FILE = "КОНЕЦФАЙЛА"
# A key is one word; where spaces stand in it, the line goes on with the text before.
_KEY = re.compile(r"\w+")
# PostgreSQL keeps no NUL in a text, and the end-of-file mark of DOS is none of it either.
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127, 0xFEFF])


@dataclass(slots=True)
class _Section:
    name: str
    line: int
    cells: dict[str, str] = field(default_factory=dict)
    last: str = ""

    def take(self, key: str, value: str) -> None:
        """Keep a cell: the first that says something, and all of a purpose. Raises ValueError for a wrong one."""
        self.last = key
        if not is_kept(key) or not value:
            return
        check_cell(key, value)
        before = self.cells.get(key, "")
        if not before or key in CONTINUED:
            self.cells[key] = f"{before} {value}".strip()

    def go_on(self, text: str) -> None:
        """Take a line that goes on with the text before it."""
        if self.last in CONTINUED:
            self.take(self.last, text)


def read_statement(content: bytes, name: str) -> BankStatement:
    """Read a statement file; `name` is told in errors.

    Raises InvalidInput with the line for a file that is not whole or not of the kind, LimitExceeded for one above
    FILE_LIMIT bytes or DOCUMENT_LIMIT documents.
    """
    if len(content) > FILE_LIMIT:
        raise LimitExceeded(f"{name} is larger than {FILE_LIMIT:,} bytes: import it in parts.", field="file")
    reader = _Reader(name)
    for number, line in enumerate(statement_lines(content, name), start=1):
        reader.take(number, line.translate(_CONTROLS).strip())
    return reader.finished()


class _Reader:
    """Takes lines one after the other, and holds one open section at most."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._section: _Section | None = None
        self._is_ended = False
        self._line = 0
        self._accounts: list[StatementAccount] = []
        self._documents: list[StatementDocument] = []
        self._warnings: list[str] = []

    def take(self, number: int, line: str) -> None:
        """Take the next line."""
        self._line = number
        if not line or is_title(line):
            return
        key, mark, value = line.partition("=")
        key = key.strip()
        word = key.upper().replace("Ё", "Е").replace("_", "")
        if mark and not _KEY.fullmatch(key):
            word, value = "", line
        if word in (_ACCOUNT, _DOCUMENT):
            self._open(word)
        elif word in _ENDS:
            self._close(_ENDS[word])
        elif word == _END_OF_FILE:
            self._is_ended = True
        elif self._section is not None:
            self._fill(self._section, word if mark else "", value.strip() if mark else line)

    def finished(self) -> BankStatement:
        """Give what was read. Raises InvalidInput when a section is still open."""
        if self._section is not None:
            raise self._wrong(self._section.line, "what begins here never ends: the file is cut off")
        if not self._is_ended:
            self._warnings.append("The file has no last line КонецФайла: it may be cut off.")
        return BankStatement(tuple(self._accounts), tuple(self._documents), tuple(self._warnings))

    def _open(self, name: str) -> None:
        if self._section is not None:
            raise self._wrong(self._line, f"a section begins before that of line {self._section.line} has ended")
        self._section = _Section(name, self._line)

    def _fill(self, section: _Section, key: str, value: str) -> None:
        try:
            if key:
                section.take(key, value)
            else:
                section.go_on(value)
        except ValueError as error:
            raise self._wrong(self._line, str(error)) from None
        if len(section.cells.get(section.last, "")) > VALUE_LIMIT:
            raise self._wrong(self._line, f"the text is longer than {VALUE_LIMIT:,} characters")

    def _close(self, name: str) -> None:
        section, self._section = self._section, None
        if section is None or section.name != name:
            raise self._wrong(self._line, "a section ends here that has not begun")
        try:
            if name == _ACCOUNT:
                self._accounts += account_of(section.cells, section.line)
            else:
                self._documents.append(document_of(section.cells, section.line))
        except ValueError as error:
            raise self._wrong(section.line, str(error)) from None
        if len(self._documents) > DOCUMENT_LIMIT:
            raise LimitExceeded(f"{self._name} has more than {DOCUMENT_LIMIT:,} documents: import it in parts.")

    def _wrong(self, line: int, what: str) -> InvalidInput:
        return InvalidInput(f"{self._name}, line {line}: {what}. Nothing was imported.", field="file")
