"""Printing and publishing: which issued documents wait for their PDF, and the writes when it is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from billfold.database.connection import copy_rows
from billfold.domain.ids import new_id
from billfold.domain.periods import Period


@dataclass(frozen=True, slots=True)
class Unprinted:
    """An issued document that waits for its PDF."""

    id: UUID
    type: str
    template: str
    snapshot: bytes
    attempts: int


@dataclass(frozen=True, slots=True)
class PrintedFile:
    """A file of a document that lies in the store."""

    document_id: UUID
    name: str
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
           WHERE d.id = due.id RETURNING d.id, d.type, d.template, d.snapshot, d.attempts""",
        ids,
        count,
        now,
        until,
    )
    found = [Unprinted(row["id"], row["type"], row["template"], row["snapshot"], row["attempts"]) for row in rows]
    return sorted(found, key=lambda document: document.id)


async def keep_printed(connection: asyncpg.Connection, files: Sequence[PrintedFile], now: datetime) -> None:
    """Write the PDFs of documents and move the documents on to PUBLISH; a PDF that is there already stays."""
    moved = await connection.fetch(
        """UPDATE documents SET step = 'PUBLISH', step_at = $2, leased_until = NULL, failure = ''
           WHERE id = ANY($1::uuid[]) AND step = 'PRINT' RETURNING id""",
        [file.document_id for file in files],
        now,
    )
    waiting = {row["id"] for row in moved}
    await copy_rows(connection, "files", [_pdf_row(file, now) for file in files if file.document_id in waiting])


def _pdf_row(file: PrintedFile, now: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "document_id": file.document_id,
        "kind": "PDF",
        "name": file.name,
        "media_type": "application/pdf",
        "size": file.size,
        "sha256": file.sha256,
        "key": file.key,
        "created_at": now,
    }


async def keep_print_failure(
    connection: asyncpg.Connection, document_id: UUID, reason: str, *, again_at: datetime | None, now: datetime
) -> None:
    """Write why a document was not printed, and when it is tried again; None leaves it to somebody who asks again."""
    await connection.execute(
        """UPDATE documents SET failure = $2, attempts = attempts + 1, leased_until = $3, step_at = $4,
                  step = CASE WHEN $3::timestamptz IS NULL THEN 'FAILED' ELSE step END
           WHERE id = $1 AND step = 'PRINT'""",
        document_id,
        reason[:2_000],
        again_at,
        now,
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
             published_at = CASE WHEN d.status = 'ISSUED' THEN coalesce(d.published_at, $3) END
           FROM (SELECT id FROM documents WHERE step = 'PUBLISH' AND ($1::uuid[] IS NULL OR id = ANY($1))
                 ORDER BY step_at, id LIMIT $2 FOR UPDATE SKIP LOCKED) due
           WHERE d.id = due.id RETURNING d.id""",
        ids,
        count,
        now,
    )
    deliveries = await connection.fetch(_SET_UP_DELIVERIES, [row["id"] for row in rows], now)
    return len(rows), [row["id"] for row in deliveries if row["state"] == "PENDING"]


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


# One row a recipient: the client's address, or by the rule the accounting contacts (the client's where it has none).
_SET_UP_DELIVERIES = """
WITH due AS (
  SELECT d.id, d.visible_vote = 2 AND NOT d.is_hidden AND coalesce(r.is_visible, true) AS is_for_client,
         k.id AS client_id, k.email, k.send_invoices, b.email AS brand_email, coalesce(r.delivery, 'client') AS policy
  FROM documents d
  JOIN clients k ON k.id = d.client_id
  JOIN enterprises e ON e.id = d.enterprise_id
  JOIN brands b ON b.id = e.brand_id
  LEFT JOIN document_rules r ON r.enterprise_id = d.enterprise_id AND r.type = d.type
  WHERE d.id = ANY($1::uuid[]) AND d.status = 'ISSUED'
), recipients AS (
  SELECT due.id, due.brand_email, c.email AS recipient, '' AS reason FROM due
  JOIN contacts c ON c.client_id = due.client_id AND c.role = 'accounting'
  WHERE due.policy = 'contacts' AND due.send_invoices AND due.is_for_client
  UNION
  SELECT due.id, due.brand_email,
         CASE WHEN reason = '' THEN due.email ELSE '' END, reason
  FROM due CROSS JOIN LATERAL (SELECT CASE
      WHEN NOT due.is_for_client THEN 'not_for_client'
      WHEN due.policy = 'nobody' THEN 'rule_says_nobody'
      WHEN NOT due.send_invoices THEN 'client_declines'
      WHEN due.email = '' THEN 'no_recipient'
      ELSE '' END AS reason) why
  WHERE due.policy <> 'contacts' OR reason IN ('not_for_client', 'client_declines')
     OR NOT EXISTS (SELECT 1 FROM contacts c WHERE c.client_id = due.client_id AND c.role = 'accounting')
)
INSERT INTO deliveries (id, document_id, recipient, asked_as, state, reason, message_id, created_at, next_attempt_at)
SELECT d.id, r.id, r.recipient, 'rule', CASE WHEN r.reason = '' THEN 'PENDING' ELSE 'SKIPPED' END, r.reason,
       '<' || d.id || '@' || coalesce(nullif(split_part(r.brand_email, '@', 2), ''), 'billfold.invalid') || '>', $2, $2
FROM recipients r CROSS JOIN LATERAL (SELECT gen_random_uuid() AS id, r.id AS of_document) d
ON CONFLICT (document_id, recipient, asked_as) DO NOTHING
RETURNING id, state
"""
