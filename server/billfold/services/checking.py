"""Checking: the proof, from the entries alone, that books and documents agree."""

from collections.abc import Callable
from dataclasses import dataclass

from billfold.database.connection import steady
from billfold.database.invariants import CURRENCIES, INVARIANTS, Invariant, offenders
from billfold.domain.access import Scope, Viewer


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one invariant came to; `broken` names what breaks it."""

    name: str
    sentence: str
    broken: tuple[str, ...]


async def check(viewer: Viewer, *, progress: Callable[[str], None] | None = None) -> list[Verdict]:
    """Check every invariant on one unchanging view of the books; writes nothing, and hinders nobody.

    `progress` is told the name of each before it is asked. Takes as long as the books are large: all usage is read.
    """
    viewer.require(Scope.BOOKS_READ)
    verdicts = []
    async with steady() as connection:
        for invariant in (*INVARIANTS, CURRENCIES):
            if progress is not None:
                progress(invariant.name)
            verdicts.append(_verdict(invariant, await offenders(connection, invariant)))
    return verdicts


def _verdict(invariant: Invariant, found: list[str]) -> Verdict:
    return Verdict(invariant.name, invariant.sentence, tuple(found))
