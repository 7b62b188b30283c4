"""Adjustments: how somebody edits the lines of a draft, and what charges come of it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billfold.domain.charging import ServiceReference


@dataclass(frozen=True, slots=True)
class LineEdit:
    """What becomes of one charge, by its position; None keeps what it has.

    The quantity and the unit price, with tax where the charge's is, are not below zero. `was` is what the charge came
    to, tax included, when it was edited: one that has changed since is not edited by it.
    """

    position: int
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    description: str | None = None
    is_removed: bool = False
    was: Decimal | None = None


@dataclass(frozen=True, slots=True)
class AddedLine:
    """A line that somebody adds: so much of a service, at a price with tax or without, as of a day of the period."""

    service: ServiceReference
    on: date
    quantity: Decimal
    unit_price: Decimal
    is_tax_included: bool
    description: str = ""


@dataclass(frozen=True, slots=True)
class Edits:
    """All that somebody changed of what a document would say by itself."""

    lines: tuple[LineEdit, ...] = ()
    added: tuple[AddedLine, ...] = ()
