"""The home page: says what runs here."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from billfold import __version__

PATHS = {
    "/graphql": "the managers' schema, by POST; subscriptions by WebSocket",
    "/portal/graphql": "the clients' schema, by POST",
    "/files/{id}": "a document's file",
    "/livez": "whether the process lives",
    "/readyz": "whether it can work",
}


async def home(request: Request) -> Response:
    """Tell the name, the version and the paths: as HTML to browsers, as JSON to others."""
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(_page())
    return JSONResponse({"name": "billfold", "version": __version__, "paths": PATHS})


def _page() -> str:
    rows = "".join(f"<tr><td><code>{escape(path)}</code><td>{escape(what)}" for path, what in PATHS.items())
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Billfold</title>'
        "<style>body{font:16px/1.5 system-ui;margin:3rem}td{padding:.2rem 1rem .2rem 0}</style>"
        f"<h1>Billfold {escape(__version__)}</h1><p>A billing-document server.</p><table>{rows}</table></html>"
    )
