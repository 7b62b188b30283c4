"""The Tortoise client of the house: no RESET between two uses of a connection, and no transaction left half begun."""

from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext, TransactionContextPooled
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError


class PlainConnection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg ships no types.
    """A connection that needs no RESET: every setting of ours is SET LOCAL, so none can stay behind."""

    def get_reset_query(self) -> str:
        """Give the statement sent when the connection goes back to the pool: none, which saves a round trip."""
        return ""


class WholeTransaction(TransactionContextPooled):
    """Tortoise's transaction, which gives its connection back when it cannot begin.

    Tortoise's own keeps it then, and the task goes on asking a dead connection until it ends.
    """

    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        self.client._connection = await self.client._parent._pool.acquire()
        self.token = get_connections().set(self.connection_name, self.client)
        try:
            await self.client.begin()
        except BaseException:
            await self._leave()
            raise
        return self.client

    async def __aexit__(self, kind: Any, error: Any, traceback: Any) -> None:
        try:
            # Whoever has ended it already has said how.
            if not self.client._finalized and kind is None:
                await self.client.commit()
            # One that has failed by itself cannot be rolled back.
            elif not self.client._finalized and kind is not TransactionManagementError:
                await self.client.rollback()
        finally:
            await self._leave()

    async def _leave(self) -> None:
        get_connections().reset(self.token)
        if self.client._parent._pool:
            await self.client._parent._pool.release(self.client._connection)


class BillfoldClient(AsyncpgDBClient):
    """Tortoise's client on `PlainConnection`."""

    connection_class = PlainConnection

    def _in_transaction(self) -> TransactionContext:
        return WholeTransaction(TransactionWrapper(self), self._pool_init_lock)


# The name that Tortoise looks up in an engine module.
client_class = BillfoldClient
