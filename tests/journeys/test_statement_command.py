"""An operator at the machine with the bank's file: payments in, once, and each failure in one sentence."""

from pathlib import Path

from tests.journeys.commands import Shell
from tests.schema.test_statement_commands import SECTIONS, to_yantar
from tests.statement_texts import statement_file


def test_a_statement_is_imported_once_and_told(filled_shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "bank.txt"
    file.write_bytes(statement_file(*(to_yantar(Номер=number, **cells) for number, cells in SECTIONS.items())))

    first = filled_shell.json("statement", str(file))
    again = filled_shell.run("statement", str(file))

    names = ("matched", "credited", "unmatched", "known", "ignored", "warnings")
    assert [first[name] for name in names] == [0, 2, 2, 0, 0, []]
    assert again.returncode == 0
    assert [line.split("│")[1:3] for line in again.stdout.splitlines() if "there before" in line] == [
        [" there before          ", "        4 "]
    ]


def test_a_statement_that_cannot_be_read_is_one_sentence(still_shell: Shell, tmp_path: Path) -> None:
    wrong = tmp_path / "bank.xlsx"
    wrong.write_bytes(b"PK\x03\x04")

    missing = still_shell.run("statement", str(tmp_path / "none.txt"))
    other = still_shell.run("statement", str(wrong))

    assert (missing.returncode, other.returncode) == (1, 1)
    assert "none.txt cannot be read: No such file or directory." in missing.stderr
    assert "bank.xlsx looks like an XLSX workbook" in other.stderr
    assert "Traceback" not in missing.stderr + other.stderr
