"""Whether the database answers."""

from billfold.database.connection import reading


async def ping() -> None:
    """Ask the database for nothing. Raises what the connection raises."""
    async with reading() as connection:
        await connection.fetchval("SELECT 1")
