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
from graphql.execution.collect_fields import CollectedFields
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

_READY_CLASSES: Mapping[str, type] = {GraphQLInt.name: int, GraphQLBoolean.name: bool}


class _Place(NamedTuple):
    """Where in the answer a value stands, and for which executor: needed by fields that have a resolver."""

    executor: "SlimExecutor"
    path: Path

    def below(self, key: str | int, type_name: str | None) -> "_Place":
        return _Place(self.executor, Path(self.path, key, type_name))


_Complete = Callable[[Any, _Place | None], Any]


class _Step(NamedTuple):
    """How one attribute of a row (the row itself where it is empty) becomes one entry of the answer.

    Values of the class `ready` go out as they are.
    """

    response: str
    attribute: str
    is_required: bool
    ready: type | None
    complete: _Complete


class _Region(NamedTuple):
    """The steps for rows of one type under one selection; `has_resolvers` tells that places are needed."""

    type_name: str
    steps: tuple[_Step, ...]
    has_resolvers: bool


class _Surprise(Exception):  # It is no error: the full executor takes over.
    """The short way does not fit this row."""


class SlimExecutor(StrawberryGraphQLCoreExecutionContext):
    """Completes rows of ready fields by steps that are made once for each selection, and kept by the context."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.context_value.variables = self.variable_values
        self._regions: dict[Any, _Region | None] = self.context_value.steps
        self._collected: dict[Any, CollectedFields] = self.context_value.steps

    def execute_fields(
        self,
        parent_type: Any,
        source_value: Any,
        path: Any,
        grouped_field_set: Any,
        position_context: Any,
    ) -> Any:
        """Execute the fields of one object, the short way if they are all ready."""
        region = None if source_value is None else self._region(parent_type, grouped_field_set)
        if region is not None:
            try:
                return _complete(region, source_value, _Place(self, path) if region.has_resolvers else None)
            except (_Surprise, GraphQLError, LookupError, AttributeError, TypeError, ValueError):
                pass
        return super().execute_fields(parent_type, source_value, path, grouped_field_set, position_context)

    def collect_and_execute_subfields(
        self,
        return_type: Any,
        field_details_list: Any,
        path: Any,
        result: Any,
        position_context: Any,
    ) -> Any:
        """Execute the fields below a field; what they are is collected once for all requests of an operation."""
        place = ("below", return_type.name, *(id(each.node) for each in field_details_list))
        collected = self._collected.get(place)
        if collected is None:
            collected = self._collected[place] = self.collect_subfields(return_type, field_details_list)
        return self.execute_collected_subfields(
            return_type, result, path, collected.grouped_field_set, collected.new_defer_usages, position_context
        )

    def _region(self, type_: GraphQLObjectType, grouped: dict[str, Any]) -> _Region | None:
        place = (type_.name, *(id(each.node) for details in grouped.values() for each in details))
        if place not in self._regions:
            steps = [self._step(type_, response, details) for response, details in grouped.items()]
            self._regions[place] = _region_of(type_.name, steps)
        return self._regions[place]

    def _step(self, type_: GraphQLObjectType, response: str, details: Any) -> _Step | None:
        """Make the step of one field; None when the field needs the full executor."""
        name = details[0].node.name.value
        if name == "__typename":
            return _Step(response, "", True, None, lambda _row, _place: type_.name)
        field = type_.fields.get(name)
        own = field.extensions.get("strawberry-definition") if field else None
        if field is None or own is None:
            # Introspection is graphql-core's own.
            return None
        is_required = isinstance(field.type, GraphQLNonNull)
        if field.args or not getattr(field.resolve, "_is_default", False):
            # A resolver that awaits, or whose error would be collected under null, is not for the short way.
            fits = is_required and not own.is_async
            return _Step(response, "", True, None, _Resolved(type_, details)) if fits else None
        inner = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
        return self._attribute(_Step(response, own.python_name, is_required, None, _refuse), inner, details)

    def _attribute(self, step: _Step, type_: Any, details: Any) -> _Step | None:
        if isinstance(type_, GraphQLScalarType):
            return step._replace(ready=_READY_CLASSES.get(type_.name, str), complete=_leaf(type_))
        if isinstance(type_, GraphQLEnumType):
            return step._replace(complete=_member(type_))
        is_list = isinstance(type_, GraphQLList) and isinstance(type_.of_type, GraphQLNonNull)
        item = type_.of_type.of_type if is_list else type_
        if not isinstance(item, GraphQLObjectType):
            return None
        region = self._region(item, self.collect_subfields(item, details).grouped_field_set)
        return None if region is None else step._replace(complete=_Rows(region) if is_list else _OneRow(region))


def _region_of(type_name: str, steps: list[_Step | None]) -> _Region | None:
    ready = tuple(step for step in steps if step is not None)
    if len(ready) < len(steps):
        return None
    has_resolvers = any(getattr(step.complete, "has_resolvers", False) for step in ready)
    return _Region(type_name, ready, has_resolvers)


def _refuse(_value: Any, _place: _Place | None) -> Any:
    raise _Surprise


def _leaf(type_: GraphQLScalarType) -> _Complete:
    coerce = type_.coerce_output_value
    return lambda value, _place: coerce(value)


def _member(type_: GraphQLEnumType) -> _Complete:
    coerce = type_.coerce_output_value
    # What is no member raises and is not kept, so there are never more names than members.
    names: dict[Any, Any] = {}

    def complete(value: Any, _place: _Place | None) -> Any:
        name = names.get(value)
        if name is None:
            name = names[value] = coerce(value)
        return name

    return complete


class _Resolved:
    """Completes a field by its own resolver, which does not wait."""

    has_resolvers = True

    def __init__(self, type_: GraphQLObjectType, details: Any) -> None:
        self._type = type_
        self._details = details

    def __call__(self, row: Any, place: _Place | None) -> Any:
        if place is None:
            raise _Surprise
        return place.executor.execute_field(self._type, row, self._details, place.path, None)


class _OneRow:
    """Completes a row below a row."""

    def __init__(self, region: _Region) -> None:
        self._region = region
        self.has_resolvers = region.has_resolvers

    def __call__(self, row: Any, place: _Place | None) -> Any:
        return _complete(self._region, row, place)


class _Rows(_OneRow):
    """Completes a list of rows below a row."""

    def __call__(self, rows: Any, place: _Place | None) -> Any:
        region = self._region
        if place is None:
            return [_complete(region, row, None) for row in rows]
        return [_complete(region, row, place.below(index, None)) for index, row in enumerate(rows)]


def _complete(region: _Region, row: Any, place: _Place | None) -> dict[str, Any]:
    attributes = row.__dict__
    answer: dict[str, Any] = {}
    for response, attribute, is_required, ready, complete in region.steps:
        value = attributes[attribute] if attribute else row
        if value.__class__ is not ready:
            if value is not None:
                value = complete(value, None if place is None else place.below(response, region.type_name))
            if value is None and is_required:
                raise _Surprise
        answer[response] = value
    return answer
