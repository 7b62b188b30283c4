"""The worker process: arq under a supervisor, because arq gives up when Redis goes away for a moment."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import structlog
from arq.cron import cron
from arq.worker import Worker, func
from redis.exceptions import RedisError

from billfold.adapters.queue import QUEUE_NAME, from_json, redis_settings, to_json
from billfold.bootstrap import Servers, open_parts
from billfold.services.parts import Parts
from billfold.services.working import sweep
from billfold.settings import Settings
from billfold.workers.jobs import JOBS, print_documents, sweep_steps

_log = structlog.get_logger()
_JOB_SECONDS = 300
# A million rows of usage beside an invoice take minutes; the press and the plugins have deadlines of their own.
_PRINT_SECONDS = 3_600
_GRACE_SECONDS = 30.0
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0


async def work(settings: Settings, where: Servers) -> None:
    """Work until the process is told to stop by SIGTERM or SIGINT; a job under way gets 30 seconds to finish."""
    async with open_parts(settings, where, is_ringing=True) as parts:
        with _stop_signals() as stopping:
            await sweep(parts)
            await _work_on(parts, where.redis_url, stopping)


@contextmanager
def _stop_signals() -> Iterator[asyncio.Event]:
    """Give the event that SIGTERM and SIGINT set, for as long as the block lasts."""
    # Not arq's own handlers: while Redis is away they would stop a Worker that is gone already.
    loop, stopping = asyncio.get_running_loop(), asyncio.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        loop.add_signal_handler(number, stopping.set)
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


async def _work_on(parts: Parts, redis_url: str, stopping: asyncio.Event) -> None:
    pause = _FIRST_PAUSE_SECONDS
    while not stopping.is_set():
        worker = _arq_worker(parts, redis_url)
        try:
            await _run(worker, stopping)
        except (RedisError, OSError) as error:
            # arq notes its pool in the context as soon as it is connected.
            pause = _FIRST_PAUSE_SECONDS if "redis" in worker.ctx else pause
            _log.warning("queue lost, reconnecting", error=type(error).__name__, seconds=pause)
            await _wait(stopping, pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)


async def _wait(stopping: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)


async def _run(worker: Worker, stopping: asyncio.Event) -> None:
    """Run arq until the process is to stop, or until arq fails: then its error is raised, after the jobs' grace."""
    running = asyncio.create_task(worker.async_run())
    stop = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait((running, stop), return_when=asyncio.FIRST_COMPLETED)
        worker.allow_pick_jobs = False
        await _finish_jobs(worker)
    finally:
        for task in (running, stop):
            task.cancel()
        await asyncio.gather(running, stop, return_exceptions=True)
        await _close(worker)
    if not running.cancelled():
        running.result()


async def _finish_jobs(worker: Worker) -> None:
    # arq has no public way to wait for its jobs; it does the same behind its own signal handler.
    with suppress(TimeoutError):
        async with asyncio.timeout(_GRACE_SECONDS):
            while under_way := [job for job in worker.tasks.values() if not job.done()]:
                await asyncio.wait(under_way)


async def _close(worker: Worker) -> None:
    for job in worker.tasks.values():
        job.cancel()
    # A job that is cut off is found by the sweep; Redis may be gone, and must not hide why.
    await asyncio.gather(*worker.tasks.values(), return_exceptions=True)
    worker.tasks.clear()
    with suppress(RedisError, OSError):
        await worker.close()


def _seconds(job: Callable[..., object]) -> int:
    return _PRINT_SECONDS if job is print_documents else _JOB_SECONDS


def _arq_worker(parts: Parts, redis_url: str) -> Worker:
    return Worker(
        functions=[func(job, name=job.__name__, timeout=_seconds(job), max_tries=1) for job in JOBS],  # type: ignore[arg-type]  # arq asks for a coroutine of any arguments.
        cron_jobs=[cron(sweep_steps, second={0, 20, 40}, run_at_startup=True, unique=True, timeout=60)],  # type: ignore[arg-type]  # The same.
        redis_settings=redis_settings(redis_url),
        queue_name=QUEUE_NAME,
        ctx={"parts": parts},
        job_serializer=to_json,
        job_deserializer=from_json,
        handle_signals=False,
        keep_result=0,
        max_tries=1,
        max_jobs=8,
        poll_delay=0.02,
    )
