"""Expiring files: what is over goes from the store and from the books, and nothing else does."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from billfold.adapters.file_store import ObstoreFileStore, StoredFile
from billfold.database.connection import writing
from billfold.database.stored_files import NewFile, keep_stored_file
from billfold.domain.clock import FixedClock
from billfold.domain.errors import PassingError
from billfold.domain.lifecycle import FileKind
from billfold.services.expiring import remove_expired
from billfold.services.parts import Parts
from billfold.services.working import sweep
from tests.conftest import NOW
from tests.services.asking import value

DAY = timedelta(days=1)


async def keep(stored: StoredFile, *, until: datetime | None) -> UUID:
    file = NewFile(FileKind.PREVIEW, "invoice.pdf", "application/pdf", stored.size, stored.sha256, stored.key)
    async with writing() as connection:
        return await keep_stored_file(connection, file, actor="me", now=NOW, expires_at=until)


async def known() -> int:
    return int(await value("SELECT count(*) FROM stored_files"))


def later(parts: Parts, by: timedelta) -> Parts:
    return replace(parts, clock=FixedClock(NOW + by))


async def test_the_sweep_removes_what_is_over_and_leaves_the_same_bytes_of_a_document(parts: Parts) -> None:
    of_document = await parts.files.put(b"paper")
    preview = await parts.files.put(b"paper", is_expiring=True)
    await keep(preview, until=NOW + DAY)

    await sweep(later(parts, DAY - timedelta(seconds=1)))
    before = (await known(), await parts.files.exists(preview.key))
    await sweep(later(parts, DAY))

    assert before == (1, True)
    assert (await known(), await parts.files.exists(preview.key)) == (0, False)
    assert await parts.files.get(of_document.key) == b"paper"


async def test_bytes_that_somebody_has_still_go_with_the_last_one(parts: Parts) -> None:
    preview = await parts.files.put(b"paper", is_expiring=True)
    await keep(preview, until=NOW + DAY)
    await keep(preview, until=NOW + 2 * DAY)

    first = await remove_expired(later(parts, DAY))
    between = (await known(), await parts.files.get(preview.key))
    second = await remove_expired(later(parts, 2 * DAY))

    assert (first, between, second) == (1, (1, b"paper"), 1)
    assert (await known(), await parts.files.exists(preview.key)) == (0, False)


async def test_what_was_stored_among_the_kept_files_is_forgotten_and_stays_there(parts: Parts) -> None:
    stored = await parts.files.put(b"paper")
    await keep(stored, until=NOW)
    await keep(stored, until=None)

    removed = await remove_expired(parts)

    assert (removed, await known(), await parts.files.get(stored.key)) == (1, 1, b"paper")


async def test_a_store_that_is_away_leaves_it_for_the_next_time(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    await keep(await parts.files.put(b"paper", is_expiring=True), until=NOW)

    async def away(_store: object, _key: str) -> None:
        raise PassingError("The file store failed.")

    with monkeypatch.context() as patched:
        patched.setattr(ObstoreFileStore, "delete", away)
        with pytest.raises(PassingError):
            await remove_expired(parts)
    again = await remove_expired(parts)

    assert (again, await known()) == (1, 0)
