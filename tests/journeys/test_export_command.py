"""An operator at the machine who exports: a file in a folder, what it holds, and each failure in one sentence."""

from pathlib import Path

from billfold.cli.exports import told_refusals
from billfold.database.exports import RefusedDocument
from billfold.domain.ids import new_id
from tests.journeys.commands import Shell


def test_a_month_is_exported_into_a_folder(filled_shell: Shell, tmp_path: Path) -> None:
    shell = filled_shell
    shell.json("run", "invoice", "--period", "2026-10", "--contract", "Я-101", "--contract", "Я-102-Т")
    folder = tmp_path / "for the accountant"

    told = shell.json("export", "registry-csv", "--type", "invoice", "--contract", "Я-101", "--to", str(folder))
    printed = shell.run("export", "registry-xlsx", "--from", "2026-01-01", "--to", str(folder))

    (written, *_) = sorted(folder.iterdir())
    assert (told["documents"], told["refused"], told["file"]) == (1, [], str(written))
    lines = written.read_bytes().decode("utf-8-sig").splitlines()
    assert (len(lines), lines[0].split(";")[:3]) == (2, ["Документ", "Номер", "Дата"])
    assert written.stat().st_size == told["size"]
    assert printed.returncode == 0
    assert [line.split("│")[1:3] for line in printed.stdout.splitlines() if "│ exported" in line] == [
        [" exported  ", "        2 "]
    ]
    assert [path.suffix for path in sorted(folder.iterdir())] == [".csv", ".xlsx"]


def test_what_cannot_be_exported_is_one_sentence(filled_shell: Shell, tmp_path: Path) -> None:
    shell = filled_shell
    taken = tmp_path / "taken"
    taken.write_text("")

    unknown = shell.run("export", "poem", "--to", str(tmp_path))
    empty = shell.run("export", "registry-csv", "--to", str(tmp_path))
    nobody = shell.run("export", "registry-csv", "--enterprise", "nobody", "--to", str(tmp_path))
    no_folder = shell.run("export", "registry-csv", "--to", str(taken))

    assert [one.returncode for one in (unknown, empty, nobody, no_folder)] == [1, 1, 1, 1]
    assert "Export format 'poem' is unknown: installed are " in unknown.stderr
    assert "No issued or void document fits" in empty.stderr
    assert "There is no enterprise nobody." in nobody.stderr
    assert "taken cannot be written to: File exists." in no_folder.stderr


def test_documents_that_are_refused_for_one_reason_share_a_line() -> None:
    refused = [
        RefusedDocument(new_id(), "invoice", "1", "The seller has no address."),
        RefusedDocument(new_id(), "act", "1", "It has no lines."),
        RefusedDocument(new_id(), "invoice", "2", "The seller has no address."),
    ]

    assert told_refusals(refused) == [
        "Refused, invoice 1, invoice 2: The seller has no address.",
        "Refused, act 1: It has no lines.",
    ]
