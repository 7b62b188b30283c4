"""The file behind a download, for whoever may read its document."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from billfold.database.connection import reading
from billfold.database.reading.conditions import Condition, Statement
from billfold.database.reading.visibility import readable_by
from billfold.domain.access import Viewer


@dataclass(frozen=True, slots=True)
class ReadableFile:
    """A stored file: its name as people read it, its type, its size, its hash and its key in the store."""

    name: str
    media_type: str
    size: int
    sha256: str
    key: str


async def find_file(viewer: Viewer, file_id: UUID, now: datetime) -> ReadableFile | None:
    """Give the file when the viewer may read its document; None otherwise, whatever the reason."""
    statement = Statement(now)
    where = statement.conditions([readable_by(viewer, now)], "d")
    chosen = statement.condition(Condition("{t}.id = ?", (file_id,)), "f")
    sql = (
        "SELECT f.name, f.media_type, f.size, f.sha256, f.key FROM files f"
        f" JOIN documents d ON d.id = f.document_id WHERE {chosen} AND {where}"
    )
    async with reading() as connection:
        record = await connection.fetchrow(sql, *statement.values)
    return None if record is None else ReadableFile(*record)
