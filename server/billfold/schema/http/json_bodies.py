"""JSON bodies: read strictly and within a limit, written by orjson."""

import re
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

# PostgreSQL keeps no NUL in a text; JSON and GraphQL both can write one.
_NUL = re.compile(rb"\\u(?:0000|\{0+\})")


class BadRequest(Exception):
    """The request is not one that can be carried out; `status` is the HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def bad_request(error: BadRequest) -> Response:
    """Give the answer to a request that cannot be carried out, in GraphQL's form."""
    return JSONResponse({"errors": [{"message": error.message}]}, status_code=error.status)


async def read_object(request: Request, *, limit: int) -> Mapping[str, Any]:
    """Give the JSON object of the body, of at most `limit` bytes. Raises BadRequest: 415, 413 or 400."""
    content_type = request.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise BadRequest(415, "Send the request with Content-Type: application/json.")
    return parse_object(await _read(request, limit))


def parse_object(body: bytes) -> Mapping[str, Any]:
    """Give the JSON object that a text is. Raises BadRequest 400 for anything else."""
    if _NUL.search(body):
        raise BadRequest(400, "The body holds a NUL character, which no text may.")
    try:
        # Strict: no NaN, no Infinity, no lone surrogates, valid UTF-8, bounded depth.
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest(400, "The body is not valid JSON.") from None
    if not isinstance(found, dict):
        raise BadRequest(400, "The body must be a JSON object; batches are not taken.")
    return found


async def _read(request: Request, limit: int) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > limit:
        raise _too_large(limit)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise _too_large(limit)
    except ClientDisconnect:
        raise BadRequest(400, "The body ended early.") from None
    return bytes(body)


def _too_large(limit: int) -> BadRequest:
    return BadRequest(413, f"The body is larger than {limit} bytes.")
