"""Plans: the statement that a selection needs, with only the columns and joins that it asks for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from billfold.database.reading.listings import Listing
from billfold.database.reading.rows import Layout, Make, Part
from billfold.database.reading.selections import PageRequest, PageSelection, Selection
from billfold.database.reading.shapes import Column, Guard, Shape, ToMany, ToOne, ToPage
from billfold.domain.access import Scope, Viewer

# The attribute under which a row that has lists keeps its own key.
KEY = "_key"


@dataclass(frozen=True, slots=True)
class Catalog:
    """All that one face shows: its shapes by type name, its listings by name."""

    shapes: Mapping[str, Shape]
    listings: Mapping[str, Listing]


@dataclass(frozen=True, slots=True)
class Join:
    """A joined table; `sql` lacks the guard, which depends on the viewer."""

    sql: str
    alias: str
    guard: Guard | None


@dataclass(frozen=True, slots=True)
class Child:
    """A list that is read after its parents, in a statement of its own.

    `steps` lead from a row of the plan to the parent, which keeps the list as `attribute`; the column `key` of a
    record holds the parent's key.
    """

    steps: tuple[str, ...]
    attribute: str
    key: int
    relation: ToMany | ToPage
    plan: "Plan"
    asked: PageSelection = field(default_factory=lambda: PageSelection("", PageRequest()))


@dataclass(frozen=True, slots=True)
class Plan:
    """A statement in the making: `columns` and `joins` of the table `t0`, and how a record becomes a row.

    `tables` is its FROM where no guard depends on the viewer, and `names` are those that its columns get as one table.
    Of its `children`, `lists` are those that one row can be read together with, and `later` are the others.
    """

    shape: Shape
    columns: str
    width: int
    joins: tuple[Join, ...]
    make: Make
    children: tuple[Child, ...]
    scopes: frozenset[Scope]
    tables: str | None
    names: str
    lists: tuple[Child, ...]
    later: tuple[Child, ...]

    def require_scopes(self, viewer: Viewer) -> None:
        """Raise Forbidden unless the viewer may read everything that the plan reaches."""
        for scope in self.scopes:
            viewer.require(scope)


class Planner:
    """Makes the plans of one face. `converters` are the functions that columns name."""

    def __init__(self, catalog: Catalog, converters: Mapping[str, Callable[[Any], Any]] | None = None) -> None:
        self.catalog = catalog
        self.converters = dict(converters or {})

    def plan(self, type_name: str, selection: Selection) -> Plan:
        """Plan the reading of one type."""
        shape = self.catalog.shapes[type_name]
        return _Draft(self).finish(shape, selection)


@dataclass(slots=True)
class _Draft:
    """A plan while it is being drawn."""

    planner: Planner
    columns: list[str] = field(default_factory=list)
    joins: list[Join] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)
    scopes: set[Scope] = field(default_factory=set)

    def finish(self, shape: Shape, selection: Selection) -> Plan:
        make = self._layout(shape, selection, "t0", ()).maker()
        for child in self.children:
            self.scopes |= child.plan.scopes
        lists = tuple(child for child in self.children if _is_plain_list(child))
        return Plan(
            shape=shape,
            columns=", ".join(self.columns),
            width=len(self.columns),
            joins=tuple(self.joins),
            make=make,
            children=tuple(self.children),
            scopes=frozenset(self.scopes),
            tables=_tables(shape, self.joins),
            names=", ".join(f"c{at}" for at in range(len(self.columns))),
            lists=lists,
            later=tuple(child for child in self.children if child not in lists),
        )

    def _layout(self, shape: Shape, selection: Selection, alias: str, steps: tuple[str, ...]) -> Layout:
        if shape.scope is not None:
            self.scopes.add(shape.scope)
        start = len(self.columns)
        names, converters = self._own_columns(shape, selection, alias)
        self._children(shape, selection, steps, start + len(names) - 1)
        parts = [*self._embeds(shape, selection, alias), *self._to_one(shape, selection, alias, steps)]
        return Layout(shape.row, names, start, converters, tuple(parts))

    def _own_columns(
        self, shape: Shape, selection: Selection, alias: str
    ) -> tuple[tuple[str, ...], tuple[tuple[str, Callable[[Any], Any]], ...]]:
        wanted = {name: shape.columns[name] for name in sorted(_asked(selection) & shape.columns.keys())}
        converters: list[tuple[str, Callable[[Any], Any]]] = []
        for name, column in wanted.items():
            if isinstance(column, Column):
                converters.append((name, self._converter(column)))
            self._column(column.sql if isinstance(column, Column) else column, alias)
        names = list(wanted)
        if _has_lists(shape, selection):
            self._column(shape.key, alias)
            names.append(KEY)
        return tuple(names), tuple(converters)

    def _column(self, sql: str, alias: str) -> int:
        self.columns.append(sql.replace("{t}", alias))
        return len(self.columns) - 1

    def _converter(self, column: Column) -> Callable[[Any], Any]:
        return self.planner.converters[column.convert] if isinstance(column.convert, str) else column.convert

    def _embeds(self, shape: Shape, selection: Selection, alias: str) -> list[Part]:
        parts = []
        for name in sorted(selection.relations.keys() & shape.embeds.keys()):
            embed = shape.embeds[name]
            presence = self._column(embed.presence, alias) if embed.presence else None
            layout = self._layout(embed.shape, selection.relations[name], alias, ())
            parts.append(Part(name, layout.maker(), presence))
        return parts

    def _to_one(self, shape: Shape, selection: Selection, alias: str, steps: tuple[str, ...]) -> list[Part]:
        parts = []
        for name in sorted(selection.relations.keys() & shape.relations.keys()):
            relation = shape.relations[name]
            if isinstance(relation, ToOne):
                parts.append(self._joined(name, relation, selection.relations[name], alias, steps))
        return parts

    def _joined(self, name: str, relation: ToOne, selection: Selection, alias: str, steps: tuple[str, ...]) -> Part:
        target = self.planner.catalog.shapes[relation.target]
        joined = f"t{len(self.joins) + 1}"
        source = target.source.replace("{t}", joined)
        source = f"({source})" if " JOIN " in source else source
        on = relation.on.replace("{t}", alias).replace("{r}", joined)
        self.joins.append(Join(f"{source} ON {on}", joined, target.guard))
        may_miss = relation.is_optional or target.guard is not None or bool(steps)
        presence = self._column(f"{target.key} IS NOT NULL", joined) if may_miss else None
        return Part(name, self._layout(target, selection, joined, (*steps, name)).maker(), presence)

    def _children(self, shape: Shape, selection: Selection, steps: tuple[str, ...], key: int) -> None:
        for name in sorted(selection.relations.keys() & shape.relations.keys()):
            relation = shape.relations[name]
            if isinstance(relation, ToMany):
                plan = self.planner.plan(relation.target, selection.relations[name])
                self.children.append(Child(steps, name, key, relation, plan))
        for attribute, page in sorted(selection.pages.items()):
            paged = shape.relations[page.name]
            if isinstance(paged, ToPage):
                plan = self.planner.plan(self.planner.catalog.listings[paged.listing].shape, page.rows)
                self.children.append(Child(steps, attribute, key, paged, plan, page))


def _asked(selection: Selection) -> set[str]:
    # A field may be a column although the query selects inside it, such as a document's type.
    return selection.fields | selection.relations.keys()


def _has_lists(shape: Shape, selection: Selection) -> bool:
    return bool(selection.pages) or any(isinstance(shape.relations.get(name), ToMany) for name in selection.relations)


def _tables(shape: Shape, joins: list[Join]) -> str | None:
    if any(join.guard is not None for join in joins):
        return None
    return shape.source.replace("{t}", "t0") + "".join(f" LEFT JOIN {join.sql}" for join in joins)


def _is_plain_list(child: Child) -> bool:
    return isinstance(child.relation, ToMany) and not child.steps and not child.plan.children
