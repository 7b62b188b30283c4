"""Following: the runs that wait for the documents of another one."""

from uuid import UUID

import asyncpg


async def runs_beside(connection: asyncpg.Connection, run_id: UUID) -> tuple[str, dict[UUID, str]]:
    """Give the type of a run, and the types of those that are going for the same period and scope, by their ids.

    By schedule also those of its own type that come after it. The type is empty where there is no such run.
    """
    rows = await connection.fetch(
        """SELECT r.type, o.id AS other_id, o.type AS other_type FROM runs r LEFT JOIN runs o
             ON o.id <> r.id AND o.state = 'RUNNING' AND o.scope = r.scope
               AND ((o.period_from = r.period_from AND o.period_until = r.period_until)
                 OR (o.source = 'SCHEDULE' AND r.source = 'SCHEDULE' AND o.type = r.type
                   AND (o.scheduled_for, o.period_from, o.period_until)
                     > (r.scheduled_for, r.period_from, r.period_until)))
           WHERE r.id = $1 ORDER BY o.created_at, o.scheduled_for, o.period_from, o.period_until""",
        run_id,
    )
    own = rows[0]["type"] if rows else ""
    return own, {row["other_id"]: row["other_type"] for row in rows if row["other_id"]}
