"""Patience: an outage is waited for and told once; what is no outage is raised."""

import asyncio

import asyncpg
import pytest
from structlog.testing import capture_logs

from billfold.domain.errors import PassingError
from billfold.workers import patience
from billfold.workers.patience import Patience


class Work:
    """Work that fails with these errors first."""

    def __init__(self, *errors: Exception) -> None:
        self.left = list(errors)

    async def do(self) -> str:
        if self.left:
            raise self.left.pop(0)
        return "done"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_PAUSE_SECONDS", 0.0)


async def test_an_outage_is_waited_for_and_told_once() -> None:
    away = (OSError(), asyncpg.CannotConnectNowError("starting up"), PassingError("Somebody else is writing."))
    shared = Patience(asyncio.Event())

    with capture_logs() as logs:
        done = await asyncio.gather(shared.through(Work(*away).do), shared.through(Work(*away).do))

    assert list(done) == ["done", "done"]
    assert [one["event"] for one in logs].count("work interrupted, trying again") <= 2
    assert logs[-1] == {"event": "work goes on", "log_level": "info"}


async def test_an_outage_in_one_piece_is_told_by_its_first_error() -> None:
    with capture_logs() as logs:
        await Patience(asyncio.Event()).through(Work(ConnectionRefusedError(), OSError()).do)

    assert logs == [
        {"event": "work interrupted, trying again", "error": "ConnectionRefusedError", "log_level": "warning"},
        {"event": "work goes on", "log_level": "info"},
    ]


async def test_a_fault_is_no_outage() -> None:
    with pytest.raises(RuntimeError):
        await Patience(asyncio.Event()).through(Work(RuntimeError()).do)


async def test_a_process_that_is_told_to_stop_waits_no_longer() -> None:
    stopping = asyncio.Event()
    stopping.set()

    assert await Patience(stopping).through(Work(OSError()).do) is None
