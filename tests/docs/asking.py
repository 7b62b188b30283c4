"""Asking what a page of the docs shows, from the real web process, as somebody would who follows it."""

import json
import shlex
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.applications import Starlette

from billfold.app import routes
from billfold.domain.access import OPERATOR, Role
from billfold.domain.errors import ProblemCode
from billfold.services import tokens
from billfold.services.parts import Parts
from tests.docs.pages import Block


class Reader:
    """Asks what a page shows: the ids of each answer are used in the next."""

    def __init__(self, http: httpx.AsyncClient, token: str, shown: Sequence[Block]) -> None:
        self._http = http
        self._token = token
        self._shown = shown
        self._known: dict[str, str] = {}

    def know(self, **values: str) -> None:
        """Take what stands for the page's own ids, by the names of the variables."""
        self._known |= values

    def known(self, name: str) -> str:
        """Give what stands for a variable."""
        return self._known[name]

    async def ask(self, title: str, *, path: str = "/graphql", token: str = "") -> Any:
        """Ask for an operation of the page with its variables; give its data, which must hold no problem."""
        at = next(at for at, block in enumerate(self._shown) if block.title == title)
        follows = self._shown[at + 1] if at + 1 < len(self._shown) else None
        variables = json.loads(follows.text) if follows and follows.language == "json" else {}
        asked = {name: self._known[name] for name in variables}
        data = await self.post(self._shown[at].text, asked, path=path, token=token)
        assert [code for code in ProblemCode if f'"{code}"' in json.dumps(data)] == [], data
        return data

    async def post(self, query: str, variables: dict[str, Any], *, path: str = "/graphql", token: str = "") -> Any:
        """Ask for an operation; give its data, which may hold a problem."""
        answer = await self._http.post(
            path,
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Bearer {token or self._token}"},
        )
        assert "errors" not in answer.json(), answer.text
        return answer.json()["data"]

    async def curl(self, title: str, **variables: str) -> httpx.Response:
        """Send what a `curl` line of the page sends."""
        line = next(block.text for block in self._shown if block.title == title)
        for name, value in {"TOKEN": self._token, **variables}.items():
            line = line.replace(f"${name}", value)
        words = shlex.split(line)
        headers = dict(words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H")
        url = next(word for word in words if word.startswith("http://"))
        if "-d" in words:
            return await self._http.post(url, content=words[words.index("-d") + 1], headers=headers)
        return await self._http.get(url, headers=headers)


@asynccontextmanager
async def reading_page(parts: Parts, shown: Sequence[Block]) -> AsyncIterator[Reader]:
    """Give somebody with a manager's token, who reads the blocks of a page."""
    await tokens.add_staff(parts, OPERATOR, email="you@example.com", role=Role.MANAGER)
    issued = await tokens.create_staff_token(parts, OPERATOR, email="you@example.com")
    app = Starlette(routes=list(routes(parts)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8000") as http:
        yield Reader(http, issued.secret, shown)
