"""The worker process: its rounds, and beside them arq under a supervisor, because arq gives up when Redis is away."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from typing import Any

import structlog
from arq.connections import ArqRedis
from arq.worker import Worker, func
from redis.exceptions import RedisError

from billfold.adapters.queue import QUEUE_NAME, from_json, redis_settings, to_json
from billfold.bootstrap import Servers, open_parts
from billfold.services.parts import Parts
from billfold.settings import Settings
from billfold.workers.jobs import JOBS, Bench, print_documents
from billfold.workers.patience import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, Patience, rest
from billfold.workers.rounds import Rounds

_log = structlog.get_logger()
_JOB_SECONDS = 300
# A million rows of usage beside an invoice take minutes; the press and the plugins have deadlines of their own.
_PRINT_SECONDS = 3_600
_GRACE_SECONDS = 30.0
# Redis is near; one that takes longer has gone away without a word.
_ANSWER_SECONDS = 1.0


async def work(settings: Settings, where: Servers) -> None:
    """Work until the process is told to stop by SIGTERM or SIGINT; a job under way gets 30 seconds to finish.

    Redis and PostgreSQL may go away and come back. Raises OperatorError and the like for what a start is refused for.
    """
    with _stop_signals() as stopping:
        patience = Patience(stopping)
        async with _opened(settings, where, patience) as parts:
            if parts is not None:
                await _work_on(Bench(parts, patience), where.redis_url, stopping)


@asynccontextmanager
async def _opened(settings: Settings, where: Servers, patience: Patience) -> AsyncIterator[Parts | None]:
    """Open the parts, waiting for a database that is away; None when the process is told to stop meanwhile."""
    async with AsyncExitStack() as stack:
        yield await patience.through(lambda: stack.enter_async_context(open_parts(settings, where, is_ringing=True)))


async def _work_on(bench: Bench, redis_url: str, stopping: asyncio.Event) -> None:
    ear = Ear()
    rounds = Rounds(bench, stopping, ear.hears)
    await rounds.begin()
    keeping = asyncio.create_task(rounds.keep())
    try:
        await _listen(bench, redis_url, ear, stopping)
        await asyncio.wait((keeping,), timeout=_GRACE_SECONDS)
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


class Ear:
    """Whether this process hears the bell: asked of Redis itself, for a connection may hang without a word."""

    def __init__(self) -> None:
        self._pool: ArqRedis | None = None

    async def hears(self) -> bool:
        """Say whether Redis answers on the connection that jobs come by."""
        if self._pool is None:
            return False
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await self._pool.ping()
        except (RedisError, OSError):
            return False
        return True

    async def open(self, ctx: dict[Any, Any]) -> None:
        """Be told by arq, which names the argument so, that it is connected."""
        self._pool = ctx["redis"]

    def close(self) -> None:
        """Be told that the connection is lost."""
        self._pool = None


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


async def _listen(bench: Bench, redis_url: str, ear: Ear, stopping: asyncio.Event) -> None:
    pause = FIRST_PAUSE_SECONDS
    while not stopping.is_set():
        worker = _arq_worker(bench, redis_url, ear)
        try:
            await _run(worker, stopping)
        except Exception as error:
            # Whatever arq stumbles over: jobs are only hints, and the rounds do without them.
            # arq notes its pool in the context as soon as it is connected.
            pause = FIRST_PAUSE_SECONDS if "redis" in worker.ctx else pause
            _log.warning("queue lost, reconnecting", error=type(error).__name__, seconds=pause)
            await rest(stopping, pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        finally:
            ear.close()


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


def _arq_worker(bench: Bench, redis_url: str, ear: Ear) -> Worker:
    return Worker(
        functions=[func(job, name=job.__name__, timeout=_seconds(job), max_tries=1) for job in JOBS],  # type: ignore[arg-type]  # arq asks for a coroutine of any arguments.
        redis_settings=redis_settings(redis_url),
        queue_name=QUEUE_NAME,
        ctx={"bench": bench},
        on_startup=ear.open,
        job_serializer=to_json,
        job_deserializer=from_json,
        handle_signals=False,
        keep_result=0,
        max_tries=1,
        max_jobs=8,
        poll_delay=0.02,
    )
