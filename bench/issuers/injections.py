"""Injections: what goes wrong with a part of the requests, after their number was drawn or just before.

Each task says what is to happen to its next attempt; what it calls finds that out by a context variable.
"""

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from enum import StrEnum
from random import Random
from typing import Any

import asyncpg

from billfold.database.sealing import write_documents
from billfold.domain.errors import TemplateFailed
from billfold.rendering.press import Press, PrintOrder
from billfold.services import issuing
from billfold.services.parts import Parts

_Rows = Sequence[Mapping[str, object]]
_MISSING = "bench/missing.html"


class Fault(StrEnum):
    """What goes wrong with one attempt."""

    RAISED = "raised after its number was drawn"
    KILLED = "lost its connection after its number was drawn"
    TEMPLATE = "its template failed"


class Injected(Exception):
    """What is raised for no reason."""


_struck: ContextVar[Fault | None] = ContextVar("struck", default=None)


class Injector:
    """Strikes a part of the attempts, and counts them."""

    def __init__(self, part: float, seed: int, killer: asyncpg.Connection) -> None:
        self._part = part
        self._random = Random(seed)  # Faults, no secrets.
        self._killer = killer
        self.injected: Counter[str] = Counter()

    def arm(self, parts: Parts) -> Parts:
        """Give parts that fail as the tasks are told; the rows of documents are written after their numbers."""
        issuing.write_documents = self._strike  # type: ignore[attr-defined]  # A name that issuing has imported.
        return dataclasses.replace(parts, press=_UnsteadyPress(parts.press))  # type: ignore[arg-type]  # It is asked as a press is.

    def draw(self) -> None:
        """Say what is to happen to the next attempt of this task."""
        fault = self._random.choice(list(Fault)) if self._random.random() < self._part else None
        _struck.set(fault)
        if fault:
            self.injected[fault.value] += 1

    def calm(self) -> None:
        """Let the next attempt of this task be."""
        _struck.set(None)

    async def _strike(self, connection: asyncpg.Connection, documents: _Rows, lines: _Rows) -> None:
        if _struck.get() is Fault.RAISED:
            raise Injected
        if _struck.get() is Fault.KILLED:
            await self._killer.execute("SELECT pg_terminate_backend($1)", connection.get_server_pid())
        await write_documents(connection, documents, lines)


class _UnsteadyPress:
    """A press that cannot find the template of a struck attempt."""

    def __init__(self, press: Press) -> None:
        self._press = press

    def __getattr__(self, name: str) -> Any:
        return getattr(self._press, name)

    async def trial(self, orders: Sequence[PrintOrder]) -> list[TemplateFailed | None]:
        if _struck.get() is Fault.TEMPLATE:
            orders = [dataclasses.replace(order, template=_MISSING) for order in orders]
        return await self._press.trial(orders)
