"""Parking: contracts of which nothing is issued until somebody has looked at them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import asyncpg

# Why an occurrence of a parked contract is skipped.
PARKED = "parked"


async def park_contracts(
    connection: asyncpg.Connection, contract_ids: Collection[UUID], reason: str, now: datetime
) -> list[UUID]:
    """Park locked contracts, and give those that were not parked before; the others keep their first reason."""
    rows = await connection.fetch(
        """UPDATE contracts SET parked_at = $3, parked_reason = $2 WHERE id = ANY($1::uuid[]) AND parked_at IS NULL
           RETURNING id""",
        contract_ids,
        reason,
        now,
    )
    return sorted(row["id"] for row in rows)


async def unpark_contract(connection: asyncpg.Connection, contract_id: UUID) -> bool:
    """Let documents of a locked contract be issued again; says whether it was parked."""
    found = await connection.fetchval(
        """UPDATE contracts SET parked_at = NULL, parked_reason = '' WHERE id = $1 AND parked_at IS NOT NULL
           RETURNING id""",
        contract_id,
    )
    return found is not None


async def parked_reasons(connection: asyncpg.Connection, contract_ids: Collection[UUID]) -> dict[UUID, str]:
    """Find which of the contracts are parked, and why; the others are left out."""
    rows = await connection.fetch(
        "SELECT id, parked_reason FROM contracts WHERE id = ANY($1::uuid[]) AND parked_at IS NOT NULL", contract_ids
    )
    return {row["id"]: row["parked_reason"] for row in rows}
