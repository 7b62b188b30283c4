"""Requisites in time: since which day a change of a party's requisites holds, and what it changes.

A document takes the requisites of its date. The row of a party shows the version in force; the version of a later day
is put into force by the sweep.
"""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

import asyncpg

from billfold.database.requisites import (
    Party,
    Standing,
    carry_forward,
    lock_party,
    put_in_force,
    put_version,
    requisites_on,
)
from billfold.domain.errors import IllegalState, InvalidInput, NotFound

_EARLIEST, _LATEST = date(1900, 1, 1), date(2100, 1, 1)


def check_open(day: date, closed_until: date | None) -> None:
    """Check a day since when something is to hold.

    Raises InvalidInput for one that no books have, IllegalState for one inside closed books.
    """
    if not _EARLIEST <= day < _LATEST:
        raise InvalidInput(f"The day {day} is not between {_EARLIEST} and {_LATEST}.", field="validFrom")
    if closed_until is not None and day < closed_until:
        raise IllegalState(
            f"The books are closed until {closed_until}: nothing may change from {day} on; name a later day.",
            field="validFrom",
        )


async def standing_of(connection: asyncpg.Connection, party: Party, id_: UUID, now: datetime) -> Standing:
    """Lock a party until the transaction ends, and give where it stands. Raises NotFound."""
    standing = await lock_party(connection, party, id_, now)
    if standing is None:
        noun = party.key.removesuffix("_id")
        raise NotFound(f"No {noun} has this id.", field=noun)
    return standing


async def change_requisites(
    connection: asyncpg.Connection,
    party: Party,
    id_: UUID,
    *,
    standing: Standing,
    given: Mapping[str, object],
    valid_from: date | None,
) -> date | None:
    """Change requisites of a locked party since a day, today when None; gives the day, or None when nothing differs.

    What is not given stays as it is on that day. A day before the row's own corrects the version of that day alone; a
    day to come waits for it, and what is told for later days already keeps what it says otherwise. Raises InvalidInput
    and IllegalState as `check_open`, and InvalidInput for a day without a change.
    """
    if valid_from is not None and not given:
        raise InvalidInput("validFrom says since when requisites hold: give one of them too.", field="validFrom")
    latest = max(standing.today, standing.requisites_from)
    day = valid_from or latest
    before = await requisites_on(connection, party, id_, day)
    values = {**before, **given}
    if values == before:
        return None
    check_open(day, standing.closed_until)
    put = put_in_force if standing.requisites_from <= day <= latest else put_version
    await put(connection, party, id_, valid_from=day, values=values)
    if day >= standing.requisites_from:
        changes = {name: (before[name], value) for name, value in values.items() if value != before[name]}
        await carry_forward(connection, party, id_, after=day, changes=changes)
    return day
