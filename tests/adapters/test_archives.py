"""Archives: a ZIP that is the same for the same files, whatever they are called."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from billfold.adapters.archives import ZipArchive


def archived(folder: Path, name: str, *files: tuple[str, bytes]) -> Path:
    path = folder / name
    with ZipArchive(path) as archive:
        for number, (entry, content) in enumerate(files):
            source = folder / f"{name}.{number}"
            source.write_bytes(content)
            archive.add(entry, source)
    return path


def test_files_come_out_as_they_went_in(tmp_path: Path) -> None:
    path = archived(tmp_path, "a.zip", ("Счёт 1.pdf", b"one"), ("b.xml", b"two" * 10_000))

    with ZipFile(path) as found:
        assert found.testzip() is None
        assert {name: found.read(name) for name in found.namelist()} == {"Счёт 1.pdf": b"one", "b.xml": b"two" * 10_000}


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    first = archived(tmp_path, "first", ("a", b"x" * 5_000), ("b", b"y"))
    (tmp_path / "second.0").touch(mode=0o600)

    second = archived(tmp_path, "second", ("a", b"x" * 5_000), ("b", b"y"))

    assert first.read_bytes() == second.read_bytes()


def test_names_that_are_taken_get_a_number(tmp_path: Path) -> None:
    path = archived(tmp_path, "a.zip", ("a.xml", b"1"), ("A.XML", b"2"), ("a.xml", b"3"))

    assert ZipFile(path).namelist() == ["a.xml", "A (2).XML", "a (3).xml"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..\\passwd", "C:\\etc\\passwd"])
def test_a_name_cannot_lead_out_of_the_archive(tmp_path: Path, name: str) -> None:
    assert ZipFile(archived(tmp_path, "a.zip", (name, b"x"))).namelist() == ["passwd"]
