"""The sample operator's books, copied so that a test may spoil them."""

import shutil
from pathlib import Path

import billfold

SAMPLE = Path(billfold.__file__).parent / "sample"
USAGE = "usage-2026-10.csv"


def copy_books(tmp_path: Path) -> Path:
    """Copy the sample and give its directory."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "books"))


def edit(file: Path, old: str, new: str) -> None:
    """Replace the one place of the file that says `old`."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file.name}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def append(file: Path, line: str) -> None:
    """Add a line to the file."""
    with file.open("a", encoding="utf-8") as stream:
        stream.write(f"{line}\n")
