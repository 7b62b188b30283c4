"""The file store: content-addressed, on a folder and in memory, and what it says when something is wrong."""

from pathlib import Path

import pytest

from billfold.adapters.file_store import FileStore, StoredFile, open_file_store
from billfold.domain.errors import NotFound, OperatorError, PassingError

KEY = "2c/f2/2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
HELLO = StoredFile("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", 5, KEY)
EMPTY_KEY = "e3/b0/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "файлы и папки"


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, folder: Path) -> FileStore:
    return open_file_store(folder.as_uri() if request.param == "file" else "memory:///")


@pytest.fixture
def folder_store(folder: Path) -> FileStore:
    return open_file_store(folder.as_uri())


async def collected(store: FileStore, key: str) -> list[bytes]:
    return [chunk async for chunk in store.iterate(key)]


async def test_file_comes_back_under_the_hash_of_its_content(store: FileStore) -> None:
    stored = await store.put(b"hello")

    assert (stored, await store.get(KEY), await store.exists(KEY)) == (HELLO, b"hello", True)


async def test_file_of_the_machine_comes_back_as_its_bytes_would(store: FileStore, tmp_path: Path) -> None:
    path = tmp_path / "hello"
    path.write_bytes(b"hello")

    stored = await store.put_file(path)

    assert (stored, await store.get(KEY), path.exists()) == (HELLO, b"hello", True)


@pytest.mark.parametrize("size", [0, 12_000_000])
async def test_file_of_any_size_is_stored_whole(store: FileStore, tmp_path: Path, size: int) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"x" * size)

    stored = await store.put_file(path)

    assert (stored.size, sum([len(chunk) async for chunk in store.iterate(stored.key)])) == (size, size)


async def test_same_bytes_are_written_once(folder_store: FileStore, folder: Path) -> None:
    await folder_store.put(b"hello")
    written = (folder / KEY).stat().st_mtime_ns

    stored = await folder_store.put(b"hello")

    assert (stored, (folder / KEY).stat().st_mtime_ns) == (HELLO, written)


async def test_file_that_a_power_cut_left_empty_is_written_again(folder_store: FileStore, folder: Path) -> None:
    await folder_store.put(b"hello")
    (folder / KEY).write_bytes(b"")

    await folder_store.put(b"hello")

    assert await folder_store.get(KEY) == b"hello"


async def test_folder_can_be_read_by_the_next_process(folder_store: FileStore, folder: Path) -> None:
    await folder_store.put(b"hello")

    assert await open_file_store(folder.as_uri()).get(KEY) == b"hello"


async def test_large_file_comes_in_chunks(store: FileStore) -> None:
    data = bytes(range(256)) * 4096
    stored = await store.put(data)

    chunks = await collected(store, stored.key)

    assert b"".join(chunks) == data


async def test_folder_hands_out_more_than_one_chunk(folder_store: FileStore) -> None:
    stored = await folder_store.put(b"x" * 1_000_000)

    chunks = await collected(folder_store, stored.key)

    assert [len(chunk) for chunk in chunks] == [262144, 262144, 262144, 213568]


async def test_empty_file_is_a_file(store: FileStore) -> None:
    stored = await store.put(b"")

    assert (stored.key, await store.get(EMPTY_KEY), await collected(store, EMPTY_KEY)) == (EMPTY_KEY, b"", [])


async def test_expiring_file_lies_apart_and_its_end_leaves_the_same_bytes_that_are_kept(store: FileStore) -> None:
    kept = await store.put(b"hello")
    expiring = await store.put(b"hello", is_expiring=True)

    before = await store.get(expiring.key)
    await store.delete(expiring.key)
    await store.delete(expiring.key)

    assert (expiring.key, expiring.sha256, before) == (f"expiring/{KEY}", kept.sha256, b"hello")
    assert (await store.exists(expiring.key), await store.get(kept.key)) == (False, b"hello")


async def test_file_that_is_kept_is_never_deleted(store: FileStore) -> None:
    await store.put(b"hello")

    await store.delete(KEY)

    assert await store.get(KEY) == b"hello"


async def test_missing_file_is_not_found(store: FileStore) -> None:
    with pytest.raises(NotFound, match="is not in the store"):
        await store.get(KEY)
    with pytest.raises(NotFound, match="is not in the store"):
        await collected(store, KEY)

    assert await store.exists(KEY) is False


@pytest.mark.parametrize("key", ["", "../../etc/passwd", KEY.upper(), "aa/bb/" + HELLO.sha256, KEY + "/x", KEY + "\n"])
async def test_what_is_no_key_is_not_found(store: FileStore, key: str) -> None:
    await store.put(b"hello")

    with pytest.raises(NotFound, match="is not the key of a stored file"):
        await store.get(key)

    assert await store.exists(key) is False


async def test_damaged_file_is_told_and_not_given(folder_store: FileStore, folder: Path) -> None:
    await folder_store.put(b"hello")
    (folder / KEY).write_bytes(b"hellO")

    with pytest.raises(OperatorError, match="is damaged: restore it from a backup"):
        await folder_store.get(KEY)


async def test_damaged_file_never_ends_its_stream(folder_store: FileStore, folder: Path) -> None:
    stored = await folder_store.put(b"x" * 600_000)
    (folder / stored.key).write_bytes(b"x" * 599_999 + b"y")

    chunks = folder_store.iterate(stored.key)
    received = [len(await anext(chunks)), len(await anext(chunks))]

    assert received == [262144, 262144]
    with pytest.raises(OperatorError, match="is damaged"):
        await anext(chunks)


async def test_fault_of_the_disk_may_pass(folder_store: FileStore, folder: Path) -> None:
    (folder / "2c").write_bytes(b"a file where a folder should be")

    with pytest.raises(PassingError, match="The file store failed at 2c/f2/"):
        await folder_store.put(b"hello")


async def test_unreachable_s3_may_pass() -> None:
    address = (
        "s3://bucket/prefix?endpoint=http://127.0.0.1:9&region=x&access_key_id=a&secret_access_key=b&allow_http=true"
    )
    store = open_file_store(address)

    with pytest.raises(PassingError, match="The file store failed at 2c/f2/"):
        await store.put(b"hello")


@pytest.mark.parametrize(
    ("url", "mend"),
    [
        ("ftp://host/files", "unknown scheme 'ftp': use file:, s3: or memory:"),
        ("s3://bucket?colour=red", "cannot be opened"),
        ("file:///dev/null/files", "cannot be opened"),
    ],
)
def test_address_that_cannot_be_used_is_refused_at_start(url: str, mend: str) -> None:
    with pytest.raises(OperatorError, match=mend):
        open_file_store(url)
