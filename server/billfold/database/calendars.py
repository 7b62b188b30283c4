"""Calendars: the days on which a country works although its rule says otherwise, and those on which it does not."""

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

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
