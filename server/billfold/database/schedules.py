"""Schedules: which rules make documents by themselves, how far they were carried out, and what they expect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from billfold.database.rules import rule_of
from billfold.domain.cuts import Billed
from billfold.domain.periods import Period
from billfold.domain.rules import DocumentRule


@dataclass(frozen=True, slots=True)
class ScheduledRule:
    """The rule of a type; `scheduled_until` is the midnight up to which it was carried out, None before it began."""

    id: UUID
    type: str
    rule: DocumentRule
    scheduled_until: datetime | None


@dataclass(frozen=True, slots=True)
class ScheduledEnterprise:
    """An enterprise with its rules by type, automatic or not."""

    id: UUID
    timezone: str
    country: str
    closed_until: date | None
    rules: Mapping[str, ScheduledRule]


@dataclass(frozen=True, slots=True)
class DueContract:
    """A contract that a tick may be for, with the dates that its client wants, as they were written."""

    id: UUID
    invoice_dates: str
    billed: Billed


async def read_schedules(connection: asyncpg.Connection, types: Sequence[str]) -> list[ScheduledEnterprise]:
    """Read the rules of every enterprise for these types, by the enterprise's code."""
    enterprises = await connection.fetch("SELECT id, timezone, country, closed_until FROM enterprises ORDER BY code")
    rows = await connection.fetch("SELECT * FROM document_rules WHERE type = ANY($1::text[])", types)
    rules: dict[UUID, dict[str, ScheduledRule]] = {row["id"]: {} for row in enterprises}
    for row in rows:
        if row["enterprise_id"] in rules:
            rules[row["enterprise_id"]][row["type"]] = _scheduled(row)
    return [ScheduledEnterprise(**row, rules=rules[row["id"]]) for row in enterprises]


async def rest_schedules(connection: asyncpg.Connection) -> None:
    """Forget how far rules were carried out that are automatic no more, so that none is caught up when they are."""
    await connection.execute(
        "UPDATE document_rules SET scheduled_until = NULL WHERE NOT is_automatic AND scheduled_until IS NOT NULL"
    )


async def begin_schedule(connection: asyncpg.Connection, rule_id: UUID, since: datetime) -> None:
    """Let a rule begin that has not yet."""
    await connection.execute(
        "UPDATE document_rules SET scheduled_until = $2 WHERE id = $1 AND is_automatic AND scheduled_until IS NULL",
        rule_id,
        since,
    )


async def hold_schedule(connection: asyncpg.Connection, rule_id: UUID) -> ScheduledRule | None:
    """Lock a rule and read it; None when somebody else holds it, who waits for nobody either."""
    row = await connection.fetchrow("SELECT * FROM document_rules WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED", rule_id)
    return _scheduled(row) if row else None


async def move_schedule(connection: asyncpg.Connection, rule_id: UUID, until: datetime) -> None:
    """Write how far a rule was carried out; it never goes back."""
    await connection.execute(
        "UPDATE document_rules SET scheduled_until = $2 WHERE id = $1 AND scheduled_until < $2", rule_id, until
    )


async def own_lists(connection: asyncpg.Connection, enterprise_id: UUID) -> list[str]:
    """Read the invoice dates that clients of an enterprise have, each once."""
    rows = await connection.fetch(
        """SELECT DISTINCT l.invoice_dates FROM contracts c JOIN clients l ON l.id = c.client_id
           WHERE c.enterprise_id = $1 AND l.invoice_dates <> ''""",
        enterprise_id,
    )
    return [row["invoice_dates"] for row in rows]


async def closings(connection: asyncpg.Connection, enterprise_id: UUID, days: Period) -> list[date]:
    """Read the days on which contracts of an enterprise ended, each once."""
    rows = await connection.fetch(
        "SELECT DISTINCT closed_on FROM contracts WHERE enterprise_id = $1 AND closed_on >= $2 AND closed_on < $3",
        enterprise_id,
        days.start,
        days.until,
    )
    return [row["closed_on"] for row in rows]


async def due_contracts(
    connection: asyncpg.Connection, enterprise_id: UUID, type: str, day: date, *, lists: Sequence[str] | None
) -> list[DueContract]:
    """Read the contracts that a tick may be for: of every client, or of those with the lists, and those that end then.

    What was expected of them last is that of the type, up to the day.
    """
    rows = await connection.fetch(
        """SELECT c.id, l.invoice_dates, c.signed_on, c.closed_on, o.latest,
                  c.closed_on IS NOT NULL AND EXISTS (
                    SELECT FROM charge_periods p WHERE p.contract_id = c.id AND p.is_live AND NOT p.is_correction
                      AND p.period_until = c.closed_on) AS is_final_charged
           FROM contracts c JOIN clients l ON l.id = c.client_id
           CROSS JOIN LATERAL (SELECT max(period_until) AS latest FROM occurrences
                               WHERE contract_id = c.id AND type = $2 AND period_until <= $3) o
           WHERE c.enterprise_id = $1
             AND ($4::text[] IS NULL OR l.invoice_dates = ANY($4) OR c.closed_on = $3)
           ORDER BY c.id""",
        enterprise_id,
        type,
        day,
        lists,
    )
    return [
        DueContract(
            row["id"],
            row["invoice_dates"],
            Billed(row["signed_on"], row["closed_on"], row["is_final_charged"], row["latest"]),
        )
        for row in rows
    ]


async def expected_periods(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], types: Sequence[str], window: Period
) -> dict[UUID, list[Period]]:
    """Read the periods of some types that were expected of contracts and ended in the window or on its last day."""
    rows = await connection.fetch(
        """SELECT DISTINCT contract_id, period_from, period_until FROM occurrences
           WHERE contract_id = ANY($1::uuid[]) AND type = ANY($2::text[])
             AND period_until > $3 AND period_until <= $4""",
        contract_ids,
        types,
        window.start,
        window.until,
    )
    found: dict[UUID, list[Period]] = {}
    for row in rows:
        found.setdefault(row["contract_id"], []).append(Period(row["period_from"], row["period_until"]))
    return found


async def client_dates(connection: asyncpg.Connection, client_id: UUID) -> tuple[UUID, str] | None:
    """Read which enterprise bills a client by default, and the dates that it wants; None for no such client."""
    row = await connection.fetchrow("SELECT enterprise_id, invoice_dates FROM clients WHERE id = $1", client_id)
    return (row["enterprise_id"], row["invoice_dates"]) if row else None


def _scheduled(row: asyncpg.Record) -> ScheduledRule:
    return ScheduledRule(row["id"], row["type"], rule_of(row), row["scheduled_until"])
