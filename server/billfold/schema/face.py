"""A face: a Strawberry schema with the house's scalars, limits, caches, executor and way with errors."""

from collections.abc import Mapping
from inspect import isawaitable
from typing import Any

import strawberry
from graphql import ExecutionResult, GraphQLError, execute
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
        self._operations = Operations(self.made._schema, limits, hides_suggestions=hides_suggestions)

    async def execute(
        self, query: str, variables: Mapping[str, Any] | None, context: Context, name: str | None = None
    ) -> ExecutionResult:
        """Carry an operation out, and give its errors as callers may see them."""
        try:
            result = await self._execute(query, dict(variables or {}), context, name)
        except GraphQLError as error:
            result = ExecutionResult(None, [error])
        if result.errors:
            result = ExecutionResult(result.data, told(result.errors))
        return result

    async def _execute(
        self, query: str, variables: dict[str, Any], context: Context, name: str | None
    ) -> ExecutionResult:
        operation = self._operations.get(query)
        if operation.errors:
            return ExecutionResult(None, operation.errors)
        node = operation.named(name)
        self._operations.check_cost(operation, node, variables)
        if not operation.has_directives:
            context.steps = operation.steps
        result = execute(
            self.made._schema,
            operation.document,
            context_value=context,
            variable_values=variables,
            operation_name=name,
            executor_class=SlimExecutor,
            hide_suggestions=self._hides_suggestions,
        )
        return await result if isawaitable(result) else result

    def __str__(self) -> str:
        return self.made.as_str()
