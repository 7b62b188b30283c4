"""The kit finds what is wrong with a plugin, names the check, and leaves our own process alone."""

from pathlib import Path

import pytest

from billfold.conformance import Outcome, Report, check, check_all
from tests.conformance import faulty_plugins


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[Report]:
    """The trial of a plugin full of faults, and of a slow one that never makes a document."""
    folder = tmp_path_factory.mktemp("plugins")
    faulty = {
        "plugin.py": faulty_plugins.FAULTY,
        "templates/faulty/faulty.html": faulty_plugins.TEMPLATE,
        "templates/faulty/labels/en.toml": 'only_english = "Word"',
        "templates/faulty/labels/ru.toml": "",
    }
    return check_all(
        [
            write(folder / "faulty", faulty),
            write(folder / "slow", {"plugin.py": faulty_plugins.SLOW}),
            folder / "nowhere",
        ],
        is_quick=True,
    )


def told(report: Report, name: str) -> tuple[Outcome, str]:
    (result,) = (one for one in report.results if one.check == name)
    return result.outcome, "\n".join(result.told)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("lines", "period, 100 lines: Plugin faulty: document_content raised ValueError: too much"),
        ("requisites", "period, bare company, ru (and 7 more): Template faulty/faulty.html failed: 'None' has no attr"),
        ("labels", "faulty/labels/ru.toml lacks only_english: add it"),
        ("numbers", "'N1' is written for counter 101 of series 'faulty:' and for counter 1 of 'faulty:': put into the"),
        ("visibility", "nobody may ever see a document: vote STAFF or CLIENT"),
        ("attachments", "ru, 3 records: Plugin faulty: table 'Use' has a row that has not 1 cells."),
        ("exports", "faulty: no sample gives a file: It is never right."),
        ("determinism", "document_content answers one question in two ways: take out clocks, chance, and what it rem"),
        ("purity", "document_content does open '/etc/hostname': a hook is given all that it needs"),
        ("purity", "document_content does subprocess.Popen 'true': a hook is given all that it needs"),
        ("purity", "plugin.py, line 20 asks for datetime.now: take it from the facts"),
        ("purity", "plugin.py, line 23 asks for random.random: take it from the facts"),
    ],
)
def test_a_fault_is_found_by_its_check(reports: list[Report], name: str, sentence: str) -> None:
    outcome, sentences = told(reports[0], name)

    assert outcome is Outcome.FAILED
    assert sentence in sentences


@pytest.mark.parametrize("name", ["starts", "languages", "totals", "parties", "names"])
def test_what_is_well_passes_all_the_same(reports: list[Report], name: str) -> None:
    assert told(reports[0], name) == (Outcome.PASSED, "")


def test_a_faulty_plugin_does_not_pass(reports: list[Report]) -> None:
    assert not reports[0].is_passed
    assert "exports: faulty: no sample gives a file: It is never right." in reports[0].failures


def test_a_slow_hook_is_told(reports: list[Report]) -> None:
    outcome, sentences = told(reports[1], "speed")

    assert outcome is Outcome.FAILED
    assert sentences.startswith("document_content took 1.")


def test_what_cannot_be_tried_is_skipped(reports: list[Report]) -> None:
    assert told(reports[1], "numbers") == (Outcome.SKIPPED, "says Nothing of all samples")
    assert told(reports[1], "details") == (Outcome.SKIPPED, "adds no details")


def test_a_folder_without_a_plugin_fails_to_start(reports: list[Report]) -> None:
    outcome, sentence = told(reports[2], "starts")

    assert outcome is Outcome.FAILED
    assert "nowhere is not there: name a folder, or one of act, " in sentence


def test_an_order_that_another_process_has_otherwise_is_told(tmp_path: Path) -> None:
    shuffled = faulty_plugins.SLOW.replace('return Nothing("too_slow")', 'return Nothing("-".join(set("abcdefgh")))')

    report = check(write(tmp_path / "slow", {"plugin.py": shuffled}))

    assert told(report, "determinism") == (
        Outcome.FAILED,
        "document_content answers otherwise in another process: sort what comes from a set",
    )


def test_a_plugin_that_ends_its_process_is_told(tmp_path: Path) -> None:
    report = check(write(tmp_path / "leaving", {"plugin.py": faulty_plugins.LEAVING}), is_quick=True)

    assert report.failures[0].startswith("starts: The trial ended with status 3")
