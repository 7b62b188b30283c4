"""Reports: what a trial found out about a plugin, as a value that crosses from one process to another."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """What came of one check: SKIPPED does not concern the plugin, NOTED is well and could be better."""

    PASSED = "passed"
    NOTED = "noted"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Result:
    """What one check found; `told` are sentences, each with the thing and the mend."""

    check: str
    outcome: Outcome
    told: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of a plugin after its trial; `type` and `formats` are the keys that it declares.

    `answers` is the SHA-256 of all that each hook answered, in lower-case hex.
    """

    plugin: str
    source: str
    version: str = ""
    type: str = ""
    formats: tuple[str, ...] = ()
    results: tuple[Result, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_passed(self) -> bool:
        """Say whether nothing failed."""
        return all(result.outcome is not Outcome.FAILED for result in self.results)

    @property
    def failures(self) -> tuple[str, ...]:
        """Give what failed, each with the name of its check."""
        failed = (one for one in self.results if one.outcome is Outcome.FAILED)
        return tuple(f"{result.check}: {sentence}" for result in failed for sentence in result.told)


def to_json(reports: Iterable[Report]) -> str:
    """Write reports down."""
    return json.dumps([asdict(report) for report in reports], ensure_ascii=False)


def from_json(text: str) -> list[Report]:
    """Read back what `to_json` wrote."""
    return [_report(one) for one in json.loads(text)]


def _report(told: dict[str, Any]) -> Report:
    results = (
        Result(one["check"], Outcome(one["outcome"]), tuple(one["told"]), one["seconds"]) for one in told["results"]
    )
    return Report(
        plugin=told["plugin"],
        source=told["source"],
        version=told["version"],
        type=told["type"],
        formats=tuple(told["formats"]),
        results=tuple(results),
        answers=told["answers"],
    )
