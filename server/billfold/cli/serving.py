"""`billfold serve`, `billfold worker` and `billfold migrate`: the processes that stay."""

import asyncio
import subprocess
import sys
from typing import Annotated

import typer
import uvicorn
import uvloop

from billfold.bootstrap import servers, set_up_logs
from billfold.cli.session import console
from billfold.database import connection
from billfold.settings import Settings
from billfold.worker import work


def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many web processes.")] = 1,
) -> None:
    """Serve both GraphQL faces and the files."""
    settings = Settings()
    # The lease is held here too, so that the servers outlive a web process that restarts.
    with servers(settings):
        uvicorn.run(
            "billfold.app:create_app",
            factory=True,
            host=host or settings.host,
            port=port or settings.port,
            workers=workers,
            log_level=settings.log_level.lower(),
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=30,
            limit_concurrency=500,
        )


def worker(
    processes: Annotated[int, typer.Option(min=1, max=64, help="How many worker processes.")] = 1,
) -> None:
    """Compose, print, publish and deliver what the database holds."""
    settings = Settings()
    set_up_logs(settings.log_level)
    if processes > 1:
        _work_in_children(processes)
        return
    with servers(settings) as where:
        uvloop.run(work(settings, where))


def migrate() -> None:
    """Bring the database to the newest migration; safe to start from many replicas at once."""
    settings = Settings()
    with servers(settings) as where:
        asyncio.run(connection.migrate(where.database_url))
    console.print("The database is at the newest migration.")


def _work_in_children(processes: int) -> None:
    children = [subprocess.Popen([sys.executable, "-m", "billfold", "worker"]) for _ in range(processes)]
    try:
        for child in children:
            child.wait()
    finally:
        # Each child finishes what it holds before it goes.
        for child in children:
            child.terminate()
        for child in children:
            child.wait()
