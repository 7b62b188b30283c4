"""The control of runs: the writes that pause, stop, resume, cancel and retry one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from billfold.database.parking import PARKED
from billfold.database.run_outcomes import OUTCOME
from billfold.domain.lifecycle import RunState

# Why an occurrence of a cancelled run is skipped.
CANCELLED = "cancelled"


async def pause_run(connection: asyncpg.Connection, run_id: UUID) -> None:
    """Let no further chunk of a run be leased."""
    await connection.execute("UPDATE runs SET state = 'PAUSED', state_reason = '' WHERE id = $1", run_id)


async def stop_run(connection: asyncpg.Connection, run_id: UUID, reason: str) -> bool:
    """Pause a run that is going, and of which something waits, until somebody looks at it; gives whether it was."""
    stopped = await connection.fetchval(
        """UPDATE runs SET state = 'PAUSED', state_reason = $2 WHERE id = $1 AND state = 'RUNNING'
             AND EXISTS (SELECT FROM occurrences WHERE run_id = $1 AND state = 'PENDING') RETURNING id""",
        run_id,
        reason,
    )
    return stopped is not None


async def resume_run(connection: asyncpg.Connection, run_id: UUID) -> None:
    """Let a run go on; where it had stopped by itself, it is confirmed and does not stop again."""
    await connection.execute(
        """UPDATE runs SET state = 'RUNNING', state_reason = '', is_confirmed = is_confirmed OR state_reason <> ''
           WHERE id = $1""",
        run_id,
    )


async def cancel_run(connection: asyncpg.Connection, run_id: UUID, *, reason: str, now: datetime) -> int:
    """End a run: what still waits is skipped, its leases are void, what it came to is kept. Gives how many it skipped.

    What is being issued at this moment is waited for, and stays.
    """
    skipped = await connection.fetch(
        """UPDATE occurrences o SET state = 'SKIPPED', reason = $2, changed_at = $3, leased_until = NULL
           FROM (SELECT id FROM occurrences WHERE run_id = $1 AND state = 'PENDING'
                 ORDER BY contract_id, id FOR UPDATE) waiting
           WHERE o.id = waiting.id RETURNING o.id""",
        run_id,
        CANCELLED,
        now,
    )
    await connection.execute(
        f"""UPDATE runs r SET state = $2, state_reason = $3, finished_at = $4, outcome = ({OUTCOME})
            WHERE r.id = $1""",
        run_id,
        RunState.CANCELLED.value,
        reason,
        now,
    )
    return len(skipped)


@dataclass(frozen=True, slots=True)
class Retried:
    """What is tried again: so many contracts, and the documents that go back to the press."""

    contracts: int
    documents: tuple[UUID, ...]


async def retry_run(connection: asyncpg.Connection, run_id: UUID, now: datetime) -> Retried:
    """Let what failed of a run wait again, its contracts and its prints, and what was parked and is so no more.

    They are made as they are now, whatever a plan foresaw of them.
    """
    contracts = await connection.fetch(
        """UPDATE occurrences o SET state = 'PENDING', reason = '', planned = '', changed_at = $2, leased_until = NULL
           FROM (SELECT o.id FROM occurrences o JOIN contracts c ON c.id = o.contract_id
                 WHERE o.run_id = $1
                   AND (o.state = 'FAILED' OR (o.state = 'SKIPPED' AND o.reason = $3 AND c.parked_at IS NULL))
                 ORDER BY o.contract_id, o.id FOR UPDATE OF o) missing
           WHERE o.id = missing.id RETURNING o.id""",
        run_id,
        now,
        PARKED,
    )
    documents = await connection.fetch(
        """UPDATE documents SET step = 'PRINT', step_at = $2, attempts = 0, leased_until = NULL
           WHERE run_id = $1 AND status = 'ISSUED' AND step = 'FAILED' RETURNING id""",
        run_id,
        now,
    )
    await connection.execute(
        "UPDATE runs SET state = 'RUNNING', state_reason = '', finished_at = NULL, outcome = NULL WHERE id = $1", run_id
    )
    return Retried(len(contracts), tuple(row["id"] for row in documents))
