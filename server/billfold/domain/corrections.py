"""Corrections: how the lines of an issued document change by agreement, and what the difference charges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from billfold.domain.charging import Charge, ChargeKind, ServiceReference
from billfold.domain.document import CorrectedLine, Document, DocumentLine
from billfold.domain.errors import InvalidInput
from billfold.domain.money import AMOUNT_LIMIT, fits_rate, round_exact
from billfold.domain.periods import Period
from billfold.domain.tax import tax_amount

# What has a quantity, a price and sums.
Priced = TypeVar("Priced", DocumentLine, Charge)


@dataclass(frozen=True, slots=True)
class LineCorrection:
    """What a line is to be: its quantity, its unit price (with tax where the line's is), or both; None keeps it."""

    position: int
    quantity: Decimal | None = None
    unit_price: Decimal | None = None


def as_corrected(original: Document, corrections: Sequence[Document]) -> tuple[DocumentLine, ...]:
    """Give the lines of a document as its corrections, the oldest first, have left them."""
    lines = {line.position: line for line in original.lines}
    for correction in corrections:
        lines |= {line.after.position: line.after for line in correction.corrected}
    return tuple(lines[position] for position in sorted(lines))


def correct(
    lines: Sequence[DocumentLine],
    corrections: Sequence[LineCorrection],
    currency: str,
    *,
    originals: Sequence[DocumentLine] | None = None,
) -> tuple[CorrectedLine, ...]:
    """Correct lines: quantity x price at the line's own tax rate, rounded once; lines that stay the same are left out.

    A line that is charged for a part of its month keeps its share, which the `originals` tell where the lines were
    corrected before; one that is to be as it was at first has its first sums. Raises InvalidInput for a line that is
    not there or is named twice, and for numbers below zero or above what an amount may be.
    """
    by_position = {line.position: line for line in lines}
    first = {line.position: line for line in originals or lines}
    named = [correction.position for correction in corrections]
    if len(set(named)) < len(named):
        raise InvalidInput("Name each line once.", field="corrections")
    found = []
    for correction in sorted(corrections, key=lambda one: one.position):
        line = by_position.get(correction.position)
        if line is None:
            raise InvalidInput(f"There is no line {correction.position} to correct.", field="corrections")
        after = _after(line, first[line.position], correction, currency)
        if after != line:
            found.append(CorrectedLine(before=line, after=after))
    return tuple(found)


def _after(line: DocumentLine, first: DocumentLine, correction: LineCorrection, currency: str) -> DocumentLine:
    quantity = line.quantity if correction.quantity is None else correction.quantity
    price = line.unit_price if correction.unit_price is None else correction.unit_price
    check_rates(f"Line {line.position}", quantity, price, field="corrections")
    if (quantity, price) == (line.quantity, line.unit_price):
        return line
    if (quantity, price) == (first.quantity, first.unit_price):
        return first
    exact = Fraction(quantity) * Fraction(price) * share_of(first, currency)
    if exact > AMOUNT_LIMIT / 2:
        raise InvalidInput(f"Line {line.position} comes to more than an amount may be.", field="corrections")
    return repriced(line, quantity, price, exact=exact, currency=currency)


def check_rates(what: str, quantity: Decimal, price: Decimal, *, field: str) -> None:
    """Refuse a quantity or a unit price, of `what`, that no line may have. Raises InvalidInput."""
    if not fits_rate(quantity) or not fits_rate(price) or quantity < 0 or price < 0:
        raise InvalidInput(
            f"{what}: quantity {quantity:f} and unit price {price:f} must not be below zero, and have at "
            "most 15 digits and 11 decimals.",
            field=field,
        )


def share_of(priced: DocumentLine | Charge, currency: str) -> Fraction:
    """Give the share of a month that a line or a charge was charged for, which its own sum tells; a whole one is 1."""
    whole = Fraction(priced.quantity) * Fraction(priced.unit_price)
    entered = priced.gross if priced.tax_included else priced.net
    return Fraction(1) if not whole or round_exact(whole, currency) == entered else Fraction(entered) / whole


def repriced(priced: Priced, quantity: Decimal, price: Decimal, *, exact: Fraction, currency: str) -> Priced:
    """Give a line or a charge a quantity and a price that come to `exact`: rounded once, taxed at its own rate."""
    amount = round_exact(exact, currency)
    taxed = tax_amount(amount, rate=priced.tax_rate, is_included=priced.tax_included, currency=currency)
    return replace(priced, quantity=quantity, unit_price=price, net=taxed.net, tax=taxed.tax, gross=taxed.gross)


def differences(
    corrected: Sequence[CorrectedLine], services: Mapping[str, ServiceReference], *, on: date, currency: str
) -> tuple[Charge, ...]:
    """Charge what the corrections change, on the day of the correction, each at the tax rate of its line."""
    return tuple(
        Charge(
            kind=ChargeKind.CORRECTION,
            service=services[line.after.service],
            period=Period(on, on + timedelta(days=1)),
            quantity=Decimal(1),
            unit_price=(line.after.gross - line.before.gross)
            if line.after.tax_included
            else (line.after.net - line.before.net),
            tax_included=line.after.tax_included,
            tax_rate=line.after.tax_rate,
            net=line.after.net - line.before.net,
            tax=line.after.tax - line.before.tax,
            gross=line.after.gross - line.before.gross,
            currency=currency,
            description=line.after.description,
        )
        for line in corrected
    )
