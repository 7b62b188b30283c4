"""Connecting to a database past Tortoise, as another program would."""

import asyncpg

from billfold.database.connection import tortoise_config


async def open_connection(url: str, *, database: str | None = None) -> asyncpg.Connection:
    """Open one asyncpg connection to the URL's database, or to another of the same server."""
    credentials = tortoise_config(url)["connections"]["default"]["credentials"]
    return await asyncpg.connect(
        **{name: credentials[name] for name in ("host", "port", "user", "password")},
        database=database or credentials["database"],
    )
