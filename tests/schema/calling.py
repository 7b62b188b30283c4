"""Calling the faces over HTTP, in process."""

from dataclasses import dataclass
from typing import Any

import httpx
from starlette.applications import Starlette

from billfold.app import routes
from billfold.domain.access import OPERATOR, Role, Scope
from billfold.services import tokens
from billfold.services.parts import Parts
from tests.schema.world import World


@dataclass
class Caller:
    """Somebody with a token, or without one, at one face."""

    http: httpx.AsyncClient
    path: str
    token: str | None

    async def post(self, query: str, **variables: Any) -> httpx.Response:
        """Send an operation."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return await self.http.post(self.path, json={"query": query, "variables": variables}, headers=headers)

    async def answer(self, query: str, **variables: Any) -> dict[str, Any]:
        """Give the whole answer."""
        found: dict[str, Any] = (await self.post(query, **variables)).json()
        return found

    async def data(self, query: str, **variables: Any) -> dict[str, Any]:
        """Give the data of an operation that must succeed."""
        answer = await self.answer(query, **variables)
        assert "errors" not in answer, answer["errors"]
        found: dict[str, Any] = answer["data"]
        return found

    async def code(self, query: str, **variables: Any) -> str:
        """Give the code of the first error of an operation that must fail."""
        answer = await self.answer(query, **variables)
        assert "errors" in answer, answer
        code: str = answer["errors"][0].get("extensions", {}).get("code", "none")
        return code


def open_http(parts: Parts) -> httpx.AsyncClient:
    """Open a client on the web process, in this process."""
    app = Starlette(routes=list(routes(parts, is_graphiql=True)))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://billfold.test")


class Faces:
    """Makes callers of every kind."""

    def __init__(self, parts: Parts, http: httpx.AsyncClient) -> None:
        self.parts = parts
        self.http = http

    async def staff(self, role: Role = Role.MANAGER, *scopes: Scope) -> Caller:
        """Give a member of staff of the role, perhaps with fewer scopes."""
        email = f"{role.value}@staff.example"
        await tokens.add_staff(self.parts, OPERATOR, email=email, role=role)
        issued = await tokens.create_staff_token(self.parts, OPERATOR, email=email, scopes=scopes)
        return Caller(self.http, "/graphql", issued.secret)

    async def client(self, world: World, name: str, **narrowing: Any) -> Caller:
        """Give a client at the clients' face."""
        issued = await tokens.create_client_token(self.parts, OPERATOR, client_id=world.ids[name], **narrowing)
        return Caller(self.http, "/portal/graphql", issued.secret)

    def nobody(self, path: str) -> Caller:
        """Give a caller without a token."""
        return Caller(self.http, path, None)
