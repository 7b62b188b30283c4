"""A manager and a client over HTTP: the web process and the worker share one data directory."""

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.journeys.commands import Shell

_PATIENCE_SECONDS = 90


class Caller:
    """Somebody with a token."""

    def __init__(self, base: str, path: str, token: str) -> None:
        self.http = httpx.Client(base_url=base, headers={"Authorization": f"Bearer {token}"}, timeout=30)
        self._path = path

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Ask a query that must be answered without an error."""
        answer = self.http.post(self._path, json={"query": query, "variables": variables}).json()
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data


@pytest.fixture
def base(filled_shell: Shell) -> Iterator[str]:
    """The address of a served sample operator, with one worker beside it."""
    shell = filled_shell
    shell.run("staff", "add", "manager@yantar.example", "--role", "manager")
    port = _free_port()
    served = [shell.start("serve", "--port", str(port)), shell.start("worker")]
    try:
        _wait_for(f"http://127.0.0.1:{port}/readyz", served[0])
        yield f"http://127.0.0.1:{port}"
    finally:
        for process in served:
            process.send_signal(signal.SIGTERM)
        for process in served:
            process.communicate(timeout=60)


def test_a_manager_runs_a_month_and_a_client_fetches_their_invoice(filled_shell: Shell, base: str) -> None:
    shell = filled_shell
    manager = Caller(base, "/graphql", shell.json("token", "create", "--staff", "manager@yantar.example")["token"])
    zorin = Caller(base, "/portal/graphql", shell.json("token", "create", "--client", "zorin")["token"])
    nobody = zorin.ask("{ documents { totalCount } }")

    run = manager.ask(_START, type="invoice", period={"from": "2026-10-01", "until": "2026-11-01"})["startRun"]
    _until_done(manager, run["id"])
    everything = manager.ask("{ documents(first: 100) { totalCount nodes { id client { code } } } }")["documents"]
    own = zorin.ask("{ documents { totalCount nodes { id number totals { gross { amount } } files { url name } } } }")
    file = zorin.http.get(own["documents"]["nodes"][0]["files"][0]["url"])
    foreign = next(one["id"] for one in everything["nodes"] if one["client"]["code"] != "zorin")

    assert nobody["documents"]["totalCount"] == 0
    assert everything["totalCount"] == 13
    assert own["documents"]["totalCount"] == 1
    assert own["documents"]["nodes"][0]["totals"]["gross"]["amount"] == "1130.97"
    assert (file.status_code, file.headers["content-type"], file.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert zorin.ask("query($id: ID!) { document(id: $id) { number } }", id=foreign) == {"document": None}
    assert len(list((shell.data_dir / "mail").glob("*.eml"))) == 12


def test_the_demo_serves_the_query_page(shell: Shell) -> None:
    port = _free_port()
    served = shell.start("demo", BILLFOLD_PORT=str(port))
    try:
        _wait_for(f"http://127.0.0.1:{port}/readyz", served)

        page = httpx.get(f"http://127.0.0.1:{port}/graphql", headers={"Accept": "text/html"})
    finally:
        served.send_signal(signal.SIGTERM)
        served.communicate(timeout=60)

    assert (page.status_code, page.headers["content-type"].partition(";")[0]) == (200, "text/html")


_START = """
mutation($type: String!, $period: PeriodInput!) {
  startRun(input: {type: $type, period: $period}) { ... on Run { id state } ... on Problem { code message } }
}
"""


def _until_done(manager: Caller, run: str) -> None:
    question = "query($id: ID!) { node(id: $id) { ... on Run { state } } deliveries(first: 100) { nodes { state } } }"
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        answer = manager.ask(question, id=run)
        states = {one["state"] for one in answer["deliveries"]["nodes"]}
        if answer["node"]["state"] == "DONE" and "PENDING" not in states:
            return
        time.sleep(0.2)
    raise AssertionError(f"The run was not done within {_PATIENCE_SECONDS} s: {answer}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_for(url: str, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[0]
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"{url} did not answer within {_PATIENCE_SECONDS} s.")
