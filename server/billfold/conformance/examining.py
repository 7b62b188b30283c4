"""Examining: all checks of a plugin, one after another, in this process."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Self

from billfold.conformance.checks_of_documents import (
    check_determinism,
    check_lines,
    check_locales,
    check_names,
    check_paper,
    check_parties,
    check_purity,
    check_requisites,
    check_speed,
    check_totals,
)
from billfold.conformance.checks_of_files import check_attachments, check_details, check_exports, check_labels
from billfold.conformance.checks_of_numbers import check_numbers, check_visibility
from billfold.conformance.interviews import Interview, Noted, Skipped
from billfold.conformance.reports import Outcome, Report, Result
from billfold.conformance.subjects import Subject, load
from billfold.conformance.watching import Watch
from billfold.domain.errors import BillfoldError
from billfold.rendering.press import Press

Check = Callable[[Interview], Iterator[str]]

# The last three look back at all questions.
CHECKS: dict[str, Check] = {
    "languages": check_locales,
    "lines": check_lines,
    "totals": check_totals,
    "parties": check_parties,
    "requisites": check_requisites,
    "names": check_names,
    "labels": check_labels,
    "details": check_details,
    "numbers": check_numbers,
    "visibility": check_visibility,
    "attachments": check_attachments,
    "exports": check_exports,
    "paper": check_paper,
    "determinism": check_determinism,
    "purity": check_purity,
    "speed": check_speed,
}
# A fault that comes again with every case is told a few times only.
_TOLD = 5


def examine(
    plugins: Sequence[str], *, plugin_dirs: Sequence[Path], template_dirs: Sequence[Path], is_quick: bool
) -> list[Report]:
    """Try plugins in this process; what they do to it is heard from then on. The reports come in their order."""
    watch = Watch()
    with _Presses() as presses:
        return [
            _examine(one, partial(load, one, plugin_dirs, template_dirs), watch, presses, is_quick=is_quick)
            for one in plugins
        ]


class _Presses:
    """A press for each list of template directories, warm until the end."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self._presses: dict[tuple[Path, ...], Press] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for press in self._presses.values():
            self.runner.run(press.close())
        self.runner.close()

    def of(self, template_dirs: tuple[Path, ...]) -> Press:
        """Give the press that prints with these directories."""
        if template_dirs not in self._presses:
            press = Press(template_dirs, workers=1)
            self.runner.run(press.start())
            self._presses[template_dirs] = press
        return self._presses[template_dirs]


def _examine(name: str, find: Callable[[], Subject], watch: Watch, presses: _Presses, *, is_quick: bool) -> Report:
    began = perf_counter()
    try:
        subject = find()
    except BillfoldError as error:
        return Report(name, name, results=(_result("starts", Outcome.FAILED, [error.message], began),))
    interview = Interview(subject, watch, presses.of(subject.template_dirs), presses.runner, is_quick=is_quick)
    results = [_result("starts", Outcome.PASSED, [], began), *(_look(check, interview) for check in CHECKS)]
    answers = {hook: found.hexdigest() for hook, found in sorted(interview.answers.items())}
    plugin, declared = subject.plugin, subject.declared
    return Report(
        plugin=plugin.name,
        source=plugin.source,
        version=plugin.version,
        type=declared.key if declared else "",
        formats=subject.formats,
        results=tuple(results),
        answers=answers,
    )


def _look(name: str, interview: Interview) -> Result:
    began = perf_counter()
    try:
        faults = list(dict.fromkeys(CHECKS[name](interview)))
    except Skipped as reason:
        return _result(name, Outcome.SKIPPED, [str(reason)], began)
    except Noted as note:
        return _result(name, Outcome.NOTED, [str(note)], began)
    except BillfoldError as error:
        faults = [error.message]
    except Exception as error:  # Values of a partner's own making may raise anything, even where they are compared.
        faults = [f"{type(error).__name__}: {error}"]
    if len(faults) > _TOLD:
        faults = [*faults[:_TOLD], f"and {len(faults) - _TOLD} more"]
    return _result(name, Outcome.FAILED if faults else Outcome.PASSED, faults, began)


def _result(check: str, outcome: Outcome, told: list[str], began: float) -> Result:
    return Result(check, outcome, tuple(told), round(perf_counter() - began, 3))
