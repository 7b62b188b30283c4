"""Calendars: the days on which a country works although its rule says otherwise, and those on which it does not."""

from datetime import date
from uuid import UUID

import asyncpg
from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from billfold.database.single_rows import put_row
from billfold.domain.ids import new_id


class CalendarDayRow(Model):
    """One day that the operator has set, over what the calendar of the country says."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    country = fields.CharField(max_length=2)
    day = fields.DateField()
    is_working = fields.BooleanField()
    name = fields.CharField(max_length=200, db_default="")

    class Meta:
        table = "calendar_days"
        app = "billfold"
        constraints = (UniqueConstraint(fields=("country", "day"), name="calendar_days_once_a_day"),)


async def own_days(connection: asyncpg.Connection, country: str) -> dict[date, bool]:
    """Read the days that the operator has set for a country: whether each is a business day."""
    rows = await connection.fetch("SELECT day, is_working FROM calendar_days WHERE country = $1", country)
    return {row["day"]: row["is_working"] for row in rows}


async def set_day(connection: asyncpg.Connection, country: str, day: date, *, is_working: bool, name: str = "") -> UUID:
    """Write what a day is for a country, over what was set before; gives its id."""
    return await put_row(
        connection, "calendar_days", {"country": country, "day": day}, {"is_working": is_working, "name": name}
    )


async def clear_day(connection: asyncpg.Connection, country: str, day: date) -> UUID | None:
    """Take back what was set for a day; gives its id, or None when nothing was."""
    cleared: UUID | None = await connection.fetchval(
        "DELETE FROM calendar_days WHERE country = $1 AND day = $2 RETURNING id", country, day
    )
    return cleared
