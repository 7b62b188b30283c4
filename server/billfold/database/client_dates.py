"""What tells when a client's next documents come: the dates that it wants, and what was expected of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg

from billfold.database.run_control import CANCELLED
from billfold.domain.periods import Period


@dataclass(frozen=True, slots=True)
class KnownDays:
    """What was expected of a client: the end up to which it was of every contract, and what types that cut have cut."""

    latest: date | None
    cuts: Sequence[Period]


async def client_dates(connection: asyncpg.Connection, client_id: UUID) -> tuple[UUID, str] | None:
    """Read which enterprise bills a client by default, and the dates that it wants; None for no such client."""
    row = await connection.fetchrow("SELECT enterprise_id, invoice_dates FROM clients WHERE id = $1", client_id)
    return (row["enterprise_id"], row["invoice_dates"]) if row else None


async def known_days(
    connection: asyncpg.Connection, client_id: UUID, type: str, *, cutting: Sequence[str], today: date
) -> KnownDays:
    """Read what was expected of a client's contracts in a type, and the year's cuts, where it is billed by default."""
    contracts = """contracts c JOIN clients l ON l.id = c.client_id AND l.enterprise_id = c.enterprise_id
                   WHERE l.id = $1 AND (c.closed_on > $3) IS NOT FALSE"""
    latest = await connection.fetchval(
        f"""SELECT CASE WHEN count(*) = count(o.latest) THEN min(o.latest) END FROM (
              SELECT (SELECT max(period_until) FROM occurrences
                      WHERE contract_id = c.id AND type = $2 AND period_from <= $3 AND reason <> $4) AS latest
              FROM {contracts}) o""",
        client_id,
        type,
        today,
        CANCELLED,
    )
    cuts = await connection.fetch(
        f"""SELECT DISTINCT o.period_from, o.period_until FROM occurrences o
            JOIN (SELECT c.id FROM {contracts}) c ON c.id = o.contract_id
            WHERE o.type = ANY($2::text[]) AND o.period_until > $3::date - 366 AND o.reason <> $4""",
        client_id,
        cutting,
        today,
        CANCELLED,
    )
    return KnownDays(latest, [Period(row["period_from"], row["period_until"]) for row in cuts])
