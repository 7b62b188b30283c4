"""Files: `GET /files/{id}`, for whoever may read the document, through the one door."""

import string
from collections.abc import AsyncIterator
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from billfold.database.reading.conditions import raw_id
from billfold.database.reading.files import ReadableFile, find_file
from billfold.domain.access import Scope
from billfold.domain.errors import AccessError, NotFound
from billfold.services.parts import Parts
from billfold.web.bearer import refusal, viewer_of

# What old programs read in a quoted name without trouble.
_PLAIN = frozenset(string.ascii_letters + string.digits + " ._-()+,#")


class FileEndpoint:
    """Serves stored files; what the viewer may not read is not found."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def serve(self, request: Request) -> Response:
        """Answer one download."""
        try:
            found = await self._find(request)
        except AccessError as error:
            return refusal(error)
        if found is None:
            return _not_found()
        headers = _headers(found)
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        if request.method == "HEAD":
            return Response(headers=headers, media_type=found.media_type)
        return await self._content(found, headers)

    async def _find(self, request: Request) -> ReadableFile | None:
        now = self._parts.clock.now()
        viewer = await viewer_of(request, now)
        viewer.require(Scope.PORTAL_DOWNLOAD if viewer.is_client else Scope.DOCUMENTS_READ)
        key = _file_id(request.path_params["id"])
        return None if key is None else await find_file(viewer, key, now)

    async def _content(self, found: ReadableFile, headers: dict[str, str]) -> Response:
        chunks = self._parts.files.iterate(found.key)
        try:
            # The first chunk is taken here, so that a missing file is told as one.
            first = await anext(chunks, b"")
        except NotFound:
            return _not_found()
        return StreamingResponse(_rest(first, chunks), headers=headers, media_type=found.media_type)


async def _rest(first: bytes, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in chunks:
        yield chunk


def _file_id(text: str) -> UUID | None:
    return raw_id("file", text if text.startswith("file_") else f"file_{text}")


def _headers(found: ReadableFile) -> dict[str, str]:
    return {
        "Content-Length": str(found.size),
        "Content-Disposition": content_disposition(found.name),
        "ETag": f'"{found.sha256}"',
        "Cache-Control": "private, no-store",
        "Vary": "Authorization",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }


def content_disposition(name: str) -> str:
    """Give the header for a download: an ASCII name for old programs, and the real one after RFC 5987."""
    plain = "".join(letter if letter in _PLAIN else "_" for letter in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _not_found() -> Response:
    return JSONResponse({"errors": [{"message": "No such file."}]}, status_code=404)
