"""Skeletons: a new plugin that does all that a plugin must, for its author to change."""

import re
from importlib.resources import files
from pathlib import Path
from string import Template

from billfold.domain.errors import OperatorError

_KEY = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 60


def write_plugin(name: str, directory: Path) -> Path:
    """Write the folder of a new plugin, with its template, labels and a test; give the folder.

    Raises OperatorError for a name that cannot be a document type's key, and for a folder that is there.
    """
    if not _KEY.fullmatch(name) or len(name) > _LONGEST:
        raise OperatorError(
            f"{name!r} is no name of a plugin: use lower-case words joined by hyphens, {_LONGEST} characters at most."
        )
    folder = directory / name
    if folder.exists():
        raise OperatorError(f"{folder} is there already: take another name, or another directory.")
    for path, source in _files(name).items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_filled(name, source), encoding="utf-8")
    return folder


def _files(name: str) -> dict[str, str]:
    return {
        "plugin.py": "plugin.py.txt",
        f"templates/{name}/{name}.html": "template.html.txt",
        f"templates/{name}/labels/en.toml": "labels.en.toml.txt",
        f"templates/{name}/labels/ru.toml": "labels.ru.toml.txt",
        f"test_{name.replace('-', '_')}.py": "test_plugin.py.txt",
    }


def _filled(name: str, source: str) -> str:
    words = name.replace("-", " ")
    text = (files("billfold.conformance") / "skeleton" / source).read_text(encoding="utf-8")
    return Template(text).substitute(key=name, words=words, title=words.capitalize(), letter=name[0].upper())
