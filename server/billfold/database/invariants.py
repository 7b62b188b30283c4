"""Invariants: what must hold of the books and documents at any moment, each a query for what breaks it.

Most of it is held by constraints and triggers already; this is the proof, from the entries alone.
"""

from dataclasses import dataclass

import asyncpg

from billfold.database.staging import MERGE_TIMEOUT_SECONDS
from billfold.domain.money import exponent

# So many offenders of one invariant are told; the rest are counted.
TOLD = 20


@dataclass(frozen=True, slots=True)
class Invariant:
    """A sentence that must hold, and a query that gives a text for each thing of which it does not."""

    name: str
    sentence: str
    query: str


INVARIANTS = (
    Invariant(
        "balances",
        "A contract's balance is its opening balance and payments less its charges.",
        """
        SELECT format('contract %s: balance %s, entries %s', c.number, c.balance, e.sum)
        FROM contracts c CROSS JOIN LATERAL (SELECT c.opening_balance
          + COALESCE((SELECT sum(p.amount) FROM payments p WHERE p.contract_id = c.id AND p.cancelled_at IS NULL), 0)
          - COALESCE((SELECT sum(h.gross) FROM charges h LEFT JOIN charge_periods p ON p.id = h.charge_period_id
                      WHERE h.contract_id = c.id AND h.cancelled_at IS NULL AND p.is_live IS NOT FALSE), 0) AS sum) e
        WHERE c.balance <> e.sum""",
    ),
    Invariant(
        "settled",
        "What is settled of a document is the sum of its allocations, and never more than its gross.",
        """
        SELECT format('document %s: settled %s, allocated %s of %s', d.id, d.settled, a.sum, d.gross)
        FROM documents d CROSS JOIN LATERAL (
          SELECT COALESCE(sum(a.amount), 0) AS sum FROM allocations a
          WHERE a.document_id = d.id AND a.released_at IS NULL) a
        WHERE d.settled <> a.sum OR (d.settled > 0 AND (d.settled > d.gross OR d.status <> 'ISSUED'))""",
    ),
    Invariant(
        "allocated",
        "What is allocated of a payment is the sum of its allocations, and never more than it brought, less refunds.",
        """
        SELECT format('payment %s: %s of %s allocated, entries %s', p.id, p.allocated + p.advanced, p.amount, a.sum)
        FROM payments p CROSS JOIN LATERAL (
          SELECT COALESCE(sum(a.amount) FILTER (WHERE NOT a.is_advance), 0) AS plain,
                 COALESCE(sum(a.amount) FILTER (WHERE a.is_advance), 0) AS advance, COALESCE(sum(a.amount), 0) AS sum
          FROM allocations a WHERE a.payment_id = p.id AND a.released_at IS NULL) a
        CROSS JOIN LATERAL (SELECT p.amount + COALESCE(sum(r.amount), 0) AS kept FROM payments r
                            WHERE r.refunds_id = p.id AND r.cancelled_at IS NULL) k
        WHERE p.kind = 'payment'
          AND (p.allocated <> a.plain OR p.advanced <> a.advance OR p.allocated > k.kept OR p.advanced > k.kept)""",
    ),
    Invariant(
        "opening",
        "What is allocated of an opening balance is the sum of its allocations.",
        """
        SELECT format('contract %s: %s of its opening balance allocated, entries %s', c.number,
                      c.opening_allocated + c.opening_advanced, a.plain + a.advance)
        FROM contracts c CROSS JOIN LATERAL (
          SELECT COALESCE(sum(a.amount) FILTER (WHERE NOT a.is_advance), 0) AS plain,
                 COALESCE(sum(a.amount) FILTER (WHERE a.is_advance), 0) AS advance
          FROM allocations a
          WHERE a.contract_id = c.id AND a.released_at IS NULL
            AND (a.payment_id IS NULL OR a.document_id IS NULL)) a
        WHERE (c.opening_allocated, c.opening_advanced) <> (a.plain, a.advance)""",
    ),
    Invariant(
        "lines",
        "A document is the sum of its lines.",
        """
        SELECT format('document %s: gross %s, lines %s', d.id, d.gross, l.gross)
        FROM documents d CROSS JOIN LATERAL (
          SELECT COALESCE(sum(net), 0) AS net, COALESCE(sum(tax), 0) AS tax, COALESCE(sum(gross), 0) AS gross
          FROM document_lines WHERE document_id = d.id) l
        WHERE (d.net, d.tax, d.gross) IS DISTINCT FROM (l.net, l.tax, l.gross)""",
    ),
    Invariant(
        "snapshots",
        "An issued document is what its sealed snapshot says.",
        """
        SELECT format('document %s differs from its snapshot', d.id)
        FROM documents d CROSS JOIN LATERAL (SELECT convert_from(d.snapshot, 'UTF8')::json AS told) s
        WHERE encode(sha256(d.snapshot), 'hex') <> d.snapshot_sha256 OR s.told ->> 'number' <> d.number
           OR s.told ->> 'issue_date' <> d.issue_date::text
           OR (s.told -> 'totals' ->> 'gross')::numeric <> d.gross""",
    ),
    Invariant(
        "charged_documents",
        "A document to be paid for a period asks for what was charged for it, and no other asks for it too.",
        """
        SELECT format('document %s: gross %s, charges %s, documents %s', d.id, d.gross, h.gross, o.count)
        FROM documents d
        CROSS JOIN LATERAL (SELECT COALESCE(sum(gross), 0) AS gross FROM charges
                            WHERE charge_period_id = d.charge_period_id) h
        CROSS JOIN LATERAL (SELECT count(*) AS count FROM documents o WHERE o.charge_period_id = d.charge_period_id
                            AND o.is_payable AND o.status = 'ISSUED') o
        WHERE d.status = 'ISSUED' AND d.is_payable AND d.charge_period_id IS NOT NULL
          AND (d.gross <> h.gross OR o.count <> 1)""",
    ),
    Invariant(
        "live_periods",
        "The charged period of a document that stands is live, and closed books hold closed periods only.",
        """
        SELECT format('charged period %s of contract %s', p.id, c.number)
        FROM charge_periods p JOIN contracts c ON c.id = p.contract_id JOIN enterprises e ON e.id = c.enterprise_id
        WHERE (NOT p.is_live AND EXISTS (
                 SELECT FROM documents d WHERE d.charge_period_id = p.id AND d.status = 'ISSUED'))
           OR (p.is_live AND NOT p.is_closed AND p.period_from < e.closed_until)""",
    ),
    Invariant(
        "usage",
        "Every record of a charged day is in exactly one charged period, or known to be late.",
        """
        WITH spans AS (
          SELECT p.id, p.contract_id, p.period_from::timestamp AT TIME ZONE e.timezone AS since,
                 p.period_until::timestamp AT TIME ZONE e.timezone AS until
          FROM charge_periods p JOIN contracts c ON c.id = p.contract_id JOIN enterprises e ON e.id = c.enterprise_id
          WHERE p.is_live AND NOT p.is_correction),
        measured AS (
          SELECT id, sum(quantity) AS quantity FROM (
            SELECT s.id, u.quantity FROM spans s JOIN usage_records u
              ON u.contract_id = s.contract_id AND u.occurred_at >= s.since AND u.occurred_at < s.until
            WHERE NOT EXISTS (SELECT FROM late_usage l WHERE l.usage_id = u.id)
            UNION ALL
            SELECT l.charge_period_id, u.quantity FROM late_usage l JOIN usage_records u ON u.id = l.usage_id
            WHERE l.charge_period_id IS NOT NULL) m
          GROUP BY id),
        charged AS (
          SELECT charge_period_id AS id, sum(quantity) AS quantity FROM charges WHERE kind = 'usage' GROUP BY 1)
        SELECT format('charged period %s: measured %s, charged %s', s.id, m.quantity, h.quantity)
        FROM spans s LEFT JOIN measured m ON m.id = s.id LEFT JOIN charged h ON h.id = s.id
        WHERE COALESCE(m.quantity, 0) <> COALESCE(h.quantity, 0)""",
    ),
    Invariant(
        "numbers",
        "Every counter of a gapless series, up to the next one, is on a document or explained by an event.",
        """
        WITH known AS (
          SELECT series_id, counter AS first, counter AS last FROM documents WHERE counter IS NOT NULL
          UNION ALL
          SELECT series_id, counter, counter + count - 1 FROM number_events WHERE series_id IS NOT NULL),
        gapless AS (
          SELECT s.id, s.key, s.next_counter FROM number_series s
          WHERE NOT EXISTS (SELECT FROM documents d JOIN document_rules r USING (enterprise_id, type)
                            WHERE d.series_id = s.id AND r.mode = 'unique')),
        steps AS (
          SELECT series_id, first, max(last) OVER (
            PARTITION BY series_id ORDER BY first ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
          FROM known)
        SELECT format('series %s: counters %s to %s are on no document', s.key, k.before + 1, k.first - 1)
        FROM gapless s JOIN steps k ON k.series_id = s.id WHERE k.first > k.before + 1
        UNION ALL
        SELECT format('series %s: counters end at %s, next %s', s.key, k.last, s.next_counter)
        FROM gapless s JOIN (SELECT series_id, max(last) AS last FROM known GROUP BY 1) k ON k.series_id = s.id
        WHERE k.last <> s.next_counter - 1""",
    ),
    Invariant(
        "revisions",
        "A revision has the number and date of the document before it, which counts no more.",
        """
        SELECT format('document %s: %s, revision %s', o.id, o.status, o.revision)
        FROM documents d JOIN documents o ON o.id = d.replaces_id
        WHERE o.status <> 'VOID' OR o.revision <> d.revision - 1
          OR (o.contract_id, o.type, o.series_id, o.counter, o.number, o.issue_date)
             IS DISTINCT FROM (d.contract_id, d.type, d.series_id, d.counter, d.number, d.issue_date)""",
    ),
    Invariant(
        "occurrences",
        "An expected generation that is issued has one document that stands, and one that is not has none.",
        """
        SELECT format('occurrence %s is %s and has %s documents', o.id, o.state, count(d.id))
        FROM occurrences o LEFT JOIN documents d ON d.occurrence_id = o.id AND d.status = 'ISSUED'
        GROUP BY o.id HAVING (o.state = 'ISSUED') <> (count(d.id) = 1)""",
    ),
    Invariant(
        "statements",
        "A matched line of a statement has its payment, of the same amount.",
        """
        SELECT format('statement line %s of %s: payment %s', l.id, l.amount, p.amount)
        FROM statement_lines l JOIN payments p ON p.id = l.payment_id
        WHERE p.amount <> l.amount OR l.state NOT IN ('matched', 'credited')""",
    ),
    Invariant(
        "requisites",
        "The requisites in force are those of the version of their day.",
        """
        SELECT format('client %s', k.code) FROM clients k LEFT JOIN client_requisites r
          ON r.client_id = k.id AND r.valid_from = k.requisites_from
        WHERE (r.name, r.kind, r.inn, r.kpp, r.address) IS DISTINCT FROM (k.name, k.kind, k.inn, k.kpp, k.address)
        UNION ALL
        SELECT format('enterprise %s', e.code) FROM enterprises e LEFT JOIN enterprise_requisites r
          ON r.enterprise_id = e.id AND r.valid_from = e.requisites_from
        WHERE (r.legal_name, r.kind, r.inn, r.kpp, r.address)
              IS DISTINCT FROM (e.legal_name, e.kind, e.inn, e.kpp, e.address)""",
    ),
)

