"""The clocks of this machine and of the database: told when they are too far apart, at most once an hour."""

from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from billfold.cli.doctor import told_times
from billfold.domain.clock import FixedClock, SystemClock
from billfold.domain.errors import OperatorError
from billfold.services.clocks import Times, compared_times
from billfold.workers.clock_watch import ClockWatch

NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


class Pair:
    """Two clocks that go together, `apart` from each other."""

    def __init__(self, apart: timedelta) -> None:
        self.database, self.apart = NOON, apart

    async def compared(self, _clock: object) -> Times:
        return Times(self.database + self.apart, self.database)


@pytest.mark.parametrize(("seconds", "are_apart"), [(60, False), (61, True), (-61, True), (0, False)])
def test_clocks_a_minute_apart_are_told(seconds: int, are_apart: bool) -> None:
    assert Times(NOON + timedelta(seconds=seconds), NOON).are_apart is are_apart


async def test_the_database_is_asked(database: str) -> None:
    times = await compared_times(SystemClock())

    assert times is not None
    assert not times.are_apart


async def test_a_clock_that_was_set_is_left_alone() -> None:
    assert await compared_times(FixedClock(NOON)) is None


async def test_a_wrong_clock_is_logged_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = Pair(timedelta(minutes=2))
    monkeypatch.setattr("billfold.workers.clock_watch.compared_times", pair.compared)
    watch = ClockWatch(SystemClock())

    with capture_logs() as logs:
        for minutes in (0, 1, 58, 1):
            pair.database += timedelta(minutes=minutes)
            await watch.look()

    assert [(one["own"], one["database"]) for one in logs] == [
        ("2026-11-01T12:02:00+00:00", "2026-11-01T12:00:00+00:00"),
        ("2026-11-01T13:02:00+00:00", "2026-11-01T13:00:00+00:00"),
    ]


def test_the_doctor_tells_both_times_and_the_mend() -> None:
    with pytest.raises(OperatorError, match=r"says 2026-11-01 12:02:00 UTC, and the database's 2026-11-01 12:00:00: "):
        told_times(Times(NOON + timedelta(minutes=2), NOON))


def test_the_doctor_is_content_with_clocks_that_agree() -> None:
    assert told_times(Times(NOON, NOON)) == "as the database's"
