"""Checking: the trial of plugins in a process of its own, and its reports."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from billfold.conformance.reports import Outcome, Report, Result, from_json

_SECONDS = 900


def check(
    plugin: str | Path,
    *,
    plugin_dirs: Sequence[Path] = (),
    template_dirs: Sequence[Path] = (),
    is_quick: bool = False,
) -> Report:
    """Try a plugin: a folder with a `plugin.py`, a package's folder, or the name of one that is installed.

    Installed are the built-in ones, those in `plugin_dirs` and those at entry points. `template_dirs` come before the
    built-in templates. `is_quick` leaves out the printing of a thousand lines, and the same
    questions in another process.
    """
    return check_all([plugin], plugin_dirs=plugin_dirs, template_dirs=template_dirs, is_quick=is_quick)[0]


def check_all(
    plugins: Sequence[str | Path],
    *,
    plugin_dirs: Sequence[Path] = (),
    template_dirs: Sequence[Path] = (),
    is_quick: bool = False,
) -> list[Report]:
    """Try several plugins one after another in one process; the reports come in their order."""
    options = [f"--plugins={directory}" for directory in plugin_dirs]
    options += [f"--templates={directory}" for directory in template_dirs]
    reports = _try(plugins, [*options, "--quick"] if is_quick else options, seed="0")
    if is_quick:
        return reports
    # Sets have another order where texts have other hashes, as in every process of a server.
    others = _try(plugins, [*options, "--quick"], seed="1")
    return [_compared(report, other) for report, other in zip(reports, others, strict=True)]


def _try(plugins: Sequence[str | Path], options: list[str], *, seed: str) -> list[Report]:
    with TemporaryDirectory(prefix="billfold-check-") as folder:
        path = Path(folder) / "report.json"
        command = [sys.executable, "-m", "billfold.conformance", "--report", str(path), *options]
        end = _run([*command, "--", *map(str, plugins)], seed)
        if path.is_file():
            return from_json(path.read_text(encoding="utf-8"))
    result = Result("starts", Outcome.FAILED, (f"The trial {end}: a plugin must not end its process.",))
    return [Report(str(plugin), str(plugin), results=(result,)) for plugin in plugins]


def _compared(report: Report, other: Report) -> Report:
    """Fail the check `determinism` where another process had other answers."""
    differing = [hook for hook, found in report.answers.items() if other.answers.get(hook) != found]
    told = tuple(f"{hook} answers otherwise in another process: sort what comes from a set" for hook in differing)
    results = (_added(one, told) if told and one.check == "determinism" else one for one in report.results)
    return replace(report, results=tuple(results))


def _added(result: Result, told: tuple[str, ...]) -> Result:
    return replace(result, outcome=Outcome.FAILED, told=(*result.told, *told))


def _run(command: list[str], seed: str) -> str:
    """Run the trial; give how it ended, with the last that it said."""
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    try:
        done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        return f"was given up after {_SECONDS} s"
    last = done.stderr.strip().splitlines()[-1:] or [""]
    return f"ended with status {done.returncode} ({last[0][:300]})"
