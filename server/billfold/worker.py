"""The worker process: arq under a supervisor, because arq gives up when Redis goes away for a moment."""

import asyncio

import structlog
from arq.cron import cron
from arq.worker import Worker, func
from redis.exceptions import RedisError

from billfold.adapters.queue import QUEUE_NAME, from_json, redis_settings, to_json
from billfold.bootstrap import Servers, open_parts
from billfold.services.parts import Parts
from billfold.services.working import sweep
from billfold.settings import Settings
from billfold.workers.jobs import JOBS, sweep_steps

_log = structlog.get_logger()
_JOB_SECONDS = 300
_GRACE_SECONDS = 30
_SLOWEST_RECONNECT_SECONDS = 5.0


async def work(settings: Settings, where: Servers) -> None:
    """Work until the process is told to stop by SIGTERM or SIGINT; a job under way gets 30 seconds to finish."""
    async with open_parts(settings, where, is_ringing=True) as parts:
        await sweep(parts)
        pause = 0.2
        while True:
            try:
                await _run_arq(parts, where.redis_url)
            except (RedisError, OSError) as error:
                _log.warning("queue lost, reconnecting", error=type(error).__name__, seconds=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _SLOWEST_RECONNECT_SECONDS)
            except asyncio.CancelledError:
                return
            else:
                return


async def _run_arq(parts: Parts, redis_url: str) -> None:
    worker = Worker(
        functions=[func(job, name=job.__name__, timeout=_JOB_SECONDS, max_tries=1) for job in JOBS],  # type: ignore[arg-type]  # arq asks for a coroutine of any arguments.
        cron_jobs=[cron(sweep_steps, second={0, 20, 40}, run_at_startup=True, unique=True, timeout=60)],  # type: ignore[arg-type]  # The same.
        redis_settings=redis_settings(redis_url),
        queue_name=QUEUE_NAME,
        ctx={"parts": parts},
        job_serializer=to_json,
        job_deserializer=from_json,
        keep_result=0,
        max_tries=1,
        max_jobs=8,
        poll_delay=0.02,
        job_completion_wait=_GRACE_SECONDS,
    )
    try:
        await worker.async_run()
    finally:
        await worker.close()
