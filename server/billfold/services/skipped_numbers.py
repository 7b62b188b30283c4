"""Skipped numbers: how many may be passed over at once, and what is told of them."""

from billfold.domain.errors import NumberingConflict

# A series that meets more taken numbers than this is not looked through further: somebody has to mend its rule.
SKIPPED_AT_MOST = 10_000


def start_raised(start: int) -> str:
    """Say why the numbers below a start were left out."""
    return f"start raised to {start}"


def too_many_taken(type: str, last: str) -> NumberingConflict:
    """Refuse to skip more than SKIPPED_AT_MOST; `last` is the number that was looked at last."""
    return NumberingConflict(
        f"{SKIPPED_AT_MOST} numbers of {type} up to {last!r} are taken: raise the start in its rule above them, or "
        "change its mask.",
        field="numbering",
    )
