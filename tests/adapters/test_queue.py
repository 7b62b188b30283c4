"""The bell: heard through Valkey as JSON, and never in the way when Valkey is gone."""

from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest
from redis.asyncio import Redis

from billfold.adapters.queue import QUEUE_NAME, ArqBell, SilentBell, redis_settings


@pytest.fixture
async def valkey(redis_url: str) -> AsyncIterator["Redis[bytes]"]:
    client: Redis[bytes] = Redis.from_url(redis_url)
    await client.flushdb()
    yield client
    await client.flushdb()
    await client.aclose()


async def test_each_chunk_is_one_job_of_ids_in_json(valkey: "Redis[bytes]", redis_url: str) -> None:
    bell = ArqBell(redis_settings(redis_url))

    await bell.ring("print_documents", [["a", "b"], ["c"]])
    await bell.close()

    ids = [id_.decode() for id_ in await valkey.zrange(QUEUE_NAME, 0, -1)]
    jobs = [orjson.loads(await valkey.get(f"arq:job:{id_}") or b"") for id_ in ids]
    assert sorted((job["f"], job["a"]) for job in jobs) == [
        ("print_documents", [["a", "b"]]),
        ("print_documents", [["c"]]),
    ]


async def test_nothing_to_ring_for_rings_nothing(valkey: "Redis[bytes]", redis_url: str) -> None:
    bell = ArqBell(redis_settings(redis_url))

    await bell.ring("print_documents", [])

    assert await valkey.zcard(QUEUE_NAME) == 0


async def test_a_dead_valkey_is_no_failure(tmp_path: Path) -> None:
    bell = ArqBell(redis_settings(f"unix://{tmp_path}/nobody.sock"))

    await bell.ring("print_documents", [["a"]])
    await bell.close()


async def test_the_silent_bell_is_silent() -> None:
    await SilentBell().ring("print_documents", [["a"]])
