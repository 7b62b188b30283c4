"""Numbers: drawn without gaps by many at once, and given back by a rollback."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from billfold.database.connection import reading, writing
from billfold.database.numbers import Move, lock_series, move_series, record_void
from tests.factories_rows import add_document, add_enterprise

SERIES = "invoice:2026"


class RolledBackError(Exception):
    """Makes a transaction roll back."""


@pytest.fixture
async def enterprise_id(database: str) -> UUID:
    async with writing() as connection:
        return await add_enterprise(connection)


async def draw_counters(
    connection: asyncpg.Connection, enterprise_id: UUID, key: str, *, start: int, count: int
) -> tuple[UUID, int]:
    """Draw a block of counters of one series; gives its id and the first of them."""
    (series,) = await lock_series(connection, [(enterprise_id, key, start)])
    await move_series(connection, "invoice", [], [Move(series.id, series.next_counter + count)])
    return series.id, series.next_counter


async def draw(enterprise_id: UUID, *, start: int = 1, count: int = 1, key: str = SERIES) -> int:
    async with writing() as connection:
        _, first = await draw_counters(connection, enterprise_id, key, start=start, count=count)
    return first


async def test_a_new_series_begins_at_its_start(enterprise_id: UUID) -> None:
    assert await draw(enterprise_id, start=1_000) == 1_000


async def test_a_block_follows_the_block_before(enterprise_id: UUID) -> None:
    firsts = [await draw(enterprise_id, count=count) for count in (3, 1, 5, 1)]

    assert firsts == [1, 4, 5, 10]


async def test_each_series_counts_for_itself(enterprise_id: UUID) -> None:
    firsts = [await draw(enterprise_id, key=key) for key in ("invoice:2026", "act:2026", "invoice:2027")]

    assert firsts == [1, 1, 1]


async def test_each_enterprise_counts_for_itself(enterprise_id: UUID) -> None:
    async with writing() as connection:
        other_id = await add_enterprise(connection)

    assert [await draw(enterprise_id), await draw(other_id)] == [1, 1]


async def test_a_series_keeps_its_id(enterprise_id: UUID) -> None:
    async with writing() as connection:
        drawn = [await draw_counters(connection, enterprise_id, SERIES, start=1, count=1) for _ in range(2)]

    assert drawn[0][0] == drawn[1][0]


async def test_fifty_at_once_on_a_new_series_draw_one_to_fifty(enterprise_id: UUID) -> None:
    firsts = await asyncio.gather(*(draw(enterprise_id) for _ in range(50)))

    assert sorted(firsts) == list(range(1, 51))


async def test_blocks_drawn_at_once_neither_overlap_nor_leave_a_gap(enterprise_id: UUID) -> None:
    sizes = [1, 7, 100, 3, 1, 20, 50, 2, 9, 7]

    firsts = await asyncio.gather(*(draw(enterprise_id, count=size) for size in sizes))

    drawn = [first + step for first, size in zip(firsts, sizes, strict=True) for step in range(size)]
    assert sorted(drawn) == list(range(1, 201))


async def draw_and_roll_back(enterprise_id: UUID, drawn: asyncio.Event, go_on: asyncio.Event) -> None:
    async with writing() as connection:
        await draw_counters(connection, enterprise_id, SERIES, start=1, count=10)
        drawn.set()
        await go_on.wait()
        raise RolledBackError


async def somebody_waits_for_a_lock() -> None:
    async with reading() as connection:
        for _ in range(1_000):
            if await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                return
            await asyncio.sleep(0.01)
    pytest.fail("Nobody waits for a lock.")


@pytest.mark.parametrize("before", [0, 5])
async def test_a_rollback_gives_the_block_to_whoever_waits(enterprise_id: UUID, before: int) -> None:
    for _ in range(before):
        await draw(enterprise_id)
    drawn, go_on = asyncio.Event(), asyncio.Event()
    failing = asyncio.create_task(draw_and_roll_back(enterprise_id, drawn, go_on))
    await drawn.wait()
    waiting = asyncio.create_task(draw(enterprise_id))
    await somebody_waits_for_a_lock()

    go_on.set()

    assert await waiting == before + 1
    with pytest.raises(RolledBackError):
        await failing


async def test_a_voids_number_is_explained(connection: asyncpg.Connection) -> None:
    document_id = await add_document(connection, number="42", counter=42)

    await record_void(connection, document_id, reason="wrong buyer", actor="manager@operator.example")

    event = await connection.fetchrow("SELECT counter, number, kind, reason, actor FROM number_events")
    assert dict(event) == {
        "counter": 42,
        "number": "42",
        "kind": "void",
        "reason": "wrong buyer",
        "actor": "manager@operator.example",
    }
