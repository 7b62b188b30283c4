"""Watching: what hooks do to the machine while they are asked: files, network, processes. Python tells it itself."""

import sys
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_WATCHED = (
    "open",
    "os.",
    "socket.",
    "subprocess.",
    "shutil.",
    "tempfile.",
    "urllib.",
    "http.",
    "smtplib.",
    "ftplib.",
    "sqlite3.",
    "ctypes.dlopen",
    "glob.",
    "pathlib.",
)
# A first question may import a module, or read what a library keeps from then on.
_LOADING = ("open", "os.listdir", "os.scandir", "ctypes.dlopen")
_ZONES = Path("/usr/share/zoneinfo")


class Watch:
    """Hears what a process does to the machine, while it listens. A process has one, for it cannot be taken out."""

    def __init__(self) -> None:
        self._heard: list[str] | None = None
        self._readable: tuple[str, ...] = ()
        sys.addaudithook(self._hear)

    @contextmanager
    def listening(self, readable: Sequence[Path] = ()) -> Iterator[list[str]]:
        """Give the list of what was done; reading files below `readable` and loading libraries is left out."""
        heard: list[str] = []
        self._readable = tuple(str(folder) for folder in readable)
        self._heard = heard
        try:
            yield heard
        finally:
            self._heard = None

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        heard = self._heard
        if heard is None or not event.startswith(_WATCHED):
            return
        # What is done from here on is ours.
        self._heard = None
        try:
            if not self._is_loading(event, arguments):
                heard.append(_told(event, arguments))
        finally:
            self._heard = heard

    def _is_loading(self, event: str, arguments: tuple[Any, ...]) -> bool:
        if not self._readable or event not in _LOADING:
            return False
        path = str(arguments[0]) if arguments else ""
        is_read = event != "open" or not isinstance(arguments[1], str) or not set(arguments[1]) & set("wax+")
        return is_read and path.startswith(self._readable)


def libraries() -> list[Path]:
    """Give the folders that hold Python, its libraries and its time zones."""
    paths = {Path(path) for path in sysconfig.get_paths().values()} | {Path(one) for one in sys.path if one}
    return sorted({*paths, Path(sys.prefix), Path(sys.base_prefix), _ZONES})


def _told(event: str, arguments: tuple[Any, ...]) -> str:
    first = f" {str(arguments[0])[:200]!r}" if arguments else ""
    return f"{event}{first}"
