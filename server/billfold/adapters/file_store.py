"""The store of finished files, addressed by their content: a folder, S3, or memory, behind one protocol."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, S3Store

from billfold.domain.errors import NotFound, OperatorError, PassingError

if TYPE_CHECKING:
    # These names exist for the type checker only.
    from obstore.store import ClientConfig, ObjectStore, RetryConfig, S3Config

CHUNK_BYTES = 256 * 1024
# A large file goes out in parts of 5 MiB; so many of them are held in memory.
_PARTS_AT_ONCE = 4

# What expires lies apart from what is kept, so its end can never be that of a file of the same bytes that stays.
_EXPIRING = "expiring/"
_KEY = re.compile(r"(?:expiring/)?([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})")
_CLIENT: "ClientConfig" = {"connect_timeout": timedelta(seconds=5), "timeout": timedelta(seconds=30)}
# Longer faults are for the step's own retries, which are seen and counted.
_RETRIES: "RetryConfig" = {"max_retries": 3, "retry_timeout": timedelta(seconds=30)}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the store; `sha256` is in hex, `key` follows from it."""

    sha256: str
    size: int
    key: str


class FileStore(Protocol):
    """Keeps files under the hash of their content; every outward fault is a PassingError."""

    async def put(self, data: bytes, *, is_expiring: bool = False) -> StoredFile:
        """Store the bytes; may be repeated: the same bytes have the same key and are written once.

        Those that are to be deleted one day have another key than the same bytes that are kept.
        """

    async def put_file(self, path: Path) -> StoredFile:
        """Store a file of the machine, as `put` does, without holding it in memory; it must not change meanwhile."""

    async def get(self, key: str) -> bytes:
        """Give the bytes, checked against the key.

        Raises NotFound when they are missing, OperatorError when they are damaged.
        """

    def iterate(self, key: str) -> AsyncIterator[bytes]:
        """Give the bytes in chunks; the last one comes only when the whole is known to be undamaged.

        Raises as `get` does.
        """

    async def exists(self, key: str) -> bool:
        """Tell whether the file is there."""

    async def delete(self, key: str) -> None:
        """Delete a file that was put as expiring, and leave any other; may be repeated."""


class ObstoreFileStore:
    """A FileStore on any store of the package obstore."""

    def __init__(self, store: "ObjectStore") -> None:
        self._store = store

    async def put(self, data: bytes, *, is_expiring: bool = False) -> StoredFile:
        stored = _named(await asyncio.to_thread(_sha256, data), len(data))
        return await self._put(replace(stored, key=_EXPIRING + stored.key) if is_expiring else stored, data)

    async def put_file(self, path: Path) -> StoredFile:
        return await self._put(await asyncio.to_thread(_measured, path), path)

    async def _put(self, stored: StoredFile, content: bytes | Path) -> StoredFile:
        # The size tells a whole file from one that a power cut has left empty.
        if await self._size(stored.key) != stored.size:
            with _outward(stored.key):
                await self._store.put_async(stored.key, content, max_concurrency=_PARTS_AT_ONCE)
        return stored

    async def get(self, key: str) -> bytes:
        digest = _digest_of(key)
        with _outward(key):
            found = await self._store.get_async(key)
            data = bytes(await found.bytes_async())
        if await asyncio.to_thread(_sha256, data) != digest:
            raise _damaged(key)
        return data

    async def iterate(self, key: str) -> AsyncIterator[bytes]:
        digest, seen, held = _digest_of(key), hashlib.sha256(), b""
        with _outward(key):
            found = await self._store.get_async(key)
            async for chunk in found.stream(min_chunk_size=CHUNK_BYTES):
                if held:
                    yield held
                held = bytes(chunk)
                seen.update(held)
        if seen.hexdigest() != digest:
            raise _damaged(key)
        if held:
            yield held

    async def exists(self, key: str) -> bool:
        return _KEY.fullmatch(key) is not None and await self._size(key) is not None

    async def delete(self, key: str) -> None:
        if key.startswith(_EXPIRING) and await self.exists(key):
            with _outward(key):
                await self._store.delete_async(key)

    async def _size(self, key: str) -> int | None:
        try:
            with _outward(key):
                return (await self._store.head_async(key))["size"]
        except NotFound:
            return None


def open_file_store(url: str) -> FileStore:
    """Give the store at `file:///folder`, `s3://bucket/prefix?region=...` or `memory:///`.

    The query of an S3 address holds obstore's settings, such as `region`, `endpoint`, `access_key_id`; what it leaves
    out comes from the usual AWS_* variables. Raises OperatorError for an address that cannot be used.
    """
    scheme = urlsplit(url).scheme
    try:
        if scheme == "file":
            return ObstoreFileStore(LocalStore(Path(unquote(urlsplit(url).path)), mkdir=True))
        if scheme == "s3":
            return ObstoreFileStore(_open_s3(url))
    except (BaseError, OSError, ValueError) as error:
        # The address may hold a secret key, so it is not repeated.
        raise OperatorError(f"BILLFOLD_FILES_URL ({scheme}:) cannot be opened: {error}.") from error
    if scheme == "memory":
        return ObstoreFileStore(MemoryStore())
    raise OperatorError(f"BILLFOLD_FILES_URL has the unknown scheme {scheme!r}: use file:, s3: or memory:.")


def _open_s3(url: str) -> S3Store:
    parts = urlsplit(url)
    settings = dict(parse_qsl(parts.query, keep_blank_values=True))
    client: ClientConfig = {**_CLIENT, "allow_http": settings.pop("allow_http", "false") == "true"}
    # The settings are the operator's text; obstore checks each name and value itself.
    config = cast("S3Config", settings)
    return S3Store.from_url(
        parts._replace(query="").geturl(), config=config, client_options=client, retry_config=_RETRIES
    )


@contextmanager
def _outward(key: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise NotFound(f"The file {key} is not in the store.") from None
    except (BaseError, OSError) as error:
        raise PassingError(f"The file store failed at {key}: {error}.") from error


def _digest_of(key: str) -> str:
    match = _KEY.fullmatch(key)
    if match is None:
        raise NotFound(f"{key!r} is not the key of a stored file.")
    return match[3]


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _measured(path: Path) -> StoredFile:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return _named(digest, path.stat().st_size)


def _named(digest: str, size: int) -> StoredFile:
    return StoredFile(digest, size, f"{digest[:2]}/{digest[2:4]}/{digest}")


def _damaged(key: str) -> OperatorError:
    return OperatorError(f"The stored file {key} is damaged: restore it from a backup, or print the document again.")
