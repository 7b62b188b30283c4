"""Visibility: the flag by which staff hide one document from its client."""

from uuid import UUID

import asyncpg


async def set_hidden(connection: asyncpg.Connection, document_id: UUID, *, is_hidden: bool) -> bool | None:
    """Set whether a document is hidden, and tell whether that is new; None when there is no such document.

    What its rule would still mail of a hidden one is skipped; what somebody asked for by hand goes out.
    """
    was_hidden = await connection.fetchval(
        "SELECT is_hidden FROM documents WHERE id = $1 FOR NO KEY UPDATE", document_id
    )
    if was_hidden is None or was_hidden == is_hidden:
        return None if was_hidden is None else False
    await connection.execute("UPDATE documents SET is_hidden = $2 WHERE id = $1", document_id, is_hidden)
    if is_hidden:
        await connection.execute(
            """UPDATE deliveries SET state = 'SKIPPED', reason = 'not_for_client'
               WHERE document_id = $1 AND asked_as = 'rule' AND state = 'PENDING'""",
            document_id,
        )
    return True
