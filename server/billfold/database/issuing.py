"""Issuing: the set-based writes of one issuing transaction; which documents, and in which order, services decide."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from billfold.database.charges import charge_columns
from billfold.database.connection import copy_rows
from billfold.domain.charging import Charge
from billfold.domain.ids import new_id
from billfold.domain.periods import Period


async def lock_contracts(connection: asyncpg.Connection, contract_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Lock contracts, always in the order of their ids, so that two who charge or settle one wait for each other.

    Usage that is being recorded for them waits too, and what was being recorded is waited for. Gives their revisions.
    """
    rows = await connection.fetch(
        "SELECT id, revision FROM contracts WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE", sorted(contract_ids)
    )
    return {row["id"]: row["revision"] for row in rows}


async def overlapped_contracts(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], period: Period
) -> dict[UUID, Period]:
    """Find contracts that are charged already for a period that overlaps this one, and for which."""
    rows = await connection.fetch(
        """SELECT DISTINCT ON (contract_id) contract_id, period_from, period_until FROM charge_periods
           WHERE contract_id = ANY($1::uuid[]) AND is_live AND NOT is_correction
             AND daterange(period_from, period_until) && daterange($2, $3)
           ORDER BY contract_id, period_from""",
        contract_ids,
        period.start,
        period.until,
    )
    return {row["contract_id"]: Period(row["period_from"], row["period_until"]) for row in rows}


async def ended_periods(connection: asyncpg.Connection, charge_period_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Find which charged periods have ended, because the last document that stood on them is void."""
    if not charge_period_ids:
        return frozenset()
    rows = await connection.fetch(
        "SELECT id FROM charge_periods WHERE id = ANY($1::uuid[]) AND NOT is_live", charge_period_ids
    )
    return frozenset(row["id"] for row in rows)


async def open_charge_periods(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], period: Period, *, is_correction: bool = False
) -> dict[UUID, UUID]:
    """Open the period of contracts for charging, or of their corrections; gives the new ids by contract."""
    ids = {contract: new_id() for contract in contract_ids}
    rows = [
        {
            "id": id_,
            "contract_id": contract,
            "period_from": period.start,
            "period_until": period.until,
            "is_correction": is_correction,
        }
        for contract, id_ in ids.items()
    ]
    await copy_rows(connection, "charge_periods", rows)
    return ids


@dataclass(frozen=True, slots=True)
class StandingPeriod:
    """A live charged period, and the documents that stand on it, by type and number."""

    id: UUID
    is_closed: bool
    documents: tuple[str, ...]


async def find_charged_period(
    connection: asyncpg.Connection, contract_id: UUID, period: Period
) -> StandingPeriod | None:
    """Find a live charged period of a contract by its very days."""
    row = await connection.fetchrow(
        """SELECT p.id, p.is_closed, ARRAY(SELECT d.type || ' ' || d.number FROM documents d
             WHERE d.charge_period_id = p.id AND d.status = 'ISSUED' ORDER BY d.issued_at) AS documents
           FROM charge_periods p
           WHERE p.contract_id = $1 AND p.is_live AND NOT p.is_correction
             AND p.period_from = $2 AND p.period_until = $3""",
        contract_id,
        period.start,
        period.until,
    )
    return StandingPeriod(row["id"], row["is_closed"], tuple(row["documents"])) if row else None


async def free_charged_period(connection: asyncpg.Connection, charge_period_id: UUID) -> None:
    """End a charged period: triggers give its charges back and let go what it had taken."""
    await connection.execute("UPDATE charge_periods SET is_live = false WHERE id = $1", charge_period_id)


@dataclass(frozen=True, slots=True)
class PlacedCharge:
    """A charge with its contract and, unless it waits, its charged period and its place there."""

    contract_id: UUID
    charge_period_id: UUID | None
    position: int | None
    charge: Charge


async def copy_charges(connection: asyncpg.Connection, placed: Sequence[PlacedCharge]) -> None:
    """Write new charges. Those that wait come from charges of their day, which may lie in closed books."""
    if not placed:
        return
    rows = await connection.fetch(
        "SELECT code, id FROM services WHERE code = ANY($1::text[])", [one.charge.service.code for one in placed]
    )
    services = {row["code"]: row["id"] for row in rows}
    await copy_rows(connection, "charges", [_charge_row(one, services[one.charge.service.code]) for one in placed])


async def take_charges(connection: asyncpg.Connection, placed: Sequence[PlacedCharge]) -> None:
    """Put one-off charges that waited into their charged periods."""
    if placed:
        await connection.execute(
            """UPDATE charges h SET charge_period_id = n.period, position = n.position
               FROM unnest($1::uuid[], $2::uuid[], $3::int[]) AS n (id, period, position)
               WHERE h.id = n.id AND h.charge_period_id IS NULL""",
            [one.charge.id for one in placed],
            [one.charge_period_id for one in placed],
            [one.position for one in placed],
        )


async def cancel_split(connection: asyncpg.Connection, charge_ids: Sequence[UUID], now: datetime) -> None:
    """End credits that are split: their parts are written anew, so that nothing is owed more or less."""
    if charge_ids:
        await connection.execute(
            "UPDATE charges SET cancelled_at = $2, cancelled_by = 'billfold', cancel_reason = 'split' "
            "WHERE id = ANY($1::uuid[])",
            charge_ids,
            now,
        )


def _charge_row(placed: PlacedCharge, service_id: UUID) -> dict[str, object]:
    return {
        "id": new_id(),
        "contract_id": placed.contract_id,
        "charge_period_id": placed.charge_period_id,
        "position": placed.position,
        "service_id": service_id,
        **charge_columns(placed.charge),
        "created_by": "billfold",
    }
