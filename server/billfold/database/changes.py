"""Changes of documents: which were issued or changed since an earlier look, told by the transactions that did it.

Each document knows the transaction that changed it last. What an earlier snapshot of transactions could not see and the
present one can is new, however long its transaction took to commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from billfold.database.connection import reading

# The snapshot that is given is the very one that the statement reads by. Below its xmin all had ended by then, so that
# the index leads to what may be new.
_CHANGED = """
SELECT pg_current_snapshot()::text, ARRAY(
  SELECT id FROM documents
  WHERE changed_by_transaction >= pg_snapshot_xmin($1::text::pg_snapshot)
    AND NOT pg_visible_in_snapshot(changed_by_transaction, $1::text::pg_snapshot)
  ORDER BY changed_by_transaction LIMIT $2)
"""


@dataclass(frozen=True, slots=True)
class Changes:
    """The documents that changed, the one that changed first before the others, and from where to look next."""

    until: str
    ids: Sequence[UUID] = ()


async def present() -> Changes:
    """Give from where to look for changes that come after this moment."""
    async with reading() as connection:
        return Changes(await connection.fetchval("SELECT pg_current_snapshot()::text"))


async def changes_since(until: str, most: int) -> Changes:
    """Give what changed after an earlier look, in one statement; of so many only that the caller sees it is more."""
    async with reading() as connection:
        row = await connection.fetchrow(_CHANGED, until, most + 1)
    return Changes(*row)
