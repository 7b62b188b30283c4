"""The books of an operator of any size, made by set-based SQL: contracts of several enterprises, and what they owe.

Every contract has two subscriptions, every tenth one 3 records of usage beside them, and every other one money that
came before, so that its invoice has something to be settled by.
"""

import asyncpg

from billfold.database.staging import MERGE_TIMEOUT_SECONDS

_BRAND = """
INSERT INTO brands (id, code, name, currency, email) VALUES (uuidv7(), 'sever', 'Север Связь', 'RUB',
  'billing@sever.example')
"""

_ENTERPRISES = """
INSERT INTO enterprises (id, brand_id, code, legal_name, kind, inn, kpp, ogrn, address, timezone, bank_name, bic,
  account, corr_account, director, accountant)
SELECT uuidv7(), b.id, 'e' || lpad(n::text, 3, '0'), 'ООО «Пример Связь ' || n || '»', 'company', '7700000016',
       '770001001', '1027700000019', '101000, г. Москва, ул. Примерная, д. ' || n, 'Europe/Moscow', 'ПАО СБЕРБАНК',
       '044525225', '40702810200000000001', '30101810400000000225', 'Андреева А. В.', 'Морозова Е. С.'
FROM brands b, generate_series(1, $1::int) n
"""

_REGIMES = """
INSERT INTO tax_regimes (id, enterprise_id, valid_from, regime)
SELECT uuidv7(), id, date '1900-01-01', 'vat' FROM enterprises
"""

_SERVICES = """
INSERT INTO services (id, code, name, unit_name, unit_okei, kind)
SELECT uuidv7(), * FROM (VALUES
  ('internet-100', 'Доступ в интернет 100 Мбит/с', 'мес', '362', 'subscription'),
  ('vpbx', 'Виртуальная АТС, рабочее место', 'мес', '362', 'subscription'),
  ('sms', 'Передача SMS-сообщений', 'шт', '796', 'usage')) v
"""

_CLIENTS = """
INSERT INTO clients (id, code, kind, name, inn, kpp, address, email, enterprise_id)
SELECT uuidv7(), 'c' || lpad(n::text, 7, '0'), 'company', 'ООО «Юпитер Логистик ' || n || '»', '7707083893',
       '770701001', '119021, г. Москва, ул. Клиентская, д. ' || n, 'c' || n || '@client.example', e.id
FROM generate_series(1, $1::int) n
JOIN (SELECT id, row_number() OVER (ORDER BY code) - 1 AS at, count(*) OVER () AS count FROM enterprises) e
  ON e.at = n % e.count
"""

_CONTRACTS = """
INSERT INTO contracts (id, number, client_id, enterprise_id, signed_on, currency, billing, opening_balance)
SELECT uuidv7(), substr(code, 2) || '/2024', id, enterprise_id, date '2024-02-01', 'RUB', 'postpaid',
       CASE WHEN substr(code, 2)::int % 2 = 0 THEN 1500 ELSE 0 END
FROM clients ORDER BY code
"""

_SUBSCRIPTIONS = """
INSERT INTO subscriptions (id, contract_id, service_id, started_on, price, quantity, tax_included)
SELECT uuidv7(), c.id, v.id, c.signed_on, p.price, p.quantity, true
FROM contracts c CROSS JOIN (VALUES ('internet-100', 2200.00, 1), ('vpbx', 390.00, 3)) p (code, price, quantity)
JOIN services v ON v.code = p.code
"""

_USAGE = """
INSERT INTO usage_records (source, external_id, contract_id, service_id, occurred_at, quantity, unit_price,
  tax_included, destination)
SELECT 'bench', c.number || '-' || n, c.id, v.id, timestamptz '2026-10-05 12:00+00' + n * interval '1 day', n, 2.40,
       true, 'Россия'
FROM contracts c CROSS JOIN generate_series(1, 3) n JOIN services v ON v.code = 'sms'
WHERE c.number LIKE '%0/2024'
"""


async def fill(connection: asyncpg.Connection, contracts: int, enterprises: int) -> None:
    """Write everything, and let PostgreSQL look at what it has."""
    steps: tuple[tuple[str, tuple[object, ...]], ...] = (
        (_BRAND, ()),
        (_ENTERPRISES, (enterprises,)),
        (_REGIMES, ()),
        (_SERVICES, ()),
        (_CLIENTS, (contracts,)),
        (_CONTRACTS, ()),
        (_SUBSCRIPTIONS, ()),
        (_USAGE, ()),
    )
    async with connection.transaction():
        for statement, values in steps:
            await connection.execute(statement, *values, timeout=MERGE_TIMEOUT_SECONDS)
    await connection.execute("VACUUM ANALYZE", timeout=MERGE_TIMEOUT_SECONDS)
