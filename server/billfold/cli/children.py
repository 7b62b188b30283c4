"""Child processes that are kept running: one that crashes is started again, until crashes come too fast."""

import subprocess
import time
from collections import deque
from collections.abc import Sequence

import structlog

from billfold.domain.errors import OperatorError

_log = structlog.get_logger()
_MOST_CRASHES = 5
_WITHIN_SECONDS = 60.0
_PAUSE_SECONDS = 1.0
_LOOK_SECONDS = 0.1


def keep_running(command: Sequence[str], processes: int, *, pause_seconds: float = _PAUSE_SECONDS) -> None:
    """Run the command in so many processes until this one is told to stop, or each has ended by itself.

    Whatever ends it, all children are told to stop and waited for. Raises OperatorError at the sixth crash in a minute.
    """
    children: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(processes):
            children.append(subprocess.Popen(command))
        _watch(children, command, pause_seconds)
    except (SystemExit, KeyboardInterrupt):
        # To be told to stop is no failure, neither here nor in a single worker.
        return
    finally:
        _stop(children)


def _watch(children: list[subprocess.Popen[bytes]], command: Sequence[str], pause_seconds: float) -> None:
    crashes: deque[float] = deque(maxlen=_MOST_CRASHES)
    while any(child.poll() != 0 for child in children):
        for place, child in enumerate(children):
            if child.poll():
                _note(crashes, child)
                time.sleep(pause_seconds)
                children[place] = subprocess.Popen(command)
        time.sleep(_LOOK_SECONDS)


def _note(crashes: deque[float], child: subprocess.Popen[bytes]) -> None:
    now = time.monotonic()
    if len(crashes) == _MOST_CRASHES and now - crashes[0] < _WITHIN_SECONDS:
        raise OperatorError(
            f"Workers crashed more than {_MOST_CRASHES} times within a minute, at last with exit code "
            f"{child.returncode}: mend what their log tells, then start again."
        )
    crashes.append(now)
    _log.error("worker crashed, starting another", process=child.pid, code=child.returncode)


def _stop(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.terminate()
    # Each finishes what it holds before it goes.
    for child in children:
        child.wait()
