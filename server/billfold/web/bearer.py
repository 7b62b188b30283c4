"""Bearer tokens: from the Authorization header to the viewer, and access errors as answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse

from billfold.domain.access import Viewer
from billfold.domain.errors import AccessError, Unauthenticated
from billfold.services.tokens import authenticate

_LONGEST_HEADER = 200


async def viewer_of(request: HTTPConnection, now: datetime) -> Viewer:
    """Give the viewer whose token the request carries. Raises Unauthenticated. Tokens in the URL are not looked at."""
    return await _viewer(request.headers.getlist("authorization"), now)


async def viewer_of_socket(socket: HTTPConnection, payload: Mapping[str, object], now: datetime) -> Viewer:
    """Give the viewer whose token the first message of a socket carries, or its handshake. Raises Unauthenticated.

    Browsers can set no header of a WebSocket, so `connection_init` may carry it: `{"Authorization": "Bearer bf_..."}`.
    """
    given = [value for name, value in payload.items() if name.lower() == "authorization"]
    if not given:
        return await viewer_of(socket, now)
    return await _viewer([value if isinstance(value, str) else "" for value in given], now)


async def _viewer(headers: Sequence[str], now: datetime) -> Viewer:
    scheme, _, secret = headers[0].partition(" ") if len(headers) == 1 else ("", "", "")
    if scheme.lower() != "bearer" or len(headers[0]) > _LONGEST_HEADER:
        raise Unauthenticated("A token is needed: send the header Authorization: Bearer bf_...")
    return await authenticate(secret.strip(), now)


def refusal(error: AccessError) -> JSONResponse:
    """Give the answer to a caller who may not: 401 without a valid token, 403 otherwise; the body is GraphQL's."""
    is_unknown = isinstance(error, Unauthenticated)
    return JSONResponse(
        {"errors": [{"message": error.message, "extensions": {"code": error.code}}]},
        status_code=401 if is_unknown else 403,
        headers={"WWW-Authenticate": "Bearer"} if is_unknown else None,
    )
