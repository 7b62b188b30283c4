"""Open days: which days of a contract may still change; the others are charged or in closed books."""

from datetime import date
from uuid import UUID

import asyncpg

from billfold.database.contracts import SettledDays, settled_days
from billfold.domain.errors import Conflict, IllegalState


async def check_open(
    connection: asyncpg.Connection, contract_id: UUID, start: date, until: date | None, *, field: str
) -> None:
    """Refuse a change of what a contract is charged for from `start` up to, but without, `until`; None is open.

    The contract must be locked. Raises Conflict for charged days and IllegalState for closed books, both naming the
    first day from which every day is open.
    """
    days = await settled_days(connection, contract_id)
    if days.closed_until is not None and start < days.closed_until:
        raise IllegalState(
            f"The books of contract {days.number} are closed until {days.closed_until}: take "
            f"{first_open_day(days)}, the first open day, or a later one.",
            field=field,
        )
    taken = next((one for one in days.charged if one.overlap(start, until) is not None), None)
    if taken is not None:
        raise Conflict(
            f"Contract {days.number} is charged for {taken} already: take {first_open_day(days)}, the first open day, "
            "or a later one, or void the document of that period (without one, say reopenPeriod).",
            field=field,
        )


def first_open_day(days: SettledDays) -> date | None:
    """Give the day after all that is charged or closed; None when nothing is."""
    ends = [period.until for period in days.charged]
    return max(ends if days.closed_until is None else [*ends, days.closed_until], default=None)
