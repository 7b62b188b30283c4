"""Labels: the words that templates print, by language, from the `labels/*.toml` of the template directories.

A directory that comes earlier overrides single labels of the later ones, so an operator's shop may rename one word,
and a plugin may bring the words of its own template.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from billfold.domain.errors import OperatorError, TemplateFailed
from billfold.rendering.locales import language

FALLBACK = "en"


class Labels:
    """All labels of the template directories; a locale that has none is printed in English."""

    def __init__(self, template_dirs: Sequence[Path]) -> None:
        self._folders = tuple(directory / "labels" for directory in template_dirs)
        self._of_language = cache(self._load)

    def text(self, key: str, locale: str, values: Mapping[str, object]) -> str:
        """Give the label with its `{names}` filled; raises TemplateFailed where it is missing or lacks a value."""
        labels = self._of_language(language(locale)) or self._of_language(FALLBACK)
        label = labels.get(key) or self._of_language(FALLBACK).get(key)
        if label is None:
            raise TemplateFailed(f"Label {key!r} is not in labels/{language(locale)}.toml: add it there.")
        if not values:
            return label
        try:
            # Only strings are handed in, so a label cannot reach into an object.
            return label.format_map({name: str(value) for name, value in values.items()})
        except (KeyError, IndexError, ValueError, AttributeError) as error:
            raise TemplateFailed(f"Label {key!r} cannot be filled ({error}): mend its braces.") from error

    def find(self, key: str, locale: str) -> str | None:
        """Give the label, or None where neither the language nor English has it."""
        return self._of_language(language(locale)).get(key) or self._of_language(FALLBACK).get(key)

    def _load(self, name: str) -> Mapping[str, str]:
        merged: dict[str, str] = {}
        for folder in reversed(self._folders):
            path = folder / f"{name}.toml"
            if path.is_file():
                merged |= _flatten(_read(path))
        return merged


def _read(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OperatorError(f"Labels {path.name} cannot be read ({error}): mend the file.") from error


def _flatten(table: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            flat |= _flatten(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = str(value)
    return flat
