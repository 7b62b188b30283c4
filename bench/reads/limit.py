"""The limit: a hand-written Starlette route that gives what one SQL statement has put into JSON.

Started as `python -m bench.reads.limit PORT DATABASE_URL`. Below `/checked` it looks the bearer token up first, and
nothing more: no scopes, no notes of use.
"""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.reads.queries import DOCUMENT_SQL, PAGE_SQL

_TOKEN = "SELECT expires_at FROM tokens WHERE digest = $1 AND revoked_at IS NULL"  # noqa: S105  # A statement.
Answer = Callable[[Request], Awaitable[Response]]


class PlainConnection(asyncpg.Connection):  # type: ignore[misc]
    """Goes back to the pool without a RESET, as Billfold's own do."""

    def get_reset_query(self) -> str:
        return ""


def application(database_url: str) -> Starlette:
    """Make the application."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with asyncpg.create_pool(database_url, min_size=10, connection_class=PlainConnection) as pool:
            app.state.pool = pool
            yield

    plain = {"/document": _document, "/page": _page}
    checked = {f"/checked{path}": _checked(answer) for path, answer in plain.items()}
    return Starlette(routes=[Route(path, answer) for path, answer in (plain | checked).items()], lifespan=lifespan)


async def _document(request: Request) -> Response:
    return await _json(request, DOCUMENT_SQL, UUID(request.query_params["id"]))


async def _page(request: Request) -> Response:
    asked = request.query_params
    days = (date.fromisoformat(asked["from"]), date.fromisoformat(asked["until"]))
    return await _json(request, PAGE_SQL, UUID(asked["enterprise"]), *days)


async def _json(request: Request, statement: str, *values: Any) -> Response:
    return Response(await request.app.state.pool.fetchval(statement, *values), media_type="application/json")


def _checked(answer: Answer) -> Answer:
    async def check_and_answer(request: Request) -> Response:
        secret = request.headers["authorization"].removeprefix("Bearer ")
        expires_at = await request.app.state.pool.fetchval(_TOKEN, sha256(secret.encode()).hexdigest())
        if expires_at is None or expires_at < datetime.now(UTC):
            return Response(status_code=401)
        return await answer(request)

    return check_and_answer


if __name__ == "__main__":
    uvicorn.run(
        application(sys.argv[2]),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )
