"""Measures: CPU time of processes, the machine's own line, and what a row of figures comes to."""

import os
import platform
import resource
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

MEGABYTE = 1_048_576


def tree_seconds(process: psutil.Process) -> float:
    """Give the CPU seconds of a process and all that it started, the dead ones too; in steps of 10 ms."""
    total = 0.0
    for one in (process, *process.children(recursive=True)):
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def own_seconds() -> float:
    """Give the CPU seconds of this process alone, exactly."""
    return time.process_time()


def peak_megabytes() -> float:
    """Give the most memory that this process has ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE


@dataclass(frozen=True, slots=True)
class Reading:
    """Both clocks at one moment: the wall's, and the CPU time of each party."""

    wall: float
    cpu: dict[str, float]


class Stopwatch:
    """Reads the wall clock and the CPU clocks of the parties that are named."""

    def __init__(self, clocks: Mapping[str, Callable[[], float]]) -> None:
        self._clocks = clocks
        self._last = self._read()

    def lap(self) -> Reading:
        """Give what has passed since the last lap."""
        now, last = self._read(), self._last
        self._last = now
        return Reading(now.wall - last.wall, {name: now.cpu[name] - last.cpu[name] for name in now.cpu})

    def _read(self) -> Reading:
        return Reading(time.perf_counter(), {name: clock() for name, clock in self._clocks.items()})


def middle(figures: Sequence[float]) -> float:
    """Give the median."""
    return median(figures) if figures else 0.0


def spread(figures: Sequence[float]) -> str:
    """Give the least and the largest figure, as a part of the median."""
    centre = middle(figures)
    return f"{min(figures) / centre:.2f}-{max(figures) / centre:.2f}" if centre else "-"


def machine_line() -> str:
    """Say what the figures were measured on, and how busy it was with other work."""
    load = " ".join(f"{figure:.1f}" for figure in os.getloadavg())
    memory = psutil.virtual_memory().total / 1024 / MEGABYTE
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB; {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}; load before: {load}"
    )


def _processor() -> str:
    listing = Path("/proc/cpuinfo")
    lines = listing.read_text().splitlines() if listing.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
