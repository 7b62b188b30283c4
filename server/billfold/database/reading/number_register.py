"""The register of numbers as an auditor reads it: each number of every series, in order, with what became of it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from billfold.database.connection import steady

_AT_ONCE = 1_000
_REGISTER = """
SELECT s.key, n.* FROM (
  SELECT d.series_id, d.type, d.counter, 1 AS count, d.number, d.issue_date AS dated_on, lower(d.status) AS state,
         d.id AS document_id, COALESCE(v.reason, d.void_reason, '') AS reason, COALESCE(v.actor, r.actor, '') AS actor,
         COALESCE(v.happened_at, d.voided_at, d.issued_at) AS at, d.revision
  FROM documents d
  LEFT JOIN LATERAL (
    SELECT e.reason, e.actor, e.happened_at FROM number_events e
    WHERE d.status = 'VOID' AND e.enterprise_id = d.enterprise_id AND e.type = d.type AND e.number = d.number
      AND e.kind = 'void' AND NOT EXISTS (SELECT FROM documents newer WHERE newer.replaces_id = d.id)
    ORDER BY abs(extract(epoch FROM e.happened_at - d.voided_at)) LIMIT 1
  ) v ON true
  LEFT JOIN LATERAL (
    SELECT a.actor FROM audit_events a WHERE d.status = 'VOID' AND a.noun = 'document' AND a.subject = d.id
      AND a.operation = 'reviseDocument' LIMIT 1
  ) r ON true
  WHERE d.enterprise_id = $1 AND d.number IS NOT NULL
  UNION ALL
  SELECT e.series_id, e.type, e.counter, e.count, e.number, e.dated_on, e.kind, NULL, e.reason, e.actor,
         e.happened_at, NULL
  FROM number_events e WHERE e.enterprise_id = $1 AND e.kind <> 'void'
) n LEFT JOIN number_series s ON s.id = n.series_id
WHERE ($2::text[] IS NULL OR n.type = ANY($2)) AND ($3::date IS NULL OR n.dated_on >= $3)
  AND ($4::date IS NULL OR n.dated_on < $4)
ORDER BY s.key COLLATE "C" NULLS LAST, n.counter NULLS LAST, n.type, n.number COLLATE "C", n.revision NULLS FIRST, n.at
"""


@dataclass(frozen=True, slots=True)
class RegisterRequest:
    """Whose register: an enterprise's, of one type or all, of numbers dated from `start` up to, but without, `until`.

    A number without a date is in no span of days.
    """

    enterprise_id: UUID
    type: str | None = None
    start: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class RegisteredNumber:
    """A number, or `count` of them in a row, and what became of it; one of no series has no key and no counter.

    A number that was revised comes once for each of its documents, by `revision`; the last is the one that counts.
    """

    series: str
    type: str
    counter: int | None
    count: int
    number: str
    dated_on: date | None
    state: str
    document_id: UUID | None
    reason: str
    actor: str
    at: datetime | None
    revision: int | None


async def registered_numbers(request: RegisterRequest) -> AsyncGenerator[list[RegisteredNumber], None]:
    """Read the register as it stands now, some numbers at a time, series by series in the order of the counters."""
    types = None if request.type is None else [request.type]
    async with steady() as connection:
        cursor = await connection.cursor(_REGISTER, request.enterprise_id, types, request.start, request.until)
        while rows := await cursor.fetch(_AT_ONCE):
            yield [RegisteredNumber(row["key"] or "", *row[2:13]) for row in rows]
