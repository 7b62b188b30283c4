"""Subscriptions: the progress of a real run, told as it happens, and what is refused."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
import uvicorn
from starlette.applications import Starlette
from structlog.testing import capture_logs
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from billfold.database.changes import Changes
from billfold.domain.access import OPERATOR, Role, Scope
from billfold.domain.periods import month
from billfold.schema.limits import SocketLimits
from billfold.services import runs
from billfold.services.changes import ChangeWatch, Source
from billfold.services.generating import compose_chunk
from billfold.services.parts import Parts
from billfold.services.progress import ProgressWatch
from billfold.services.runs import RunRequest
from billfold.services.watches import Watches
from billfold.services.working import work_off
from tests.schema.calling import Caller, Faces, open_http
from tests.schema.sockets import served, talking
from tests.schema.world import World
from tests.services.asking import contract

NO_ID = "0192f0c4-0000-7000-8000-000000000000"
CHANGES = """subscription Changes($filter: DocumentFilter) {
  documentChanged(filter: $filter) {
    status step paymentStatus contract { number } files { kind } totals { gross { amount } } } }"""
PROGRESS = """subscription Progress($run: ID!) {
  runProgress(run: $run) { state total pending issued skipped failed alreadyIssued } }"""


@pytest.fixture
async def own(books: Parts) -> AsyncIterator[Faces]:
    """Callers on fresh books of the sample operator."""
    async with open_http(books) as http:
        yield Faces(books, http)


@pytest.fixture
async def run(books: Parts) -> UUID:
    """A run for one contract that nobody works on."""
    request = RunRequest(type="invoice", period=month("2026-10"), contract_ids=(await contract("KW-2002"),))
    return await runs.start(books, OPERATOR, request)


@asynccontextmanager
async def listening(app: Starlette) -> AsyncIterator[str]:
    """Serve the application by uvicorn in this process; gives the address of its sockets."""
    config = uvicorn.Config(
        app,
        port=0,
        lifespan="off",
        log_level="critical",
        ws="websockets-sansio",
        ws_max_size=SocketLimits().frame_bytes,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it.
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"ws://127.0.0.1:{port}/graphql"
    server.should_exit = True
    await serving


def _progress(**counts: Any) -> dict[str, Any]:
    none = {"total": 1, "pending": 0, "issued": 0, "skipped": 0, "failed": 0, "alreadyIssued": 0}
    return {"data": {"runProgress": {**none, **counts}}}


_INVOICE = {
    "status": "ISSUED",
    "paymentStatus": "UNPAID",
    "contract": {"number": "KW-2002"},
    "totals": {"gross": {"amount": "50.08"}},
}


def _changed(message: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = message["payload"]["data"]["documentChanged"]
    return found


async def test_a_run_is_followed_to_its_end_by_a_real_client(own: Faces, run: UUID) -> None:
    caller = await own.staff(Role.VIEWER)
    asked = f'{{ node(id: "run_{run}") {{ ... on Run {{ progress {{ state pending }} }} }} }}'
    assert await caller.data(asked) == {"node": {"progress": {"state": "RUNNING", "pending": 1}}}
    app, endpoint = served(own.parts, watches=Watches(ProgressWatch(every_seconds=0.01)))

    async with listening(app) as url, connect(url, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
        await _say(socket, type="connection_init", payload={"Authorization": f"Bearer {caller.token}"})
        assert await _heard(socket) == {"type": "connection_ack"}
        await _say(socket, type="subscribe", id="1", payload={"query": PROGRESS, "variables": {"run": f"run_{run}"}})
        assert (await _heard(socket))["payload"] == _progress(state="RUNNING", pending=1)

        assert await compose_chunk(own.parts, run) == 1
        assert (await _heard(socket))["payload"] == _progress(state="RUNNING", issued=1)

        await work_off(own.parts, run, lambda _step, _count: None)
        assert (await _heard(socket))["payload"] == _progress(state="DONE", issued=1)
        assert await _heard(socket) == {"type": "complete", "id": "1"}
        assert not endpoint.watches.progress.is_reading

        await socket.send("x" * (SocketLimits().frame_bytes + 1))
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009

    assert endpoint.places.count == 0


async def test_documents_that_change_are_told_to_a_real_client_as_they_are_then(own: Faces, run: UUID) -> None:
    caller = await own.staff(Role.MANAGER)
    app, endpoint = served(own.parts, watches=Watches(changes=ChangeWatch(every_seconds=0.01)))
    wanted = {"contract": [f"contract_{await contract('KW-2002')}"]}
    period = month("2026-10")
    other = await runs.start(
        own.parts, OPERATOR, RunRequest(type="invoice", period=period, contract_ids=(await contract("KW-2003"),))
    )

    async with listening(app) as url, connect(url, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
        await _say(socket, type="connection_init", payload={"Authorization": f"Bearer {caller.token}"})
        assert await _heard(socket) == {"type": "connection_ack"}
        await _say(socket, type="subscribe", id="1", payload={"query": CHANGES, "variables": {"filter": wanted}})
        while not endpoint.watches.changes.is_reading:  # noqa: ASYNC110 - the protocol has no word for it.
            await asyncio.sleep(0.01)

        assert await compose_chunk(own.parts, other) == 1
        assert await compose_chunk(own.parts, run) == 1
        issued = await _heard(socket)
        assert (issued["type"], issued["id"]) == ("next", "1")
        assert _changed(issued) == {**_INVOICE, "step": "PRINT", "files": []}

        await work_off(own.parts, run, lambda _step, _count: None)
        files = [{"kind": kind} for kind in ("PDF", "STATISTICS", "STATISTICS")]
        told = [issued]
        while _changed(told[-1])["step"] != "DONE":
            told.append(await _heard(socket))
        assert _changed(told[-1]) == {**_INVOICE, "step": "DONE", "files": files}
        assert {_changed(one)["contract"]["number"] for one in told} == {"KW-2002"}

        await _say(socket, type="complete", id="1")
        while endpoint.watches.changes.is_reading:  # noqa: ASYNC110 - nor for this.
            await asyncio.sleep(0.01)


REFUSED: dict[str, tuple[str, str | None]] = {
    "no such run": (f'subscription {{ runProgress(run: "run_{NO_ID}") {{ state }} }}', "NOT_FOUND"),
    "not a run": (f'subscription {{ runProgress(run: "document_{NO_ID}") {{ state }} }}', "NOT_FOUND"),
    "no id": ('subscription { runProgress(run: "x") { state } }', "NOT_FOUND"),
    "two fields": (f'subscription {{ a: runProgress(run: "run_{NO_ID}") {{ state }} b: __typename }}', None),
    "unknown field": ("subscription { nothing { state } }", None),
    "no syntax": ("subscription {", None),
    "missing variable": (PROGRESS, None),
    "unknown field of a query": ("{ nothing }", None),
}


@pytest.mark.parametrize(("query", "code"), REFUSED.values(), ids=REFUSED)
async def test_what_cannot_be_carried_out_is_an_error_of_its_operation_alone(
    manager: Caller, faces: Faces, query: str, code: str | None
) -> None:
    app, _ = served(faces.parts)

    async with talking(app) as peer:
        await peer.open(manager.token)
        peer.say(type="subscribe", id="1", payload={"query": query})
        refused = await peer.heard()
        peer.say(type="ping")

        assert (refused["type"], refused["id"]) == ("error", "1")
        assert refused["payload"][0].get("extensions", {}).get("code") == code
        assert "path" not in refused["payload"][0]
        assert await peer.heard() == {"type": "pong"}


async def test_the_progress_of_a_run_needs_the_scope_of_documents(world: World, faces: Faces) -> None:
    async def untouched(_ids: Any) -> Any:
        raise AssertionError("It was read.")

    caller = await faces.staff(Role.MANAGER, Scope.BOOKS_READ)
    app, _ = served(faces.parts, watches=Watches(ProgressWatch(read=untouched)))

    async with talking(app) as peer:
        await peer.open(caller.token)
        peer.say(type="subscribe", id="1", payload={"query": PROGRESS, "variables": {"run": f"run_{NO_ID}"}})
        refused = await peer.heard()

    assert refused["type"] == "error"
    assert refused["payload"][0]["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize("scope", [Scope.BOOKS_READ, Scope.DOCUMENTS_READ])
async def test_changed_documents_need_the_scopes_of_all_that_is_asked_for(
    world: World, faces: Faces, scope: Scope
) -> None:
    async def untouched() -> Any:
        raise AssertionError("It was read.")

    caller = await faces.staff(Role.MANAGER, scope)
    app, _ = served(faces.parts, watches=Watches(changes=ChangeWatch(source=Source(present=untouched))))

    async with talking(app) as peer:
        await peer.open(caller.token)
        peer.say(type="subscribe", id="1", payload={"query": CHANGES})
        refused = await peer.heard()

    assert refused["type"] == "error"
    assert refused["payload"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_when_too_many_changes_wait_the_subscription_ends_and_says_what_to_do(
    manager: Caller, faces: Faces
) -> None:
    async def nothing() -> Changes:
        return Changes("")

    async def many(_until: str, most: int) -> Changes:
        return Changes("", [UUID(int=number) for number in range(most + 1)])

    watch = ChangeWatch(every_seconds=0.001, source=Source(nothing, many))
    app, _ = served(faces.parts, watches=Watches(changes=watch))

    async with talking(app) as peer:
        await peer.open(manager.token)
        peer.say(type="subscribe", id="1", payload={"query": CHANGES})
        ended = await peer.heard()

    assert (ended["type"], ended["id"]) == ("error", "1")
    assert ended["payload"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert ended["payload"][0]["message"].startswith("More than 10,000 changed documents wait to be told")


async def test_a_fault_of_ours_is_masked_and_the_socket_stays(manager: Caller, faces: Faces) -> None:
    async def broken(_ids: Any) -> Any:
        raise LookupError("secret")

    app, _ = served(faces.parts, watches=Watches(ProgressWatch(read=broken)))

    with capture_logs() as logs:
        async with talking(app) as peer:
            await peer.open(manager.token)
            peer.say(type="subscribe", id="1", payload={"query": PROGRESS, "variables": {"run": f"run_{NO_ID}"}})
            refused = await peer.heard()
            peer.say(type="ping")
            answer = await peer.heard()

    assert [log["event"] for log in logs] == ["graphql_failed"]
    assert refused["payload"][0]["extensions"]["code"] == "INTERNAL"
    assert "secret" not in json.dumps(refused)
    assert answer == {"type": "pong"}


async def test_a_subscription_by_post_is_told_where_it_goes(manager: Caller) -> None:
    answer = await manager.answer(f'subscription {{ runProgress(run: "run_{NO_ID}") {{ state }} }}')

    assert answer == {
        "errors": [{"message": "Subscriptions go over a WebSocket at this path, by graphql-transport-ws."}]
    }


async def _say(socket: Any, **message: Any) -> None:
    await socket.send(json.dumps(message))


async def _heard(socket: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(await socket.recv())
    return found
