"""`billfold serve`, `billfold worker` and `billfold migrate`: the processes that stay."""

import asyncio
import os
import sys
from typing import Annotated

import typer
import uvicorn
import uvloop

from billfold.bootstrap import servers, set_up_logs
from billfold.cli.children import keep_running
from billfold.cli.session import AsJson, console, print_json
from billfold.database import connection
from billfold.schema.limits import SocketLimits
from billfold.settings import Settings
from billfold.worker import work


def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many web processes.")] = 1,
) -> None:
    """Serve both GraphQL faces and the files."""
    run_web(host=host, port=port, workers=workers)


def run_web(
    *, host: str | None = None, port: int | None = None, workers: int = 1, is_graphiql: bool | None = None
) -> None:
    """Run web processes until told to stop; what is None is taken from the settings."""
    if is_graphiql is not None:
        # Web processes read their settings from the environment, whether they are this one or its children.
        os.environ["BILLFOLD_GRAPHIQL"] = str(is_graphiql)
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
            ws="websockets-sansio",
            ws_max_size=SocketLimits().frame_bytes,
            # Frames are small; a compressor a socket costs more than it saves.
            ws_per_message_deflate=False,
            limit_concurrency=500,
        )


def worker(
    processes: Annotated[int, typer.Option(min=1, max=64, help="How many worker processes.")] = 1,
) -> None:
    """Compose, print, publish and deliver what the database holds."""
    settings = Settings()
    set_up_logs(settings.log_level)
    if processes > 1:
        keep_running([sys.executable, "-m", "billfold", "worker"], processes)
        return
    with servers(settings) as where:
        uvloop.run(work(settings, where))


def migrate(as_json: AsJson = False) -> None:
    """Bring the database to the newest migration; safe to start from many replicas at once."""
    settings = Settings()
    with servers(settings) as where:
        asyncio.run(connection.migrate(where.database_url))
    if as_json:
        print_json({"database": connection.address(where.database_url), "is_newest": True})
    else:
        console.print("The database is at the newest migration.")
