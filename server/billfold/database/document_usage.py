"""Document usage: the records that stand behind a document's period, added up for its cover, or one by one.

They are what happened in the period, less what came after it was charged, and what it has taken of earlier periods.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from billfold.database.facts import SERVICE_COLUMNS, service_of
from billfold.domain.periods import Period
from billfold.plugin_api.facts import UsageRecord, UsageTotal

_BATCH = 1_000

_PERIODS = """
SELECT c.id AS contract_id, e.timezone,
       $2::date::timestamp AT TIME ZONE e.timezone AS since, $3::date::timestamp AT TIME ZONE e.timezone AS until,
       (SELECT p.id FROM charge_periods p
        WHERE p.contract_id = c.id AND p.is_live AND NOT p.is_correction
          AND p.period_from = $2 AND p.period_until = $3) AS charge_period_id
FROM contracts c JOIN enterprises e ON e.id = c.enterprise_id WHERE c.id = ANY($1::uuid[])
"""
_RECORDS = f"""
WITH billed AS ({_PERIODS}), behind AS (
  SELECT r.id, r.contract_id, false AS is_late
  FROM billed b JOIN usage_records r
    ON r.contract_id = b.contract_id AND r.occurred_at >= b.since AND r.occurred_at < b.until
  WHERE NOT EXISTS (SELECT FROM late_usage l
                    WHERE l.usage_id = r.id AND l.charge_period_id IS DISTINCT FROM b.charge_period_id)
  UNION ALL
  SELECT r.id, r.contract_id, true
  FROM billed b JOIN late_usage l ON l.charge_period_id = b.charge_period_id
  JOIN usage_records r ON r.id = l.usage_id AND (r.occurred_at < b.since OR r.occurred_at >= b.until))
"""
_TOTALS = f"""
{_RECORDS}, totals AS (
  SELECT k.contract_id, r.service_id, r.destination, r.tax_included, sum(r.quantity) AS quantity,
         count(*) AS records,
         CASE WHEN bool_and(r.unit_price IS NOT NULL) THEN sum(r.quantity * r.unit_price) END AS amount
  FROM behind k JOIN usage_records r ON r.id = k.id GROUP BY 1, 2, 3, 4)
SELECT t.*, {SERVICE_COLUMNS} FROM totals t JOIN services v ON v.id = t.service_id
ORDER BY t.contract_id, v.code, t.destination, t.tax_included
"""
_ONE_BY_ONE = f"""
{_RECORDS}
SELECT r.occurred_at, r.destination, r.quantity, r.unit_price, r.tax_included, r.external_id, k.is_late, b.timezone,
       {SERVICE_COLUMNS}
FROM behind k JOIN usage_records r ON r.id = k.id JOIN services v ON v.id = r.service_id CROSS JOIN billed b
ORDER BY r.occurred_at, r.id
"""


async def usage_totals(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], period: Period
) -> dict[UUID, tuple[UsageTotal, ...]]:
    """Add up the usage behind the documents of contracts for a period, by service and destination."""
    found: dict[UUID, list[UsageTotal]] = defaultdict(list)
    for row in await connection.fetch(_TOTALS, contract_ids, period.start, period.until):
        found[row["contract_id"]].append(
            UsageTotal(
                service=service_of(row),
                destination=row["destination"],
                quantity=row["quantity"],
                amount=row["amount"],
                count=row["records"],
                tax_included=row["tax_included"],
            )
        )
    return {contract: tuple(totals) for contract, totals in found.items()}


async def count_usage(connection: asyncpg.Connection, contract_id: UUID, period: Period) -> int:
    """Count the records behind a document for a period."""
    count: int = await connection.fetchval(
        f"{_RECORDS} SELECT count(*) FROM behind", [contract_id], period.start, period.until
    )
    return count


async def stream_usage(
    connection: asyncpg.Connection, contract_id: UUID, period: Period
) -> AsyncIterator[list[UsageRecord]]:
    """Give the records behind a document for a period in the order of time, in batches, read while they are asked for.

    Needs a transaction.
    """
    cursor = await connection.cursor(_ONE_BY_ONE, [contract_id], period.start, period.until)
    while rows := await cursor.fetch(_BATCH):
        yield [_record(row) for row in rows]


def _record(row: asyncpg.Record) -> UsageRecord:
    price = row["unit_price"]
    return UsageRecord(
        used_at=row["occurred_at"].astimezone(ZoneInfo(row["timezone"])),
        service=service_of(row),
        destination=row["destination"],
        quantity=row["quantity"],
        unit_price=price,
        tax_included=row["tax_included"],
        amount=None if price is None else price * row["quantity"],
        external_id=row["external_id"],
        is_late=row["is_late"],
    )
