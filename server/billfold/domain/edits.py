"""Edits: what somebody changes of the lines of a draft, and which of the charges of now each edit is of."""

from collections import defaultdict, deque
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from billfold.domain.charging import Charge, ChargeKind, ServiceReference
from billfold.domain.errors import Conflict, InvalidInput
from billfold.domain.periods import Period


class LineChanged(Conflict):
    """An edit is of a charge that has changed, or is gone; `fact` says so without a way out of it."""

    def __init__(self, fact: str, mend: str) -> None:
        super().__init__(f"{fact}: {mend}.", field="lines")
        self.fact = fact


@dataclass(frozen=True, slots=True)
class LineEdit:
    """What becomes of one charge, by its position among those that were shown; None keeps what it has.

    The quantity and the unit price, with tax where the charge's is, are not below zero. A quantity of 0 removes it, and
    an empty description is the charge's own. `was` is what the charge came to, tax included, when it was edited, and
    `of` what it was charged for: one that has changed since is not edited by it. Without `was` the edit is given just
    now, and is of the charge that was shown, whatever that comes to by now.
    """

    position: int
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    description: str | None = None
    is_removed: bool = False
    was: Decimal | None = None
    of: str = ""

    @property
    def removes(self) -> bool:
        """Whether nothing is left of the charge."""
        return self.is_removed or self.quantity == 0


@dataclass(frozen=True, slots=True)
class AddedLine:
    """A line that somebody adds: so much of a service, at a price with tax or without, as of a day of the period.

    `service_id` is the row of the service, by which its name and code are read again.
    """

    service: ServiceReference
    on: date
    quantity: Decimal
    unit_price: Decimal
    is_tax_included: bool
    description: str = ""
    service_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ShownCharge:
    """A charge as it was shown to whoever edited it; `service` is a code, and only a one-off charge has its `id`."""

    kind: ChargeKind
    service: str
    destination: str
    period: Period
    quantity: Decimal
    unit_price: Decimal
    tax_included: bool
    tax_rate: Decimal | None
    net: Decimal
    gross: Decimal
    description: str
    id: UUID | None = None

    @property
    def of(self) -> str:
        """What it is charged for, which stays the same whatever it comes to."""
        return " ".join((self.kind, self.service, self.destination, str(self.period)))

    @property
    def reckoning(self) -> Hashable:
        """What it is reckoned of, and what that comes to; tax that is rounded by rate moves beside other charges."""
        total = self.gross if self.tax_included else self.net
        return self.of, self.quantity, self.unit_price, self.tax_included, self.tax_rate, total


@dataclass(frozen=True, slots=True)
class Edits:
    """All that somebody changed of what a document would say by itself.

    `shown` are the charges among which the edits have their positions; None are those that they are applied to.
    """

    lines: tuple[LineEdit, ...] = ()
    added: tuple[AddedLine, ...] = ()
    shown: tuple[ShownCharge, ...] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is changed."""
        return not self.lines and not self.added


def shown_of(charges: Sequence[Charge]) -> tuple[ShownCharge, ...]:
    """Give charges as they are shown, in order."""
    return tuple(
        ShownCharge(
            kind=charge.kind,
            service=charge.service.code,
            destination=charge.destination,
            period=charge.period,
            quantity=charge.quantity,
            unit_price=charge.unit_price,
            tax_included=charge.tax_included,
            tax_rate=charge.tax_rate,
            net=charge.net,
            gross=charge.gross,
            description=charge.description or charge.service.name(""),
            id=charge.id if charge.kind is ChargeKind.ONE_OFF else None,
        )
        for charge in charges
    )


def positions(edits: Edits, charges: Sequence[Charge]) -> tuple[int, ...]:
    """Find where among the charges of now that of each edit stands, from 1.

    Raises InvalidInput for a position that was not shown or is named twice, and LineChanged for a charge that is gone,
    or comes to something else than when it was edited.
    """
    if len({edit.position for edit in edits.lines}) < len(edits.lines):
        raise InvalidInput("Name each line once.", field="lines")
    now = shown_of(charges)
    shown = now if edits.shown is None else edits.shown
    for edit in edits.lines:
        if not 1 <= edit.position <= len(shown):
            raise InvalidInput(f"There is no line {edit.position} to edit: there are {len(shown)}.", field="lines")
    same = _same_charges(shown, now)
    for edit in edits.lines:
        at = same.get(edit.position - 1)
        _check_unchanged(edit, shown[edit.position - 1], None if at is None else now[at])
    return tuple(same[edit.position - 1] + 1 for edit in edits.lines)


def seen(edits: Edits, charges: Sequence[Charge]) -> Edits:
    """Give the edits as they are of these charges, each with what its charge is, so that a change of it is noticed.

    Raises as `positions` does.
    """
    now = shown_of(charges)
    lines = tuple(
        replace(edit, position=position, was=now[position - 1].gross, of=now[position - 1].of)
        for edit, position in zip(edits.lines, positions(edits, charges), strict=True)
    )
    return replace(edits, lines=lines, shown=now)


def _check_unchanged(edit: LineEdit, shown: ShownCharge, now: ShownCharge | None) -> None:
    when = f"when it was {'shown' if edit.was is None else 'edited'}"
    fact = f"{shown.description!r} came to {shown.gross if edit.was is None else edit.was:f} {when}"
    if now is None:
        raise LineChanged(f"{fact}, and is not charged any more", "edit the other lines without it")
    is_same = (now.gross, now.of) == (edit.was, edit.of) or now.reckoning == shown.reckoning
    if edit.was is not None and not is_same:
        raise LineChanged(f"{fact}, and has changed since", "edit it again")


def _same_charges(shown: Sequence[ShownCharge], now: Sequence[ShownCharge]) -> Mapping[int, int]:
    """Tell which of the charges of now each shown one is, both counted from 0; those that are gone are left out.

    The surest first, so that a charge is not taken for one that is there itself; those alike keep their order.
    """
    same: dict[int, int] = {}
    for key in (_by_id, _by_reckoning, _by_sum, _by_what):
        taken, free = set(same.values()), defaultdict[Hashable, deque[int]](deque)
        for at, one in enumerate(now):
            if at not in taken:
                free[key(one)].append(at)
        for at, one in enumerate(shown):
            if at not in same and (wanted := key(one)) is not None and free[wanted]:
                same[at] = free[wanted].popleft()
    return same


def _by_id(one: ShownCharge) -> Hashable:
    return one.id


def _by_reckoning(one: ShownCharge) -> Hashable:
    return one.reckoning


def _by_sum(one: ShownCharge) -> Hashable:
    return one.of, one.gross


def _by_what(one: ShownCharge) -> Hashable:
    # A one-off charge that was entered in place of another is not that one.
    return one.of if one.id is None else None
