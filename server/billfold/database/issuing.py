"""Issuing: the set-based writes of one issuing transaction; which documents, and in which order, services decide."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import asyncpg

from billfold.database.connection import copy_rows
from billfold.domain.charging import Charge
from billfold.domain.ids import new_id
from billfold.domain.periods import Period


async def lock_contracts(connection: asyncpg.Connection, contract_ids: Iterable[UUID]) -> None:
    """Lock contracts, always in the order of their ids, so that two issuers of one contract wait for each other."""
    await connection.execute(
        "SELECT 1 FROM contracts WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE", sorted(contract_ids)
    )


async def overlapped_contracts(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], period: Period
) -> dict[UUID, Period]:
    """Find contracts that are charged already for a period that overlaps this one, and for which."""
    rows = await connection.fetch(
        """SELECT DISTINCT ON (contract_id) contract_id, period_from, period_until FROM charge_periods
           WHERE contract_id = ANY($1::uuid[]) AND is_live
             AND daterange(period_from, period_until) && daterange($2, $3)
           ORDER BY contract_id, period_from""",
        contract_ids,
        period.start,
        period.until,
    )
    return {row["contract_id"]: Period(row["period_from"], row["period_until"]) for row in rows}


async def open_charge_periods(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], period: Period
) -> dict[UUID, UUID]:
    """Open the period of contracts for charging; gives the new ids by contract."""
    ids = {contract: new_id() for contract in contract_ids}
    rows = [
        {"id": id_, "contract_id": contract, "period_from": period.start, "period_until": period.until}
        for contract, id_ in ids.items()
    ]
    await copy_rows(connection, "charge_periods", rows)
    return ids


async def copy_charges(connection: asyncpg.Connection, charges: Sequence[tuple[UUID, UUID, int, Charge]]) -> None:
    """Write (contract, charge period, position, charge) rows."""
    rows = await connection.fetch(
        "SELECT code, id FROM services WHERE code = ANY($1::text[])", [charge.service.code for *_, charge in charges]
    )
    services = {row["code"]: row["id"] for row in rows}
    await copy_rows(
        connection,
        "charges",
        [
            _charge_row(contract_id, period_id, position, services[charge.service.code], charge)
            for contract_id, period_id, position, charge in charges
        ],
    )


def _charge_row(
    contract_id: UUID, charge_period_id: UUID, position: int, service_id: UUID, charge: Charge
) -> dict[str, object]:
    return {
        "id": new_id(),
        "contract_id": contract_id,
        "charge_period_id": charge_period_id,
        "position": position,
        "service_id": service_id,
        "kind": charge.kind.value,
        "period_from": charge.period.start,
        "period_until": charge.period.until,
        "quantity": charge.quantity,
        "unit_price": charge.unit_price,
        "tax_included": charge.tax_included,
        "tax_rate": charge.tax_rate,
        "net": charge.net,
        "tax": charge.tax,
        "gross": charge.gross,
        "destination": charge.destination,
        "active_days": charge.active_days,
        "month_days": charge.month_days,
    }
