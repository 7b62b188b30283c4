"""A face: a Strawberry schema with the house's scalars, limits, caches, executor and way with errors."""

from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionResult

from billfold.database.reading.plans import Catalog
from billfold.schema.executor import SlimExecutor
from billfold.schema.limits import Limits
from billfold.schema.operations import OperationCache, Prepared
from billfold.schema.plan_cache import PlanCache
from billfold.schema.problems import ProblemHandler, told
from billfold.schema.scalars import SCALARS


class FaceSchema(strawberry.Schema):
    """A schema whose answers are fit for callers: failures have codes, and nothing inner leaks."""

    def __init__(
        self,
        query: type,
        mutation: type | None = None,
        *,
        catalog: Catalog,
        limits: Limits,
        types: tuple[type, ...] = (),
        hides_suggestions: bool = False,
    ) -> None:
        self.catalog = catalog
        self.limits = limits
        self.plans: PlanCache[Any] = PlanCache()
        cache = OperationCache(limits)
        super().__init__(
            query,
            mutation,
            types=types,
            extensions=[lambda: Prepared(cache)],
            execution_context_class=SlimExecutor,
            config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=hides_suggestions),
            exception_handlers=[ProblemHandler()] if mutation else [],
        )

    async def execute(self, *args: Any, **kwargs: Any) -> ExecutionResult:
        """Carry an operation out, and give its errors as callers may see them."""
        result = await super().execute(*args, **kwargs)
        if result.errors:
            result.errors = told(result.errors)
        return result

    def process_errors(self, errors: Any, execution_context: Any = None) -> None:
        """Log nothing here: `told` logs what is ours, once."""
