"""Costs: how many objects an operation may give at most, reckoned from its page sizes before it is carried out."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from billfold.database.reading.listings import DEFAULT_PAGE

# What a list without paging is reckoned to hold.
LIST_SIZE = 10
_PAGE_PARTS = frozenset({"nodes", "edges"})


def cost_of(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> int:
    """Give the number of objects: a page counts its size, a plain list ten, each object below it once a row."""
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    given = {**_defaults(operation), **variables}
    return _Reckoning(schema, fragments, given).below(
        schema.get_root_type(operation.operation), operation.selection_set
    )


def _defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    return {
        each.variable.name.value: int(each.default_value.value)
        for each in operation.variable_definitions or ()
        if isinstance(each.default_value, IntValueNode)
    }


class _Reckoning:
    """One operation with its variables; each fragment is reckoned once."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables
        self._known: dict[str, int] = {}

    def below(self, type_: Any, selected: SelectionSetNode | None) -> int:
        """Give the number of objects below one object of the type."""
        return sum(self._selection(type_, node) for node in (selected.selections if selected else ()))

    def _selection(self, type_: Any, node: Any) -> int:
        if isinstance(node, FieldNode):
            return self._field(type_, node)
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value)
        condition = node.type_condition
        return self.below(self._schema.type_map[condition.name.value] if condition else type_, node.selection_set)

    def _fragment(self, name: str) -> int:
        if name not in self._known:
            fragment = self._fragments[name]
            type_ = self._schema.type_map[fragment.type_condition.name.value]
            self._known[name] = self.below(type_, fragment.selection_set)
        return self._known[name]

    def _field(self, type_: Any, node: FieldNode) -> int:
        field = getattr(type_, "fields", {}).get(node.name.value)
        if field is None or node.selection_set is None:
            return 0
        target: Any = get_named_type(field.type)
        if target.name.endswith("Connection"):
            return self._page_size(node) * self.below(target, node.selection_set)
        if type_.name.endswith("Connection") and node.name.value in _PAGE_PARTS:
            return 1 + self.below(target, node.selection_set)
        return (LIST_SIZE if _is_list(field.type) else 1) * (1 + self.below(target, node.selection_set))

    def _page_size(self, node: FieldNode) -> int:
        sizes = [self._number(each.value) for each in node.arguments or () if each.name.value in {"first", "last"}]
        return max([size for size in sizes if size is not None], default=DEFAULT_PAGE)

    def _number(self, value: Any) -> int | None:
        if isinstance(value, IntValueNode):
            return int(value.value)
        given = self._variables.get(value.name.value) if isinstance(value, VariableNode) else None
        return given if isinstance(given, int) else None


def _is_list(type_: Any) -> bool:
    return isinstance(type_.of_type if isinstance(type_, GraphQLNonNull) else type_, GraphQLList)
