"""Clocks: whether this machine's agrees with the database's, for leases of one worker are read by all others."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from billfold.database.outages import database_time
from billfold.domain.clock import Clock, SystemClock

# Twice the shortest lease. Beyond it work is done twice, or waits for nobody; no machine that keeps time is so far off.
MOST_APART = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Times:
    """What the clock of this process says, and the database's at the same moment."""

    own: datetime
    database: datetime

    @property
    def are_apart(self) -> bool:
        """Whether they are further apart than clocks that are kept in time ever get."""
        return abs(self.own - self.database) > MOST_APART


async def compared_times(clock: Clock) -> Times | None:
    """Ask both clocks; None for a clock that was set, as in tests and for documents made again."""
    if not isinstance(clock, SystemClock):
        return None
    database = await database_time()
    return Times(clock.now(), database)
