"""Several workers under one command: a crashed one is replaced, crashes without end are told, a stop stops all."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from structlog.testing import capture_logs

from billfold.cli.children import keep_running
from billfold.domain.errors import OperatorError
from tests.journeys.commands import Shell

_PATIENCE_SECONDS = 60


def test_a_crashed_worker_is_replaced_and_a_stop_stops_all(shell: Shell) -> None:
    parent = shell.start("worker", "--processes", "2")
    first = _children_of(parent, lambda seen: len(seen) == 2)
    victim = first[0]

    victim.kill()
    second = _children_of(parent, lambda seen: len(seen) == 2 and victim not in seen)
    parent.send_signal(signal.SIGTERM)
    told, _ = parent.communicate(timeout=_PATIENCE_SECONDS)

    assert parent.returncode == 0, told
    assert first[1] in second
    assert not any(child.is_running() for child in second)
    assert "worker crashed, starting another" in told


def test_crashes_without_end_are_told() -> None:
    with pytest.raises(OperatorError, match="more than 5 times within a minute, at last with exit code 3"):
        keep_running([sys.executable, "-c", "raise SystemExit(3)"], 2, pause_seconds=0)


def test_a_child_that_is_killed_is_replaced_however_often(tmp_path: Path) -> None:
    deaths = tmp_path / "deaths"
    deaths.touch()
    die = f"""
import os, signal
with open({str(deaths)!r}, "r+") as deaths:
    if len(deaths.read()) < 7:
        deaths.write("x")
        deaths.flush()
        os.kill(os.getpid(), signal.SIGKILL)
"""

    keep_running([sys.executable, "-c", die], 1, pause_seconds=0)

    assert deaths.read_text() == "xxxxxxx"


def test_the_pause_before_another_child_grows() -> None:
    with capture_logs() as logs, pytest.raises(OperatorError):
        keep_running([sys.executable, "-c", "raise SystemExit(3)"], 1, pause_seconds=0.01)

    assert [one["seconds"] for one in logs] == [0.01, 0.02, 0.04, 0.08, 0.16, 0.32]


def test_children_that_end_by_themselves_are_not_replaced() -> None:
    keep_running([sys.executable, "-c", ""], 2)


def _children_of(
    parent: "subprocess.Popen[str]", are_wanted: Callable[[list[psutil.Process]], bool]
) -> list[psutil.Process]:
    """Wait until the worker processes of the parent are as wanted; the embedded servers are no children of it."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        seen = [
            child
            for child in psutil.Process(parent.pid).children()
            if child.status() != psutil.STATUS_ZOMBIE and child.cmdline()[-2:] == ["billfold", "worker"]
        ]
        if are_wanted(seen):
            return seen
        time.sleep(0.05)
    raise AssertionError("The worker processes did not come as expected.")
