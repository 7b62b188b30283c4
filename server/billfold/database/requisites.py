"""Requisites in time: the versions that clients and enterprises keep, and which of them stands in the party's row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from billfold.database.single_rows import put_row, update_row


@dataclass(frozen=True, slots=True)
class Party:
    """A noun whose requisites have versions: its table, that of the versions, and the columns that both have.

    For the row `p`, `enterprise` gives the enterprise in whose zone its days begin, and `closed_until` until when books
    that it stands in are closed.
    """

    table: str
    versions: str
    key: str
    columns: tuple[str, ...]
    enterprise: str
    closed_until: str


CLIENT = Party(
    table="clients",
    versions="client_requisites",
    key="client_id",
    columns=(
        *("kind", "name", "credential", "inn", "kpp", "ogrn", "ogrn_on", "address", "country"),
        *("bank_account", "bank_bic", "electronic_address"),
    ),
    enterprise="p.enterprise_id",
    # Whoever may make a document for the client has a contract with it.
    closed_until="""(SELECT max(closed_until) FROM enterprises WHERE id = p.enterprise_id
      OR id IN (SELECT enterprise_id FROM contracts WHERE client_id = p.id))""",
)
ENTERPRISE = Party(
    table="enterprises",
    versions="enterprise_requisites",
    key="enterprise_id",
    columns=("legal_name", "kind", "inn", "kpp", "ogrn", "ogrn_on", "address", "country", "electronic_address"),
    enterprise="p.id",
    closed_until="p.closed_until",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a party stands: its zone's today, since when its row's requisites hold, until when books are closed."""

    today: date
    requisites_from: date
    closed_until: date | None


async def lock_party(connection: asyncpg.Connection, party: Party, id_: UUID, now: datetime) -> Standing | None:
    """Lock a party against changes until the transaction ends; None when it is not there."""
    row = await connection.fetchrow(
        f"""SELECT p.requisites_from, {party.closed_until} AS closed_until,
                   ($2::timestamptz AT TIME ZONE e.timezone)::date AS today
            FROM {party.table} p JOIN enterprises e ON e.id = {party.enterprise}
            WHERE p.id = $1 FOR NO KEY UPDATE OF p""",
        id_,
        now,
    )
    return Standing(row["today"], row["requisites_from"], row["closed_until"]) if row else None


async def requisites_on(connection: asyncpg.Connection, party: Party, id_: UUID, day: date) -> dict[str, Any]:
    """Give the requisites that hold on a day; before the first version, the first."""
    row = await connection.fetchrow(
        f"""SELECT {", ".join(party.columns)} FROM {party.versions} WHERE {party.key} = $1
            ORDER BY valid_from > $2, abs(valid_from - $2) LIMIT 1""",
        id_,
        day,
    )
    return dict(row)


async def put_version(
    connection: asyncpg.Connection, party: Party, id_: UUID, *, valid_from: date, values: Mapping[str, object]
) -> None:
    """Write the requisites that hold from a day on, over those of the same day; the party's row stays as it is."""
    await put_row(connection, party.versions, {party.key: id_, "valid_from": valid_from}, values)


async def put_in_force(
    connection: asyncpg.Connection, party: Party, id_: UUID, *, valid_from: date, values: Mapping[str, object]
) -> None:
    """Put requisites into the party's row, and so into the version of their day, which a trigger keeps."""
    await update_row(connection, party.table, id_, {**values, "requisites_from": valid_from})


async def carry_forward(
    connection: asyncpg.Connection,
    party: Party,
    id_: UUID,
    *,
    after: date,
    changes: Mapping[str, tuple[object, object]],
) -> None:
    """Carry changes, (old, new) by column, into the versions after a day that still say the old."""
    settings: list[str] = []
    values: list[object] = []
    for name, (old, new) in changes.items():
        values += [old, new]
        at = len(values) + 2
        # A day that is not given is NULL, which equals nothing.
        is_old = f"{name} IS NOT DISTINCT FROM ${at - 1}"
        settings.append(f"{name} = CASE WHEN {is_old} THEN ${at} ELSE {name} END")
    await connection.execute(
        f"UPDATE {party.versions} SET {', '.join(settings)} WHERE {party.key} = $1 AND valid_from > $2",
        id_,
        after,
        *values,
    )


async def put_due_in_force(connection: asyncpg.Connection, now: datetime) -> int:
    """Put every version whose day has come into its party's row; gives for how many. May be repeated.

    A party that somebody is changing is left for the next time.
    """
    return sum([await _put_due(connection, party, now) for party in (CLIENT, ENTERPRISE)])


async def _put_due(connection: asyncpg.Connection, party: Party, now: datetime) -> int:
    settings = ", ".join(f"{name} = due.{name}" for name in party.columns)
    status: str = await connection.execute(
        f"""WITH due AS (
              SELECT p.id AS party_id, v.* FROM {party.table} p
              JOIN enterprises e ON e.id = {party.enterprise}
              JOIN LATERAL (
                SELECT * FROM {party.versions} WHERE {party.key} = p.id
                  AND valid_from <= ($1::timestamptz AT TIME ZONE e.timezone)::date
                ORDER BY valid_from DESC LIMIT 1) v ON v.valid_from > p.requisites_from
              WHERE p.id IN (SELECT {party.key} FROM {party.versions}
                             WHERE valid_from BETWEEN DATE '1900-01-02' AND ($1::timestamptz)::date + 1)
              FOR NO KEY UPDATE OF p SKIP LOCKED
            )
            UPDATE {party.table} p SET {settings}, requisites_from = due.valid_from
            FROM due WHERE p.id = due.party_id""",
        now,
    )
    return int(status.rpartition(" ")[2])
