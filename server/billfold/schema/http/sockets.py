"""GraphQL over WebSocket: the subprotocol graphql-transport-ws, and no other."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from graphql import ExecutionResult
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from billfold.database.reading.plans import Planner
from billfold.domain.access import Viewer
from billfold.schema.context import Context
from billfold.schema.faces import Face
from billfold.schema.http.conversations import Conversation, Desk, Places
from billfold.schema.http.endpoint import Operation, read_operation
from billfold.schema.http.frames import CloseCode, Closed
from billfold.schema.http.json_bodies import BadRequest
from billfold.schema.limits import SocketLimits
from billfold.services.parts import Parts
from billfold.services.watches import Watches

_USUAL_PORTS = frozenset({"80", "443"})

# Who calls: from the handshake, and what `connection_init` carries. Raises Unauthenticated.
Identify = Callable[[WebSocket, Mapping[str, object], datetime], Awaitable[Viewer]]


class SocketEndpoint:
    """Answers one face's subscriptions, and its other operations too, to those who connect by WebSocket."""

    def __init__(
        self,
        parts: Parts,
        face: Face,
        identify: Identify,
        *,
        limits: SocketLimits | None = None,
        watches: Watches | None = None,
    ) -> None:
        self._parts = parts
        self._face = face
        self._identify = identify
        self._limits = limits or SocketLimits()
        self._planner = Planner(face.schema.catalog, {"document_type": face.find_type})
        self.places = Places(self._limits)
        self.watches = watches or Watches()
        self._desk = Desk(self._viewer, self._read, self._carry_out)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold one socket."""
        socket = WebSocket(scope, receive, send)
        if not _is_from_here(socket):
            # Before it is accepted, this refuses the handshake by 403.
            await socket.close()
        elif GRAPHQL_TRANSPORT_WS_PROTOCOL not in scope["subprotocols"]:
            await socket.accept()
            await socket.close(CloseCode.WRONG_PROTOCOL, "Subprotocol not acceptable: take graphql-transport-ws.")
        elif not self.places.take(None):
            await socket.close()
        else:
            await Conversation(socket, self._desk, self.places, self._limits).hold()

    async def _viewer(self, socket: WebSocket, payload: Mapping[str, object]) -> Viewer:
        viewer = await self._identify(socket, payload, self._parts.clock.now())
        self._face.admit(viewer)
        return viewer

    def _read(self, payload: Mapping[str, Any]) -> Operation:
        try:
            return read_operation(payload, self._face.schema.limits)
        except BadRequest as error:
            raise Closed(CloseCode.BAD_MESSAGE, error.message) from None

    def _carry_out(self, viewer: Viewer, operation: Operation) -> AsyncGenerator[ExecutionResult, None]:
        context = Context(
            parts=self._parts,
            viewer=viewer,
            planner=self._planner,
            plans=self._face.schema.plans,
            now=self._parts.clock.now(),
            document_types=self._face.document_types,
            watches=self.watches,
        )
        return self._face.schema.stream(operation.query, operation.variables, context, operation.name)


def _is_from_here(socket: WebSocket) -> bool:
    """Say whether a page of this very server opens the socket, or no page: as browsers hold it with requests."""
    origin = socket.headers.get("origin")
    if origin is None:
        return True
    try:
        return _address(urlsplit(origin).netloc) == _address(socket.headers["host"])
    except (ValueError, KeyError):
        return False


def _address(host: str) -> str:
    name, _, port = host.lower().rpartition(":")
    return name if port in _USUAL_PORTS else host.lower()
