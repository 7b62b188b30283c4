"""Look-ahead: reads from a query what it wants of a type, with fragments, aliases, @skip and @include."""

from collections.abc import Iterator
from typing import Any

from graphql import (
    FieldNode,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSkipDirective,
    ListValueNode,
    ObjectValueNode,
    SelectionSetNode,
    VariableNode,
    get_argument_values,
    get_directive_values,
    get_named_type,
    is_abstract_type,
)
from graphql.execution.values import VariableValues
from graphql.language import FragmentSpreadNode, InlineFragmentNode, SelectionNode

from billfold.database.reading.selections import PageRequest, PageSelection, Selection
from billfold.schema.connections import nested_request

_DEFINITION = "strawberry-definition"


class Lookahead:
    """Walks the selections below a field; `used` are the variables that the outcome depends on."""

    def __init__(self, raw: Any, variables: VariableValues) -> None:
        self._schema = raw.schema
        self._fragments = raw.fragments
        self._nodes: list[FieldNode] = raw.field_nodes
        self._variables = variables
        self.used: set[str] = set()

    def row(self, type_name: str, via: tuple[str, str] | None = None) -> Selection:
        """Give what is wanted of the type; `via` is the (type, field) between it and the resolved field."""
        found = Selection()
        outer = via[0] if via else type_name
        for node in self._nodes:
            self._object(self._type(outer), node.selection_set, found)
        return found.relation(via[1]) if via else found

    def page(self, type_name: str, name: str) -> PageSelection:
        """Give what is wanted of the page that the resolved field gives."""
        found = PageSelection(name, PageRequest())
        for node in self._nodes:
            self._page(self._type(type_name), node.selection_set, found)
        return found

    def _type(self, name: str) -> GraphQLObjectType:
        found: GraphQLObjectType = self._schema.type_map[name]
        return found

    def _object(self, type_: GraphQLObjectType, selected: SelectionSetNode | None, into: Selection) -> None:
        for node in self._fields(type_, selected):
            definition = type_.fields.get(node.name.value)
            if definition is None:
                continue
            name = definition.extensions[_DEFINITION].python_name
            target: Any = get_named_type(definition.type)
            if node.selection_set is None:
                into.fields.add(name)
            elif target.name.endswith("Connection"):
                self._page(target, node.selection_set, into.page(name, self._request(definition, node)))
            else:
                self._object(target, node.selection_set, into.relation(name))

    def _page(self, type_: GraphQLObjectType, selected: SelectionSetNode | None, into: PageSelection) -> None:
        for node in self._fields(type_, selected):
            name = node.name.value
            into.wants_total |= name == "totalCount"
            if name == "nodes":
                self._object(self._below(type_, name), node.selection_set, into.rows)
            elif name == "edges":
                into.wants_edges = True
                self._edges(self._below(type_, name), node.selection_set, into)
            elif name == "pageInfo":
                asked = {each.name.value for each in self._fields(self._below(type_, name), node.selection_set)}
                into.wants_cursors |= not asked.isdisjoint({"startCursor", "endCursor"})

    def _edges(self, type_: GraphQLObjectType, selected: SelectionSetNode | None, into: PageSelection) -> None:
        for node in self._fields(type_, selected):
            into.wants_cursors |= node.name.value == "cursor"
            if node.name.value == "node":
                self._object(self._below(type_, "node"), node.selection_set, into.rows)

    @staticmethod
    def _below(type_: GraphQLObjectType, name: str) -> GraphQLObjectType:
        found: Any = get_named_type(type_.fields[name].type)
        return found  # type: ignore[no-any-return]  # Our connections hold object types only.

    def _fields(
        self, type_: GraphQLObjectType, selected: SelectionSetNode | None, seen: set[str] | None = None
    ) -> Iterator[FieldNode]:
        # A fragment adds nothing the second time; fragments that double would otherwise never end.
        seen = set() if seen is None else seen
        for node in selected.selections if selected else ():
            if not self._is_included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                fragment = self._fragments[node.name.value]
                if self._applies(fragment.type_condition.name.value, type_):
                    yield from self._fields(type_, fragment.selection_set, seen)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                if condition is None or self._applies(condition.name.value, type_):
                    yield from self._fields(type_, node.selection_set, seen)

    def _applies(self, condition: str, type_: GraphQLObjectType) -> bool:
        if condition == type_.name:
            return True
        found = self._schema.type_map[condition]
        return is_abstract_type(found) and self._schema.is_sub_type(found, type_)

    def _is_included(self, node: SelectionNode) -> bool:
        if not node.directives:
            return True
        for directive in node.directives:
            self._note(directive.arguments)
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return not (skip and skip["if"]) and (include is None or bool(include["if"]))

    def _request(self, definition: Any, node: FieldNode) -> PageRequest:
        self._note(node.arguments)
        return nested_request(self._schema, definition, get_argument_values(definition, node, self._variables))

    def _note(self, nodes: Any) -> None:
        for node in nodes or ():
            value = getattr(node, "value", node)
            if isinstance(value, VariableNode):
                self.used.add(value.name.value)
            elif isinstance(value, ListValueNode):
                self._note(value.values)
            elif isinstance(value, ObjectValueNode):
                self._note(value.fields)
