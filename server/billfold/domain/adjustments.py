"""Adjustments: what charges come of it when somebody edits the lines of a draft.

What the books charge stays as it is: each edited charge gets another one beside it, which says what it is to be and
charges the difference. Documents tell both in one line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from billfold.domain.billing import round_by_rate
from billfold.domain.charging import Charge, ChargeKind, Sold, charge_sold
from billfold.domain.corrections import check_rates, repriced, share_of
from billfold.domain.edits import AddedLine, Edits, LineEdit, positions, shown_of
from billfold.domain.errors import InvalidInput
from billfold.domain.money import AMOUNT_LIMIT, ZERO, round_amount, round_exact
from billfold.domain.periods import Period
from billfold.domain.tax import Taxation, TaxRounding

# The others keep the tax that they were entered with.
_COMPUTED = (ChargeKind.SUBSCRIPTION, ChargeKind.USAGE)


def edited(
    charges: Sequence[Charge], edits: Edits, *, period: Period, taxation: Taxation, currency: str
) -> tuple[Charge, ...]:
    """Give the charges that edits write beside those of a period: the added lines, then the adjustments.

    Tax is rounded on each edited line; where the seller's is rounded by rate, once more for each rate, over all that is
    computed. Raises InvalidInput for what cannot be, a sum below zero among it, and as `edits.positions` does.
    """
    after = list(charges)
    for edit, position in zip(edits.lines, positions(edits, charges), strict=True):
        after[position - 1] = _after(charges[position - 1], edit, currency)
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
    shown = shown_of(charges)
    lines = []
    for one in charges:
        if one.adjusts is not None and _is_edited(charges[one.adjusts - 1], one):
            before = shown[one.adjusts - 1]
            what = (one.quantity, one.unit_price, one.description, not one.quantity)
            lines.append(LineEdit(one.adjusts, *what, was=before.gross, of=before.of))
    added = [
        AddedLine(one.service, one.period.start, one.quantity, one.unit_price, one.tax_included, one.description)
        for one in charges
        if one.kind is ChargeKind.CORRECTION
    ]
    return Edits(tuple(lines), tuple(added), shown)


def _is_edited(before: Charge, adjustment: Charge) -> bool:
    """Tell an edit from tax that is rounded otherwise because of the edits of other charges."""
    said = (adjustment.quantity, adjustment.unit_price, adjustment.description)
    return said != (before.quantity, before.unit_price, before.description)


def _after(charge: Charge, edit: LineEdit, currency: str) -> Charge:
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
