"""Resolvers: Strawberry's decorator with its types kept, so that mypy still looks into what it decorates."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import strawberry

F = TypeVar("F", bound=Callable[..., Any])


def resolver(description: str) -> Callable[[F], F]:
    """Make a method the resolver of a field of its name."""
    # Strawberry types its decorator as Any; it gives a field that is called as the method was.
    return cast(Callable[[F], F], strawberry.field(description=description))


def subscription(description: str) -> Callable[[F], F]:
    """Make a method that gives an async generator the resolver of a subscription's field of its name."""
    return cast(Callable[[F], F], strawberry.subscription(description=description))
