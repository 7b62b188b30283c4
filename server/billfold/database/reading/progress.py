"""The progress of runs, for those who watch them: one query, however many runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from billfold.database.connection import reading
from billfold.domain.lifecycle import RunState

# What a finished run came to stands in its outcome, whatever a later run makes of the same contracts.
_FIND = """
SELECT r.id, r.state, COALESCE((r.outcome ->> 'total')::bigint, o.total) AS total,
       COALESCE((r.outcome ->> 'pending')::bigint, o.pending) AS pending,
       COALESCE((r.outcome ->> 'issued')::bigint, o.issued) AS issued,
       COALESCE((r.outcome ->> 'skipped')::bigint, o.skipped) AS skipped,
       COALESCE((r.outcome ->> 'failed')::bigint, o.failed) AS failed, r.already_issued
FROM runs r
CROSS JOIN LATERAL (
  SELECT count(*) AS total, count(*) FILTER (WHERE state = 'PENDING') AS pending,
         count(*) FILTER (WHERE state = 'ISSUED') AS issued, count(*) FILTER (WHERE state = 'SKIPPED') AS skipped,
         count(*) FILTER (WHERE state = 'FAILED') AS failed
  FROM occurrences WHERE run_id = r.id
) o
WHERE r.id = ANY($1::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: where it stands, and its contracts by what became of them."""

    state: RunState
    total: int
    pending: int
    issued: int
    skipped: int
    failed: int
    already_issued: int

    @property
    def is_last(self) -> bool:
        """Whether it will never change again."""
        return self.state in {RunState.DONE, RunState.CANCELLED}


async def progress_of(run_ids: Sequence[UUID]) -> dict[UUID, Progress]:
    """Give the progress of those runs that are there."""
    async with reading() as connection:
        records = await connection.fetch(_FIND, list(run_ids))
    return {id_: Progress(RunState(state), *counts) for id_, state, *counts in records}
