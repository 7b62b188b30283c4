"""Leasing: a run by schedule waits for the earlier ones, and those of one tick come by period."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from billfold.database.connection import writing
from billfold.database.following import runs_beside
from billfold.database.leasing import lease_occurrences
from billfold.database.runs import running_runs
from tests.conftest import NOW
from tests.factories_rows import add_contract, add_occurrence, add_row

TICK = date(2026, 11, 1)
FIRST, SECOND, THIRD = date(2026, 10, 1), date(2026, 10, 11), date(2026, 10, 21)
HERE, THERE = '{"enterprises": ["1"]}', '{"enterprises": ["2"]}'


async def add_scheduled(connection: asyncpg.Connection, start: date, **columns: Any) -> UUID:
    """Insert a run of the tick for ten days that waits for one document."""
    period = {"period_from": start, "period_until": start + timedelta(days=10)}
    row = {"type": "act", "state": "RUNNING", "source": "SCHEDULE", "scheduled_for": TICK, "scope": HERE, **period}
    run_id = await add_row(connection, "runs", row | columns)
    await add_occurrence(
        connection,
        run_id=run_id,
        contract_id=await add_contract(connection, str(start)),
        type="act",
        due_at=NOW,
        **period,
    )
    return run_id


async def free(connection: asyncpg.Connection, run_ids: Sequence[UUID]) -> list[bool]:
    """Say of each run whether something of it may be composed now; nothing stays leased."""
    found = []
    for run_id in run_ids:
        until = NOW + timedelta(seconds=30)
        found.append(bool(await lease_occurrences(connection, run_id, count=9, now=NOW, until=until)))
        await connection.execute("UPDATE occurrences SET leased_until = NULL")
    return found


async def test_the_runs_of_one_tick_are_composed_in_the_order_of_their_periods(database: str) -> None:
    async with writing() as connection:
        third, first, second = [await add_scheduled(connection, start) for start in (THIRD, FIRST, SECOND)]
        listed = await running_runs(connection)
        before = await free(connection, [first, second, third])
        await connection.execute("UPDATE occurrences SET state = 'FAILED' WHERE run_id = $1", first)
        after = await free(connection, [first, second, third])
        beside = await runs_beside(connection, first)

    assert listed == [first, second, third]
    assert before == [True, False, False]
    assert after == [False, True, False]
    assert beside == ("act", {second: "act", third: "act"})


@pytest.mark.parametrize(
    ("earlier", "is_free"),
    [
        ({"state": "RUNNING"}, False),
        ({"state": "PAUSED"}, False),
        ({"state": "CANCELLED"}, True),
        ({"state": "PAUSED", "scope": THERE}, True),
        ({"state": "PAUSED", "source": "HAND", "scheduled_for": None}, True),
        ({"state": "PAUSED", "scheduled_for": date(2026, 12, 1)}, True),
    ],
)
async def test_a_tick_waits_for_the_earlier_ones_though_they_be_paused(
    database: str, earlier: dict[str, Any], is_free: bool
) -> None:
    async with writing() as connection:
        await add_scheduled(connection, FIRST, **{"scheduled_for": date(2026, 10, 11), **earlier})
        later = await add_scheduled(connection, SECOND)

        assert await free(connection, [later]) == [is_free]


async def test_a_paused_tick_of_which_nothing_waits_holds_back_nothing(database: str) -> None:
    async with writing() as connection:
        paused = await add_scheduled(connection, FIRST, state="PAUSED")
        later = await add_scheduled(connection, SECOND)
        await connection.execute("UPDATE occurrences SET state = 'SKIPPED' WHERE run_id = $1", paused)

        assert await free(connection, [later]) == [True]
