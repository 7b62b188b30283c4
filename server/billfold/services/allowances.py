"""Allowances: how many contracts of a large run this process may take up before it counts again what the run made."""

from uuid import UUID


class Allowances:
    """What this process may still take up of runs without looking: counting what is issued takes the longer, the more.

    Lost with the process, which then looks once more.
    """

    def __init__(self) -> None:
        self._left: dict[UUID, int] = {}

    def grant(self, run_id: UUID, count: int) -> None:
        """Note after a look how many contracts may be taken up before the next."""
        if count > 0:
            self._left[run_id] = count

    def takes(self, run_id: UUID, count: int) -> bool:
        """Take up so many contracts, if that many may still be; otherwise what is left is void."""
        left = self._left.pop(run_id, 0) - count
        if left >= count:
            self._left[run_id] = left
        return left >= 0
