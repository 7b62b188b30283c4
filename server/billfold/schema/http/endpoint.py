"""GraphQL over HTTP: strict in what it takes, exact in what it answers (the GraphQL-over-HTTP specification)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from graphql import ExecutionResult
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from billfold.database.reading.plans import Planner
from billfold.domain.access import Viewer
from billfold.domain.errors import AccessError
from billfold.schema.context import Context
from billfold.schema.faces import Face
from billfold.schema.http.graphiql import PAGE
from billfold.schema.http.json_bodies import BadRequest, bad_request, read_object
from billfold.schema.limits import Limits
from billfold.services.parts import Parts

_EXACT = "application/graphql-response+json"
# An answer holds what one token may see.
_HEADERS = {"Cache-Control": "private, no-store", "Vary": "Authorization", "X-Content-Type-Options": "nosniff"}
_NAMES: Mapping[type, str] = {str: "a string", dict: "an object"}


@dataclass(frozen=True, slots=True)
class Operation:
    """What a request asks to carry out."""

    query: str
    variables: dict[str, Any] | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Gate:
    """Who calls, and how they are turned away: `identify` raises Unauthenticated, `refuse` makes its answer."""

    identify: Callable[[Request, datetime], Awaitable[Viewer]]
    refuse: Callable[[AccessError], Response]


class GraphQLEndpoint:
    """Answers GraphQL requests for one face; every refusal is JSON, and none of them a 500."""

    def __init__(self, parts: Parts, face: Face, gate: Gate, *, is_graphiql: bool) -> None:
        self._parts = parts
        self._face = face
        self._gate = gate
        self._planner = Planner(face.schema.catalog, {"document_type": face.find_type})
        self._is_graphiql = is_graphiql

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        await (await self._answer(request))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method != "POST":
            return self._page(request)
        try:
            # Who calls is found out once, before anything of the request is read.
            context = await self._context(request)
            schema = self._face.schema
            operation = read_operation(await read_object(request, limit=schema.limits.body_bytes), schema.limits)
            return _response(
                request, await schema.execute(operation.query, operation.variables, context, operation.name)
            )
        except AccessError as error:
            return self._gate.refuse(error)
        except BadRequest as error:
            return bad_request(error)

    def _page(self, request: Request) -> Response:
        if self._is_graphiql and request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            return HTMLResponse(PAGE, headers=_HEADERS)
        refused = bad_request(BadRequest(405, "Send operations by POST."))
        refused.headers["Allow"] = "POST"
        return refused

    async def _context(self, request: Request) -> Context:
        now = self._parts.clock.now()
        viewer = await self._gate.identify(request, now)
        self._face.admit(viewer)
        return Context(
            parts=self._parts,
            viewer=viewer,
            planner=self._planner,
            plans=self._face.schema.plans,
            now=now,
            document_types=self._face.document_types,
            idempotency_key=request.headers.get("idempotency-key"),
        )


def read_operation(data: Mapping[str, Any], limits: Limits) -> Operation:
    """Read what is asked for out of the object that asks. Raises BadRequest."""
    query = _part(data, "query", str)
    if not query:
        raise BadRequest(400, "The field query must hold a GraphQL operation.")
    if len(query) > limits.query_characters:
        raise BadRequest(400, f"The query is longer than {limits.query_characters} characters.")
    _part(data, "extensions", dict)
    return Operation(query, _part(data, "variables", dict), _part(data, "operationName", str))


def _part(data: Mapping[str, Any], name: str, expected: type) -> Any:
    found = data.get(name)
    if found is not None and not isinstance(found, expected):
        raise BadRequest(400, f"The field {name} must be {_NAMES[expected]}, or null.")
    return found


def answer_of(result: ExecutionResult) -> dict[str, Any]:
    """Give the result as the object that is sent; one that was never carried out has no `data` in it."""
    errors = [error.formatted for error in result.errors or ()]
    answer: dict[str, Any] = {"errors": errors} if errors else {}
    # An error inside the data has a path.
    if result.data is not None or any("path" in error for error in errors):
        answer["data"] = result.data
    return answer


def _response(request: Request, result: ExecutionResult) -> Response:
    answer = answer_of(result)
    is_refused = "data" not in answer
    is_exact = _EXACT in request.headers.get("accept", "")
    return Response(
        orjson.dumps(answer),
        status_code=400 if is_exact and is_refused else 200,
        media_type=_EXACT if is_exact else "application/json",
        headers=_HEADERS,
    )
