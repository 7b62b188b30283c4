"""Operations: parsed, validated and measured once for each query text, and refused when they are too large."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    get_operation_ast,
    parse,
    validate,
)

from billfold.schema.costs import cost_of
from billfold.schema.limits import Limits, Measure

_KEPT_OPERATIONS = 256
_KEPT_COSTS = 64
# What a caller is told of an invalid query at most.
_MOST_ERRORS = 10


@dataclass(slots=True)
class Operation:
    """A query text that was parsed and validated. `steps` are the executor's, kept where no directive changes them."""

    document: DocumentNode
    errors: list[GraphQLError]
    has_directives: bool
    steps: dict[Any, Any] = field(default_factory=dict)
    costs: dict[Any, int] = field(default_factory=dict)

    def named(self, name: str | None) -> OperationDefinitionNode:
        """Give the operation to carry out. Raises GraphQLError when the name fits none, or several are there."""
        found = get_operation_ast(self.document, name)
        if found is None:
            known = f"Unknown operation named {name!r}." if name else "Several operations: say which by operationName."
            raise GraphQLError(known)
        return found


class Operations:
    """The newest operations of one schema."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, *, hides_suggestions: bool) -> None:
        self._schema = schema
        self._limits = limits
        self._hides_suggestions = hides_suggestions
        self._kept: OrderedDict[str, Operation] = OrderedDict()

    def get(self, query: str) -> Operation:
        """Give the operation of a query text. Raises GraphQLError for a syntax error, or too many tokens."""
        found = self._kept.get(query)
        if found is not None:
            self._kept.move_to_end(query)
            return found
        made = self._kept[query] = self._prepare(query)
        if len(self._kept) > _KEPT_OPERATIONS:
            self._kept.popitem(last=False)
        return made

    def check_cost(self, operation: Operation, node: OperationDefinitionNode, variables: Mapping[str, Any]) -> None:
        """Raise GraphQLError when the operation may give more objects than the limit."""
        # Only whole numbers can be page sizes.
        place = (id(node), *((name, value) for name, value in variables.items() if type(value) is int))
        cost = operation.costs.get(place)
        if cost is None:
            cost = cost_of(self._schema, operation.document, node, variables)
            if len(operation.costs) < _KEPT_COSTS:
                operation.costs[place] = cost
        if cost > self._limits.cost:
            message = f"The query may give {cost} objects; at most {self._limits.cost} are allowed: ask for fewer."
            raise GraphQLError(message, extensions={"code": "LIMIT_EXCEEDED"})

    def _prepare(self, query: str) -> Operation:
        document = parse(query, max_tokens=self._limits.tokens)
        errors = validate(self._schema, document, max_errors=_MOST_ERRORS, hide_suggestions=self._hides_suggestions)
        # Only a valid document is free of circles, and fit to be measured.
        measure = None if errors else Measure(document)
        errors = errors or (measure.check(self._limits) if measure else [])
        return Operation(document, errors, has_directives=measure is None or measure.directives > 0)
