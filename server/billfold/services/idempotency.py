"""Idempotency: a request with a key is carried out once; its repetition gives the same thing back."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import asyncpg
import orjson

from billfold.database.access import keep_key, kept_key
from billfold.database.connection import reading
from billfold.domain.access import Viewer
from billfold.domain.errors import CallerError, IdempotencyKeyReused, InvalidInput

# Called inside the writing transaction with what was made.
Remember = Callable[[asyncpg.Connection, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: the operation, the caller's key (None for no promise) and the arguments."""

    operation: str
    key: str | None
    arguments: Mapping[str, object]

    def digest(self) -> str:
        """Give the SHA-256 of the arguments as canonical JSON."""
        return hashlib.sha256(orjson.dumps(self.arguments, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()


async def once(viewer: Viewer, request: Request, act: Callable[[Remember], Awaitable[str]]) -> str:
    """Carry out `act` unless the key was used before; gives the id of what was made then or now.

    `act` must call what it is handed inside its transaction, with the id: a parallel repetition waits there on the
    unique index and then gives way. Raises IdempotencyKeyReused for a key that came with other arguments.
    """
    if request.key is None:
        return await act(_forget)
    if not 1 <= len(request.key) <= 255 or not request.key.isascii() or not request.key.isprintable():
        raise InvalidInput("The idempotency key must be 1 to 255 visible ASCII characters.", field="idempotencyKey")
    if (made := await _recall(viewer, request)) is not None:
        return made

    async def remember(connection: asyncpg.Connection, resource: str) -> None:
        await keep_key(connection, _names(viewer, request), request.digest(), resource)

    try:
        return await act(remember)
    except (CallerError, asyncpg.UniqueViolationError):
        # The same request beside this one may have won: at the key's index, or at an earlier lock.
        if (made := await _recall(viewer, request)) is not None:
            return made
        raise


async def _recall(viewer: Viewer, request: Request) -> str | None:
    async with reading() as connection:
        kept = await kept_key(connection, _names(viewer, request))
    if kept is None:
        return None
    digest, resource = kept
    if digest != request.digest():
        raise IdempotencyKeyReused(
            f"Idempotency key {request.key!r} came before with other arguments: use a new key.", field="idempotencyKey"
        )
    return resource


async def _forget(_connection: asyncpg.Connection, _resource: str) -> None:
    return


def _names(viewer: Viewer, request: Request) -> tuple[str, str, str]:
    return str(viewer.staff_id or viewer.client_id or viewer.name), request.operation, request.key or ""
