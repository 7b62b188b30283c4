"""60,000 documents to read, made by set-based SQL: 3,000 clients, each with a contract and 20 invoices of 10 lines."""

import asyncpg

from billfold.domain import snapshot
from tests.factories import make_document

CLIENTS = 3_000
DOCUMENTS = 60_000
LINES = 10

_BRAND = """
INSERT INTO brands (id, code, name, currency, email) VALUES (gen_random_uuid(), 'sever', 'Север Связь', 'RUB',
  'billing@sever.example')
"""

_ENTERPRISES = """
INSERT INTO enterprises (id, brand_id, code, legal_name, kind, inn, kpp, timezone)
SELECT gen_random_uuid(), b.id, 'e' || n, 'ООО «Пример Связь ' || n || '»', 'company', '7700000016', '770001001',
       'Europe/Moscow'
FROM brands b, generate_series(1, 3) n
"""

_CLIENTS = """
INSERT INTO clients (id, code, kind, name, inn, kpp, address, email, enterprise_id)
SELECT gen_random_uuid(), 'c' || lpad(n::text, 5, '0'), 'company', 'ООО «Юпитер Логистик ' || n || '»', '7707083893',
       '770701001', '119021, г. Москва, ул. Клиентская, д. ' || n, 'c' || n || '@client.example', e.id
FROM generate_series(1, $1) n JOIN enterprises e ON e.code = 'e' || (n % 3 + 1)
"""

_CONTRACTS = """
INSERT INTO contracts (id, number, client_id, enterprise_id, signed_on, currency, billing)
SELECT gen_random_uuid(), substr(k.code, 2) || '/2024', k.id, k.enterprise_id, date '2024-02-01', 'RUB', 'postpaid'
FROM clients k
"""

_SERIES = """
INSERT INTO number_series (id, enterprise_id, key, next_counter)
SELECT gen_random_uuid(), e.id, 'invoice', $1 + 1 FROM enterprises e
"""

# Each contract has an invoice a month, on one of its first 28 days.
_DRAFTS = """
CREATE TEMPORARY TABLE drafts AS
SELECT gen_random_uuid() AS id, n, c.id AS contract_id, c.client_id, c.enterprise_id, s.id AS series_id,
       (date '2025-01-01' + make_interval(months => n / $2, days => n % 28))::date AS issued_on
FROM generate_series(0, $1 - 1) n
JOIN (SELECT *, row_number() OVER (ORDER BY number) - 1 AS at FROM contracts) c ON c.at = n % $2
JOIN number_series s ON s.enterprise_id = c.enterprise_id
"""

_DRAFT_LINES = """
CREATE TEMPORARY TABLE draft_lines AS
SELECT d.id AS document_id, p AS position, net, round(net * 0.22, 2) AS tax
FROM drafts d, generate_series(1, $1) p, LATERAL (SELECT (100 * p + (d.n * 37 + p) % 5000)::numeric + 0.55 AS net) x
"""

_DOCUMENTS = """
INSERT INTO documents (id, type, enterprise_id, client_id, contract_id, series_id, counter, number, status, issue_date,
  due_date, period_from, period_until, currency, locale, is_payable, net, tax, gross, settled, template, plugin,
  snapshot, snapshot_sha256, visible_vote, issued_at, published_at, step)
SELECT d.id, 'invoice', d.enterprise_id, d.client_id, d.contract_id, d.series_id, d.n + 1, (d.n + 1)::text, 'ISSUED',
       d.issued_on, d.issued_on + 14, (date_trunc('month', d.issued_on) - interval '1 month')::date,
       date_trunc('month', d.issued_on)::date, 'RUB', 'ru', true, t.net, t.tax, t.net + t.tax,
       CASE d.n % 3 WHEN 0 THEN t.net + t.tax WHEN 1 THEN 100 ELSE 0 END,
       'invoice/invoice.html', 'invoice 1.0', $1, $2, 2, d.issued_on::timestamptz, d.issued_on::timestamptz,
       'DONE'
FROM drafts d
JOIN (SELECT document_id, sum(net) AS net, sum(tax) AS tax FROM draft_lines GROUP BY 1) t ON t.document_id = d.id
"""

_LINES = """
INSERT INTO document_lines (id, document_id, position, description, quantity, unit, unit_price, tax_rate, net, tax,
  gross, period_from, period_until)
SELECT gen_random_uuid(), l.document_id, l.position, 'Доступ в интернет 100 Мбит/с, линия ' || l.position, 1, 'мес',
       l.net, 22, l.net, l.tax, l.net + l.tax, (date_trunc('month', d.issued_on) - interval '1 month')::date,
       date_trunc('month', d.issued_on)::date
FROM draft_lines l JOIN drafts d ON d.id = l.document_id
"""


async def fill(connection: asyncpg.Connection) -> None:
    """Write everything, and let PostgreSQL look at what it has."""
    sealed = snapshot.to_json(make_document(LINES))
    steps: tuple[tuple[str, tuple[object, ...]], ...] = (
        (_BRAND, ()),
        (_ENTERPRISES, ()),
        (_CLIENTS, (CLIENTS,)),
        (_CONTRACTS, ()),
        (_SERIES, (DOCUMENTS,)),
        (_DRAFTS, (DOCUMENTS, CLIENTS)),
        (_DRAFT_LINES, (LINES,)),
        (_DOCUMENTS, (sealed, snapshot.digest(sealed))),
        (_LINES, ()),
    )
    async with connection.transaction():
        for statement, values in steps:
            await connection.execute(statement, *values, timeout=300)
    await connection.execute("VACUUM ANALYZE", timeout=300)
