"""The token behind a request: one indexed query, and the note of its last use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from billfold.database.connection import reading

_FIND = """
SELECT t.id, t.digest, t.staff_id, t.client_id, t.contracts, t.types, t.scopes, t.expires_at, t.revoked_at,
       t.last_used_at, COALESCE(s.email, c.name) AS name, s.role, COALESCE(s.is_active, TRUE) AS is_active
FROM tokens t LEFT JOIN staff s ON s.id = t.staff_id LEFT JOIN clients c ON c.id = t.client_id
WHERE t.digest = $1
"""
# A row that another request is noting just now is left alone: nobody waits for this.
_NOTE_USE = """
UPDATE tokens SET last_used_at = $2
WHERE id = (SELECT id FROM tokens WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $3) FOR UPDATE SKIP LOCKED)
"""


@dataclass(frozen=True, slots=True)
class FoundToken:
    """A token as it is stored, with its holder."""

    id: UUID
    digest: str
    staff_id: UUID | None
    client_id: UUID | None
    contracts: Sequence[UUID]
    types: Sequence[str]
    scopes: Sequence[str]
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None
    name: str
    role: str | None
    is_active: bool


async def find_token(digest: str) -> FoundToken | None:
    """Give the token with the digest, whatever its state."""
    async with reading() as connection:
        record = await connection.fetchrow(_FIND, digest)
    return None if record is None else FoundToken(*record)


async def note_use(token_id: UUID, now: datetime, *, unless_since: datetime) -> None:
    """Write when the token was last used, unless that is known since an instant."""
    async with reading() as connection:
        await connection.execute(_NOTE_USE, token_id, now, unless_since)
