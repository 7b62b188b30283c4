"""Tallies: what issuers have done, in a form that one process tells another."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import orjson


@dataclass(slots=True)
class Tally:
    """The seconds until each document was there, its failed attempts within, and what failed how often."""

    seconds: list[float] = field(default_factory=list)
    failures: dict[str, int] = field(default_factory=dict)
    injected: dict[str, int] = field(default_factory=dict)
    cpu: float = 0.0

    def failed(self, error: BaseException) -> None:
        """Count a failed attempt."""
        name = type(error).__name__
        self.failures[name] = self.failures.get(name, 0) + 1

    def encode(self) -> bytes:
        """Give it as one line of JSON."""
        return orjson.dumps(asdict(self), option=orjson.OPT_APPEND_NEWLINE)


def together(lines: Sequence[bytes]) -> Tally:
    """Add up what processes told."""
    whole = Tally()
    for one in map(orjson.loads, lines):
        whole.seconds += one["seconds"]
        whole.cpu += one["cpu"]
        for counts, more in ((whole.failures, one["failures"]), (whole.injected, one["injected"])):
            for name, count in more.items():
                counts[name] = counts.get(name, 0) + count
    whole.seconds.sort()
    return whole
