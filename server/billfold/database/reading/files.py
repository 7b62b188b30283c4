"""The file behind a download, for whoever may read its document; what is of no document is for staff."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from billfold.database.connection import reading
from billfold.database.reading.conditions import Condition, Statement
from billfold.database.reading.visibility import readable_by, readable_files
from billfold.domain.access import Scope, Viewer

# An export, a preview or a copy, made for staff who asked; expired ones are gone.
_STORED_FILE = (
    "SELECT name, media_type, size, sha256, key FROM stored_files WHERE id = $1 AND coalesce(expires_at > $2, TRUE)"
)


@dataclass(frozen=True, slots=True)
class ReadableFile:
    """A stored file: its name as people read it, its type, its size, its hash and its key in the store."""

    name: str
    media_type: str
    size: int
    sha256: str
    key: str


async def find_file(viewer: Viewer, file_id: UUID, now: datetime) -> ReadableFile | None:
    """Give the file when the viewer may read its document and it; None otherwise, whatever the reason."""
    statement = Statement(now)
    where = statement.conditions([readable_by(viewer, now)], "fd")
    chosen = statement.conditions([Condition("{t}.id = ?", (file_id,)), readable_files(viewer, now)], "f")
    sql = (
        "SELECT f.name, f.media_type, f.size, f.sha256, f.key FROM files f"
        f" JOIN documents fd ON fd.id = f.document_id WHERE {chosen} AND {where}"
    )
    async with reading() as connection:
        record = await connection.fetchrow(sql, *statement.values)
        if record is None and _reads_stored_files(viewer):
            record = await connection.fetchrow(_STORED_FILE, file_id, now)
    return None if record is None else ReadableFile(*record)


def _reads_stored_files(viewer: Viewer) -> bool:
    return not viewer.is_client and Scope.DOCUMENTS_READ in viewer.scopes
