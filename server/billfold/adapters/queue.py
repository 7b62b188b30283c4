"""The bell: tells workers that PostgreSQL holds work for them. It carries no work itself and may be lost."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import orjson
import structlog
from arq.connections import ArqRedis, RedisSettings, create_pool
from redis.exceptions import RedisError

_log = structlog.get_logger()
# A bell that cannot be rung at once is dropped: the sweep finds the work within a minute.
_RING_SECONDS = 1.0
QUEUE_NAME = "billfold:queue"


class Bell(Protocol):
    """Wakes workers after a commit."""

    async def ring(self, job: str, chunks: Sequence[Sequence[str]]) -> None:
        """Ask for one `job` a chunk of ids. Never raises: what is not heard is found by the sweep."""
        ...

    async def close(self) -> None:
        """Let the connection go."""
        ...


class SilentBell:
    """A bell for processes that do the work themselves."""

    async def ring(self, job: str, chunks: Sequence[Sequence[str]]) -> None:
        return

    async def close(self) -> None:
        return


class ArqBell:
    """Rings by arq jobs whose arguments are ids, in JSON."""

    def __init__(self, settings: RedisSettings) -> None:
        self._settings = settings
        self._pool: ArqRedis | None = None

    async def ring(self, job: str, chunks: Sequence[Sequence[str]]) -> None:
        if not chunks:
            return
        try:
            async with asyncio.timeout(_RING_SECONDS):
                await self._ring(job, chunks)
        except (RedisError, OSError, TimeoutError) as error:
            _log.warning("bell not heard", job=job, chunks=len(chunks), error=type(error).__name__)
            await self.close()

    async def _ring(self, job: str, chunks: Sequence[Sequence[str]]) -> None:
        if self._pool is None:
            self._pool = await create_pool(
                self._settings, job_serializer=to_json, job_deserializer=from_json, default_queue_name=QUEUE_NAME
            )
        await asyncio.gather(*(self._pool.enqueue_job(job, list(chunk)) for chunk in chunks))

    async def close(self) -> None:
        if self._pool is not None:
            pool, self._pool = self._pool, None
            await pool.aclose()


def redis_settings(url: str) -> RedisSettings:
    """Read a `redis://`, `rediss://` or `unix://` URL, with timeouts that arq does not set by itself."""
    settings = RedisSettings.from_dsn(url)
    settings.conn_timeout = 1
    settings.conn_retries = 1
    return settings


def to_json(job: dict[str, object]) -> bytes:
    """Write a job; arq pickles unless told otherwise. An exception in a result becomes its text."""
    return orjson.dumps(job, default=str)


def from_json(data: bytes) -> dict[str, object]:
    """Read a job back."""
    job = orjson.loads(data)
    # arq hands the arguments on as a tuple.
    job["a"] = tuple(job.get("a", ()))
    return dict(job)
