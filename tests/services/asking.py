"""Short questions to the database that service tests ask."""

from typing import Any
from uuid import UUID

from billfold.database.connection import reading


async def rows(query: str, *arguments: object) -> list[dict[str, Any]]:
    """Give the rows of a query."""
    async with reading() as connection:
        return [dict(row) for row in await connection.fetch(query, *arguments)]


async def value(query: str, *arguments: object) -> Any:
    """Give the first value of a query."""
    async with reading() as connection:
        return await connection.fetchval(query, *arguments)


async def contract(number: str) -> UUID:
    """Give the id of a contract."""
    found = await value("SELECT id FROM contracts WHERE number = $1", number)
    assert isinstance(found, UUID)
    return found
