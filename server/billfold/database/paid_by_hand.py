"""Documents that a person says are paid, without money that we know of."""

from datetime import datetime
from uuid import UUID

import asyncpg


async def mark_paid(
    connection: asyncpg.Connection, document_id: UUID, *, actor: str, reason: str, now: datetime
) -> None:
    """Write down that a person says a document is paid. A trigger takes it back once money covers the document."""
    await connection.execute(
        """UPDATE documents SET paid_by_hand_at = $2, paid_by_hand_by = $3, paid_by_hand_reason = $4 WHERE id = $1""",
        document_id,
        now,
        actor,
        reason,
    )


async def unmark_paid(connection: asyncpg.Connection, document_id: UUID) -> None:
    """Take back that a document is paid by hand."""
    await connection.execute(
        """UPDATE documents SET paid_by_hand_at = NULL, paid_by_hand_by = '', paid_by_hand_reason = ''
           WHERE id = $1""",
        document_id,
    )
