"""Editions: the forms of the directories as one list by date, and what each of them must say."""

from datetime import date
from pathlib import Path

import pytest

from billfold.domain.errors import TemplateFailed
from billfold.rendering.editions import Editions
from billfold.rendering.labels import Labels

FORM = "bill/bill.html"
BUILT_IN = """
[[edition]]
from = 2020-01-01
seal = "round"

[[edition]]
from = 2026-01-01
seal = "square"
template = "bill/square.html"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "bill" / "editions.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def built_in(tmp_path: Path) -> Path:
    return write(tmp_path / "built-in", BUILT_IN)


@pytest.mark.parametrize(
    ("on", "seal", "template"),
    [
        (date(2019, 12, 31), "round", FORM),
        (date(2025, 12, 31), "round", FORM),
        (date(2026, 1, 1), "square", "bill/square.html"),
        (date(2026, 12, 31), "square", "bill/square.html"),
        (date(2027, 1, 1), "none", FORM),
    ],
)
def test_an_operators_edition_is_added_to_the_others(
    built_in: Path, tmp_path: Path, on: date, seal: str, template: str
) -> None:
    own = write(tmp_path / "own", '[[edition]]\nfrom = 2027-01-01\nseal = "none"\n')

    edition = Editions([own, built_in]).in_force(FORM, on)

    assert (edition.values["seal"], edition.template) == (seal, template)


def test_an_operators_edition_of_the_same_day_replaces_the_other(built_in: Path, tmp_path: Path) -> None:
    own = write(tmp_path / "own", '[[edition]]\nfrom = 2026-01-01\nseal = "oval"\n')
    editions = Editions([own, built_in])

    assert editions.in_force(FORM, date(2026, 1, 1)).values["seal"] == "oval"
    assert editions.templates(FORM) == [FORM, FORM]


def test_an_edition_that_says_less_than_another_is_refused(built_in: Path, tmp_path: Path) -> None:
    own = write(tmp_path / "own", '[[edition]]\nfrom = 2027-01-01\n[edition.labels.ru]\n"bill.law" = "Закон"\n')

    with pytest.raises(TemplateFailed) as caught:
        Editions([own, built_in]).check(FORM, Labels([own, built_in]))

    assert caught.value.message == (
        "bill/editions.toml has an edition from 2020-01-01 without labels.en.bill.law, which another one has: add it."
    )


def test_a_value_that_an_edition_lacks_is_told(built_in: Path, tmp_path: Path) -> None:
    own = write(tmp_path / "own", "[[edition]]\nfrom = 2027-01-01\n")

    with pytest.raises(TemplateFailed, match="an edition from 2027-01-01 without seal, which another one has: add it"):
        Editions([own, built_in]).check(FORM, Labels([own, built_in]))


def test_a_word_that_the_usual_labels_have_may_be_left_out(tmp_path: Path) -> None:
    own = write(
        tmp_path,
        '[[edition]]\nfrom = 2020-01-01\n[edition.labels.en.bill]\nlaw = "Old"\n[[edition]]\nfrom = 2026-01-01\n',
    )
    (own / "bill" / "labels").mkdir()
    (own / "bill" / "labels" / "en.toml").write_text('law = "New"\n', encoding="utf-8")

    Editions([own]).check(FORM, Labels([own]))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[[edition]]\nfrom = "2026-01-01"\n', r"from is '2026-01-01' and not a date, such as 2026-01-01"),
        ("[[edition]]\nfrom = 2026-01-01T00:00:00\n", r"from is datetime.*and not a date"),
        ("[[edition]]\nseal = true\n", r"'from' is missing"),
        ("[[editions]]\nfrom = 2026-01-01\n", r"'edition' is missing"),
        ("[[edition]]\nfrom = 2026-01-01\ntemplate = 5\n", r"template is 5 and not a name"),
        ('[[edition]]\nfrom = 2026-01-01\nlabels = "x"\n', r"labels are not tables by language"),
        ('[[edition]]\nfrom = 2026-01-01\n[edition.labels]\n"bill.law" = "x"\n', r"labels are not tables by language"),
        ("[[edition", r"cannot be read"),
    ],
)
def test_a_file_that_cannot_be_meant_is_told(tmp_path: Path, text: str, reason: str) -> None:
    own = write(tmp_path, text)

    with pytest.raises(TemplateFailed, match=rf"bill/editions\.toml cannot be read .*{reason}|{reason}"):
        Editions([own]).in_force(FORM, date(2026, 1, 1))
