"""Child processes that are kept running: one that dies is started again, after a pause that grows with its deaths."""

import subprocess
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from billfold.domain.errors import OperatorError

_log = structlog.get_logger()
_MOST_CRASHES = 5
_WITHIN_SECONDS = 60.0
_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0
_LOOK_SECONDS = 0.1


def keep_running(command: Sequence[str], processes: int, *, pause_seconds: float = _PAUSE_SECONDS) -> None:
    """Run the command in so many processes until this one is told to stop, or each has ended by itself.

    One that was killed, by a person or by the kernel, is started again however often. Whatever ends this, all children
    are told to stop and waited for. Raises OperatorError at the sixth child in a minute that gave up by itself.
    """
    places = [_Place(pause_seconds) for _ in range(processes)]
    try:
        for place in places:
            place.start(command)
        _watch(places, command)
    except (SystemExit, KeyboardInterrupt):
        # To be told to stop is no failure, neither here nor in a single worker.
        return
    finally:
        _stop([place.child for place in places if place.child is not None])


@dataclass(slots=True)
class _Place:
    """Where one child runs, and the next one after it. `start_at` is by the monotonic clock."""

    first_pause: float
    child: "subprocess.Popen[bytes] | None" = None
    pause: float = 0.0
    started_at: float = 0.0
    start_at: float | None = None

    def start(self, command: Sequence[str]) -> None:
        self.started_at, self.start_at = time.monotonic(), None
        self.child = subprocess.Popen(command)

    def look(self) -> int | None:
        """Give the exit code of a child that has died since the last look, and set when the next one starts."""
        code = self.child.poll() if self.child else None
        if not code or self.start_at is not None:
            return None
        now = time.monotonic()
        # One that lived for long begins anew.
        is_soon = now - self.started_at < _WITHIN_SECONDS
        self.pause = min(self.pause * 2, _LONGEST_PAUSE_SECONDS) if is_soon and self.pause else self.first_pause
        self.start_at = now + self.pause
        return code


def _watch(places: Sequence[_Place], command: Sequence[str]) -> None:
    crashes: deque[float] = deque(maxlen=_MOST_CRASHES)
    while any(place.child is None or place.child.poll() != 0 for place in places):
        for place in places:
            code = place.look()
            if code is not None and place.child is not None:
                _log.error("worker crashed, starting another", process=place.child.pid, code=code, seconds=place.pause)
                _note(crashes, code)
            if place.start_at is not None and time.monotonic() >= place.start_at:
                place.start(command)
        time.sleep(_LOOK_SECONDS)


def _note(crashes: deque[float], code: int) -> None:
    """Count a child that gave up by itself; raises when there were too many of them."""
    # Killed by a signal: by somebody, or for want of memory. That may pass, and is nothing that its log would tell.
    if code < 0:
        return
    now = time.monotonic()
    if len(crashes) == _MOST_CRASHES and now - crashes[0] < _WITHIN_SECONDS:
        raise OperatorError(
            f"Workers crashed more than {_MOST_CRASHES} times within a minute, at last with exit code "
            f"{code}: mend what their log tells, then start again."
        )
    crashes.append(now)


def _stop(children: Sequence["subprocess.Popen[bytes]"]) -> None:
    for child in children:
        child.terminate()
    # Each finishes what it holds before it goes.
    for child in children:
        child.wait()
