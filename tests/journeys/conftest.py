"""Fixtures of the journeys."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from billfold.adapters import embedded
from tests import stock
from tests.journeys.commands import Shell


@pytest.fixture
def new_shell() -> Iterator[Shell]:
    """A shell whose data directory is not there yet: its first command makes it, each starts and stops the servers."""
    with stock.folder_for_servers("billfold-journey-") as folder:
        yield Shell(folder / "data")


@pytest.fixture
def shell() -> Iterator[Shell]:
    """A shell with a migrated data directory of its own, whose servers run: a command finds them, and leaves them."""
    with _put(stock.put_migrated) as shell:
        yield shell


@pytest.fixture
def filled_shell() -> Iterator[Shell]:
    """Such a shell, the sample operator's books being imported."""
    with _put(stock.put_imported) as shell:
        yield shell


@pytest.fixture(scope="module")
def still_shell() -> Iterator[Shell]:
    """A shell that the tests of a module share, for they change nothing."""
    with _put(stock.put_migrated) as shell:
        yield shell


@contextmanager
def _put(put: Callable[[Path], None]) -> Iterator[Shell]:
    with stock.folder_for_servers("billfold-journey-") as folder:
        put(folder / "data")
        with embedded.acquire(folder / "data", embedded.Wanted(database=True, redis=True)):
            yield Shell(folder / "data")
