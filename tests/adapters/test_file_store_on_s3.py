"""The file store on S3: what is put comes back, large files go in parts, and every fault is told as what it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from billfold.adapters.file_store import FileStore, StoredFile, open_file_store
from billfold.domain.errors import NotFound, OperatorError, PassingError
from tests.adapters.s3_server import Bucket, s3_server

KEY = "2c/f2/2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
HELLO = StoredFile("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", 5, KEY)


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with s3_server(Bucket()) as bucket:
        yield bucket


@pytest.fixture
def store(bucket: Bucket) -> FileStore:
    return open_file_store(bucket.url())


async def _read(store: FileStore, key: str) -> bytes:
    return b"".join([chunk async for chunk in store.iterate(key)])


async def test_what_is_put_comes_back_and_is_written_once(store: FileStore, bucket: Bucket) -> None:
    stored = [await store.put(b"hello"), await store.put(b"hello")]

    assert stored == [HELLO, HELLO]
    assert bucket.objects == {f"all/{KEY}": b"hello"}
    assert (await store.get(KEY), await _read(store, KEY), await store.exists(KEY)) == (b"hello", b"hello", True)
    assert bucket.written == {"key": 1}


async def test_a_large_file_goes_in_parts_and_comes_in_chunks(store: FileStore, bucket: Bucket, tmp_path: Path) -> None:
    content = bytes(range(256)) * 48 * 1024
    (tmp_path / "large").write_bytes(content)

    stored = await store.put_file(tmp_path / "large")

    assert (stored.size, await _read(store, stored.key)) == (12_582_912, content)
    # One begins it, three carry 5 MiB at most, and one ends it.
    assert (bucket.requests["POST"], bucket.requests["PUT"]) == (2, 3)
    assert bucket.parts == {}


async def test_a_file_that_was_written_in_part_is_written_again(store: FileStore, bucket: Bucket) -> None:
    bucket.objects[f"all/{KEY}"] = b"hel"

    await store.put(b"hello")

    assert bucket.objects == {f"all/{KEY}": b"hello"}


async def test_what_is_missing_is_not_found(store: FileStore) -> None:
    with pytest.raises(NotFound, match="is not in the store"):
        await store.get(KEY)
    with pytest.raises(NotFound, match="is not in the store"):
        await _read(store, KEY)

    assert await store.exists(KEY) is False


async def test_what_is_damaged_is_told_and_not_given(store: FileStore, bucket: Bucket) -> None:
    bucket.objects[f"all/{KEY}"] = b"hellO"

    with pytest.raises(OperatorError, match="is damaged"):
        await store.get(KEY)
    with pytest.raises(OperatorError, match="is damaged"):
        await _read(store, KEY)


async def test_a_server_that_is_busy_for_a_moment_is_asked_again(store: FileStore, bucket: Bucket) -> None:
    bucket.faults.extend([503, 503])
    await store.put(b"hello")
    bucket.faults.extend([503, 500])

    assert await store.get(KEY) == b"hello"
    assert not bucket.faults


async def test_a_server_that_stays_busy_may_pass(store: FileStore, bucket: Bucket) -> None:
    bucket.faults.extend([503] * 4)

    with pytest.raises(PassingError, match="The file store failed at 2c/f2/"):
        await store.get(KEY)


@pytest.mark.parametrize(("key", "secret"), [("key", "wrong"), ("stranger", "secret")])
async def test_a_wrong_key_is_refused_and_told_without_the_secret(bucket: Bucket, key: str, secret: str) -> None:
    store = open_file_store(bucket.url(key, secret))

    with pytest.raises(PassingError) as told:
        await store.put(b"hello")

    assert bucket.objects == {}
    assert secret not in str(told.value)


async def test_a_server_that_is_gone_may_come_back() -> None:
    with s3_server(Bucket()) as bucket:
        store = open_file_store(bucket.url())
        await store.put(b"hello")

    with pytest.raises(PassingError):
        await store.get(KEY)
    with pytest.raises(PassingError):
        await store.exists(KEY)
