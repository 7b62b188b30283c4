"""A worker that is killed in the middle of a run, and one that takes over."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from billfold.domain.access import OPERATOR
from billfold.domain.periods import month
from billfold.services import runs
from billfold.services.parts import Parts
from tests.services.asking import rows, value

_PATIENCE_SECONDS = 120


async def _worker(database_url: str, redis_url: str, data_dir: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "billfold",
        "worker",
        env={
            **os.environ,
            "BILLFOLD_DATA_DIR": str(data_dir),
            "BILLFOLD_DATABASE_URL": database_url,
            "BILLFOLD_REDIS_URL": redis_url,
        },
        start_new_session=True,
    )


async def _until(question: str, answer: object) -> None:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while await value(question) != answer:  # noqa: ASYNC110  # Another process answers, through the database.
            await asyncio.sleep(0.05)


@pytest.mark.timeout(300)
async def test_a_killed_worker_loses_and_doubles_nothing(
    books: Parts, database_url: str, redis_url: str, data_dir: Path
) -> None:
    first = await _worker(database_url, redis_url, data_dir)
    await runs.start(books, OPERATOR, runs.RunRequest(type="invoice", period=month("2026-10")))
    await _until("SELECT count(*) > 0 FROM documents", True)
    first.send_signal(signal.SIGKILL)
    await first.wait()

    second = await _worker(database_url, redis_url, data_dir)
    try:
        await _until("SELECT state FROM runs", "DONE")
        await _until("SELECT count(*) FROM deliveries WHERE state = 'PENDING'", 0)
    finally:
        second.terminate()
        await second.wait()

    counters = await rows("SELECT array_agg(counter ORDER BY counter) AS all FROM documents GROUP BY enterprise_id")
    assert await value("SELECT count(*) FROM documents WHERE step = 'DONE'") == 13
    assert await value("SELECT count(DISTINCT contract_id) FROM documents") == 13
    assert all(one["all"] == list(range(1, len(one["all"]) + 1)) for one in counters)
    assert await value("SELECT count(*) FROM files WHERE kind = 'PDF'") == 13
    # As CSV and as XLSX, for the six contracts with usage whose clients want statistics.
    assert await value("SELECT count(*) FROM files WHERE kind = 'STATISTICS'") == 12
    assert len(list((data_dir / "mail").glob("*.eml"))) == 12