_IN_CURRENCY = """
SELECT format('%s %s: %s %s', m.noun, m.id, m.amount, m.currency)
FROM (SELECT 'contract' AS noun, id, balance AS amount, currency FROM contracts
      UNION ALL SELECT 'document', id, gross, currency FROM documents
      UNION ALL SELECT 'document', id, tax, currency FROM documents
      UNION ALL SELECT 'charge', h.id, h.gross, c.currency FROM charges h JOIN contracts c ON c.id = h.contract_id
      UNION ALL SELECT 'charge', h.id, h.tax, c.currency FROM charges h JOIN contracts c ON c.id = h.contract_id
      UNION ALL SELECT 'payment', p.id, p.amount, c.currency FROM payments p JOIN contracts c ON c.id = p.contract_id
     ) m
JOIN unnest($1::text[], $2::int[]) AS k (currency, digits) USING (currency)
WHERE m.amount <> round(m.amount, k.digits)
"""
CURRENCIES = Invariant("currencies", "An amount has no more decimals than its currency.", _IN_CURRENCY)


async def offenders(connection: asyncpg.Connection, invariant: Invariant) -> list[str]:
    """Give a text for each thing that breaks the invariant; takes as long as the books are large."""
    arguments: list[object] = []
    if invariant is CURRENCIES:
        codes = [row["currency"] for row in await connection.fetch("SELECT DISTINCT currency FROM contracts")]
        arguments = [codes, [exponent(code) for code in codes]]
    rows = await connection.fetch(invariant.query, *arguments, timeout=MERGE_TIMEOUT_SECONDS)
    return [row[0] for row in rows]
