"""The subscriptions of the managers' face: what is told as it happens, over a WebSocket.

The word itself is taken: a Subscription is a service on a contract.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, cast

import strawberry
from strawberry import ID

from billfold.database.reading.conditions import raw_id
from billfold.schema.context import Info
from billfold.schema.manager.runs import RunProgress
from billfold.schema.resolvers import subscription

_RUN = strawberry.argument(description="The id of the run.")


@strawberry.type(description="What managers are told as it happens, over a WebSocket that speaks graphql-transport-ws.")
class Events:
    @subscription("How far a run is: at once, then at each change, a second apart at least; ends when the run does.")
    async def run_progress(self, info: Info, run: Annotated[ID, _RUN]) -> AsyncGenerator[RunProgress, None]:
        watch = info.context.progress
        if watch is None:
            raise RuntimeError("Subscriptions are carried out over sockets only.")
        async with aclosing(watch.watch(info.context.viewer, raw_id("run", run))) as changes:
            async for progress in changes:
                # It has the attributes of the GraphQL type, and stands for it.
                yield cast("RunProgress", progress)
