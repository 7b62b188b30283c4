"""Adjustments: how somebody edits the lines of a draft, and what charges come of it.

What the books charge stays as it is: each edited charge gets another one beside it, which says what it is to be and
charges the difference. Documents tell both in one line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from billfold.domain.billing import round_by_rate
from billfold.domain.charging import Charge, ChargeKind, ServiceReference, Sold, charge_sold
from billfold.domain.corrections import check_rates, repriced, share_of
from billfold.domain.errors import Conflict, InvalidInput
from billfold.domain.money import AMOUNT_LIMIT, ZERO, round_amount, round_exact
from billfold.domain.periods import Period
from billfold.domain.tax import Taxation, TaxRounding

# The others keep the tax that they were entered with.
_COMPUTED = (ChargeKind.SUBSCRIPTION, ChargeKind.USAGE)


@dataclass(frozen=True, slots=True)
class LineEdit:
    """What becomes of one charge, by its position; None keeps what it has.

    The quantity and the unit price, with tax where the charge's is, are not below zero. `was` is what the charge came
    to, tax included, when it was edited, and `of` what it was charged for: one that has changed since is not edited by
    it. A quantity of 0 removes it, and an empty description is the charge's own.
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
class Edits:
    """All that somebody changed of what a document would say by itself."""

    lines: tuple[LineEdit, ...] = ()
    added: tuple[AddedLine, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is changed."""
        return not self.lines and not self.added


def edited(
    charges: Sequence[Charge], edits: Edits, *, period: Period, taxation: Taxation, currency: str
) -> tuple[Charge, ...]:
    """Give the charges that edits write beside those of a period: the added lines, then the adjustments.

    Tax is rounded on each edited line; where the seller's is rounded by rate, once more for each rate, over all that is
    computed. Raises InvalidInput for what cannot be, a sum below zero among it, and Conflict for an edit whose charge
    has changed since.
    """
    after = list(charges)
    for edit in _each_once(edits.lines):
        after[edit.position - 1] = _after(charges, edit, currency)
    added = tuple(_added(line, period, taxation, currency) for line in edits.added)
    if taxation.rounding is TaxRounding.RATE:
        after = _rounded(after, added)
    adjustments = [
        _adjustment(before, later, position)
        for position, (before, later) in enumerate(zip(charges, after, strict=True), start=1)
        if before != later
    ]
    gross = sum((charge.gross for charge in (*after, *added)), ZERO)
    if gross < 0:
        raise InvalidInput(f"With these edits the document comes to {gross:f}, below zero: remove less.", field="lines")
    return (*added, *adjustments)


def merged(charges: Sequence[Charge]) -> tuple[Charge, ...]:
    """Give the charges of a period as documents tell them: each with what adjusts it in one, without removed ones."""
    adjustments = {charge.adjusts: charge for charge in charges if charge.adjusts is not None}
    if not adjustments:
        return tuple(charges)
    return tuple(
        _with(charge, adjustments.get(position))
        for position, charge in enumerate(charges, start=1)
        if charge.adjusts is None and not (position in adjustments and not adjustments[position].quantity)
    )


def edits_behind(charges: Sequence[Charge]) -> Edits:
    """Give the edits that the charges of a period came of, as far as they still change anything."""
    lines = []
    for one in charges:
        if one.adjusts is not None:
            before, words = charges[one.adjusts - 1], one.description
            what = (before.gross, _what(before))
            lines.append(LineEdit(one.adjusts, one.quantity, one.unit_price, words, not one.quantity, *what))
    added = [
        AddedLine(one.service, one.period.start, one.quantity, one.unit_price, one.tax_included, one.description)
        for one in charges
        if one.kind is ChargeKind.CORRECTION
    ]
    return Edits(tuple(lines), tuple(added))


def seen(edits: Edits, charges: Sequence[Charge]) -> Edits:
    """Note on each edit what its charge was, so that a change of it is noticed. The positions must be there."""
    return replace(
        edits,
        lines=tuple(
            replace(edit, was=charges[edit.position - 1].gross, of=_what(charges[edit.position - 1]))
            for edit in edits.lines
        ),
    )


def _each_once(lines: Sequence[LineEdit]) -> Sequence[LineEdit]:
    if len({edit.position for edit in lines}) < len(lines):
        raise InvalidInput("Name each line once.", field="lines")
    return lines


def _after(charges: Sequence[Charge], edit: LineEdit, currency: str) -> Charge:
    charge = charges[edit.position - 1] if 1 <= edit.position <= len(charges) else None
    if edit.was is not None and (charge is None or (charge.gross, _what(charge)) != (edit.was, edit.of)):
        raise Conflict(
            f"Line {edit.position} came to {edit.was:f} when it was edited, and has changed since: edit it again.",
            field="lines",
        )
    if charge is None:
        raise InvalidInput(f"There is no line {edit.position} to edit: there are {len(charges)}.", field="lines")
    if edit.removes:
        nought = round_amount(ZERO, currency)
        return replace(charge, quantity=ZERO, net=nought, tax=nought, gross=nought)
    return replace(_repriced(charge, edit, currency), description=edit.description or charge.description)


def _repriced(charge: Charge, edit: LineEdit, currency: str) -> Charge:
    quantity = charge.quantity if edit.quantity is None else edit.quantity
    price = charge.unit_price if edit.unit_price is None else edit.unit_price
    if (quantity, price) == (charge.quantity, charge.unit_price):
        return charge
    if charge.gross < 0:
        raise InvalidInput(f"Line {edit.position} is a credit: remove or rename it only.", field="lines")
    check_rates(f"Line {edit.position}", quantity, price, field="lines")
    exact = Fraction(quantity) * Fraction(price) * _share(charge, currency)
    if exact > AMOUNT_LIMIT / 2:
        raise InvalidInput(f"Line {edit.position} comes to more than an amount may be.", field="lines")
    return repriced(charge, quantity, price, exact=exact, currency=currency)


def _share(charge: Charge, currency: str) -> Fraction:
    """Give the share of a month: that of its days, where they tell its sum, or else the one that its sum tells."""
    if charge.month_days:
        days = Fraction(charge.active_days, charge.month_days)
        whole = Fraction(charge.quantity) * Fraction(charge.unit_price)
        if round_exact(whole * days, currency) == (charge.gross if charge.tax_included else charge.net):
            return days
    return share_of(charge, currency)


def _added(line: AddedLine, period: Period, taxation: Taxation, currency: str) -> Charge:
    check_rates(f"The added line of {line.service.code}", line.quantity, line.unit_price, field="addedLines")
    if not period.start <= line.on < period.until:
        raise InvalidInput(f"The day {line.on} of an added line is not in {period}.", field="addedLines")
    sold = Sold(
        service=line.service,
        period=Period(line.on, line.on + timedelta(days=1)),
        quantity=line.quantity,
        unit_price=line.unit_price,
        tax_included=line.is_tax_included,
        tax_rate=taxation.rate(line.service.tax_category, line.on),
    )
    # Not a one-off charge: those outlive the document, and this one is nobody's debt without it.
    return replace(charge_sold(ChargeKind.CORRECTION, sold, currency=currency), description=line.description)


def _rounded(after: Sequence[Charge], added: Sequence[Charge]) -> list[Charge]:
    """Round the tax of computed charges by rate, the others and the added ones counted in."""
    standing = [at for at, charge in enumerate(after) if charge.quantity]
    own = [at for at in standing if after[at].kind in _COMPUTED]
    others = [after[at] for at in standing if after[at].kind not in _COMPUTED]
    rounded: Mapping[int, Charge] = dict(
        zip(own, round_by_rate([after[at] for at in own], [*others, *added]), strict=True)
    )
    return [rounded.get(at, charge) for at, charge in enumerate(after)]


def _adjustment(before: Charge, after: Charge, position: int) -> Charge:
    return replace(
        after,
        kind=ChargeKind.ADJUSTMENT,
        net=after.net - before.net,
        tax=after.tax - before.tax,
        gross=after.gross - before.gross,
        price_id=None,
        id=None,
        adjusts=position,
    )


def _with(charge: Charge, adjustment: Charge | None) -> Charge:
    if adjustment is None:
        return charge
    return replace(
        charge,
        quantity=adjustment.quantity,
        unit_price=adjustment.unit_price,
        description=adjustment.description or charge.description,
        net=charge.net + adjustment.net,
        tax=charge.tax + adjustment.tax,
        gross=charge.gross + adjustment.gross,
    )


def _what(charge: Charge) -> str:
    return " ".join((charge.kind, charge.service.code, charge.destination, str(charge.period)))
