"""Health: whether the process lives, and whether it can work."""

import asyncio

import asyncpg
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from billfold.database.reading.health import ping

_PING_SECONDS = 2.0


async def livez(_request: Request) -> Response:
    """Tell that the process lives, whatever the database does."""
    return JSONResponse({"status": "ok"})


async def readyz(_request: Request) -> Response:
    """Tell whether the database answers: 200, or 503."""
    try:
        async with asyncio.timeout(_PING_SECONDS):
            await ping()
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return JSONResponse({"status": "unavailable", "database": "does not answer"}, status_code=503)
    return JSONResponse({"status": "ok"})
