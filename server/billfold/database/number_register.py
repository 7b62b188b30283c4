"""The register of numbers: which are taken, and the events by which numbers are given away without a document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from billfold.database.connection import copy_rows
from billfold.database.numbers import NumberEventKind
from billfold.domain.ids import new_id


@dataclass(frozen=True, slots=True)
class NumberEvents:
    """What the events of one call share."""

    enterprise_id: UUID
    type: str
    reason: str
    actor: str
    happened_at: datetime
    dated_on: date | None = None


async def taken_numbers(
    connection: asyncpg.Connection, enterprise_id: UUID, type: str, numbers: Sequence[str]
) -> set[str]:
    """Tell which of the numbers documents have, or are imported or reserved."""
    rows = await connection.fetch(
        """SELECT number FROM documents WHERE enterprise_id = $1 AND type = $2 AND number = ANY($3::text[])
           UNION
           SELECT number FROM number_events
           WHERE enterprise_id = $1 AND type = $2 AND number = ANY($3::text[]) AND kind IN ('imported', 'reserved')""",
        enterprise_id,
        type,
        list(numbers),
    )
    return {row[0] for row in rows}


async def numbered_documents(
    connection: asyncpg.Connection, enterprise_id: UUID, type: str, numbers: Sequence[str]
) -> dict[str, UUID]:
    """Give the ids of the documents that have the numbers, the latest revision of each."""
    rows = await connection.fetch(
        """SELECT DISTINCT ON (number) number, id FROM documents
           WHERE enterprise_id = $1 AND type = $2 AND number = ANY($3::text[]) ORDER BY number, revision DESC""",
        enterprise_id,
        type,
        list(numbers),
    )
    return {row["number"]: row["id"] for row in rows}


async def lock_all_series(connection: asyncpg.Connection, enterprise_id: UUID) -> None:
    """Wait for whoever numbers documents of the enterprise, and let nobody begin until the transaction ends."""
    # In the order in which issuers lock them.
    await connection.execute(
        """SELECT FROM number_series WHERE enterprise_id = $1 ORDER BY key COLLATE "C" FOR NO KEY UPDATE""",
        enterprise_id,
    )


async def add_reserved(
    connection: asyncpg.Connection, events: NumberEvents, series_id: UUID, numbers: Mapping[int, str]
) -> None:
    """Write numbers of a series, by counter, as reserved."""
    rows = [
        {
            "id": new_id(),
            "enterprise_id": events.enterprise_id,
            "type": events.type,
            "series_id": series_id,
            "counter": counter,
            "number": number,
            "kind": NumberEventKind.RESERVED.value,
            "reason": events.reason,
            "actor": events.actor,
            "dated_on": events.dated_on,
            "happened_at": events.happened_at,
        }
        for counter, number in sorted(numbers.items())
    ]
    await copy_rows(connection, "number_events", rows)


async def move_counter(connection: asyncpg.Connection, series_id: UUID, next_counter: int) -> None:
    """Move a locked series on: its next document has this counter."""
    await connection.execute("UPDATE number_series SET next_counter = $2 WHERE id = $1", series_id, next_counter)


async def add_imported(connection: asyncpg.Connection, events: NumberEvents, numbers: Mapping[str, date | None]) -> int:
    """Write the numbers, with their dates, as used in a former system; those that are given away already stay so.

    Gives how many were new.
    """
    added = await connection.fetch(
        """INSERT INTO number_events (id, enterprise_id, type, number, kind, reason, actor, dated_on, happened_at)
           SELECT gen_random_uuid(), $1, $2, n.number, 'imported', $3, $4, n.dated_on, $5
           FROM unnest($6::text[], $7::date[]) AS n (number, dated_on) ORDER BY n.number
           ON CONFLICT (enterprise_id, type, number) WHERE kind IN ('imported', 'reserved') DO NOTHING
           RETURNING true""",
        events.enterprise_id,
        events.type,
        events.reason,
        events.actor,
        events.happened_at,
        list(numbers),
        list(numbers.values()),
    )
    return len(added)
