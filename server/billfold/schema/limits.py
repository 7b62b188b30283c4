"""Limits: how large an operation may be, told before anything of it is carried out.

Every fragment is measured once, so that fragments which double cannot make the measuring itself long. The cost, which
depends on the variables, is reckoned in `costs.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one operation may hold."""

    cost: int
    depth: int = 12
    aliases: int = 30
    root_fields: int = 20
    directives: int = 50
    tokens: int = 2_000
    query_characters: int = 32_768
    body_bytes: int = 1_048_576


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """The most that one socket may hold, and its deadlines.

    `connections` are those of one token in one web process, `waiting` those of nobody yet. The token is looked at anew
    every `check_seconds`, and at each operation.
    """

    frame_bytes: int = 65_536
    connections: int = 5
    waiting: int = 100
    operations: int = 20
    init_seconds: float = 10
    check_seconds: float = 30
    idle_seconds: float = 600
    send_seconds: float = 10


@dataclass(frozen=True, slots=True)
class _Size:
    depth: int = 0
    aliases: int = 0
    directives: int = 0
    fields: int = 0


@dataclass
class Measure:
    """Measures one parsed document; each fragment is measured once."""

    document: DocumentNode
    _sizes: dict[str, _Size] = field(default_factory=dict)

    @cached_property
    def fragments(self) -> Mapping[str, FragmentDefinitionNode]:
        """The fragments by name."""
        return {each.name.value: each for each in self.document.definitions if isinstance(each, FragmentDefinitionNode)}

    @property
    def directives(self) -> int:
        """The number of directives in all operations."""
        operations = [each for each in self.document.definitions if isinstance(each, OperationDefinitionNode)]
        return sum(self._size(each.selection_set).directives for each in operations)

    def check(self, limits: Limits) -> list[GraphQLError]:
        """Give an error for each limit that an operation breaks. The document has been validated: no circles."""
        errors = []
        for operation in self.document.definitions:
            if isinstance(operation, OperationDefinitionNode):
                size = self._size(operation.selection_set)
                found = {
                    "levels deep": (size.depth, limits.depth),
                    "aliases": (size.aliases, limits.aliases),
                    "directives": (size.directives, limits.directives),
                    "root fields": (size.fields, limits.root_fields),
                }
                errors += [_too_much(f"{count} {what}", most) for what, (count, most) in found.items() if count > most]
        return errors

    def _size(self, selected: SelectionSetNode | None) -> _Size:
        depth = aliases = directives = fields = 0
        for node in selected.selections if selected else ():
            below = self._below(node)
            is_field = isinstance(node, FieldNode)
            depth = max(depth, below.depth + is_field)
            aliases += below.aliases + (isinstance(node, FieldNode) and node.alias is not None)
            directives += below.directives + len(node.directives or ())
            fields += 1 if is_field else below.fields
        return _Size(depth, aliases, directives, fields)

    def _below(self, node: Any) -> _Size:
        if not isinstance(node, FragmentSpreadNode):
            # Introspection is bounded by the schema and by its own depth, which tools make deeper than ours.
            is_told = isinstance(node, FieldNode) and node.name.value.startswith("__")
            return _Size() if is_told else self._size(node.selection_set)
        name = node.name.value
        if name not in self._sizes:
            self._sizes[name] = self._size(self.fragments[name].selection_set)
        return self._sizes[name]


def _too_much(found: str, most: int) -> GraphQLError:
    return GraphQLError(f"The query has {found}; at most {most} are allowed.", extensions={"code": "LIMIT_EXCEEDED"})
