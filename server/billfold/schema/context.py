"""The context of one request: who calls, with what parts, and the reader that reads for them."""

from asyncio import Lock
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import strawberry

from billfold.database.reading.plans import Planner
from billfold.database.reading.reader import Reader
from billfold.domain.access import Viewer
from billfold.schema.plan_cache import PlanCache

if TYPE_CHECKING:
    from graphql.execution.values import VariableValues

    from billfold.services.parts import Parts
    from billfold.services.watches import Watches


@dataclass(slots=True)
class Context:
    """What resolvers may use. `variables` and `steps` are the executor's: coerced variables, and its own notes.

    `watches` are there where subscriptions are: on sockets.
    """

    parts: "Parts"
    viewer: Viewer
    planner: Planner
    plans: PlanCache[Any]
    now: datetime
    document_types: Mapping[str, Any]
    idempotency_key: str | None = None
    watches: "Watches | None" = None
    variables: "VariableValues | None" = None
    steps: dict[Any, Any] = field(default_factory=dict)
    memo: dict[str, Any] = field(default_factory=dict)
    reading_whole: Lock = field(default_factory=Lock)

    @property
    def reader(self) -> Reader:
        """The reader of this request's viewer."""
        return Reader(self.planner.catalog, self.viewer, self.now)

    def begin_anew(self) -> None:
        """Go on at the present instant, without what was read before, as each event of a subscription does."""
        self.now = self.parts.clock.now()
        self.memo.clear()


Info = strawberry.Info[Context, None]
