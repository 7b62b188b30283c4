"""Single rows: one row inserted or changed by its columns, whose names are code's own and whose values are bound.

For writes of many rows there are `connection.copy_rows` and `staging.py`.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import asyncpg

from billfold.domain.ids import new_id


async def insert_row(connection: asyncpg.Connection, table: str, values: Mapping[str, object]) -> UUID | None:
    """Insert one row under a new id and give it; None when a row of the same key is there."""
    row = {"id": new_id(), **values}
    inserted: UUID | None = await connection.fetchval(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({_marks(row)}) ON CONFLICT DO NOTHING RETURNING id",
        *row.values(),
    )
    return inserted


async def update_row(connection: asyncpg.Connection, table: str, id_: UUID, values: Mapping[str, object]) -> bool:
    """Change columns of one row, and tell whether it was done: no when another row has the same key.

    Inside a transaction; what was done before stays done.
    """
    if not values:
        return True
    settings = ", ".join(f"{name} = ${place}" for place, name in enumerate(values, start=2))
    try:
        async with connection.transaction():
            await connection.execute(f"UPDATE {table} SET {settings} WHERE id = $1", id_, *values.values())
    except asyncpg.UniqueViolationError:
        return False
    return True


async def put_row(
    connection: asyncpg.Connection, table: str, key: Mapping[str, object], values: Mapping[str, object]
) -> UUID:
    """Write the one row of a unique key, new or over what is there, and give its id."""
    row = {"id": new_id(), **key, **values}
    settings = ", ".join(f"{name} = EXCLUDED.{name}" for name in values)
    put: UUID = await connection.fetchval(
        f"""INSERT INTO {table} ({", ".join(row)}) VALUES ({_marks(row)})
            ON CONFLICT ({", ".join(key)}) DO UPDATE SET {settings} RETURNING id""",
        *row.values(),
    )
    return put


async def has_row(connection: asyncpg.Connection, table: str, id_: UUID) -> bool:
    """Tell whether a row is there, and keep it there until the transaction ends."""
    return bool(await connection.fetchval(f"SELECT true FROM {table} WHERE id = $1 FOR KEY SHARE", id_))


async def lock_row(
    connection: asyncpg.Connection, table: str, id_: UUID, columns: Collection[str]
) -> dict[str, Any] | None:
    """Lock one row against changes until the transaction ends, and give columns of it; None when it is not there."""
    row = await connection.fetchrow(f"SELECT {', '.join(columns)} FROM {table} WHERE id = $1 FOR NO KEY UPDATE", id_)
    return dict(row) if row else None


async def find_row(
    connection: asyncpg.Connection, table: str, key: Mapping[str, object], columns: Collection[str]
) -> dict[str, Any] | None:
    """Give columns of the one row of a unique key; None when it is not there."""
    asked = " AND ".join(f"{name} = ${place}" for place, name in enumerate(key, start=1))
    row = await connection.fetchrow(f"SELECT {', '.join(columns)} FROM {table} WHERE {asked}", *key.values())
    return dict(row) if row else None


async def delete_row(connection: asyncpg.Connection, table: str, id_: UUID) -> None:
    """Delete one row."""
    await connection.execute(f"DELETE FROM {table} WHERE id = $1", id_)


def _marks(values: Collection[object]) -> str:
    return ", ".join(f"${place + 1}" for place in range(len(values)))
