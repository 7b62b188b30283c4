"""Number series beside their counters: those that a changed rule draws from, and how they are begun anew."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg


@dataclass(frozen=True, slots=True)
class SeriesOfRule:
    """The series that documents of a rule are numbered in, in one window of its reset.

    `key` is that of one document. `owner` begins the keys of all of them; what follows the last colon is the window.
    """

    enterprise_id: UUID
    key: str
    owner: str
    window: str

    @property
    def shape(self) -> str:
        """A regular expression for the windows of the same reset."""
        return f"^{re.sub(r'[0-9]', '[0-9]', self.window)}$"


async def used_counter(connection: asyncpg.Connection, series: SeriesOfRule) -> int:
    """Give the greatest counter that is drawn in the window or in a later one; 0 where none is."""
    found: int | None = await connection.fetchval(
        """SELECT max(next_counter) - 1 FROM number_series s, substring(s.key FROM '[^:]*$') AS w
           WHERE enterprise_id = $1
             AND (key = $2 OR (starts_with(key, $3) AND w ~ $5 AND w COLLATE "C" >= $4 COLLATE "C"))""",
        series.enterprise_id,
        series.key,
        series.owner,
        series.window,
        series.shape,
    )
    return found or 0


async def lock_series_of(connection: asyncpg.Connection, series: SeriesOfRule) -> list[UUID]:
    """Lock the series of the window until the transaction ends, in the order in which issuers do; gives their ids."""
    rows = await connection.fetch(
        """SELECT id FROM number_series s, substring(s.key FROM '[^:]*$') AS w
           WHERE enterprise_id = $1 AND (key = $2 OR (starts_with(key, $3) AND w = $4))
           ORDER BY key COLLATE "C" FOR NO KEY UPDATE OF s""",
        series.enterprise_id,
        series.key,
        series.owner,
        series.window,
    )
    return [row["id"] for row in rows]


async def set_aside(connection: asyncpg.Connection, series_ids: Sequence[UUID]) -> None:
    """Give locked series another key, so that the next document under theirs is counted from the start."""
    await connection.execute(
        """UPDATE number_series s SET key = s.key || '~' || (
             SELECT count(*) + 1 FROM number_series o
             WHERE o.enterprise_id = s.enterprise_id AND starts_with(o.key, s.key || '~'))
           WHERE id = ANY($1::uuid[])""",
        series_ids,
    )
