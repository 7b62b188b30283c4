"""An S3 of the tests' own: one bucket in memory behind signed requests, which fails as a test tells it.

It speaks what the file store asks for: objects put, read and looked at, and uploads in parts.
"""

import hashlib
import hmac
import re
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from urllib.parse import quote

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_MOST_BYTES = 32 * 1024 * 1024
_SIGNED = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<scope>\d{8}/[^/]+/s3/aws4_request), ?"
    r"SignedHeaders=(?P<headers>[a-z0-9;-]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass
class Bucket:
    """What lies in the bucket, who put how much there, and the statuses that the next requests are answered with."""

    secrets: dict[str, str] = field(default_factory=lambda: {"key": "secret"})
    objects: dict[str, bytes] = field(default_factory=dict)
    parts: dict[str, dict[int, bytes]] = field(default_factory=dict)
    faults: deque[int] = field(default_factory=deque)
    # By method; and what was written, by whose key.
    requests: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)
    port: int = 0

    def url(self, key: str = "key", secret: str | None = None) -> str:
        """Give the address of the bucket for the store, with the settings of whoever holds the key."""
        known = quote(self.secrets.get(key, "") if secret is None else secret, safe="")
        return (
            f"s3://papers/all?endpoint=http://127.0.0.1:{self.port}&region=test&allow_http=true"
            f"&access_key_id={key}&secret_access_key={known}"
        )

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        body = await request.body()
        self.requests[request.method] += 1
        if self.faults:
            return _refusal(self.faults.popleft(), "SlowDown")
        key = _signer(request, self.secrets)
        if key is None:
            return _refusal(403, "SignatureDoesNotMatch")
        if len(body) > _MOST_BYTES:
            return _refusal(400, "EntityTooLarge")
        name = request.path_params["name"]
        if request.method in ("PUT", "POST"):
            return self._write(request, name, body, key)
        if name not in self.objects:
            return _refusal(404, "NoSuchKey")
        return _given(self.objects[name])

    def _write(self, request: Request, name: str, body: bytes, key: str) -> Response:
        asked = request.query_params
        if "uploads" in asked:
            upload = f"upload-{len(self.parts) + 1}"
            self.parts[upload] = {}
            return _told(
                f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
            )
        if "partNumber" in asked:
            self.parts[asked["uploadId"]][int(asked["partNumber"])] = body
            return Response(headers={"ETag": _tag(body)})
        if "uploadId" in asked:
            parts = self.parts.pop(asked["uploadId"])
            body = b"".join(parts[number] for number in sorted(parts))
        self.objects[name] = body
        self.written[key] += 1
        if "uploadId" in asked:
            return _told(f"<CompleteMultipartUploadResult><ETag>{_tag(body)}</ETag></CompleteMultipartUploadResult>")
        return Response(headers={"ETag": _tag(body)})


@contextmanager
def s3_server(bucket: Bucket) -> Iterator[Bucket]:
    """Serve the bucket on a free port of this machine, in a thread of its own."""
    app = Starlette(routes=[Route("/papers/{name:path}", bucket.answer, methods=["GET", "HEAD", "PUT", "POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_level="critical"))
    thread = threading.Thread(target=server.run, name="s3")
    thread.start()
    while not server.started:
        time.sleep(0.005)
    bucket.port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield bucket
    finally:
        server.should_exit = server.force_exit = True
        thread.join()


def _signer(request: Request, secrets: dict[str, str]) -> str | None:
    """Give the key that the request is signed with by AWS's Signature 4; None when it is not, or wrongly."""
    signed = _SIGNED.fullmatch(request.headers.get("authorization", ""))
    if signed is None or signed["key"] not in secrets:
        return None
    query = "&".join(sorted(one if "=" in one else f"{one}=" for one in request.url.query.split("&") if one))
    headers = "".join(f"{name}:{request.headers.get(name, '').strip()}\n" for name in signed["headers"].split(";"))
    canonical = "\n".join(
        [
            request.method,
            request.scope["raw_path"].decode(),
            query,
            headers,
            signed["headers"],
            request.headers.get("x-amz-content-sha256", ""),
        ]
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", request.headers.get("x-amz-date", ""), signed["scope"], digest])
    key = f"AWS4{secrets[signed['key']]}".encode()
    for part in signed["scope"].split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    is_right = hmac.compare_digest(hmac.digest(key, text.encode(), "sha256").hex(), signed["signature"])
    return signed["key"] if is_right else None


def _given(content: bytes) -> Response:
    headers = {"ETag": _tag(content), "Last-Modified": formatdate(usegmt=True)}
    return Response(content, headers=headers, media_type="application/octet-stream")


def _told(xml: str) -> Response:
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>{xml}', media_type="application/xml")


def _refusal(status: int, code: str) -> Response:
    answer = _told(f"<Error><Code>{code}</Code><Message>{code}</Message></Error>")
    answer.status_code = status
    return answer


def _tag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
