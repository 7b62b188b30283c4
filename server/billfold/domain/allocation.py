"""Allocation: which money settles which open items of one contract, and how much of it (domain.md 4.7).

Money that settles a document for an amount, an advance, stays money on the contract: the same money may settle
documents of charges that were issued later than that advance. So each rouble is used once, or twice in that one order.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from billfold.domain.money import ZERO

# When something was issued; documents of one instant follow their ids, which are ordered by time.
Issued = tuple[datetime, UUID]
BEFORE_ALL: Issued = (datetime.min.replace(tzinfo=UTC), UUID(int=0))

_DIGITS = re.compile(r"([0-9]+)")


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What is still to be settled: a document, or the opening debt where there is no document.

    `is_marked` tells that a person said it is paid: money takes its place, but only after all that is truly open.
    """

    document_id: UUID | None
    open: Decimal
    due_on: date | None = None
    number: str = ""
    issued: Issued = BEFORE_ALL
    is_advance: bool = False
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """What a part of some money settles already."""

    amount: Decimal
    issued: Issued = BEFORE_ALL
    is_advance: bool = False


@dataclass(frozen=True, slots=True)
class Funds:
    """A payment, less what of it was given back; without a payment, the contract's positive opening balance."""

    payment_id: UUID | None
    amount: Decimal
    uses: tuple[Use, ...] = ()

    def share(self, item: OpenItem) -> Decimal:
        """Give how much of this money may settle the item, at most what is open."""
        needed = tied((*self.uses, _use(item, item.open))) - tied(self.uses)
        return min(item.open, item.open - needed + self.amount - tied(self.uses))

    def spent(self, item: OpenItem, amount: Decimal) -> "Funds":
        """Give what it is once `amount` of it settles the item."""
        return replace(self, uses=(*self.uses, _use(item, amount)))


@dataclass(frozen=True, slots=True)
class Share:
    """What one source gives to one item; the ids are those of the Funds and of the OpenItem."""

    payment_id: UUID | None
    document_id: UUID | None
    amount: Decimal
    is_advance: bool


def _use(item: OpenItem, amount: Decimal) -> Use:
    return Use(amount, item.issued, item.is_advance)


def tied(uses: Iterable[Use]) -> Decimal:
    """Give how much money the uses take: an advance and charges issued later than it share theirs."""
    total = advanced = ZERO
    for use in sorted(uses, key=lambda use: use.issued):
        shared = ZERO if use.is_advance else min(advanced, use.amount)
        advanced += use.amount if use.is_advance else -shared
        total += use.amount - shared
    return total


def allocate(items: Collection[OpenItem], funds: Sequence[Funds], *, referenced: Sequence[UUID] = ()) -> list[Share]:
    """Settle the open items of one contract: each in turn takes from the funds in the order given.

    The turn is that of the referenced documents, in their order; then the opening debt; then the oldest due date, none
    being the last; then the lowest number, 9 before 10; then the hour of issue. What is left of either side could not
    be joined: done again on the outcome, it gives nothing.
    """
    places = {document_id: place for place, document_id in enumerate(referenced)}
    left = list(funds)
    shares: list[Share] = []
    for item in sorted(items, key=lambda item: (*_referred(item, places), *_turn(item))):
        rest = item.open
        for at, source in enumerate(left):
            amount = source.share(replace(item, open=rest)) if rest > 0 else ZERO
            if amount > 0:
                shares.append(Share(source.payment_id, item.document_id, amount, item.is_advance))
                left[at] = source.spent(item, amount)
                rest -= amount
    return shares


def shrink(uses: Sequence[Use], amount: Decimal) -> list[Decimal]:
    """Give what to take from each use, in their order, until they tie no more than `amount` in all."""
    kept = list(uses)
    taken: list[Decimal] = []
    for at, use in enumerate(uses):
        excess = min(use.amount, max(ZERO, tied(kept) - amount))
        kept[at] = replace(use, amount=use.amount - excess)
        taken.append(excess)
    return taken


def natural(number: str) -> tuple[str | int, ...]:
    """Give a number's place in natural order, in which 9 stands before 10."""
    # Texts and digits take turns, so that like is always compared with like.
    return tuple(int(part) if at % 2 else part for at, part in enumerate(_DIGITS.split(number)))


def _referred(item: OpenItem, places: dict[UUID, int]) -> tuple[bool, int]:
    place = None if item.document_id is None else places.get(item.document_id)
    return place is None, place or 0


def _turn(item: OpenItem) -> tuple[object, ...]:
    is_document = item.document_id is not None
    return item.is_marked, is_document, item.due_on or date.max, natural(item.number), item.issued
