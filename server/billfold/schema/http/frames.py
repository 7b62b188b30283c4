"""Frames of graphql-transport-ws: read as strictly as bodies are, and the codes by which a socket is closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import orjson
from strawberry.subscriptions.protocols.graphql_transport_ws.types import Message

from billfold.schema.http.json_bodies import BadRequest, parse_object

# What a close frame has room for.
_REASON_BYTES = 123


class CloseCode(IntEnum):
    """Why the server closes: RFC 6455's, and those of graphql-transport-ws."""

    IDLE = 1000
    TOO_BIG = 1009
    BAD_MESSAGE = 4400
    UNAUTHENTICATED = 4401
    FORBIDDEN = 4403
    WRONG_PROTOCOL = 4406
    TOO_LATE = 4408
    DUPLICATE = 4409
    TOO_MANY = 4429


class Closed(Exception):
    """The socket is to be closed, and why; the reason is cut to what a close frame holds."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:_REASON_BYTES].decode(errors="ignore")


@dataclass(frozen=True, slots=True)
class Frame:
    """One message of the client; `id` is empty where none belongs."""

    type: str
    id: str
    payload: Mapping[str, Any]


def read_frame(text: str | None, *, limit: int) -> Frame:
    """Read a message of at most `limit` bytes; None is one that is no text. Raises Closed."""
    if text is None:
        raise Closed(CloseCode.BAD_MESSAGE, "Messages are text, not binary.")
    try:
        body = text.encode()
        if len(body) > limit:
            raise Closed(CloseCode.TOO_BIG, f"A message holds {limit} bytes at most.")
        found = parse_object(body)
    except UnicodeEncodeError:
        raise Closed(CloseCode.BAD_MESSAGE, "The message is not UTF-8.") from None
    except BadRequest:
        raise Closed(CloseCode.BAD_MESSAGE, "The message is not a valid JSON object.") from None
    type_, id_, payload = found.get("type"), found.get("id"), found.get("payload")
    if not isinstance(type_, str):
        raise Closed(CloseCode.BAD_MESSAGE, "The message has no type.")
    if payload is not None and not isinstance(payload, dict):
        raise Closed(CloseCode.BAD_MESSAGE, "The payload must be an object, or left out.")
    if type_ in {"subscribe", "complete"} and not (isinstance(id_, str) and id_):
        raise Closed(CloseCode.BAD_MESSAGE, f"A {type_} needs an id, which is a text.")
    return Frame(type_, id_ if isinstance(id_, str) else "", payload or {})


def written(message: Message) -> str:
    """Give a message of the server as text."""
    return orjson.dumps(message).decode()
