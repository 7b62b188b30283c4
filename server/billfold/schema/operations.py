"""Operations: parsed, validated and measured once for each query text, and refused when they are too large."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, get_operation_ast, parse
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import validate_document

from billfold.schema.costs import cost_of
from billfold.schema.limits import Limits, Measure

_CACHED_OPERATIONS = 256


@dataclass(slots=True)
class Operation:
    """A query text that has been parsed; `errors` are None until it has been validated."""

    document: DocumentNode
    errors: list[GraphQLError] | None = None


@dataclass(slots=True)
class OperationCache:
    """The newest query texts of one face, with what became of them."""

    limits: Limits
    _kept: OrderedDict[str, Operation] = field(default_factory=OrderedDict)

    def get(self, query: str) -> Operation:
        """Give the parsed query. Raises GraphQLError for a syntax error, or too many tokens."""
        found = self._kept.get(query)
        if found is not None:
            self._kept.move_to_end(query)
            return found
        made = self._kept[query] = Operation(parse(query, max_tokens=self.limits.tokens))
        if len(self._kept) > _CACHED_OPERATIONS:
            self._kept.popitem(last=False)
        return made


class Prepared(SchemaExtension):
    """Takes operations from the cache and holds them to the limits. It has no hook of fields: those cost too much."""

    def __init__(self, cache: OperationCache) -> None:
        self._cache = cache

    def on_parse(self) -> Iterator[None]:
        """Take the parsed document; Strawberry then does not parse."""
        context = self.execution_context
        if context.query:
            context.graphql_document = self._cache.get(context.query).document
        yield

    def on_validate(self) -> Iterator[None]:
        """Take the findings of an earlier validation, or make and keep them."""
        context = self.execution_context
        known = self._cache.get(context.query or "")
        if known.errors is None:
            found = validate_document(context.schema._schema, known.document, context.validation_rules)
            # Only a valid document is free of circles, and fit to be measured.
            known.errors = found or Measure(known.document).check(self._cache.limits)
        context.pre_execution_errors = known.errors
        yield

    def on_execute(self) -> Iterator[None]:
        """Refuse an operation that would cost too much. Raises GraphQLError."""
        context = self.execution_context
        document = context.graphql_document
        operation = get_operation_ast(document, context.operation_name) if document else None
        if document is not None and isinstance(operation, OperationDefinitionNode):
            cost = cost_of(context.schema._schema, document, operation, context.variables or {})
            most = self._cache.limits.cost
            if cost > most:
                message = f"The query may give {cost} objects; at most {most} are allowed: ask for smaller pages."
                raise GraphQLError(message, extensions={"code": "LIMIT_EXCEEDED"})
        yield
