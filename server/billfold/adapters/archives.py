"""Archives: files put together as one ZIP on disk, the same bytes for the same files."""

import shutil
from pathlib import Path
from types import TracebackType
from typing import Self
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

MEDIA_TYPE = "application/zip"
_COPY_BYTES = 1024 * 1024
# The first instant that a ZIP can tell: when something was exported is written elsewhere.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_ORDINARY_FILE = 0o100644 << 16


class ZipArchive:
    """A new ZIP that files are added to, one after another; its methods block."""

    def __init__(self, path: Path) -> None:
        self._archive = ZipFile(path, "w", ZIP_DEFLATED)
        self._names: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, name: str, path: Path) -> None:
        """Add a file without holding it in memory; a name that is there already gets a number."""
        entry = ZipInfo(self._free(name), _EPOCH)
        entry.compress_type = ZIP_DEFLATED
        entry.create_system = _UNIX
        entry.external_attr = _ORDINARY_FILE
        entry.file_size = path.stat().st_size
        with path.open("rb") as source, self._archive.open(entry, "w") as target:
            shutil.copyfileobj(source, target, _COPY_BYTES)

    def close(self) -> None:
        """Write what ends the archive. May be repeated."""
        self._archive.close()

    def _free(self, name: str) -> str:
        """Give the name, as a plain file's, with a number where it is taken: systems differ in what is the same."""
        plain = Path(name.replace("\\", "/")).name or "file"
        stem, suffix = Path(plain).stem, Path(plain).suffix
        found, number = plain, 1
        while found.casefold() in self._names:
            number += 1
            found = f"{stem} ({number}){suffix}"
        self._names.add(found.casefold())
        return found
