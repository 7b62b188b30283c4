"""The cache of plans: one for each selection that queries have made, by the identity of its parsed nodes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

from graphql import FieldNode

T = TypeVar("T")
_SIZE = 512


class PlanCache(Generic[T]):
    """Keeps the newest plans. Parsed documents are cached too, so the same query has the same nodes."""

    def __init__(self, size: int = _SIZE) -> None:
        self._size = size
        # The nodes are kept beside what was made of them, so that their identity cannot pass to others.
        self._kept: OrderedDict[Hashable, tuple[Sequence[FieldNode], object]] = OrderedDict()

    def get(
        self,
        kind: str,
        nodes: Sequence[FieldNode],
        variable: Callable[[str], object],
        make: Callable[[], tuple[T, frozenset[str]]],
    ) -> T:
        """Give the plan of these nodes for the values of the variables that it depends on.

        `make` gives a plan and the names of those variables.
        """
        place = (kind, *map(id, nodes))
        names: frozenset[str] | None = self._look_up(place)
        if names is not None:
            plan: T | None = self._look_up((place, _values(names, variable)))
            if plan is not None:
                return plan
        made, used = make()
        # Another branch of the query may depend on other variables; the plan is kept for the values of all of them.
        used |= names or frozenset()
        self._keep(place, nodes, used)
        self._keep((place, _values(used, variable)), nodes, made)
        return made

    def _look_up(self, key: Hashable) -> Any:
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[1]

    def _keep(self, key: Hashable, nodes: Sequence[FieldNode], value: object) -> None:
        self._kept[key] = (nodes, value)
        if len(self._kept) > self._size:
            self._kept.popitem(last=False)


def _values(names: frozenset[str], variable: Callable[[str], object]) -> tuple[tuple[str, str], ...]:
    return tuple((name, repr(variable(name))) for name in sorted(names))
