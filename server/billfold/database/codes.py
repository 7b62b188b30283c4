"""Codes: the brands and services that somebody names by their codes."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from billfold.domain.errors import NotFound


async def brand_ids(connection: asyncpg.Connection, codes: Sequence[str]) -> list[UUID]:
    """Find brands by code. Raises NotFound for one that is not there."""
    rows = await connection.fetch("SELECT id, code FROM brands WHERE code = ANY($1::text[])", codes)
    return _found(rows, codes, "brand")


async def service_ids(connection: asyncpg.Connection, codes: Sequence[str]) -> list[UUID]:
    """Find services by code. Raises NotFound for one that is not there."""
    rows = await connection.fetch("SELECT id, code FROM services WHERE code = ANY($1::text[])", codes)
    return _found(rows, codes, "service")


def _found(rows: Sequence[asyncpg.Record], codes: Sequence[str], noun: str) -> list[UUID]:
    if missing := sorted(set(codes) - {row["code"] for row in rows}):
        raise NotFound(f"There is no {noun} {', '.join(missing)}.", field=noun)
    return [row["id"] for row in rows]
