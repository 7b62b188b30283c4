"""Facts: what a chunk of contracts is charged from, in a few set-based queries; rules of money are not here.

Usage has a file of its own, `used.py`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from billfold.domain.charging import Charge, ChargeKind, ServiceReference
from billfold.domain.periods import Period
from billfold.domain.subscriptions import Proration, SubscribedService, SubscriptionTerms
from billfold.domain.tax import TaxCategory

# What `service_of` reads; `v` is the services' row.
SERVICE_COLUMNS = "v.code, v.name, v.names, v.unit_name, v.unit_okei, v.tax_category"


@dataclass(frozen=True, slots=True)
class ChargedPeriod:
    """A period of a contract that is charged already, with its charges in order."""

    id: UUID
    charges: tuple[Charge, ...]


_SUBSCRIPTIONS = f"""
SELECT s.contract_id, s.started_on, s.ended_on, s.price, s.quantity, s.tax_included, s.proration, {SERVICE_COLUMNS},
       (SELECT json_agg(json_build_array(n.valid_from, n.price::text, n.quantity::text, n.tax_included, n.is_suspended)
                        ORDER BY n.valid_from)
        FROM subscription_changes n WHERE n.subscription_id = s.id) AS changes
FROM subscriptions s JOIN services v ON v.id = s.service_id
WHERE s.contract_id = ANY($1::uuid[]) AND s.started_on < $3 AND (s.ended_on IS NULL OR s.ended_on > $2)
ORDER BY s.contract_id, v.code, s.started_on, s.ordinal
"""

_CHARGE_COLUMNS = f"""
h.id, h.contract_id, h.kind, h.period_from, h.period_until, h.quantity, h.unit_price, h.tax_included, h.tax_rate, h.net,
h.tax, h.gross, h.destination, h.active_days, h.month_days, h.description, h.is_late, h.price_id, h.adjusts,
c.currency,
{SERVICE_COLUMNS}
"""

_CHARGED = f"""
SELECT p.id AS charge_period_id, p.contract_id AS charged_id, {_CHARGE_COLUMNS}
FROM charge_periods p
JOIN contracts c ON c.id = p.contract_id
LEFT JOIN charges h ON h.charge_period_id = p.id
LEFT JOIN services v ON v.id = h.service_id
WHERE p.contract_id = ANY($1::uuid[]) AND p.is_live AND NOT p.is_correction
  AND p.period_from = $2 AND p.period_until = $3
ORDER BY p.contract_id, h.position
"""

_BEHIND = f"""
SELECT {_CHARGE_COLUMNS}
FROM documents d
JOIN charge_periods p ON p.id = d.charge_period_id AND NOT p.is_correction
JOIN charges h ON h.charge_period_id = p.id
JOIN contracts c ON c.id = h.contract_id
JOIN services v ON v.id = h.service_id
WHERE d.id = $1 ORDER BY h.position
"""

_WAITING = f"""
SELECT {_CHARGE_COLUMNS}
FROM charges h
JOIN contracts c ON c.id = h.contract_id
JOIN services v ON v.id = h.service_id
WHERE h.contract_id = ANY($1::uuid[]) AND h.charge_period_id IS NULL AND h.cancelled_at IS NULL AND h.period_from < $2
ORDER BY h.contract_id, h.period_from, h.created_at, h.id
"""


async def subscribed_services(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], period: Period
) -> dict[UUID, list[SubscribedService]]:
    """Read the subscriptions that touch the period, by contract, in the order of their lines."""
    found: dict[UUID, list[SubscribedService]] = defaultdict(list)
    for row in await connection.fetch(_SUBSCRIPTIONS, contract_ids, period.start, period.until):
        found[row["contract_id"]].append(
            SubscribedService(
                service=service_of(row),
                started_on=row["started_on"],
                ended_on=row["ended_on"],
                price=row["price"],
                quantity=row["quantity"],
                tax_included=row["tax_included"],
                proration=Proration(row["proration"]),
                changes=tuple(_terms(change) for change in orjson.loads(row["changes"] or "[]")),
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
        ids[row["charged_id"]] = row["charge_period_id"]
        if row["id"] is not None:
            charges[row["charged_id"]].append(_charge(row))
    return {contract: ChargedPeriod(id_, tuple(charges[contract])) for contract, id_ in ids.items()}


async def charges_behind(connection: asyncpg.Connection, document_id: UUID) -> tuple[Charge, ...]:
    """Read the charges of the period that a document was made from, in order; none for one of no period."""
    return tuple(_charge(row) for row in await connection.fetch(_BEHIND, document_id))


async def waiting_charges(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], before: date
) -> dict[UUID, list[Charge]]:
    """Read the one-off charges of days before `before` that no document has taken, by contract, the oldest first."""
    found: dict[UUID, list[Charge]] = defaultdict(list)
    for row in await connection.fetch(_WAITING, contract_ids, before):
        found[row["contract_id"]].append(_charge(row))
    return found


def service_of(row: Mapping[str, Any]) -> ServiceReference:
    """Read a service from a row that has `SERVICE_COLUMNS`."""
    names = {"": row["name"], **orjson.loads(row["names"])}
    return ServiceReference(row["code"], names, row["unit_name"], row["unit_okei"], TaxCategory(row["tax_category"]))


def _terms(change: Sequence[Any]) -> SubscriptionTerms:
    valid_from, price, quantity, tax_included, is_suspended = change
    return SubscriptionTerms(
        valid_from=date.fromisoformat(valid_from),
        price=Decimal(price),
        quantity=Decimal(quantity),
        tax_included=tax_included,
        is_suspended=is_suspended,
    )


def _charge(row: asyncpg.Record) -> Charge:
    return Charge(
        kind=ChargeKind(row["kind"]),
        service=service_of(row),
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
        description=row["description"],
        is_late=row["is_late"],
        price_id=row["price_id"],
        id=row["id"],
        adjusts=row["adjusts"],
    )
