"""File locks of the embedded servers: the kernel drops them with their holder, so there is never a stale one."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from billfold.domain.errors import OperatorError

DECISION_SECONDS = 120.0
_POLL_SECONDS = 0.01


def open_lock(path: Path) -> int:
    """Open a lock file, made if it is missing, and give its descriptor; it is closed on exec."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def share(descriptor: int) -> None:
    """Take the lock together with others; waits for an exclusive holder to go."""
    fcntl.flock(descriptor, fcntl.LOCK_SH)


def try_exclusive(descriptor: int) -> bool:
    """Take the lock alone, at once or not at all; a shared lock on the same descriptor is lost either way."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait_exclusive(descriptor: int, seconds: float) -> bool:
    """Take the lock alone within `seconds`."""
    deadline = time.monotonic() + seconds
    while not try_exclusive(descriptor):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def is_free(path: Path) -> bool:
    """Tell whether nobody holds the lock; call it only while no other process may want it."""
    descriptor = open_lock(path)
    try:
        return try_exclusive(descriptor)
    finally:
        os.close(descriptor)


def is_file(descriptor: int, path: Path) -> bool:
    """Tell whether `path` is still the file behind the descriptor: not deleted, nor another one in its place."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


@contextmanager
def deciding(path: Path) -> Iterator[None]:
    """Hold the one lock under which servers are started and stopped.

    Raises OperatorError when another process keeps it for longer than a start may take.
    """
    descriptor = open_lock(path)
    try:
        if not wait_exclusive(descriptor, DECISION_SECONDS):
            raise OperatorError(
                f"Another process has held {path} for {DECISION_SECONDS:.0f} s: end the Billfold process that hangs."
            )
        yield
    finally:
        os.close(descriptor)
