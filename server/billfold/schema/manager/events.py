"""The subscriptions of the managers' face: what is told as it happens, over a WebSocket.

The word itself is taken: a Subscription is a service on a contract.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Annotated, cast
from uuid import UUID

import strawberry
from strawberry import ID

from billfold.database.reading.conditions import raw_id
from billfold.schema.connections import FILTER, page_request
from billfold.schema.context import Info
from billfold.schema.manager.documents import Document
from billfold.schema.manager.filters import DocumentFilter
from billfold.schema.manager.runs import RunProgress
from billfold.schema.reads import read_listed, require_readable
from billfold.schema.resolvers import subscription
from billfold.services.watches import Watches

_RUN = strawberry.argument(description="The id of the run.")


@strawberry.type(description="What managers are told as it happens, over a WebSocket that speaks graphql-transport-ws.")
class Events:
    @subscription("How far a run is: at once, then at each change, a second apart at least; ends when the run does.")
    async def run_progress(self, info: Info, run: Annotated[ID, _RUN]) -> AsyncGenerator[RunProgress, None]:
        progress = _watches(info).progress
        async with aclosing(progress.watch(info.context.viewer, raw_id("run", run))) as changes:
            async for progress_now in changes:
                # It has the attributes of the GraphQL type, and stands for it.
                yield cast("RunProgress", progress_now)

    @subscription(
        "Each document that is issued or changes from now on, as it is when it is told: once a second at most, and "
        "perhaps again with nothing new."
    )
    async def document_changed(
        self, info: Info, filter: Annotated[DocumentFilter | None, FILTER] = None
    ) -> AsyncGenerator[Document, None]:
        # Before anything changes: who may not read it waits for nothing.
        require_readable(info, Document)
        request = page_request(filter, None, (None, None, None, None))

        async def read(ids: Sequence[UUID]) -> list[Document]:
            info.context.begin_anew()
            return await read_listed(info, "documents", Document, ids, request)

        async with aclosing(_watches(info).changes.watch(info.context.viewer, read)) as documents:
            async for document in documents:
                yield document


def _watches(info: Info) -> Watches:
    if info.context.watches is None:
        raise RuntimeError("Subscriptions are carried out over sockets only.")
    return info.context.watches
