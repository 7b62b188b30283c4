"""Conversations: one socket of graphql-transport-ws from its acceptance to its close; nothing of it outlives it."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from graphql import ExecutionResult, GraphQLError
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected, WebSocketState
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.types import Message

from billfold.domain.access import Viewer
from billfold.domain.errors import AccessError, Unauthenticated
from billfold.schema.http.endpoint import Operation, answer_of
from billfold.schema.http.frames import CloseCode, Closed, Frame, read_frame, written
from billfold.schema.limits import SocketLimits

_GONE = (WebSocketDisconnect, WebSocketDisconnected)


class Places:
    """How many sockets of this process each token holds, and how many are of nobody yet."""

    def __init__(self, limits: SocketLimits) -> None:
        self._limits = limits
        self._taken: Counter[UUID | None] = Counter()

    def take(self, token_id: UUID | None) -> bool:
        """Take a place for a token, or for nobody yet; False when all are taken."""
        most = self._limits.waiting if token_id is None else self._limits.connections
        if self._taken[token_id] >= most:
            return False
        self._taken[token_id] += 1
        return True

    def leave(self, token_id: UUID | None) -> None:
        """Give a place back."""
        self._taken[token_id] -= 1
        if self._taken[token_id] <= 0:
            del self._taken[token_id]

    @property
    def count(self) -> int:
        """How many are taken."""
        return self._taken.total()


@dataclass(frozen=True, slots=True)
class Desk:
    """What a conversation asks its endpoint: who calls (raises AccessError), what for (Closed), and the results."""

    identify: Callable[[WebSocket, Mapping[str, object]], Awaitable[Viewer]]
    read: Callable[[Mapping[str, Any]], Operation]
    carry_out: Callable[[Viewer, Operation], AsyncGenerator[ExecutionResult, None]]


class Conversation:
    """One socket, for which a place of nobody was taken."""

    def __init__(self, socket: WebSocket, desk: Desk, places: Places, limits: SocketLimits) -> None:
        self._socket = socket
        self._desk = desk
        self._places = places
        self._limits = limits
        self._place: UUID | None = None
        self._viewer: Viewer | None = None
        self._shown: Mapping[str, object] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._resting_since = self._time()
        self._opened = asyncio.Event()
        self._sending = asyncio.Lock()

    async def hold(self) -> None:
        """Hold it until one side closes it; then every task of it is at its end, and its place is free."""
        closed: Closed | None = None
        try:
            async with asyncio.TaskGroup() as tasks:
                await self._socket.accept(GRAPHQL_TRANSPORT_WS_PROTOCOL)
                tasks.create_task(self._guard())
                while True:
                    await self._take(await self._receive(), tasks)
        except* Closed as group:
            closed = next(error for error in group.exceptions if isinstance(error, Closed))
        except* _GONE:
            # The client has left, or its line has.
            pass
        finally:
            self._places.leave(self._place)
        if closed is not None and self._socket.client_state is WebSocketState.CONNECTED:
            with suppress(*_GONE, TimeoutError):
                async with asyncio.timeout(self._limits.send_seconds):
                    await self._socket.close(closed.code, closed.reason)

    async def _receive(self) -> Frame:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message["code"])
        return read_frame(message.get("text"), limit=self._limits.frame_bytes)

    async def _take(self, frame: Frame, tasks: asyncio.TaskGroup) -> None:
        match frame.type:
            case "connection_init":
                await self._open(frame.payload)
            case "ping":
                await self._send({"type": "pong"})
            case "pong":
                pass
            case "subscribe":
                await self._start(frame, tasks)
            case "complete":
                if (task := self._running.pop(frame.id, None)) is not None:
                    task.cancel()
            case _:
                raise Closed(CloseCode.BAD_MESSAGE, "The message is of a type that clients do not send.")

    async def _open(self, payload: Mapping[str, object]) -> None:
        if self._viewer is not None:
            raise Closed(CloseCode.TOO_MANY, "Too many initialisation requests.")
        try:
            viewer = await self._desk.identify(self._socket, payload)
        except AccessError as error:
            is_unknown = isinstance(error, Unauthenticated)
            code = CloseCode.UNAUTHENTICATED if is_unknown else CloseCode.FORBIDDEN
            raise Closed(code, error.message) from None
        if not self._places.take(viewer.token_id):
            raise Closed(CloseCode.TOO_MANY, f"A token holds {self._limits.connections} connections at most.")
        self._places.leave(None)
        self._viewer, self._place, self._shown = viewer, viewer.token_id, payload
        self._resting_since = self._time()
        self._opened.set()
        await self._send({"type": "connection_ack"})

    async def _guard(self) -> None:
        """Close what is not opened in time, what rests too long, and what a token has lost its rights to."""
        try:
            async with asyncio.timeout(self._limits.init_seconds):
                await self._opened.wait()
        except TimeoutError:
            raise Closed(CloseCode.TOO_LATE, "Connection initialisation timeout.") from None
        while self._viewer is not None:
            await asyncio.sleep(self._limits.check_seconds)
            await self._check_again(self._viewer)
            if not self._running and self._time() - self._resting_since >= self._limits.idle_seconds:
                raise Closed(CloseCode.IDLE, "Nothing was asked for in a long time: connect again when needed.")

    async def _check_again(self, known: Viewer) -> None:
        try:
            viewer = await self._desk.identify(self._socket, self._shown)
        except AccessError as error:
            raise Closed(CloseCode.FORBIDDEN, error.message) from None
        if viewer != known:
            raise Closed(CloseCode.FORBIDDEN, "The token's rights have changed: connect again.")

    async def _start(self, frame: Frame, tasks: asyncio.TaskGroup) -> None:
        if self._viewer is None:
            raise Closed(CloseCode.UNAUTHENTICATED, "Send connection_init first.")
        if frame.id in self._running:
            raise Closed(CloseCode.DUPLICATE, f"Subscriber for {frame.id} already exists")
        operation = self._desk.read(frame.payload)
        if len(self._running) >= self._limits.operations:
            message = f"A connection holds {self._limits.operations} operations at most: complete one first."
            refused = GraphQLError(message, extensions={"code": "LIMIT_EXCEEDED"})
            await self._send({"id": frame.id, "type": "error", "payload": [refused.formatted]})
            return
        self._running[frame.id] = tasks.create_task(self._carry_out(frame.id, operation, self._viewer))

    async def _carry_out(self, id_: str, operation: Operation, viewer: Viewer) -> None:
        try:
            # A token that was revoked a moment ago opens nothing more.
            await self._check_again(viewer)
            if await self._tell_results(id_, operation, viewer):
                await self._send({"id": id_, "type": "complete"})
        finally:
            # The client may have completed it, and taken its id for another.
            if self._running.get(id_) is asyncio.current_task():
                del self._running[id_]
            self._resting_since = self._time()

    async def _tell_results(self, id_: str, operation: Operation, viewer: Viewer) -> bool:
        """Send every result; False when the last one was an error, after which nothing more is said."""
        async with aclosing(self._desk.carry_out(viewer, operation)) as results:
            async for result in results:
                answer: Any = answer_of(result)
                if "data" not in answer:
                    await self._send({"id": id_, "type": "error", "payload": answer["errors"]})
                    return False
                await self._send({"id": id_, "type": "next", "payload": answer})
        return True

    async def _send(self, message: Message) -> None:
        try:
            async with asyncio.timeout(self._limits.send_seconds), self._sending:
                await self._socket.send_text(written(message))
        except TimeoutError:
            # Who does not read what is sent has left, in effect.
            raise WebSocketDisconnect(1006) from None

    @staticmethod
    def _time() -> float:
        return asyncio.get_running_loop().time()
