"""Documents of a day: how many a contract was issued."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg


async def issued_on_day(connection: asyncpg.Connection, contract_ids: Sequence[UUID], now: datetime) -> dict[UUID, int]:
    """Count the documents that contracts were issued on the day of `now` where their enterprise is; void ones count.

    Corrections, revisions and what schedules made do not, and a contract without any is left out. One query.
    """
    rows = await connection.fetch(
        """SELECT d.contract_id, count(*) AS issued FROM documents d JOIN enterprises e ON e.id = d.enterprise_id
           WHERE d.contract_id = ANY($1::uuid[]) AND d.original_id IS NULL AND d.revision = 0
             AND NOT EXISTS (SELECT FROM runs r WHERE r.id = d.run_id AND r.source = 'SCHEDULE')
             AND d.issued_at > $2::timestamptz - interval '25 hours'
             AND (d.issued_at AT TIME ZONE e.timezone)::date = ($2::timestamptz AT TIME ZONE e.timezone)::date
           GROUP BY d.contract_id""",
        contract_ids,
        now,
    )
    return {row["contract_id"]: row["issued"] for row in rows}
