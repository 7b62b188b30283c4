"""Several machines that share nothing but PostgreSQL, Valkey, S3 and a mail server; one of them dies on the way."""

import asyncio
import re
import socket
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from billfold.domain.access import OPERATOR, Role
from billfold.domain.periods import month
from billfold.services import runs, tokens
from billfold.services.parts import Parts
from tests.adapters.s3_server import Bucket, s3_server
from tests.adapters.smtp_peers import Peer, listening
from tests.journeys.own_servers import Fleet
from tests.services.asking import rows, value

_PATIENCE_SECONDS = 120
_WORKER = str(Path(__file__).with_name("sharing_worker.py"))
_MESSAGE_ID = re.compile(rb"^Message-ID: (\S+)", re.MULTILINE | re.IGNORECASE)


@dataclass(slots=True)
class Machines:
    """Machines with a disk and an S3 key of their own."""

    folder: Path
    shared: dict[str, str]
    bucket: Bucket
    fleets: dict[str, Fleet]

    def start(self, name: str, *command: str) -> None:
        """Start a process on a new machine."""
        own = {"BILLFOLD_DATA_DIR": str(self.folder / name), "BILLFOLD_FILES_URL": self.bucket.url(name)}
        self.fleets[name] = Fleet(self.folder / f"{name}.log", command, {**self.shared, **own})
        self.fleets[name].start()

    def kill(self, name: str) -> None:
        """Let a machine die without a word."""
        (process,) = self.fleets.pop(name).running
        process.kill()
        process.wait()

    def stop(self) -> dict[str, list[int]]:
        """Tell all processes to stop, and give their exit codes."""
        return {name: fleet.stop() for name, fleet in self.fleets.items()}


@pytest.fixture
def outside() -> Iterator[tuple[Bucket, Peer]]:
    """S3 with a key for each machine, and a mail server."""
    keys = {name: f"secret of {name}" for name in ("one", "two", "web")}
    with s3_server(Bucket(secrets=keys)) as bucket, listening(Peer()) as peer:
        yield bucket, peer


@pytest.fixture
async def machines(
    books: Parts, database_url: str, redis_url: str, outside: tuple[Bucket, Peer], tmp_path: Path
) -> AsyncIterator[Machines]:
    """No machine yet; what they will share stands, with the sample operator's books."""
    bucket, peer = outside
    shared = {
        "BILLFOLD_DATABASE_URL": database_url,
        "BILLFOLD_REDIS_URL": redis_url,
        "BILLFOLD_SMTP_URL": f"smtp://127.0.0.1:{peer.port}?starttls=never",
        "BILLFOLD_PRESS_WORKERS": "1",
        "BILLFOLD_SCHEDULES": "false",
    }
    machines = Machines(tmp_path, shared, bucket, {})
    yield machines
    machines.stop()


async def _until(question: str) -> None:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while not await value(question):  # noqa: ASYNC110  # Another process answers, through the database.
            await asyncio.sleep(0.05)


async def test_machines_share_a_run_and_outlive_one_of_them(
    books: Parts, machines: Machines, outside: tuple[Bucket, Peer]
) -> None:
    bucket, peer = outside
    port = _free_port()
    machines.start("web", "-m", "billfold", "serve", "--port", str(port))
    machines.start("one", _WORKER, "worker")
    machines.start("two", _WORKER, "worker")
    for type_ in ("invoice", "act"):
        await runs.start(books, OPERATOR, runs.RunRequest(type=type_, period=month("2026-10")))

    async with asyncio.timeout(_PATIENCE_SECONDS):
        while not bucket.written:  # noqa: ASYNC110  # Another process writes there.
            await asyncio.sleep(0.005)
    victim = next(iter(bucket.written))
    machines.kill(victim)
    await _until("SELECT count(*) = 2 FROM runs WHERE state = 'DONE'")
    await _until("SELECT count(*) = 0 FROM deliveries WHERE state = 'PENDING'")
    read = await _read_all(books, port)
    codes = machines.stop()

    assert set(bucket.written) == {"one", "two"}
    assert [codes.get(name) for name in ("one", "two") if name != victim] == [[0]]
    assert await value("SELECT count(*) FROM documents WHERE step = 'DONE'") == 26
    assert Counter(kind for kind, _ in read) == {"PDF": 26, "STATISTICS": 12}
    assert all(is_same for _, is_same in read)
    sent = {row["message_id"] for row in await rows("SELECT message_id FROM deliveries WHERE state = 'SENT'")}
    assert {found.decode() for mail in peer.taken for found in _MESSAGE_ID.findall(mail)} == sent
    assert await value("SELECT count(*) FROM deliveries WHERE state NOT IN ('SENT', 'SKIPPED')") == 0


async def _read_all(books: Parts, port: int) -> list[tuple[str, bool]]:
    """Read every file from the web machine; gives its kind, and whether it is what was stored."""
    await tokens.add_staff(books, OPERATOR, email="reader@staff.example", role=Role.VIEWER)
    token = await tokens.create_staff_token(books, OPERATOR, email="reader@staff.example")
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {token.secret}"}, timeout=30
    ) as web:
        return [
            (row["kind"], sha256((await web.get(f"/files/{row['id']}")).content).hexdigest() == row["sha256"])
            for row in await rows("SELECT id, kind, sha256 FROM files")
        ]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
