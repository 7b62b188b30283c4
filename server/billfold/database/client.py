"""The Tortoise client of the house: its asyncpg connections go back to the pool without a RESET."""

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient


class PlainConnection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg ships no types.
    """A connection that needs no RESET: every setting of ours is SET LOCAL, so none can stay behind."""

    def get_reset_query(self) -> str:
        """Give the statement sent when the connection goes back to the pool: none, which saves a round trip."""
        return ""


class BillfoldClient(AsyncpgDBClient):
    """Tortoise's client on `PlainConnection`."""

    connection_class = PlainConnection


# The name that Tortoise looks up in an engine module.
client_class = BillfoldClient
