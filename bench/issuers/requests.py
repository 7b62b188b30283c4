"""Requests: issuers who ask a web server over HTTP, while connections of PostgreSQL and their own are cut."""

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from uuid import UUID

import orjson
import psutil
import uvloop

from bench.issuers.tallies import Tally
from bench.measures import tree_seconds
from bench.operators import House, connect_plainly, open_house_parts
from bench.reads.client import post
from billfold.domain.access import OPERATOR, Role
from billfold.services import tokens

_ISSUE = """mutation Issue($input: IssueDocumentInput!) { issueDocument(input: $input) {
  __typename ... on Document { id number } ... on Problem { code message } } }"""
_PREVIEW = """mutation Preview($input: AskedDocumentInput!) { previewDocument(input: $input) { __typename } }"""
_START_SECONDS = 60
_REST_SECONDS = 0.02
_KILL_SECONDS = 0.02
# A request that is given up is on its way by then, or carried out.
_CUT_SECONDS = 0.05
_HUNG_UP = "hung up before it was answered"
_KILLED = "lost its connection to PostgreSQL"
_LENGTH = b"content-length: "
# One backend that writes, whichever it is.
_KILL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE state IN ('active', 'idle in transaction') AND pid <> pg_backend_pid() AND backend_type = 'client backend'
  AND backend_xid IS NOT NULL ORDER BY random() LIMIT 1
"""


class Refused(Exception):
    """The server answered with an error, or not at all."""


def serve_and_ask(house: House, options: argparse.Namespace) -> tuple[float, Tally]:
    """Start the server, let all issuers ask it, and stop it."""
    token = asyncio.run(_token(house))
    with _server(house, options.processes) as (port, process):
        return uvloop.run(_ask_all(house, port, process, token, options))


async def _token(house: House) -> str:
    async with open_house_parts(house) as parts:
        await tokens.add_staff(parts, OPERATOR, email="bench@billfold.example", role=Role.MANAGER)
        issued = await tokens.create_staff_token(parts, OPERATOR, email="bench@billfold.example")
        return issued.secret


@contextmanager
def _server(house: House, workers: int) -> Iterator[tuple[int, psutil.Process]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {**os.environ, "BILLFOLD_DATA_DIR": str(house.settings.data_dir), "BILLFOLD_LOG_LEVEL": "CRITICAL"}
    command = [sys.executable, "-m", "billfold", "serve", "--port", str(port), "--workers", str(workers)]
    process = subprocess.Popen(command, env=environment)
    try:
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=60)


async def _ask_all(
    house: House, port: int, process: psutil.Process, token: str, options: argparse.Namespace
) -> tuple[float, Tally]:
    await _until_it_answers(port)
    connection = await connect_plainly(house)
    rows = await connection.fetch("SELECT id FROM contracts ORDER BY number")
    tally, random = Tally(), Random(options.seed)
    issuers = [Issuer(port, token, row["id"], tally) for row in rows]
    # Each web process starts the children of its press with the first documents that it tries out.
    await asyncio.gather(*(one.preview() for one in issuers[:20]))
    before, began = tree_seconds(process), time.perf_counter()
    asking = asyncio.gather(*(one.issue(options.documents, random, options.faults / 2) for one in issuers))
    goal = round(options.issuers * options.documents * options.faults / 2)
    while not asking.done():
        await asyncio.wait([asking], timeout=_KILL_SECONDS)
        due = goal * len(tally.seconds) / (options.issuers * options.documents)
        while tally.injected.get(_KILLED, 0) < due and not asking.done() and await connection.fetch(_KILL):
            tally.injected[_KILLED] = tally.injected.get(_KILLED, 0) + 1
    await asking
    seconds = time.perf_counter() - began
    tally.cpu = tree_seconds(process) - before
    tally.seconds.sort()
    await connection.close()
    return seconds, tally


async def _until_it_answers(port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        except OSError:
            await asyncio.sleep(0.1)
    raise TimeoutError(f"Nothing listens on port {port}.")


class Issuer:
    """One who issues documents of a contract one after the other, over a connection that is kept alive.

    A part of its requests it gives up before they are answered, hangs up, and asks again with the same key.
    """

    def __init__(self, port: int, token: str, contract_id: UUID, tally: Tally) -> None:
        self._port = port
        self._token = token
        self._contract_id = contract_id
        self._tally = tally
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def issue(self, count: int, random: Random, part: float) -> None:
        """Issue so many documents; each is asked for until it is there."""
        for number in range(count):
            began, is_cut = time.perf_counter(), random.random() < part
            while not await self._is_issued(number, is_cut=is_cut):
                is_cut = False
                self.hang_up()
                await asyncio.sleep(_REST_SECONDS)
            self._tally.seconds.append(time.perf_counter() - began)
        self.hang_up()

    async def _is_issued(self, number: int, *, is_cut: bool) -> bool:
        try:
            answer = await self.ask(
                _ISSUE, {"input": self._input(idempotencyKey=f"{self._contract_id}-{number}")}, is_cut=is_cut
            )
            if (answer.get("data") or {}).get("issueDocument", {}).get("__typename") == "Document":
                return True
            raise Refused(answer)
        except (Refused, OSError, asyncio.IncompleteReadError) as error:
            self._tally.failed(error)
            return False

    async def preview(self) -> None:
        """Let the server try out a document, so that it is warm."""
        await self.ask(_PREVIEW, {"input": self._input()})

    def _input(self, **more: str) -> dict[str, object]:
        return {"type": "invoice", "contract": f"contract_{self._contract_id}", "amount": "1200.00", **more}

    async def ask(self, query: str, variables: dict[str, object], *, is_cut: bool = False) -> dict[str, Any]:
        """Ask once; gives the answer. Raises Refused, or what a broken connection raises."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(post("/graphql", self._token, orjson.dumps({"query": query, "variables": variables})))
        if is_cut:
            self._tally.injected[_HUNG_UP] = self._tally.injected.get(_HUNG_UP, 0) + 1
            await asyncio.sleep(_CUT_SECONDS)
            raise Refused
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        at = head.index(_LENGTH) + len(_LENGTH)
        answer: dict[str, Any] = orjson.loads(await reader.readexactly(int(head[at:].split(b"\r\n", 1)[0])))
        return answer

    def hang_up(self) -> None:
        """Close the connection, whatever is under way on it."""
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None
