"""Measures: CPU time of processes, the machine's own line, and what a row of figures comes to."""

import os
import platform
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Self

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
class Stopwatch:
    """Both clocks at one moment: the wall's, and the CPU time of each named process tree."""

    wall: float
    trees: dict[str, float]

    @classmethod
    def read(cls, trees: dict[str, psutil.Process]) -> Self:
        """Read the clocks."""
        return cls(time.perf_counter(), {name: tree_seconds(process) for name, process in trees.items()})

    def until(self, later: Self) -> Self:
        """Give the difference."""
        return type(self)(
            later.wall - self.wall, {name: later.trees[name] - seconds for name, seconds in self.trees.items()}
        )


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
