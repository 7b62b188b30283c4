"""Labels: where the words of a sheet come from, and which of them an edition of a form replaces."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from billfold.domain.errors import TemplateFailed
from billfold.rendering.labels import Labels, OverlaidLabels

EDITION: Mapping[str, Mapping[str, str]] = {"en": {"law": "Edition of {year}"}, "ru": {"law": "Редакция {year}"}}


@pytest.fixture
def labels(tmp_path: Path) -> Labels:
    folder = tmp_path / "labels"
    folder.mkdir()
    (folder / "en.toml").write_text('law = "Law"\nname = "Name"\n', encoding="utf-8")
    (folder / "ru.toml").write_text('law = "Закон"\n', encoding="utf-8")
    (folder / "de.toml").write_text('law = "Gesetz"\n', encoding="utf-8")
    return Labels([tmp_path])


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", "Edition of 2026"),
        ("ru-RU", "Редакция 2026"),
        # A word of the language comes before a newer one in English.
        ("de", "Gesetz"),
        ("fr", "Edition of 2026"),
    ],
)
def test_an_edition_replaces_the_words_of_its_languages(labels: Labels, locale: str, words: str) -> None:
    assert OverlaidLabels(labels, EDITION).text("law", locale, {"year": 2026}) == words


def test_other_words_stay_as_they_are(labels: Labels) -> None:
    overlaid = OverlaidLabels(labels, EDITION)

    assert overlaid.text("name", "ru", {}) == "Name"
    assert overlaid.find("name", "ru") == "Name"
    assert overlaid.find("law", "fr") == "Edition of {year}"
    assert overlaid.find("nothing", "ru") is None


def test_words_that_only_an_edition_has_are_printed_in_english_elsewhere(tmp_path: Path) -> None:
    overlaid = OverlaidLabels(Labels([tmp_path]), EDITION)

    assert overlaid.text("law", "de", {"year": 2026}) == "Edition of 2026"


def test_a_missing_label_is_told_by_name(labels: Labels) -> None:
    with pytest.raises(TemplateFailed, match=r"Label 'nothing' is not in labels/ru\.toml: add it there"):
        OverlaidLabels(labels, EDITION).text("nothing", "ru", {})
