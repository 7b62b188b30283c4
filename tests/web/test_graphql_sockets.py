"""GraphQL over WebSocket: graphql-transport-ws to the letter, within limits, and nothing left behind."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette

from billfold.app import routes
from billfold.database.reading.progress import Progress
from billfold.domain.access import OPERATOR, Role
from billfold.domain.lifecycle import RunState
from billfold.schema.limits import SocketLimits
from billfold.services import tokens
from billfold.services.parts import Parts
from billfold.services.progress import ProgressWatch
from billfold.services.watches import Watches
from tests.schema.calling import Caller, Faces
from tests.schema.sockets import Peer, served, talking
from tests.schema.world import World

RUN = "run_0192f0c4-0000-7000-8000-000000000000"
WATCHED = {"query": f'subscription {{ runProgress(run: "{RUN}") {{ state }} }}'}
NAME = {"query": "{ viewer { name } }"}
HASTY = SocketLimits(check_seconds=0.005)


@pytest.fixture
def faces(reading_parts: Parts) -> Faces:
    """Makers of tokens; nothing here goes by plain HTTP."""
    return Faces(reading_parts, httpx.AsyncClient(transport=httpx.ASGITransport(Starlette())))


async def _going(run_ids: Sequence[UUID]) -> Mapping[UUID, Progress]:
    return dict.fromkeys(run_ids, Progress(RunState.RUNNING, 1, 1, 0, 0, 0, 0))


def _watch() -> Watches:
    return Watches(ProgressWatch(every_seconds=0.001, read=_going))


async def _subscribe(peer: Peer, id_: str) -> None:
    peer.say(type="subscribe", id=id_, payload=WATCHED)
    assert await peer.heard() == {"type": "next", "id": id_, "payload": {"data": {"runProgress": {"state": "RUNNING"}}}}


async def test_queries_are_answered_over_the_managers_socket(faces: Faces, manager: Caller) -> None:
    async with talking(Starlette(routes=routes(faces.parts))) as peer:
        await peer.open(manager.token)
        peer.say(type="subscribe", id="1", payload=NAME)

        assert await peer.heard() == {
            "type": "next",
            "id": "1",
            "payload": {"data": {"viewer": {"name": "manager@staff.example"}}},
        }
        assert await peer.heard() == {"type": "complete", "id": "1"}


async def test_the_token_may_come_in_the_handshake(faces: Faces, manager: Caller) -> None:
    app, _ = served(faces.parts)

    async with talking(app, headers=[("Authorization", f"Bearer {manager.token}")]) as peer:
        await peer.event()
        peer.say(type="connection_init")

        assert await peer.heard() == {"type": "connection_ack"}


@pytest.mark.parametrize("payload", [None, {"Authorization": "Bearer bf_x"}, {"authorization": 5}])
async def test_without_a_token_a_socket_is_closed(world: World, faces: Faces, payload: Any) -> None:
    app, endpoint = served(faces.parts)

    async with talking(app) as peer:
        await peer.event()
        peer.say(type="connection_init", payload=payload)

        assert (await peer.closed())[0] == 4401
    assert endpoint.places.count == 0


async def test_a_client_is_refused_at_the_managers_socket(faces: Faces, alfa: Caller) -> None:
    app, _ = served(faces.parts)

    async with talking(app) as peer:
        await peer.event()
        peer.say(type="connection_init", payload={"Authorization": f"Bearer {alfa.token}"})

        assert await peer.closed() == (4403, "This token is of a client: use /portal/graphql.")


async def test_the_clients_face_has_no_sockets(world: World, faces: Faces) -> None:
    async with talking(Starlette(routes=routes(faces.parts)), path="/portal/graphql") as peer:
        refused = await peer.event()

    assert refused["type"] == "websocket.close"


@pytest.mark.parametrize("subprotocols", [(), ("graphql-ws",)])
async def test_other_subprotocols_are_not_spoken(world: World, faces: Faces, subprotocols: Sequence[str]) -> None:
    app, endpoint = served(faces.parts)

    async with talking(app, subprotocols=subprotocols) as peer:
        assert (await peer.event())["subprotocol"] is None
        assert (await peer.closed())[0] == 4406
    assert endpoint.places.count == 0


@pytest.mark.parametrize(
    ("origin", "is_taken"),
    [
        ("https://billfold.test", True),
        ("https://billfold.test:443", True),
        ("https://evil.example", False),
        ("https://billfold.test:8443", False),
        ("null", False),
        ("https://[", False),
    ],
)
async def test_pages_of_others_open_no_socket(world: World, faces: Faces, origin: str, is_taken: bool) -> None:
    app, _ = served(faces.parts)

    async with talking(app, headers=[("Origin", origin)]) as peer:
        event = await peer.event()

    assert event["type"] == ("websocket.accept" if is_taken else "websocket.close")


FAULTS: dict[str, tuple[str, int]] = {
    "no JSON": ("{", 4400),
    "no object": ("[]", 4400),
    "NaN": ('{"type": "ping", "payload": {"n": NaN}}', 4400),
    "NUL": ('{"type": "ping", "payload": {"n": "\\u0000"}}', 4400),
    "no type": ("{}", 4400),
    "unknown type": ('{"type": "start"}', 4400),
    "the server's type": ('{"type": "connection_ack"}', 4400),
    "payload of a wrong type": ('{"type": "ping", "payload": 5}', 4400),
    "no id": ('{"type": "subscribe", "payload": {"query": "{ viewer { name } }"}}', 4400),
    "id of a wrong type": ('{"type": "complete", "id": 5}', 4400),
    "no query": ('{"type": "subscribe", "id": "1", "payload": {}}', 4400),
    "variables of a wrong type": ('{"type": "subscribe", "id": "1", "payload": {"query": "x", "variables": []}}', 4400),
    "too large": ('{"type": "ping", "payload": {"x": "' + "x" * 65_536 + '"}}', 1009),
    "a second beginning": ('{"type": "connection_init"}', 4429),
}


@pytest.mark.parametrize(("text", "code"), FAULTS.values(), ids=FAULTS)
async def test_faults_of_the_protocol_close_the_socket(faces: Faces, manager: Caller, text: str, code: int) -> None:
    app, endpoint = served(faces.parts)

    async with talking(app) as peer:
        await peer.open(manager.token)
        peer.say_text(text)

        assert (await peer.closed())[0] == code
    assert endpoint.places.count == 0


async def test_binary_frames_close_the_socket(faces: Faces, manager: Caller) -> None:
    app, _ = served(faces.parts)

    async with talking(app) as peer:
        await peer.open(manager.token)
        peer.to_server.put_nowait({"type": "websocket.receive", "bytes": b"{}"})

        assert (await peer.closed())[0] == 4400


async def test_nothing_is_carried_out_before_the_beginning(world: World, faces: Faces) -> None:
    app, _ = served(faces.parts)

    async with talking(app) as peer:
        await peer.event()
        peer.say(type="ping")
        assert await peer.heard() == {"type": "pong"}
        peer.say(type="subscribe", id="1", payload=NAME)

        assert (await peer.closed())[0] == 4401


async def test_who_does_not_begin_in_time_is_closed(world: World, faces: Faces) -> None:
    app, endpoint = served(faces.parts, limits=SocketLimits(init_seconds=0.005))

    async with talking(app) as peer:
        await peer.event()

        assert await peer.closed() == (4408, "Connection initialisation timeout.")
    assert endpoint.places.count == 0


async def test_who_asks_for_nothing_in_a_long_time_is_closed_but_not_who_watches(faces: Faces, manager: Caller) -> None:
    app, _ = served(faces.parts, limits=replace(HASTY, idle_seconds=0), watches=_watch())

    async with talking(app) as idle, talking(app) as watching:
        # Sent before anything is answered, so that it never rests.
        watching.say(type="connection_init", payload={"Authorization": f"Bearer {manager.token}"})
        watching.say(type="subscribe", id="1", payload=WATCHED)
        assert [(await watching.event())["type"] for _ in range(3)] == ["websocket.accept"] + ["websocket.send"] * 2
        await idle.open(manager.token)

        assert (await idle.closed())[0] == 1000
        watching.say(type="ping")
        assert await watching.heard() == {"type": "pong"}


async def test_an_id_is_of_one_operation_until_that_is_complete(faces: Faces, manager: Caller) -> None:
    app, endpoint = served(faces.parts, watches=_watch())

    async with talking(app) as peer:
        await peer.open(manager.token)
        await _subscribe(peer, "1")
        peer.say(type="complete", id="1")
        peer.say(type="complete", id="never seen")
        await _subscribe(peer, "1")
        peer.say(type="subscribe", id="1", payload=WATCHED)

        assert await peer.closed() == (4409, "Subscriber for 1 already exists")
    assert not endpoint.watches.progress.is_reading


async def test_a_connection_holds_so_many_operations(faces: Faces, manager: Caller) -> None:
    app, _ = served(faces.parts, limits=SocketLimits(operations=2), watches=_watch())

    async with talking(app) as peer:
        await peer.open(manager.token)
        await _subscribe(peer, "1")
        await _subscribe(peer, "2")
        peer.say(type="subscribe", id="3", payload=WATCHED)
        refused = await peer.heard()
        peer.say(type="complete", id="1")
        await _subscribe(peer, "3")

    assert (refused["type"], refused["id"]) == ("error", "3")
    assert refused["payload"][0]["extensions"] == {"code": "LIMIT_EXCEEDED"}


async def test_a_token_holds_so_many_connections_and_gets_them_back(faces: Faces, manager: Caller) -> None:
    app, endpoint = served(faces.parts, limits=SocketLimits(connections=1, waiting=2))

    async with talking(app) as first, talking(app) as second:
        await first.open(manager.token)
        await second.event()
        second.say(type="connection_init", payload={"Authorization": f"Bearer {manager.token}"})
        assert await second.closed() == (4429, "A token holds 1 connections at most.")
        first.hang_up()
    async with talking(app) as third:
        await third.open(manager.token)

    assert endpoint.places.count == 0


async def test_sockets_of_nobody_are_few(world: World, faces: Faces) -> None:
    app, _ = served(faces.parts, limits=SocketLimits(waiting=1))

    async with talking(app) as first:
        assert (await first.event())["type"] == "websocket.accept"
        async with talking(app) as second:
            assert (await second.event())["type"] == "websocket.close"


async def test_a_revoked_token_closes_its_sockets(world: World, faces: Faces) -> None:
    app, endpoint = served(faces.parts, limits=HASTY, watches=_watch())
    issued = await tokens.create_staff_token(faces.parts, OPERATOR, email=await _somebody(faces))

    async with talking(app) as peer:
        await peer.open(issued.secret)
        await _subscribe(peer, "1")
        await tokens.revoke(faces.parts, OPERATOR, issued.id)

        assert await peer.closed() == (4403, "The token is not valid: ask for a new one.")
    assert not endpoint.watches.progress.is_reading


async def test_a_revoked_token_opens_nothing_more_however_lately_it_was_looked_at(world: World, faces: Faces) -> None:
    app, _ = served(faces.parts)
    issued = await tokens.create_staff_token(faces.parts, OPERATOR, email=await _somebody(faces))

    async with talking(app) as peer:
        await peer.open(issued.secret)
        await tokens.revoke(faces.parts, OPERATOR, issued.id)
        peer.say(type="subscribe", id="1", payload=NAME)

        assert (await peer.closed())[0] == 4403


async def test_a_lowered_role_closes_the_sockets_of_its_tokens(world: World, faces: Faces) -> None:
    app, _ = served(faces.parts)
    email = await _somebody(faces)
    issued = await tokens.create_staff_token(faces.parts, OPERATOR, email=email)

    async with talking(app) as peer:
        await peer.open(issued.secret)
        await tokens.add_staff(faces.parts, OPERATOR, email=email, role=Role.VIEWER)
        peer.say(type="subscribe", id="1", payload=NAME)

        assert await peer.closed() == (4403, "The token's rights have changed: connect again.")


@pytest.mark.parametrize("leave", ["hang up", "break the protocol"])
async def test_nothing_is_left_of_a_closed_socket(faces: Faces, manager: Caller, leave: str) -> None:
    app, endpoint = served(faces.parts, watches=_watch())
    before = asyncio.all_tasks()

    async with talking(app) as peer:
        await peer.open(manager.token)
        for id_ in ("1", "2", "3"):
            await _subscribe(peer, id_)
        assert endpoint.watches.progress.is_reading
        if leave == "break the protocol":
            peer.say_text("{")
    await asyncio.sleep(0)

    assert asyncio.all_tasks() == before
    assert endpoint.places.count == 0
    assert not endpoint.watches.progress.is_reading


async def test_who_reads_nothing_is_let_go(faces: Faces, manager: Caller) -> None:
    _, endpoint = served(faces.parts, limits=SocketLimits(send_seconds=0.01), watches=_watch())
    heard = asyncio.Event()
    frames = iter(
        [
            {"type": "websocket.connect"},
            {"type": "websocket.receive", "text": '{"type": "connection_init"}'},
        ]
    )

    async def receive() -> dict[str, Any]:
        message = next(frames, None)
        return message if message else await asyncio.Event().wait()  # type: ignore[return-value]

    async def send(message: Any) -> None:
        if message["type"] == "websocket.send":
            heard.set()
            await asyncio.Event().wait()

    headers = [(b"authorization", f"Bearer {manager.token}".encode())]
    scope = {"type": "websocket", "path": "/graphql", "headers": headers, "subprotocols": ["graphql-transport-ws"]}
    await endpoint(scope, receive, send)

    assert heard.is_set()
    assert endpoint.places.count == 0


async def _somebody(faces: Faces) -> str:
    email = "socket@staff.example"
    await tokens.add_staff(faces.parts, OPERATOR, email=email, role=Role.MANAGER)
    return email
