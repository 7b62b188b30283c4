"""Fixtures of the journeys."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.journeys.commands import Shell


@pytest.fixture
def shell() -> Iterator[Shell]:
    """A shell with a data directory of its own, where the embedded servers' user may go."""
    with TemporaryDirectory(prefix="billfold-journey-") as folder:
        Path(folder).chmod(0o755)
        yield Shell(Path(folder) / "data")
