"""Keeping apart: a plugin at work neither writes to the standard output nor leaves the process past every handler."""

import os
import sys
from threading import Lock
from typing import Any


class KeepingApart:
    """While somebody is inside, the standard output, for results, is the standard error, and `os._exit` raises.

    Several threads may be inside at once; the last one out puts things back.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._kept: tuple[Any, Any] = (None, None)

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._kept = sys.stdout, os._exit
                sys.stdout, os._exit = sys.stderr, sys.exit  # type: ignore[assignment]
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                sys.stdout, os._exit = self._kept


KEPT_APART = KeepingApart()
