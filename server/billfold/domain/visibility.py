"""Visibility: who may see a document at all; the strictest vote wins."""

from collections.abc import Iterable
from enum import IntEnum


class Visibility(IntEnum):
    """Who may see a document, from the strictest to the widest."""

    NOBODY = 0
    STAFF = 1
    CLIENT = 2


def strictest(votes: Iterable[Visibility]) -> Visibility:
    """Give the strictest of the votes; no vote is NOBODY."""
    return min(votes, default=Visibility.NOBODY)
