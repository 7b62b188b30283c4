"""Talking to a WebSocket endpoint in this process and this event loop, as a client of graphql-transport-ws does."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

from billfold import bootstrap
from billfold.plugin_host import load_plugins
from billfold.schema.faces import Face, manager_face
from billfold.schema.http.sockets import SocketEndpoint
from billfold.schema.limits import SocketLimits
from billfold.services.parts import Parts
from billfold.services.watches import Watches
from billfold.web.bearer import viewer_of_socket

PROTOCOL = "graphql-transport-ws"


class Peer:
    """The other end of one socket."""

    def __init__(self) -> None:
        self.to_server: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.from_server: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def say(self, **message: Any) -> None:
        """Send a message."""
        self.say_text(json.dumps(message))

    def say_text(self, text: str) -> None:
        """Send whatever text."""
        self.to_server.put_nowait({"type": "websocket.receive", "text": text})

    def hang_up(self) -> None:
        """Leave."""
        self.to_server.put_nowait({"type": "websocket.disconnect", "code": 1001})

    async def event(self) -> dict[str, Any]:
        """Give what the server did next, in ASGI's words."""
        return await self.from_server.get()

    async def heard(self) -> dict[str, Any]:
        """Give the next message of the server, which must be one."""
        event = await self.event()
        assert event["type"] == "websocket.send", event
        found: dict[str, Any] = json.loads(event["text"])
        return found

    async def closed(self) -> tuple[int, str]:
        """Give the code and the reason of the close, which must come next."""
        event = await self.event()
        assert event["type"] == "websocket.close", event
        return event["code"], event.get("reason") or ""

    async def open(self, token: str | None) -> None:
        """Shake hands, and be let in."""
        assert (await self.event())["subprotocol"] == PROTOCOL
        self.say(type="connection_init", payload={"Authorization": f"Bearer {token}"})
        assert await self.heard() == {"type": "connection_ack"}


@asynccontextmanager
async def talking(
    app: Any,
    *,
    path: str = "/graphql",
    subprotocols: Sequence[str] = (PROTOCOL,),
    headers: Sequence[tuple[str, str]] = (),
) -> AsyncIterator[Peer]:
    """Open a socket; at the end hang up, and wait until the server has let it go."""
    peer = Peer()
    peer.to_server.put_nowait({"type": "websocket.connect"})
    scope = {
        "type": "websocket",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in (("Host", "billfold.test"), *headers)],
        "subprotocols": list(subprotocols),
    }
    held = asyncio.create_task(app(scope, peer.to_server.get, peer.from_server.put))
    try:
        yield peer
    finally:
        peer.hang_up()
        await held


@cache
def _face() -> Face:
    # Made once: it takes the plugins alone, which are the same in all tests.
    return manager_face(cast(Any, SimpleNamespace(plugins=load_plugins([bootstrap.shipped() / "plugins"]))))


def served(
    parts: Parts, *, limits: SocketLimits | None = None, watches: Watches | None = None
) -> tuple[Starlette, SocketEndpoint]:
    """Give an application with the managers' sockets, and their endpoint."""
    endpoint = SocketEndpoint(parts, _face(), viewer_of_socket, limits=limits, watches=watches)
    return Starlette(routes=[WebSocketRoute("/graphql", endpoint)]), endpoint
