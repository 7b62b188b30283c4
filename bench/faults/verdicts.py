"""What is asked of the database, the files and the mail server when all is through."""

from dataclasses import dataclass
from hashlib import sha256

from bench.faults.peers import UnsteadyPeer
from billfold.database.connection import reading
from billfold.domain.access import OPERATOR
from billfold.domain.errors import BillfoldError
from billfold.services.checking import check
from billfold.services.parts import Parts

# Occurrences that are not settled, that have no reason, or that are issued and have no document that stands.
_LOST = """
    SELECT count(*) FROM occurrences o
    WHERE CASE o.state WHEN 'ISSUED' THEN NOT EXISTS (SELECT FROM documents d
                                                      WHERE d.occurrence_id = o.id AND d.status = 'ISSUED')
                       WHEN 'PENDING' THEN true ELSE o.reason = '' END"""
_DOUBLED = """
    SELECT coalesce(sum(n - 1), 0) FROM (
      SELECT count(*) AS n FROM documents WHERE status = 'ISSUED' GROUP BY contract_id, type, period_from) d"""
# Each series begins with 1. What an event explains (skipped, reserved, void) is no gap.
_GAPS = """
    WITH known AS (
      SELECT series_id, counter FROM documents WHERE counter IS NOT NULL
      UNION
      SELECT series_id, generate_series(counter, counter + count - 1) FROM number_events WHERE series_id IS NOT NULL)
    SELECT coalesce(sum(s.next_counter - 1 - (SELECT count(*) FROM known k WHERE k.series_id = s.id)), 0)
    FROM number_series s"""
# A revision keeps the number of what it replaces; a number given by hand has no counter.
_SAME_NUMBERS = """
    SELECT coalesce(sum(n - 1), 0) FROM (
      SELECT count(*) AS n FROM documents GROUP BY enterprise_id, type, number, revision) s"""
_UNPRINTED = """
    SELECT count(*) FROM documents d
    WHERE d.step <> 'DONE' OR (SELECT count(*) FROM files f WHERE f.document_id = d.id AND f.kind = 'PDF') <> 1"""
# What still waits before the verdict can be given.
LEFT = """
    SELECT (SELECT count(*) FROM runs WHERE state = 'RUNNING')
         + (SELECT count(*) FROM deliveries WHERE state = 'PENDING')
         + (SELECT count(*) FROM documents WHERE step IN ('PRINT', 'PUBLISH'))"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of all the runs; the faults of each kind that must not be."""

    figures: dict[str, int]
    faults: dict[str, int]

    @property
    def holds(self) -> bool:
        """Whether nothing was lost, doubled or skipped."""
        return not any(self.faults.values())


async def judge(parts: Parts, peer: UnsteadyPeer) -> Verdict:
    """Count everything."""
    async with reading() as connection:
        asked = {name: await connection.fetchval(query) for name, query in _QUESTIONS.items()}
        figures = {name: await connection.fetchval(query) for name, query in _FIGURES.items()}
        pdfs = await connection.fetch("SELECT key, sha256 FROM files")
        mails = await connection.fetch("SELECT message_id, state FROM deliveries WHERE state <> 'SKIPPED'")
    ids = {row["message_id"] for row in mails}
    again = {id_: count - 1 for id_, count in peer.received.items() if count > 1}
    figures |= {
        "mails": len(ids),
        "mails received again, after a reply that was cut off": sum(
            again[id_] for id_ in again if id_ in peer.unanswered
        ),
        "mails received again, after a worker or PostgreSQL died in between": sum(
            again[id_] for id_ in again if id_ not in peer.unanswered
        ),
    }
    asked |= {
        "files that are not what was stored": sum(
            [not await _is_sound(parts, row["key"], row["sha256"]) for row in pdfs]
        ),
        "mails lost": sum(not peer.received[id_] for id_ in ids),
        "mails under another Message-ID": len(peer.received.keys() - ids),
        "mails given up": sum(row["state"] == "FAILED" for row in mails),
        "broken invariants of `billfold check`": sum(bool(one.broken) for one in await check(OPERATOR)),
    }
    return Verdict(figures, {name: int(count) for name, count in asked.items()})


async def _is_sound(parts: Parts, key: str, digest: str) -> bool:
    try:
        return sha256(await parts.files.get(key)).hexdigest() == digest
    except BillfoldError:
        return False


_QUESTIONS = {
    "documents lost, or contracts without a reason": _LOST,
    "documents doubled": _DOUBLED,
    "gaps in numbers": _GAPS,
    "numbers doubled": _SAME_NUMBERS,
    "documents without their one PDF": _UNPRINTED,
}
_FIGURES = {
    "documents": "SELECT count(*) FROM documents",
    "contracts without a document, with the reason": "SELECT count(*) FROM occurrences WHERE state <> 'ISSUED'",
}
