"""Listings: the lists that a face offers, with their filters and orders, and the cursors of their pages."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from billfold.database.reading.conditions import Condition
from billfold.database.reading.selections import PageRequest, Sorting
from billfold.domain.errors import InvalidInput

MAX_PAGE = 100
DEFAULT_PAGE = 20
_LARGEST_KEY = 2**63


def _exact(text: str) -> Decimal:
    if len(text) > 40 or not text.lstrip("-").replace(".", "", 1).isdigit():
        raise ValueError(text)
    return Decimal(text)


def _counted(text: str) -> int:
    number = int(text)
    if not 0 <= number < _LARGEST_KEY:
        raise ValueError(text)
    return number


_READERS: Mapping[str, Callable[[str], object]] = {
    "text": str,
    "date": date.fromisoformat,
    "timestamptz": datetime.fromisoformat,
    "numeric": _exact,
    "uuid": UUID,
    "bigint": _counted,
}


@dataclass(frozen=True, slots=True)
class Order:
    """An order that a list may be asked for: an expression that is never NULL, and its PostgreSQL type."""

    sql: str
    type: str = "text"


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of a type: its filters by name, its orders by name; the key of the row breaks ties."""

    shape: str
    orders: Mapping[str, Order]
    default: Sorting
    filters: Mapping[str, Callable[[Any], Condition]] = field(default_factory=dict)

    def conditions(self, request: PageRequest) -> list[Condition]:
        """Give the conditions that the filters of a request ask for; all must hold."""
        return [self.filters[name](value) for name, value in request.filters.items()]


@dataclass(frozen=True, slots=True)
class Window:
    """Where a page lies: its size, from which end, and the position (sorting value, key) that it lies beyond."""

    size: int
    is_backward: bool
    position: tuple[object, object] | None
    until: tuple[object, object] | None


def window(request: PageRequest, sorting: Sorting, order: Order, key_type: str) -> Window:
    """Read the paging arguments. Raises InvalidInput, naming the argument."""
    if request.first is not None and request.last is not None:
        raise InvalidInput("Both first and last are given: ask for one of them.", field="last")
    is_backward = request.last is not None
    size = request.last if is_backward else request.first
    if size is None:
        size = DEFAULT_PAGE
    if not 1 <= size <= MAX_PAGE:
        raise InvalidInput(f"A page holds 1 to {MAX_PAGE} rows, not {size}.", field="last" if is_backward else "first")
    after = _position(request.after, "after", sorting, order, key_type)
    before = _position(request.before, "before", sorting, order, key_type)
    return Window(size, is_backward, before if is_backward else after, after if is_backward else before)


def cursor(sorting: Sorting, value: object, key: object) -> str:
    """Give the opaque cursor of a row."""
    text = value.isoformat() if isinstance(value, date) else str(value)
    return urlsafe_b64encode(orjson.dumps([sorting.by, text, str(key)])).decode().rstrip("=")


def _position(
    text: str | None, argument: str, sorting: Sorting, order: Order, key_type: str
) -> tuple[object, object] | None:
    if text is None:
        return None
    try:
        by, value, key = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if by != sorting.by:
            raise ValueError(by)
        return _READERS[order.type](value), _READERS[key_type](key)
    except (ValueError, TypeError, AttributeError):
        raise InvalidInput(
            f"The cursor in {argument} is not one of this list in this order: take it from a page of this list.",
            field=argument,
        ) from None
