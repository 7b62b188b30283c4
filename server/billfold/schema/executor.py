"""The executor: graphql-core's own, with a short way for rows whose attributes are ready.

A field is ready when it is an attribute without arguments. Rows of ready fields are completed without a ResolveInfo a
field. At the first surprise (an empty required field, a wrong value) the full executor does that part again, and
tells the error at its place; reading attributes twice does no harm.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
)
from graphql.pyutils import Path
from strawberry.scalars import JSON
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

_DEFINITION = "strawberry-definition"
_READY_CLASSES: Mapping[str, type] = {GraphQLInt.name: int, GraphQLBoolean.name: bool}
_new = tuple.__new__


class _Step(NamedTuple):
    """How one field of a row becomes one entry of the answer; `ready` values go out as they are."""

    response: str
    attribute: str
    is_required: bool
    ready: type | None
    complete: Callable[[Any, Path], Any]


class _Surprise(Exception):  # noqa: N818 # It is no error: the full executor takes over.
    """The short way does not fit this row."""


class SlimExecutor(StrawberryGraphQLCoreExecutionContext):
    """Completes rows of ready fields by a list of steps that is made once for each selection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._steps: dict[tuple[str, int], tuple[_Step, ...] | None] = {}
        self.context_value.variables = self.variable_values

    def execute_fields(
        self, parent_type: GraphQLObjectType, source_value: Any, path: Any, grouped_field_set: Any, position_context: Any
    ) -> Any:
        """Execute the fields of one object, the short way if they are all ready."""
        steps = None if source_value is None else self._steps_of(parent_type, grouped_field_set)
        if steps:
            try:
                return _complete_row(steps, source_value, path, parent_type.name)
            except (_Surprise, GraphQLError, LookupError, AttributeError, TypeError, ValueError):
                pass
        return super().execute_fields(parent_type, source_value, path, grouped_field_set, position_context)

    def _steps_of(self, type_: GraphQLObjectType, grouped: Any) -> tuple[_Step, ...] | None:
        place = (type_.name, id(grouped))
        if place not in self._steps:
            made = [self._step(type_, response, details) for response, details in grouped.items()]
            self._steps[place] = None if None in made else tuple(step for step in made if step)
        return self._steps[place]
