"""Workers that are killed, a PostgreSQL that crashes and a Redis that forgets, all within one run."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from billfold.database import connection
from billfold.database.outages import is_outage
from billfold.domain.access import OPERATOR
from billfold.domain.periods import month
from billfold.rendering.press import Press
from billfold.services import runs
from billfold.services.imports import import_books
from billfold.services.parts import Parts
from tests.conftest import NOW, SAMPLE, make_parts
from tests.journeys.own_servers import Fleet, OwnServers, own_servers
from tests.services.asking import rows, value

_PATIENCE_SECONDS = 120
_WORKER = str(Path(__file__).with_name("hasty_worker.py"))


@pytest.fixture
async def house(press: Press, data_dir: Path) -> AsyncIterator[tuple[OwnServers, Parts]]:
    """The sample operator's books on servers that may be killed."""
    with own_servers() as servers:
        await connection.connect(servers.database_url, pool_size=2)
        await import_books(OPERATOR, SAMPLE)
        yield servers, make_parts(press, data_dir, NOW)
        await connection.disconnect()


async def _until(question: str, answer: object) -> None:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while await _answer(question) != answer:  # noqa: ASYNC110  # Another process answers, through the database.
            await asyncio.sleep(0.05)


async def _answer(question: str) -> object:
    try:
        return await value(question)
    except Exception as error:
        if not is_outage(error):
            raise
        return None


@pytest.mark.timeout(300)
async def test_no_crash_loses_doubles_or_skips_a_document(
    house: tuple[OwnServers, Parts], data_dir: Path, tmp_path: Path
) -> None:
    servers, parts = house
    variables = {
        "BILLFOLD_DATA_DIR": str(data_dir),
        "BILLFOLD_DATABASE_URL": servers.database_url,
        "BILLFOLD_REDIS_URL": servers.redis_url,
        "BILLFOLD_PRESS_WORKERS": "1",
    }
    fleet = Fleet(tmp_path / "workers.log", (_WORKER, "worker"), variables)
    await runs.start(parts, OPERATOR, runs.RunRequest(type="invoice", period=month("2026-10")))
    fleet.start()
    fleet.start()

    try:
        await _until("SELECT count(*) > 0 FROM documents", True)
        fleet.kill(random.randrange(2))  # Whichever it hits, the outcome is the same.
        servers.flush_valkey()
        await _until("SELECT count(*) > 0 FROM files", True)
        survivors = list(fleet.running)
        await servers.restart_postgres()
        await _until("SELECT state FROM runs", "DONE")
        await _until("SELECT count(*) FROM deliveries WHERE state = 'PENDING'", 0)
    finally:
        codes = fleet.stop()

    assert codes == [0, 0], fleet.log.read_text(encoding="utf-8")
    assert [worker.returncode for worker in survivors] == [0, 0]
    await _assert_whole(data_dir)


async def _assert_whole(data_dir: Path) -> None:
    counters = await rows("SELECT array_agg(counter ORDER BY counter) AS all FROM documents GROUP BY enterprise_id")
    assert await value("SELECT count(*) FROM documents WHERE step = 'DONE'") == 13
    assert await value("SELECT count(DISTINCT contract_id) FROM documents") == 13
    assert all(one["all"] == list(range(1, len(one["all"]) + 1)) for one in counters)
    assert await value("SELECT count(*) FROM occurrences WHERE state = 'FAILED'") == 0
    assert await value("SELECT count(*) FROM files WHERE kind = 'PDF'") == 13
    # As CSV and as XLSX, for the six contracts with usage whose clients want statistics.
    assert await value("SELECT count(*) FROM files WHERE kind = 'STATISTICS'") == 12
    assert len(list((data_dir / "mail").glob("*.eml"))) == 12
