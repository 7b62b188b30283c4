"""Following: who is rung when a run is composed, because its own documents wait for those of that run."""

from uuid import UUID

from billfold.database.connection import reading
from billfold.database.following import runs_beside
from billfold.domain.schedules import predecessors
from billfold.services.parts import Parts


async def ring_followers(parts: Parts, run_id: UUID) -> None:
    """Ring for the runs whose type follows that of a run, for the same period and scope, and its later ticks.

    They need not wait for the sweep then. May be repeated.
    """
    follows = {key: one.follows for key, one in parts.plugins.document_types.items()}
    async with reading() as connection:
        own, others = await runs_beside(connection, run_id)
    freed = [str(id_) for id_, key in others.items() if key == own or own in predecessors(key, follows)]
    await parts.bell.ring("compose_run", [[id_] for id_ in freed])
