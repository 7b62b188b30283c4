"""Processes at work: what a few of them take together, and what each holds in memory while the work goes on."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson
import psutil

from bench.measures import MEGABYTE
from bench.operators import House, postmaster

_ROOT = Path(__file__).resolve().parents[2]
_SAMPLE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Sample:
    """The memory at one moment, in megabytes.

    It is that of each process, of the largest child of their presses, and what the largest backend of PostgreSQL holds
    of its own.
    """

    progress: float
    processes: tuple[float, ...]
    press: float
    backend: float


@dataclass(slots=True)
class Step:
    """What processes took that worked side by side: CPU seconds of their own, their presses and PostgreSQL."""

    seconds: float = 0.0
    python: float = 0.0
    press: float = 0.0
    database: float = 0.0
    megabytes: float = 0.0
    told: list[dict[str, object]] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)

    def at(self, part: float) -> Sample:
        """Give the sample nearest to a part of the work."""
        return min(self.samples, key=lambda sample: abs(sample.progress - part))


def run_beside(house: House, commands: Sequence[Sequence[str]], progress: Callable[[], float] | None = None) -> Step:
    """Run `python -m` of each command side by side to the end, and sample their memory; `progress` goes from 0 to 1.

    Without it the progress is that of time. The seconds are those of the slowest, without its start. Raises
    RuntimeError when one fails.
    """
    step, clock = Step(), house.clocks["PostgreSQL"]
    before, began = clock(), time.perf_counter()
    outputs = [house.folder / f"output-{at}" for at in range(len(commands))]
    running = [_start(house, command, output) for command, output in zip(commands, outputs, strict=True)]
    with ThreadPoolExecutor(len(running)) as waiters:
        ends = [waiters.submit(_end, process) for process in running]
        while not all(end.done() for end in ends):
            step.samples.append(_sample(house, running, progress() if progress else time.perf_counter() - began))
            wait(ends, timeout=_SAMPLE_SECONDS)
    passed, step.database = time.perf_counter() - began, clock() - before
    for end, output in zip(ends, outputs, strict=True):
        used, told = end.result(), orjson.loads(output.read_bytes())
        step.seconds = max(step.seconds, told["seconds"])
        step.python += told["cpu"]
        step.press += used.ru_utime + used.ru_stime - told["cpu"] - told["before"]
        step.megabytes = max(step.megabytes, used.ru_maxrss / 1024)
        step.told.append(told)
    if not progress:
        step.samples = [replace(sample, progress=sample.progress / passed) for sample in step.samples]
    return step


def _start(house: House, command: Sequence[str], output: Path) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "BILLFOLD_DATA_DIR": str(house.settings.data_dir)}
    with output.open("wb") as stream:
        return subprocess.Popen([sys.executable, "-m", *command], env=environment, stdout=stream, cwd=_ROOT)


def _end(process: "subprocess.Popen[bytes]") -> resource.struct_rusage:
    """Wait for a process; gives what it used, with all that it started and waited for."""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{process.args!r} ended with {process.returncode}.")
    return used


def _sample(house: House, running: Sequence["subprocess.Popen[bytes]"], progress: float) -> Sample:
    trees = [_tree(process.pid) for process in running]
    backends = [_private(one) for one in postmaster(house.folder).children()]
    return Sample(
        progress=progress,
        processes=tuple(_resident(tree[0]) if tree else 0.0 for tree in trees),
        press=max((_resident(child) for tree in trees for child in tree[1:]), default=0.0),
        backend=max(backends, default=0.0),
    )


def _tree(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _resident(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss) / MEGABYTE
    except psutil.NoSuchProcess:
        return 0.0


def _private(process: psutil.Process) -> float:
    """Give the memory that is of a process alone: without the buffers, which all of PostgreSQL share."""
    try:
        return float(process.memory_full_info().uss) / MEGABYTE
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0.0
