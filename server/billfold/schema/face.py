"""A face: a Strawberry schema with the house's scalars, limits, caches, executor and way with errors."""

from collections.abc import Mapping
from typing import Any

import strawberry
from graphql import ExecutionResult, GraphQLError, OperationType, execute
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.config import StrawberryConfig

from billfold.database.reading.plans import Catalog
from billfold.schema.context import Context
from billfold.schema.executor import SlimExecutor
from billfold.schema.limits import Limits
from billfold.schema.operations import Operations
from billfold.schema.plan_cache import PlanCache
from billfold.schema.problems import ProblemHandler, told
from billfold.schema.scalars import SCALARS


class FaceSchema:
    """A schema that is carried out within limits; its failures have codes, and nothing inner leaks.

    Strawberry makes the schema; the carrying out is graphql-core's, because Strawberry's own way through extensions
    costs more than a small query does.
    """

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
        self.made = strawberry.Schema(
            query,
            mutation,
            types=types,
            config=StrawberryConfig(scalar_map=SCALARS),
            exception_handlers=[ProblemHandler()] if mutation else [],
        )
        self._hides_suggestions = hides_suggestions
        self._operations = Operations(self.made._schema, limits)

    async def execute(
        self, query: str, variables: Mapping[str, Any] | None, context: Context, name: str | None = None
    ) -> ExecutionResult:
        """Carry an operation out, and give its errors as callers may see them."""
        try:
            result = await self._execute(query, dict(variables or {}), context, name)
        except GraphQLError as error:
            result = ExecutionResult(None, [error])
        if result.errors:
            result = ExecutionResult(result.data, self._told(result.errors))
        return result
