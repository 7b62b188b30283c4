"""A face: a Strawberry schema with the house's scalars, limits, caches, executor and way with errors."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from functools import cache
from inspect import isawaitable
from typing import Any, cast

import strawberry
from graphql import ExecutionResult, GraphQLError, OperationType, execute, subscribe
from strawberry.schema.config import StrawberryConfig

from billfold.database.reading.plans import Catalog
from billfold.schema.context import Context
from billfold.schema.executor import SlimExecutor
from billfold.schema.limits import Limits
from billfold.schema.operations import Operation, Operations
from billfold.schema.plan_cache import PlanCache
from billfold.schema.problems import ProblemHandler, told
from billfold.schema.scalars import SCALARS


@cache
def _made(query: type, mutation: type | None, subscription: type | None, types: tuple[type, ...]) -> strawberry.Schema:
    """Make a Strawberry schema, once a process: it takes a quarter of a second, and nobody changes it."""
    return strawberry.Schema(
        query,
        mutation,
        subscription,
        types=types,
        config=StrawberryConfig(scalar_map=SCALARS),
        exception_handlers=[ProblemHandler()] if mutation else [],
    )


class FaceSchema:
    """A schema that is carried out within limits; its failures have codes, and nothing inner leaks.

    Strawberry makes the schema; the carrying out is graphql-core's, because Strawberry's own way through extensions
    costs more than a small query does.
    """

    def __init__(
        self,
        query: type,
        mutation: type | None = None,
        subscription: type | None = None,
        *,
        catalog: Catalog,
        limits: Limits,
        types: tuple[type, ...] = (),
        hides_suggestions: bool = False,
    ) -> None:
        self.catalog = catalog
        self.limits = limits
        self.plans: PlanCache[Any] = PlanCache()
        self.made = _made(query, mutation, subscription, types)
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

    async def stream(
        self, query: str, variables: Mapping[str, Any] | None, context: Context, name: str | None = None
    ) -> AsyncGenerator[ExecutionResult, None]:
        """Carry an operation out over a socket: give one result, or those of a subscription until it ends.

        The last result has errors without a path when a subscription was refused or broke off.
        """
        if not self._is_subscription(query, name):
            yield await self.execute(query, variables, context, name)
            return
        async with aclosing(self._events(query, dict(variables or {}), context, name)) as events:
            try:
                async for result in events:
                    yield ExecutionResult(result.data, told(result.errors)) if result.errors else result
            except GraphQLError as error:
                yield ExecutionResult(None, told([error]))
            # As graphql-core does with fields: what breaks one subscription is masked, and the socket stays.
            except Exception as error:
                yield ExecutionResult(None, told([GraphQLError(str(error), original_error=error)]))

    def _is_subscription(self, query: str, name: str | None) -> bool:
        try:
            operation = self._operations.get(query)
            return not operation.errors and operation.named(name).operation is OperationType.SUBSCRIPTION
        except GraphQLError:
            return False

    async def _events(
        self, query: str, variables: dict[str, Any], context: Context, name: str | None
    ) -> AsyncGenerator[ExecutionResult, None]:
        operation = self._operations.get(query)
        found = subscribe(**self._prepare(operation, variables, context, name))
        results: AsyncIterator[ExecutionResult] | ExecutionResult = await found if isawaitable(found) else found
        if isinstance(results, ExecutionResult):
            yield ExecutionResult(None, [_whole(error) for error in results.errors or ()])
            return
        async with aclosing(cast("AsyncGenerator[ExecutionResult, None]", results)) as events:
            async for result in events:
                yield result

    async def _execute(
        self, query: str, variables: dict[str, Any], context: Context, name: str | None
    ) -> ExecutionResult:
        operation = self._operations.get(query)
        if operation.errors:
            return ExecutionResult(None, operation.errors)
        is_subscription = operation.named(name).operation is OperationType.SUBSCRIPTION
        if is_subscription and self.made._schema.subscription_type:
            raise GraphQLError("Subscriptions go over a WebSocket at this path, by graphql-transport-ws.")
        result = execute(**self._prepare(operation, variables, context, name))
        return await result if isawaitable(result) else result

    def _prepare(
        self, operation: Operation, variables: dict[str, Any], context: Context, name: str | None
    ) -> dict[str, Any]:
        """Give the arguments by which graphql-core carries the operation out. Raises GraphQLError for its cost."""
        self._operations.check_cost(operation, operation.named(name), variables)
        if not operation.has_directives:
            context.steps = operation.steps
        return {
            "schema": self.made._schema,
            "document": operation.document,
            "context_value": context,
            "variable_values": variables,
            "operation_name": name,
            "executor_class": SlimExecutor,
            "hide_suggestions": self._hides_suggestions,
        }

    def __str__(self) -> str:
        return self.made.as_str()


def _whole(error: GraphQLError) -> GraphQLError:
    """Give an error of the whole operation: without a path, for there is no answer to have one in."""
    return GraphQLError(error.message, original_error=error.original_error, extensions=error.extensions)
