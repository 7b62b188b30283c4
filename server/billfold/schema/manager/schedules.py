"""What schedules will make, on the managers' face."""

from typing import Annotated

import strawberry
from strawberry import ID

from billfold.domain.access import Scope
from billfold.schema.context import Info
from billfold.schema.manager.inputs import TYPE, key_of
from billfold.schema.resolvers import resolver
from billfold.schema.scalars import DateText
from billfold.services.scheduling import next_dates

_COUNT = "How many: 1 to 100, 12 when left out."


@strawberry.type
class Schedules:
    """The field of the query that looks ahead."""

    @resolver(
        "The dates that a client's next documents of a type will bear, the earliest first; none where its rule makes"
        " none by itself."
    )
    async def schedule_dates(
        self,
        info: Info,
        client: Annotated[ID, strawberry.argument(description="The client.")],
        type: Annotated[str, strawberry.argument(description=TYPE)],
        count: Annotated[int, strawberry.argument(description=_COUNT)] = 12,
    ) -> list[DateText]:
        context = info.context
        context.viewer.require(Scope.DOCUMENTS_READ)
        found = await next_dates(context.parts, key_of("client", client, "client"), type, count)
        return [DateText(day.isoformat()) for day in found]
