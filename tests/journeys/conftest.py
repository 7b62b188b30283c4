"""Fixtures of the journeys."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from billfold.adapters import embedded
from tests.journeys.commands import Shell


@pytest.fixture
def new_shell() -> Iterator[Shell]:
    """A shell whose data directory is not there yet: its first command makes it, each starts and stops the servers."""
    with _folder() as folder:
        yield Shell(folder / "data")


@pytest.fixture(scope="session")
def migrated() -> Iterator[Path]:
    """A data directory that `billfold migrate` has made, at rest."""
    with _folder() as folder:
        shell = Shell(folder / "data")
        shell.json("migrate")
        yield shell.data_dir


@pytest.fixture
def shell(migrated: Path) -> Iterator[Shell]:
    """A shell with a migrated data directory of its own, whose servers run: a command finds them, and leaves them."""
    with _folder() as folder:
        # Owners and modes are copied too: as root, the servers have a user of their own.
        subprocess.run(["cp", "-a", str(migrated), str(folder / "data")], check=True)  # noqa: S607
        with embedded.acquire(folder / "data", embedded.Wanted(database=True, redis=True)):
            yield Shell(folder / "data")


@contextmanager
def _folder() -> Iterator[Path]:
    """Make a folder where the embedded servers' user may go."""
    with TemporaryDirectory(prefix="billfold-journey-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
