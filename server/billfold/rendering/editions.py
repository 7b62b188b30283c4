"""Editions: the forms of a document type in the order in which the law changed them, as data with validity dates.

A folder of templates may hold an `editions.toml`: a list of `[[edition]]` tables. Each has `from`, the day from which
it is in force, and may have `template` (else the one that was asked for), `labels.<language>` that overlay the usual
ones, and whatever else its template reads as `edition`. A document takes the edition that was in force on its date.
A directory that comes earlier adds editions, and replaces those of the same day.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from billfold.domain.errors import TemplateFailed
from billfold.rendering.labels import FALLBACK, Labels, OverlaidLabels, flatten

# What an edition says to Billfold; everything else is for its template.
_OWN_KEYS = frozenset({"from", "template", "labels"})


@dataclass(frozen=True, slots=True)
class Edition:
    """The form of a day: its template, the labels that it overlays by language, and all that the file says of it."""

    template: str
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


class Editions:
    """Finds the edition of a form, among those of all directories."""

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

    def check(self, template: str, labels: Labels) -> None:
        """Look whether each edition of a form says all that another one says. Raises TemplateFailed.

        A template that reads what the edition of its day leaves out would fail on that day, years from now perhaps.
        """
        folder = PurePosixPath(template).parent
        listed = self._of_folder(folder)
        values = {key for _, edition in listed for key in edition.values} - _OWN_KEYS
        words = {key for _, edition in listed for table in edition.labels.values() for key in flatten(table)}
        for first, edition in listed:
            overlaid = OverlaidLabels(labels, edition.labels)
            missing = [key for key in sorted(values) if key not in edition.values]
            missing += [f"labels.{FALLBACK}.{key}" for key in sorted(words) if overlaid.find(key, FALLBACK) is None]
            if missing:
                raise TemplateFailed(
                    f"{folder}/editions.toml has an edition from {first} without {', '.join(missing)}, "
                    "which another one has: add it."
                )

    def _load(self, folder: PurePosixPath) -> list[tuple[date, Edition]]:
        merged: dict[date, Edition] = {}
        for directory in reversed(self._directories):
            path = directory / folder / "editions.toml"
            if path.is_file():
                merged |= _read(path, folder)
        return sorted(merged.items(), key=lambda pair: pair[0])


def _read(path: Path, folder: PurePosixPath) -> dict[date, Edition]:
    try:
        listed = tomllib.loads(path.read_text(encoding="utf-8"))["edition"]
        return {_first_day(one): _edition(one) for one in listed}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise TemplateFailed(
            f"{folder}/editions.toml cannot be read ({reason}): give [[edition]] with `from`."
        ) from error


def _first_day(one: Mapping[str, Any]) -> date:
    day = one["from"]
    if not isinstance(day, date) or isinstance(day, datetime):
        raise TypeError(f"from is {day!r} and not a date, such as 2026-01-01")
    return day


def _edition(one: Mapping[str, Any]) -> Edition:
    template, labels = one.get("template", ""), one.get("labels", {})
    if not isinstance(template, str):
        raise TypeError(f"template is {template!r} and not a name")
    if not isinstance(labels, dict) or not all(isinstance(table, dict) for table in labels.values()):
        raise TypeError("labels are not tables by language, such as [edition.labels.en]")
    return Edition(template, labels, one)
