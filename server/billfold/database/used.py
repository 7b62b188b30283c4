"""Used: the usage that a chunk of contracts is charged from, added up by PostgreSQL; no record is ever read by itself.

A record belongs to the period in which it happened, in the enterprise's zone, unless another period has taken it over
as late. It is late for a period when it happened before it, on a day that was charged or closed when it came.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

import asyncpg

from billfold.database.facts import SERVICE_COLUMNS, service_of
from billfold.domain.month_rating import Level
from billfold.domain.periods import Period
from billfold.domain.usage import UsedService


@dataclass(frozen=True, slots=True)
class Usage:
    """What contracts used: in the period, and late, by contract; `counts` are the records behind both."""

    used: Mapping[UUID, list[UsedService]] = field(default_factory=dict)
    late: Mapping[UUID, list[UsedService]] = field(default_factory=dict)
    counts: Mapping[UUID, int] = field(default_factory=dict)


# Borders are local midnights; `$4` are the days at which prices or taxes may change, and the period's first day.
_PERIODS = """
SELECT c.id AS contract_id, e.timezone, e.closed_until,
       $2::date::timestamp AT TIME ZONE e.timezone AS since, $3::date::timestamp AT TIME ZONE e.timezone AS until
FROM contracts c JOIN enterprises e ON e.id = c.enterprise_id WHERE c.id = ANY($1::uuid[])
"""
_WITHIN = """
FROM billed b JOIN usage_records r
  ON r.contract_id = b.contract_id AND r.occurred_at >= b.since AND r.occurred_at < b.until
WHERE NOT EXISTS (SELECT FROM late_usage l WHERE l.usage_id = r.id AND l.charge_period_id IS NOT NULL)
"""
_LATE = """
FROM billed b
JOIN late_usage l ON l.contract_id = b.contract_id AND l.charge_period_id IS NULL
JOIN usage_records r ON r.id = l.usage_id AND r.occurred_at < b.since
CROSS JOIN LATERAL (SELECT (r.occurred_at AT TIME ZONE b.timezone)::date AS day) local
WHERE (local.day < b.closed_until OR EXISTS (
  SELECT FROM charge_periods p WHERE p.contract_id = b.contract_id AND p.is_live AND NOT p.is_correction
    AND local.day >= p.period_from AND local.day < p.period_until))
"""
_SUMMED = """
SELECT u.*, {service}
FROM (SELECT r.contract_id, r.service_id, r.destination, trim_scale(r.unit_price) AS unit_price, r.tax_included,
             {since} AS since, sum(r.quantity) AS quantity, count(*) AS records
      {source}
      GROUP BY 1, 2, 3, 4, 5, 6) u
JOIN services v ON v.id = u.service_id
ORDER BY u.contract_id, v.code, u.destination, u.unit_price, u.tax_included, u.since
"""
_SLICE = "($4::date[])[width_bucket(r.occurred_at, b.cuts)]"
_USED_NOW = (
    f"WITH billed AS (SELECT p.*, ARRAY(SELECT d::timestamp AT TIME ZONE p.timezone FROM unnest($4::date[]) d"
    f" ORDER BY d) AS cuts FROM ({_PERIODS}) p)" + _SUMMED.format(service=SERVICE_COLUMNS, since=_SLICE, source=_WITHIN)
)
_USED_LATE = f"WITH billed AS ({_PERIODS})" + _SUMMED.format(service=SERVICE_COLUMNS, since="local.day", source=_LATE)
_COUNTS = f"""
WITH billed AS ({_PERIODS})
SELECT contract_id, count(*) AS records FROM (
  SELECT r.contract_id {_WITHIN} UNION ALL SELECT r.contract_id {_LATE}) u GROUP BY contract_id
"""
_RATED = """
SELECT h.contract_id, h.price_id, date_trunc('month', h.period_from)::date AS month,
       trim_scale(h.unit_price) AS unit_price, h.tax_rate, sum(h.quantity) AS quantity
FROM charges h JOIN charge_periods p ON p.id = h.charge_period_id AND p.is_live
WHERE h.contract_id = ANY($1::uuid[]) AND h.price_id IS NOT NULL AND h.period_from >= $2 AND h.period_from < $3
GROUP BY 1, 2, 3, 4, 5
"""
# What is taken is exactly what was counted: the contracts are locked, and usage waits for that lock.
_TAKE = f"""
WITH billed AS ({_PERIODS}), taken AS (
  SELECT r.id, r.contract_id {_LATE}
  UNION ALL
  SELECT r.id, r.contract_id
  FROM billed b JOIN late_usage l ON l.contract_id = b.contract_id AND l.charge_period_id IS NULL
  JOIN usage_records r ON r.id = l.usage_id AND r.occurred_at >= b.since AND r.occurred_at < b.until)
UPDATE late_usage l SET charge_period_id = p.id
FROM taken t JOIN charge_periods p ON p.contract_id = t.contract_id AND p.is_live AND NOT p.is_correction
  AND p.period_from = $2 AND p.period_until = $3
WHERE l.usage_id = t.id AND l.charge_period_id IS NULL
"""


async def usage_of(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], period: Period, cuts: Collection[date]
) -> Usage:
    """Add up what contracts used in the period, apart for each piece between the cuts, and what is late for it."""
    days = sorted({period.start, *cuts})
    arguments = (contract_ids, period.start, period.until)
    counts: dict[UUID, int] = defaultdict(int)
    now = _by_contract(await connection.fetch(_USED_NOW, *arguments, days), counts)
    late = _by_contract(await connection.fetch(_USED_LATE, *arguments), counts)
    return Usage(now, late, counts)


async def usage_counts(connection: asyncpg.Connection, contract_ids: Sequence[UUID], period: Period) -> dict[UUID, int]:
    """Count the records that `usage_of` would add up now, by contract; contracts without any are left out."""
    rows = await connection.fetch(_COUNTS, contract_ids, period.start, period.until)
    return {row["contract_id"]: row["records"] for row in rows}


async def rated_before(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], months: Period
) -> dict[UUID, dict[tuple[UUID, date], dict[Level, Decimal]]]:
    """Read what price lists rated of months in live bills: by contract, then by (price list, first day of the month).

    Within these are the quantities at each price and tax rate.
    """
    found: dict[UUID, dict[tuple[UUID, date], dict[Level, Decimal]]] = defaultdict(lambda: defaultdict(dict))
    for row in await connection.fetch(_RATED, contract_ids, months.start, months.until):
        level = (row["unit_price"], row["tax_rate"])
        found[row["contract_id"]][row["price_id"], row["month"]][level] = row["quantity"]
    return found


async def take_late_usage(connection: asyncpg.Connection, contract_ids: Sequence[UUID], period: Period) -> None:
    """Note for late records that the period has charged them: those that lie in it, and those before."""
    await connection.execute(_TAKE, contract_ids, period.start, period.until)


def _by_contract(rows: Sequence[asyncpg.Record], counts: dict[UUID, int]) -> dict[UUID, list[UsedService]]:
    found: dict[UUID, list[UsedService]] = defaultdict(list)
    for row in rows:
        counts[row["contract_id"]] += row["records"]
        found[row["contract_id"]].append(
            UsedService(
                service=service_of(row),
                destination=row["destination"],
                unit_price=row["unit_price"],
                tax_included=row["tax_included"],
                quantity=row["quantity"],
                since=row["since"],
            )
        )
    return found
