"""Outcomes of runs: which runs before a run is measured against."""

from datetime import date, timedelta

import asyncpg
import pytest

from billfold.database.connection import writing
from billfold.database.run_outcomes import made_by
from tests.conftest import NOW
from tests.factories_rows import add_row

SCOPE = '{"enterprises": ["1"], "clients": [], "contracts": []}'
MONTHS = ((date(2026, 9, 1), date(2026, 10, 1)), (date(2026, 2, 1), date(2026, 3, 1)))
FIRST_HALVES = ((date(2026, 9, 1), date(2026, 9, 16)), (date(2026, 2, 1), date(2026, 2, 16)))
SECOND_HALVES = ((date(2026, 9, 16), date(2026, 10, 1)), (date(2026, 2, 16), date(2026, 3, 1)))
LAST_TO_LAST = ((date(2026, 8, 31), date(2026, 9, 30)), (date(2026, 1, 31), date(2026, 2, 28)))
QUARTERS = ((date(2026, 7, 1), date(2026, 10, 1)), (date(2025, 10, 1), date(2026, 1, 1)))


@pytest.mark.parametrize(
    ("start", "until", "like"),
    [
        (date(2026, 10, 1), date(2026, 11, 1), MONTHS),
        (date(2026, 10, 1), date(2026, 10, 16), FIRST_HALVES),
        (date(2026, 10, 16), date(2026, 11, 1), SECOND_HALVES),
        (date(2026, 9, 30), date(2026, 10, 31), LAST_TO_LAST),
        (date(2026, 10, 1), date(2027, 1, 1), QUARTERS),
        (date(2026, 10, 5), date(2026, 10, 16), ()),
    ],
)
async def test_a_run_is_measured_against_runs_for_like_days(
    database: str, start: date, until: date, like: tuple[tuple[date, date], ...]
) -> None:
    periods = [*MONTHS, *FIRST_HALVES, *SECOND_HALVES, *LAST_TO_LAST, *QUARTERS]
    async with writing() as connection:
        for number, (begins, ends) in enumerate(periods, start=1):
            outcome = f'{{"issued": {number}, "gross": {{}}}}'
            finished_at = NOW - timedelta(days=number)
            await _run(connection, begins, ends, state="DONE", outcome=outcome, finished_at=finished_at)
        run_id = await _run(connection, start, until, state="RUNNING")
        _, earlier = await made_by(connection, run_id, earlier=6)

    assert [periods[one.documents - 1] for one in earlier] == list(like)


async def _run(connection: asyncpg.Connection, start: date, until: date, **columns: object) -> object:
    row = {"type": "invoice", "period_from": start, "period_until": until, "scope": SCOPE, **columns}
    return await add_row(connection, "runs", row)
