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


class _Surprise(Exception):  # It is no error: the full executor takes over.
    """The short way does not fit this row."""


class SlimExecutor(StrawberryGraphQLCoreExecutionContext):
    """Completes rows of ready fields by a list of steps that is made once for each selection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._steps: dict[tuple[str, int], tuple[object, tuple[_Step, ...] | None]] = {}
        self.context_value.variables = self.variable_values

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Any,
        grouped_field_set: Any,
        position_context: Any,
    ) -> Any:
        """Execute the fields of one object, the short way if they are all ready."""
        steps = None if source_value is None else self._steps_of(parent_type, grouped_field_set)
        if steps:
            try:
                return _complete_row(steps, source_value, path, parent_type.name)
            except (_Surprise, GraphQLError, LookupError, AttributeError, TypeError, ValueError):
                pass
        return super().execute_fields(parent_type, source_value, path, grouped_field_set, position_context)

    def _steps_of(self, type_: GraphQLObjectType, grouped: dict[str, Any]) -> tuple[_Step, ...] | None:
        place = (type_.name, id(grouped))
        kept = self._steps.get(place)
        if kept is None:
            made = [self._step(type_, response, details) for response, details in grouped.items()]
            steps = None if None in made else tuple(step for step in made if step)
            # The selection is kept as well, so that its identity cannot pass to another.
            kept = self._steps[place] = (grouped, steps)
        return kept[1]

    def _step(self, type_: GraphQLObjectType, response: str, details: Any) -> _Step | None:
        """Make the step of one field; None when the field needs the full executor."""
        node = details[0].node
        if node.name.value == "__typename":
            return _Step(response, "", True, None, lambda _row, _path: type_.name)
        field = type_.fields.get(node.name.value)
        if field is None:
            return None
        own = field.extensions[_DEFINITION]
        is_required = isinstance(field.type, GraphQLNonNull)
        if field.args or not getattr(field.resolve, "_is_default", False):
            # A resolver that awaits, or whose error would be collected under null, is not for the short way.
            fits = is_required and not own.is_async
            return _Step(response, "", True, None, self._resolved(type_, details)) if fits else None
        inner = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
        return self._attribute(_Step(response, own.python_name, is_required, None, _refuse), inner, details)

    def _attribute(self, step: _Step, type_: Any, details: Any) -> _Step | None:
        if isinstance(type_, GraphQLScalarType):
            return step._replace(ready=_READY_CLASSES.get(type_.name, str), complete=_leaf(type_))
        if isinstance(type_, GraphQLEnumType):
            return step._replace(complete=_leaf(type_))
        item = type_.of_type.of_type if _is_list_of_required(type_) else type_
        if not isinstance(item, GraphQLObjectType):
            return None
        steps = self._steps_of(item, self.collect_subfields(item, details).grouped_field_set)
        if steps is None:
            return None
        return step._replace(complete=_row(steps, item.name) if item is type_ else _rows(steps, item.name))

    def _resolved(self, type_: GraphQLObjectType, details: Any) -> Callable[[Any, Path], Any]:
        return lambda row, path: self.execute_field(type_, row, details, path, None)


def _is_list_of_required(type_: Any) -> bool:
    return isinstance(type_, GraphQLList) and isinstance(type_.of_type, GraphQLNonNull)


def _refuse(_value: Any, _path: Path) -> Any:
    raise _Surprise


def _leaf(type_: GraphQLScalarType | GraphQLEnumType) -> Callable[[Any, Path], Any]:
    coerce = type_.coerce_output_value
    return lambda value, _path: coerce(value)


def _row(steps: tuple[_Step, ...], type_name: str) -> Callable[[Any, Path], Any]:
    return lambda row, path: _complete_row(steps, row, path, type_name)


def _rows(steps: tuple[_Step, ...], type_name: str) -> Callable[[Any, Path], Any]:
    def complete(rows: Any, path: Path) -> list[dict[str, Any]]:
        return [_complete_row(steps, row, _new(Path, (path, index, None)), type_name) for index, row in enumerate(rows)]

    return complete


def _complete_row(steps: tuple[_Step, ...], row: Any, path: Path | None, type_name: str) -> dict[str, Any]:
    attributes = row.__dict__
    answer: dict[str, Any] = {}
    for response, attribute, is_required, ready, complete in steps:
        value = attributes[attribute] if attribute else row
        if value.__class__ is not ready:
            if value is not None:
                value = complete(value, _new(Path, (path, response, type_name)))
            if value is None and is_required:
                raise _Surprise
        answer[response] = value
    return answer
