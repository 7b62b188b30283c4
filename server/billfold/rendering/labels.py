"""Labels: the words that templates print, by language, from the `labels/*.toml` of the template directories.

A directory that comes earlier overrides single labels of the later ones, so an operator's shop may rename one word.
The words of one type lie in its own folder, `<type>/labels/*.toml`, and their keys begin with the name of the folder;
an edition of a form may overlay them.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

from billfold.domain.errors import OperatorError, TemplateFailed
from billfold.rendering.locales import language

FALLBACK = "en"


class Words(Protocol):
    """What a sheet takes its words from."""

    def text(self, key: str, locale: str, values: Mapping[str, object]) -> str:
        """Give the label with its `{names}` filled; raises TemplateFailed where it is missing or lacks a value."""

    def find(self, key: str, locale: str) -> str | None:
        """Give the label, or None where neither the language nor English has it."""


class Labels:
    """All labels of the template directories; a locale that has none is printed in English."""

    def __init__(self, template_dirs: Sequence[Path]) -> None:
        self._directories = tuple(template_dirs)
        self._of_language = cache(self._load)

    def text(self, key: str, locale: str, values: Mapping[str, object]) -> str:
        """Give the label with its `{names}` filled; raises TemplateFailed where it is missing or lacks a value."""
        labels = self._of_language(language(locale)) or self._of_language(FALLBACK)
        label = labels.get(key) or self._of_language(FALLBACK).get(key)
        if label is None:
            raise TemplateFailed(f"Label {key!r} is not in labels/{language(locale)}.toml: add it there.")
        return _filled(key, label, values)

    def find(self, key: str, locale: str) -> str | None:
        """Give the label, or None where neither the language nor English has it."""
        return self._of_language(language(locale)).get(key) or self._of_language(FALLBACK).get(key)

    def own(self, key: str, locale: str) -> str | None:
        """Give the label of the language itself, or None."""
        return self._of_language(language(locale)).get(key)

    def _load(self, name: str) -> Mapping[str, str]:
        merged: dict[str, str] = {}
        for directory in reversed(self._directories):
            for path in sorted(directory.glob(f"*/labels/{name}.toml")):
                merged |= flatten(_read(path), f"{path.parent.parent.name}.")
            path = directory / "labels" / f"{name}.toml"
            if path.is_file():
                merged |= flatten(_read(path))
        return merged


class OverlaidLabels:
    """Labels of which an edition of a form has some in words of its own, by language."""

    def __init__(self, labels: Labels, overlay: Mapping[str, Mapping[str, str]]) -> None:
        self._labels = labels
        self._overlay = {name: flatten(table) for name, table in overlay.items()}

    def text(self, key: str, locale: str, values: Mapping[str, object]) -> str:
        """Give the label of the edition, or the usual one; raises as `Labels.text` does."""
        overlaid = self._overlaid(key, locale)
        return self._labels.text(key, locale, values) if overlaid is None else _filled(key, overlaid, values)

    def find(self, key: str, locale: str) -> str | None:
        """Give the label of the edition, or the usual one, or None."""
        return self._overlaid(key, locale) or self._labels.find(key, locale)

    def _overlaid(self, key: str, locale: str) -> str | None:
        """Give the edition's words; a language that has none, neither here nor there, is printed in English."""
        found = self._overlay.get(language(locale), {}).get(key)
        if found is None and self._labels.own(key, locale) is None:
            return self._overlay.get(FALLBACK, {}).get(key)
        return found


def _filled(key: str, label: str, values: Mapping[str, object]) -> str:
    if not values:
        return label
    try:
        # Only strings are handed in, so a label cannot reach into an object.
        return label.format_map({name: str(value) for name, value in values.items()})
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        raise TemplateFailed(f"Label {key!r} cannot be filled ({error}): mend its braces.") from error


def _read(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OperatorError(f"Labels {path.name} cannot be read ({error}): mend the file.") from error


def flatten(table: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """Give the labels of nested tables by their whole keys."""
    flat: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = str(value)
    return flat
