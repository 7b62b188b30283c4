"""The client: a few keep-alive connections on raw sockets, each asking for the next thing as soon as it is answered."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


@dataclass(slots=True)
class Load:
    """What one burst of requests took, by connection and in all; `latencies` in seconds."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds


def get(path: str, token: str) -> bytes:
    """Write a GET request."""
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


def post(path: str, token: str, body: bytes) -> bytes:
    """Write a POST request of JSON."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def fetch(port: int, request: bytes) -> bytes:
    """Ask once; gives the body."""
    load: list[bytes] = []
    await _run(port, [request], _Burst(until=0.0, keeps=load))
    return load[0]


async def press(port: int, requests: Sequence[bytes], *, connections: int, seconds: float) -> Load:
    """Ask on every connection for so long, the requests in turn."""
    load = Load()
    started = time.perf_counter()
    burst = _Burst(until=started + seconds, latencies=load.latencies)
    shifted = (requests[at * len(requests) // connections :] for at in range(connections))
    await asyncio.gather(*(_run(port, [*part, *requests], burst) for part in shifted))
    load.seconds = time.perf_counter() - started
    return load


@dataclass(slots=True)
class _Burst:
    until: float
    latencies: list[float] = field(default_factory=list)
    keeps: list[bytes] | None = None


async def _run(port: int, requests: Sequence[bytes], burst: _Burst) -> None:
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()
    transport, _ = await loop.create_connection(lambda: _Connection(requests, burst, done), "127.0.0.1", port)
    try:
        await asyncio.wait_for(done, timeout=60)
    finally:
        transport.close()


class _Connection(asyncio.Protocol):
    """Sends a request, waits for its whole answer, sends the next."""

    def __init__(self, requests: Sequence[bytes], burst: _Burst, done: "asyncio.Future[None]") -> None:
        self._requests = cycle(requests)
        self._burst = burst
        self._done = done
        self._buffer = bytearray()
        self._needed = 0
        self._body = 0

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("The server closed the connection."))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._needed and (end := self._buffer.find(_END)) >= 0:
            self._read_head(bytes(self._buffer[:end]), end + len(_END))
        if self._needed and len(self._buffer) >= self._needed:
            self._answered()

    def _read_head(self, head: bytes, end: int) -> None:
        if not head.startswith(b"HTTP/1.1 200"):
            self._done.set_exception(ConnectionError(f"The server answered {head.splitlines()[0].decode()}."))
            self._transport.abort()
            return
        lowered = head.lower()
        at = lowered.index(_LENGTH) + len(_LENGTH)
        self._body, self._needed = end, end + int(lowered[at:].split(b"\r\n", 1)[0])

    def _answered(self) -> None:
        now = time.perf_counter()
        self._burst.latencies.append(now - self._sent)
        if self._burst.keeps is not None:
            self._burst.keeps.append(bytes(self._buffer[self._body :]))
        self._buffer.clear()
        self._needed = 0
        if now < self._burst.until:
            self._send()
        elif not self._done.done():
            self._done.set_result(None)

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(next(self._requests))
