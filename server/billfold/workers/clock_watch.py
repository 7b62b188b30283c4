"""The watch over the machine's clock."""

from datetime import datetime, timedelta

import structlog

from billfold.domain.clock import Clock
from billfold.services.clocks import compared_times

_log = structlog.get_logger()
_TOLD_EVERY = timedelta(hours=1)


class ClockWatch:
    """Looks whether the clock of this process is the database's; one that is too far off is told once an hour."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told_at: datetime | None = None

    async def look(self) -> None:
        """Compare the clocks, and log a warning with both times when they are too far apart."""
        times = await compared_times(self._clock)
        if times is None or not times.are_apart:
            return
        # By the database's time, which does not jump when somebody mends this machine's.
        if self._told_at is None or times.database - self._told_at >= _TOLD_EVERY:
            self._told_at = times.database
            _log.warning(
                "this machine's clock is wrong, or the database's",
                own=times.own.isoformat(timespec="seconds"),
                database=times.database.isoformat(timespec="seconds"),
            )
