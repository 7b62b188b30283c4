"""The worker process: it does its jobs, and ends when it is told to, whether Redis is there or not."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from redis.asyncio import Redis

from billfold.adapters import embedded
from billfold.adapters.queue import QUEUE_NAME
from billfold.bootstrap import Servers
from billfold.cli.failures import TOLD
from billfold.domain.access import OPERATOR
from billfold.domain.periods import month
from billfold.services import runs
from billfold.services.parts import Parts
from billfold.settings import Settings
from billfold.worker import work
from tests.conftest import with_database
from tests.services.asking import contract, value

_PATIENCE_SECONDS = 60


class Workers:
    """Starts worker processes, with their logs in a file."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "worker.log"
        self.started: list[subprocess.Popen[bytes]] = []
        self._data_dir = folder / "data"

    def start(self, database_url: str, redis_url: str) -> subprocess.Popen[bytes]:
        """Start a worker on the servers."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("BILLFOLD_")}
        variables = {
            "BILLFOLD_DATABASE_URL": database_url,
            "BILLFOLD_REDIS_URL": redis_url,
            "BILLFOLD_DATA_DIR": str(self._data_dir),
        }
        with self.log.open("wb") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "billfold", "worker"], env={**own, **variables}, stdout=log, stderr=log
            )
        self.started.append(worker)
        return worker

    async def until_logged(self, words: str, times: int) -> None:
        """Wait until a worker has logged the words so many times."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while self.log.read_text(encoding="utf-8").count(words) < times:
            assert time.monotonic() < deadline, self.log.read_text(encoding="utf-8")
            await asyncio.sleep(0.05)


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    """Workers that are gone when the test is."""
    workers = Workers(tmp_path)
    yield workers
    for worker in workers.started:
        worker.kill()
        worker.wait()


async def _stop(worker: subprocess.Popen[bytes], number: signal.Signals, within_seconds: float) -> int:
    worker.send_signal(number)
    return await asyncio.to_thread(worker.wait, within_seconds)


async def test_a_worker_without_redis_ends_when_told(workers: Workers, database_url: str, tmp_path: Path) -> None:
    worker = workers.start(database_url, f"unix://{tmp_path}/nobody.sock")
    await workers.until_logged("queue lost, reconnecting", times=2)

    code = await _stop(worker, signal.SIGTERM, within_seconds=10)

    assert code == 0
    assert "Traceback" not in workers.log.read_text(encoding="utf-8")


async def test_a_worker_waits_for_a_database_that_is_away(workers: Workers, redis_url: str, tmp_path: Path) -> None:
    worker = workers.start(f"postgresql://postgres@/billfold?host={tmp_path}/nowhere", redis_url)
    await workers.until_logged("work interrupted, trying again", times=1)

    code = await _stop(worker, signal.SIGINT, within_seconds=10)

    assert code == 0
    assert workers.log.read_text(encoding="utf-8").count("work interrupted") == 1
    assert "Traceback" not in workers.log.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["template1", "nobody_made_it"])
async def test_a_database_that_somebody_has_to_mend_refuses_the_start(
    server_url: str, redis_url: str, tmp_path: Path, name: str
) -> None:
    where = Servers(with_database(server_url, name), redis_url, is_embedded=False)

    with pytest.raises(TOLD):
        await work(Settings(data_dir=tmp_path), where)


async def test_a_worker_does_its_jobs_and_ends_when_told(
    workers: Workers, books: Parts, database: str, redis_url: str
) -> None:
    only = await contract("Я-101")
    await runs.start(books, OPERATOR, runs.RunRequest(type="invoice", period=month("2026-10"), contract_ids=(only,)))
    worker = workers.start(database, redis_url)
    await _until_done(workers)

    code = await _stop(worker, signal.SIGTERM, within_seconds=10)

    assert code == 0
    assert "Traceback" not in workers.log.read_text(encoding="utf-8")


async def test_a_worker_comes_back_to_a_redis_that_was_away(
    workers: Workers, database_url: str, own_redis: Path
) -> None:
    with _redis_in(own_redis) as url:
        workers.start(database_url, url)
        await _until_connected(url)
    await workers.until_logged("queue lost, reconnecting", times=3)
    with _redis_in(own_redis) as url:
        await _until_connected(url)
    # A pause of 0.2 seconds once more: it had grown, and the connection between has reset it.
    await workers.until_logged("seconds=0.2", times=2)

    code = await _stop(workers.started[0], signal.SIGTERM, within_seconds=10)

    assert code == 0
    assert "Traceback" not in workers.log.read_text(encoding="utf-8")


@pytest.fixture
def own_redis() -> Iterator[Path]:
    """A directory for a Valkey of this test."""
    with TemporaryDirectory(prefix="billfold-worker-") as folder:
        # Started as root, the server belongs to a user of its own, who must get there.
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def _redis_in(folder: Path) -> Iterator[str]:
    with embedded.acquire(folder, embedded.Wanted(database=False, redis=True)) as lease:
        assert lease.redis_url is not None
        yield lease.redis_url


async def _until_connected(url: str) -> None:
    client = Redis.from_url(url)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not await client.exists(f"{QUEUE_NAME}:health-check"):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    await client.aclose()


async def _until_done(workers: Workers) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while await value("SELECT count(*) FROM documents WHERE step = 'DONE'") != 1:
        assert time.monotonic() < deadline, workers.log.read_text(encoding="utf-8")
        await asyncio.sleep(0.1)
