"""Editions: the forms of a document type in the order in which the law changed them, as data with validity dates.

A folder of templates may hold an `editions.toml`: a list of `[[edition]]` tables. Each has `from`, the day from which
it is in force, and may have `template` (else the one that was asked for), `labels.<language>` that overlay the usual
ones, and whatever else its template reads as `edition`. A document takes the edition that was in force on its date.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from billfold.domain.errors import TemplateFailed


@dataclass(frozen=True, slots=True)
class Edition:
    """The form of a day: its template, the labels that it overlays by language, and all that the file says of it."""

    template: str
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


class Editions:
    """Finds the edition of a form; the first directory that has the file wins."""

    def __init__(self, template_dirs: Sequence[Path]) -> None:
        self._directories = tuple(template_dirs)
        self._of_folder = cache(self._load)

    def in_force(self, template: str, on: date) -> Edition:
        """Give the edition of a form on a day; before the first one, the first. A form without any is its own.

        Raises TemplateFailed for a file that cannot be read.
        """
        listed = self._of_folder(PurePosixPath(template).parent)
        if not listed:
            return Edition(template)
        since = [edition for first, edition in listed if first <= on]
        edition = since[-1] if since else listed[0][1]
        return Edition(edition.template or template, edition.labels, edition.values)

    def templates(self, template: str) -> list[str]:
        """Give the templates of all editions of a form, the oldest first."""
        listed = self._of_folder(PurePosixPath(template).parent)
        return [edition.template or template for _, edition in listed] or [template]

    def _load(self, folder: PurePosixPath) -> list[tuple[date, Edition]]:
        for directory in self._directories:
            path = directory / folder / "editions.toml"
            if path.is_file():
                return _read(path, folder)
        return []


def _read(path: Path, folder: PurePosixPath) -> list[tuple[date, Edition]]:
    try:
        listed = tomllib.loads(path.read_text(encoding="utf-8"))["edition"]
        found = [(one["from"], Edition(one.get("template", ""), one.get("labels", {}), one)) for one in listed]
        return sorted(found, key=lambda pair: pair[0])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        raise TemplateFailed(
            f"{folder}/editions.toml cannot be read ({error}): give [[edition]] with `from`."
        ) from error
