"""Facts: what a chunk of contracts is billed from, in a few set-based queries; rules of money are not here."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import orjson

from billfold.domain.charging import Charge, ChargeKind, ServiceReference, SubscribedService, UsedService
from billfold.domain.periods import Period


@dataclass(frozen=True, slots=True)
class ChargedPeriod:
    """A period of a contract that is charged already, with its charges in order."""

    id: UUID
    charges: tuple[Charge, ...]


_SUBSCRIPTIONS = """
SELECT s.contract_id, s.started_on, s.ended_on, s.price, s.quantity, s.tax_included,
       v.code, v.name, v.names, v.unit_name, v.unit_okei
FROM subscriptions s JOIN services v ON v.id = s.service_id
WHERE s.contract_id = ANY($1::uuid[]) AND s.started_on < $3 AND (s.ended_on IS NULL OR s.ended_on > $2)
ORDER BY s.contract_id, v.code, s.started_on, s.ordinal
"""

# Borders are local midnights of the enterprise; quantities are summed before anything is multiplied or rounded.
_USAGE = """
SELECT u.contract_id, u.destination, u.unit_price, u.tax_included, u.quantity,
       v.code, v.name, v.names, v.unit_name, v.unit_okei
FROM (SELECT r.contract_id, r.service_id, r.destination, trim_scale(r.unit_price) AS unit_price, r.tax_included,
             sum(r.quantity) AS quantity
      FROM usage_records r
      JOIN contracts c ON c.id = r.contract_id
      JOIN enterprises e ON e.id = c.enterprise_id
      WHERE r.contract_id = ANY($1::uuid[])
        AND r.occurred_at >= $2::date::timestamp AT TIME ZONE e.timezone
        AND r.occurred_at < $3::date::timestamp AT TIME ZONE e.timezone
      GROUP BY r.contract_id, r.service_id, r.destination, trim_scale(r.unit_price), r.tax_included) u
JOIN services v ON v.id = u.service_id
ORDER BY u.contract_id, v.code, u.destination, u.unit_price, u.tax_included
"""

_CHARGED = """
SELECT p.id AS charge_period_id, p.contract_id, h.kind, h.period_from, h.period_until, h.quantity, h.unit_price,
       h.tax_included, h.tax_rate, h.net, h.tax, h.gross, h.destination, h.active_days, h.month_days, c.currency,
       v.code, v.name, v.names, v.unit_name, v.unit_okei
FROM charge_periods p
JOIN contracts c ON c.id = p.contract_id
JOIN charges h ON h.charge_period_id = p.id
JOIN services v ON v.id = h.service_id
WHERE p.contract_id = ANY($1::uuid[]) AND p.is_live AND p.period_from = $2 AND p.period_until = $3
ORDER BY p.contract_id, h.position
"""


async def subscribed_services(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], period: Period
) -> dict[UUID, list[SubscribedService]]:
    """Read the subscriptions that touch the period, by contract, in the order of their lines."""
    found: dict[UUID, list[SubscribedService]] = defaultdict(list)
    for row in await connection.fetch(_SUBSCRIPTIONS, contract_ids, period.start, period.until):
        found[row["contract_id"]].append(
            SubscribedService(
                service=_service(row),
                started_on=row["started_on"],
                ended_on=row["ended_on"],
                price=row["price"],
                quantity=row["quantity"],
                tax_included=row["tax_included"],
            )
        )
    return found


async def used_services(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], period: Period
) -> dict[UUID, list[UsedService]]:
    """Sum the usage inside the period by (service, destination, unit price, tax included), by contract, in order."""
    found: dict[UUID, list[UsedService]] = defaultdict(list)
    for row in await connection.fetch(_USAGE, contract_ids, period.start, period.until):
        found[row["contract_id"]].append(
            UsedService(
                service=_service(row),
                destination=row["destination"],
                unit_price=row["unit_price"],
                tax_included=row["tax_included"],
                quantity=row["quantity"],
            )
        )
    return found


async def charged_periods(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], period: Period
) -> dict[UUID, ChargedPeriod]:
    """Read the charges of contracts that are charged for exactly this period already, by contract."""
    ids: dict[UUID, UUID] = {}
    charges: dict[UUID, list[Charge]] = defaultdict(list)
    for row in await connection.fetch(_CHARGED, contract_ids, period.start, period.until):
        ids[row["contract_id"]] = row["charge_period_id"]
        charges[row["contract_id"]].append(_charge(row))
    return {contract: ChargedPeriod(ids[contract], tuple(charges[contract])) for contract in ids}


def _service(row: asyncpg.Record) -> ServiceReference:
    names = {"": row["name"], **orjson.loads(row["names"])}
    return ServiceReference(row["code"], names, row["unit_name"], row["unit_okei"])


def _charge(row: asyncpg.Record) -> Charge:
    return Charge(
        kind=ChargeKind(row["kind"]),
        service=_service(row),
        period=Period(row["period_from"], row["period_until"]),
        quantity=row["quantity"],
        unit_price=row["unit_price"],
        tax_included=row["tax_included"],
        tax_rate=row["tax_rate"],
        net=row["net"],
        tax=row["tax"],
        gross=row["gross"],
        currency=row["currency"],
        destination=row["destination"],
        active_days=row["active_days"],
        month_days=row["month_days"],
    )
