"""The grace of a worker that is told to stop: its jobs finish, but not for ever."""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest

from billfold import worker
from billfold.adapters.queue import ArqBell, redis_settings
from billfold.bootstrap import Servers
from billfold.settings import Settings
from billfold.workers import jobs
from billfold.workers.jobs import COMPOSES_AT_ONCE


class SlowJob:
    """A job that takes its time, and notes what became of it."""

    def __init__(self, seconds: float) -> None:
        self.began = asyncio.Event()
        self.became = "never began"
        self._seconds = seconds

    async def slow(self, _context: object, _ids: list[str]) -> None:
        """Sleep; the worker knows a job by its name."""
        self.began.set()
        self.became = "cut off"
        await asyncio.sleep(self._seconds)
        self.became = "finished"


class SlowChunks:
    """Chunks of a run that take their time; `finished` counts those that were not cut off."""

    def __init__(self, seconds: float) -> None:
        self.began = asyncio.Event()
        self.begun = 0
        self.finished = 0
        self._seconds = seconds

    async def compose(self, _parts: object, _run_id: object) -> int:
        """Settle nothing, slowly."""
        self.begun += 1
        if self.begun == COMPOSES_AT_ONCE:
            self.began.set()
        await asyncio.sleep(self._seconds)
        self.finished += 1
        return 0


async def ring_until(began: asyncio.Event, bell: ArqBell, job: str, id_: str) -> None:
    """Ring until it is heard: while a busy machine starts the worker, a bell may not be."""
    while not began.is_set():
        await bell.ring(job, [[id_]])
        with suppress(TimeoutError):
            await asyncio.wait_for(began.wait(), 5)


@pytest.mark.parametrize(("job_seconds", "grace_seconds", "became"), [(0.5, 30.0, "finished"), (120.0, 0.2, "cut off")])
async def test_a_job_under_way_gets_its_grace(
    monkeypatch: pytest.MonkeyPatch,
    database_url: str,
    redis_url: str,
    tmp_path: Path,
    job_seconds: float,
    grace_seconds: float,
    became: str,
) -> None:
    job = SlowJob(job_seconds)
    monkeypatch.setattr(worker, "JOBS", (job.slow,))
    monkeypatch.setattr(worker, "_GRACE_SECONDS", grace_seconds)
    working = asyncio.create_task(
        worker.work(Settings(data_dir=tmp_path), Servers(database_url, redis_url, is_embedded=False))
    )
    bell = ArqBell(redis_settings(redis_url))
    await asyncio.wait_for(ring_until(job.began, bell, "slow", "1"), 60)

    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(working, 20)

    assert job.became == became
    await bell.close()


async def test_both_chunks_of_a_job_get_its_grace(
    monkeypatch: pytest.MonkeyPatch, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    chunks = SlowChunks(0.5)
    monkeypatch.setattr(jobs, "compose_chunk", chunks.compose)
    working = asyncio.create_task(
        worker.work(Settings(data_dir=tmp_path), Servers(database_url, redis_url, is_embedded=False))
    )
    bell = ArqBell(redis_settings(redis_url))
    await asyncio.wait_for(ring_until(chunks.began, bell, "compose_run", str(UUID(int=1))), 60)

    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(working, 20)

    assert chunks.finished == COMPOSES_AT_ONCE
    await bell.close()
