"""Selections: what of a type is wanted, as a face has read it from a query."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Sorting:
    """By what a list is sorted, and which way."""

    by: str
    is_descending: bool


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page of a list is wanted: what the rows must fit, their order, and where the page lies."""

    filters: Mapping[str, Any] = field(default_factory=dict)
    sorting: Sorting | None = None
    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    def key(self, name: str) -> str:
        """Give the name under which a parent keeps this page of its list."""
        return f"{name}({self!r})"


@dataclass(slots=True)
class Selection:
    """The fields and relations wanted of a type, merged over all the places where a query asks for them."""

    fields: set[str] = field(default_factory=set)
    relations: dict[str, "Selection"] = field(default_factory=dict)
    pages: dict[str, "PageSelection"] = field(default_factory=dict)

    def relation(self, name: str) -> "Selection":
        """Give the selection of a relation, new or to be added to."""
        return self.relations.setdefault(name, Selection())

    def page(self, name: str, request: PageRequest) -> "PageSelection":
        """Give the selection of one page of a relation, new or to be added to."""
        return self.pages.setdefault(request.key(name), PageSelection(name, request))


@dataclass(slots=True)
class PageSelection:
    """What is wanted of a page: its rows, and whether edges, cursors and the count are asked for."""

    name: str
    request: PageRequest
    rows: Selection = field(default_factory=Selection)
    wants_edges: bool = False
    wants_cursors: bool = False
    wants_total: bool = False
