"""`billfold plugin new` writes a plugin that passes `billfold plugin check`, and its own test."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from billfold.conformance.skeletons import write_plugin
from billfold.domain.errors import OperatorError


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("BILLFOLD_")}
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env={**own, "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_new_plugin_passes_its_check_and_its_own_test(tmp_path: Path) -> None:
    made = run(tmp_path, "billfold", "plugin", "new", "thank-you-note", "--dir", "mine")

    checked = run(tmp_path, "billfold", "plugin", "check", "mine/thank-you-note", "--quick", "--json")
    tested = run(tmp_path / "mine/thank-you-note", "pytest", "-q", "-p", "no:cacheprovider")

    assert made.stdout.splitlines() == [
        "mine/thank-you-note/plugin.py",
        "mine/thank-you-note/templates/thank-you-note/labels/en.toml",
        "mine/thank-you-note/templates/thank-you-note/labels/ru.toml",
        "mine/thank-you-note/templates/thank-you-note/thank-you-note.html",
        "mine/thank-you-note/test_thank_you_note.py",
    ]
    assert (checked.returncode, json.loads(checked.stdout)["type"]) == (0, "thank-you-note"), checked.stderr
    assert "1 passed" in tested.stdout, tested.stdout


def test_a_failing_check_exits_with_one_and_tells_what_failed(tmp_path: Path) -> None:
    write_plugin("thanks", tmp_path)
    (tmp_path / "thanks/templates/thanks/labels/ru.toml").unlink()

    checked = run(tmp_path, "billfold", "plugin", "check", "thanks", "--quick")

    assert checked.returncode == 1
    assert "thanks/labels/ru.toml lacks total: add it" in checked.stdout
    assert checked.stderr == "billfold: Plugin thanks fails: labels. Mend what is told above.\n"


@pytest.mark.parametrize("name", ["Thanks", "thank you", "../thanks", "", "7up", "thanks-", "a" * 61])
def test_a_bad_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(OperatorError, match="is no name of a plugin: use lower-case words joined by hyphens, 60"):
        write_plugin(name, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thanks").mkdir()

    with pytest.raises(OperatorError, match="thanks is there already: take another name, or another directory"):
        write_plugin("thanks", tmp_path)

    assert list((tmp_path / "thanks").iterdir()) == []


def test_the_name_of_a_type_that_is_there_is_refused(tmp_path: Path) -> None:
    made = run(tmp_path, "billfold", "plugin", "new", "invoice")

    assert made.returncode == 1
    assert made.stderr == "billfold: Document type 'invoice' is there already, by plugin invoice: name it anew.\n"
