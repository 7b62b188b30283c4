"""Printing and publishing: which issued documents wait for their PDF, and the writes when it is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from billfold.database.connection import copy_rows
from billfold.database.recipients import set_up_deliveries
from billfold.domain.ids import new_id
from billfold.domain.lifecycle import FileKind
from billfold.domain.periods import Period


@dataclass(frozen=True, slots=True)
class Unprinted:
    """A document that waits for its PDF and other files; a void one for its PDF with the mark of that."""

    id: UUID
    contract_id: UUID
    timezone: str
    type: str
    template: str
    snapshot: bytes
    attempts: int
    is_void: bool


@dataclass(frozen=True, slots=True)
class PrintedFile:
    """A file of a document that lies in the store."""

    kind: FileKind
    name: str
    media_type: str
    size: int
    sha256: str
    key: str


async def lease_unprinted(
    connection: asyncpg.Connection, *, ids: Sequence[UUID] | None, count: int, now: datetime, until: datetime
) -> list[Unprinted]:
    """Take up to `count` documents that wait for their PDF and that no other worker holds, oldest first.

    `ids` None takes any.
    """
    rows = await connection.fetch(
        """UPDATE documents d SET leased_until = $4
           FROM (SELECT id FROM documents
                 WHERE step = 'PRINT' AND (leased_until IS NULL OR leased_until <= $3)
                   AND ($1::uuid[] IS NULL OR id = ANY($1))
                 ORDER BY step_at, id LIMIT $2 FOR UPDATE SKIP LOCKED) due
           WHERE d.id = due.id
           RETURNING d.id, d.contract_id, d.type, d.template, d.snapshot, d.attempts, d.status = 'VOID' AS is_void,
             (SELECT e.timezone FROM enterprises e WHERE e.id = d.enterprise_id) AS timezone""",
        ids,
        count,
        now,
        until,
    )
    return sorted((Unprinted(**row) for row in rows), key=lambda document: document.id)


async def keep_lease(connection: asyncpg.Connection, printed: Unprinted, until: datetime) -> None:
    """Hold a document longer, whose files take their time; one that was voided meanwhile is somebody else's."""
    await connection.execute(
        "UPDATE documents SET leased_until = $2 WHERE id = $1 AND step = 'PRINT' AND (status = 'VOID') = $3",
        printed.id,
        until,
        printed.is_void,
    )


async def keep_printed(
    connection: asyncpg.Connection, printed: Unprinted, files: Sequence[PrintedFile], now: datetime
) -> None:
    """Write the files of a document and move the document on to PUBLISH; a file that is there already stays.

    Nothing is written of one that was voided meanwhile: it waits for the mark of that.
    """
    moved = await connection.fetch(
        """UPDATE documents SET step = 'PUBLISH', step_at = $2, leased_until = NULL, failure = ''
           WHERE id = $1 AND step = 'PRINT' AND (status = 'VOID') = $3 RETURNING id""",
        printed.id,
        now,
        printed.is_void,
    )
    there = {
        (row["kind"], row["name"])
        for row in await connection.fetch("SELECT kind, name FROM files WHERE document_id = $1", printed.id)
    }
    new = [file for file in files if (file.kind, file.name) not in there]
    await copy_rows(connection, "files", [_file_row(printed.id, file, now) for _ in moved for file in new])


def _file_row(document_id: UUID, file: PrintedFile, now: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "document_id": document_id,
        "kind": file.kind.value,
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "key": file.key,
        "created_at": now,
    }


async def keep_print_failure(
    connection: asyncpg.Connection, printed: Unprinted, reason: str, *, again_at: datetime | None, now: datetime
) -> None:
    """Write why a document was not printed, and when it is tried again; None leaves it to somebody who asks again.

    Nothing is written of one that was voided meanwhile: it waits for the mark of that.
    """
    await connection.execute(
        """UPDATE documents SET failure = $2, attempts = attempts + 1, leased_until = $3, step_at = $4,
                  step = CASE WHEN $3::timestamptz IS NULL THEN 'FAILED' ELSE step END
           WHERE id = $1 AND step = 'PRINT' AND (status = 'VOID') = $5""",
        printed.id,
        reason[:2_000],
        again_at,
        now,
        printed.is_void,
    )


async def retry_printing(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], type: str, period: Period
) -> None:
    """Put documents whose printing was given up, or waits for its next attempt, back at the press at once."""
    await connection.execute(
        """UPDATE documents SET step = 'PRINT', attempts = 0, leased_until = NULL
           WHERE contract_id = ANY($1::uuid[]) AND type = $2 AND period_from = $3 AND period_until = $4
             AND status = 'ISSUED' AND (step = 'FAILED' OR (step = 'PRINT' AND attempts > 0))""",
        contract_ids,
        type,
        period.start,
        period.until,
    )


async def publish(
    connection: asyncpg.Connection, *, ids: Sequence[UUID] | None, count: int, now: datetime
) -> tuple[int, list[UUID]]:
    """Publish up to `count` printed documents; gives how many, and the deliveries to make.

    Deliveries are set up by the rule; one that cannot be made is written as SKIPPED with its reason. `ids` None takes
    any. May be repeated.
    """
    rows = await connection.fetch(
        """UPDATE documents d SET step = 'DONE', step_at = $3,
             published_at = CASE WHEN d.status = 'ISSUED' THEN coalesce(d.published_at, $3) ELSE d.published_at END
           FROM (SELECT id FROM documents WHERE step = 'PUBLISH' AND ($1::uuid[] IS NULL OR id = ANY($1))
                 ORDER BY step_at, id LIMIT $2 FOR UPDATE SKIP LOCKED) due
           WHERE d.id = due.id RETURNING d.id""",
        ids,
        count,
        now,
    )
    return len(rows), await set_up_deliveries(connection, [row["id"] for row in rows], now)


async def waiting_documents(connection: asyncpg.Connection, step: str, *, since: datetime, now: datetime) -> list[UUID]:
    """Find the documents that have stood in a step since before `since` and that no worker holds, oldest first."""
    rows = await connection.fetch(
        """SELECT id FROM documents
           WHERE step = $1 AND step_at <= $2 AND (leased_until IS NULL OR leased_until <= $3)
           ORDER BY step_at, id LIMIT 5000""",
        step,
        since,
        now,
    )
    return [row["id"] for row in rows]
