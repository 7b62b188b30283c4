"""The rounds: all work is found in PostgreSQL, so a run needs no Redis."""

import asyncio
import dataclasses
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from billfold.adapters.queue import ArqBell, redis_settings
from billfold.domain.access import OPERATOR
from billfold.domain.periods import month
from billfold.services import runs
from billfold.services.parts import Parts
from billfold.worker import Ear
from billfold.workers import rounds
from billfold.workers.jobs import Bench
from billfold.workers.patience import Patience
from billfold.workers.rounds import Rounds
from tests.services.asking import value

_PATIENCE_SECONDS = 60
_LEFT = """SELECT (SELECT count(*) FROM runs WHERE state = 'RUNNING')
                + (SELECT count(*) FROM deliveries WHERE state = 'PENDING')"""


def silent(parts: Parts, folder: Path) -> Parts:
    """Give the parts with the bell of a Redis that is nowhere."""
    return dataclasses.replace(parts, bell=ArqBell(redis_settings(f"unix://{folder}/nobody.sock")))


async def keep_until_nothing_is_left(parts: Parts) -> None:
    stopping = asyncio.Event()
    keeping = asyncio.create_task(Rounds(Bench(parts, Patience(stopping)), stopping, Ear().hears).keep())
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while await value(_LEFT):  # noqa: ASYNC110  # The database answers.
            await asyncio.sleep(0.05)
    stopping.set()
    await keeping


async def test_a_run_is_made_wholly_without_redis(books: Parts, tmp_path: Path, data_dir: Path) -> None:
    parts = silent(books, tmp_path)
    await runs.start(parts, OPERATOR, runs.RunRequest(type="invoice", period=month("2026-10")))

    await keep_until_nothing_is_left(parts)

    assert await value("SELECT state FROM runs") == "DONE"
    assert await value("SELECT count(*) FROM documents WHERE step = 'DONE'") == 13
    assert await value("SELECT count(*) FROM files WHERE kind = 'PDF'") == 13
    assert await value("SELECT count(*) FROM deliveries WHERE state = 'SENT'") == 12
    assert len(list((data_dir / "mail").glob("*.eml"))) == 12


async def test_a_step_that_fails_keeps_the_worker_from_no_other(
    books: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_parts: Parts) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(rounds, "sweep", broken)
    parts = silent(books, tmp_path)
    await runs.start(parts, OPERATOR, runs.RunRequest(type="act", period=month("2026-10")))

    with capture_logs() as logs:
        await keep_until_nothing_is_left(parts)

    assert "step failed" in [one["event"] for one in logs]
    assert await value("SELECT count(*) FROM documents WHERE step <> 'DONE'") == 0


async def test_a_redis_that_came_back_is_rung_at_once(books: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    heard, swept, stopping = [True, False, True], list[str](), asyncio.Event()

    async def hears() -> bool:
        if len(heard) == 1:
            stopping.set()
        return heard.pop(0)

    async def sweep(parts: Parts) -> None:
        swept.append("rings" if parts is books else "silent")

    monkeypatch.setattr(rounds, "_LOOK_SECONDS", 0.0)
    monkeypatch.setattr(rounds, "sweep", sweep)

    await Rounds(Bench(books, Patience(stopping)), stopping, hears).keep()

    assert swept == ["silent", "rings"]
