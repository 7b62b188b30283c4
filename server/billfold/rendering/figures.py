"""Figures: which prices and sums a document shows, so that every printed column adds up.

Where each price was entered with its tax, or has none, the table shows prices and sums with tax and says below how
much tax is inside: quantity x price = sum, and the sums add up to the total. As soon as one price was entered without
its tax, the whole table is net, and the tax is added below it: again each column adds up. (ADR: columns that add up.)
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from billfold.domain.document import Document, DocumentLine, Totals
from billfold.domain.money import exponent, round_amount

# An entered price is printed with at most so many digits (domain.md, edge case 44).
_PRICE_DIGITS = 6
# A net price that we derive may need more, so that quantity x price still gives the sum.
_DERIVED_DIGITS = 11


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A row of the table: price and amount with tax, or without it when the figures are net."""

    position: int
    description: str
    quantity: Decimal
    unit: str
    price: Decimal
    amount: Decimal
    tax_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What the table shows; `subtotal` is the sum of its last column."""

    is_net: bool
    shows_rates: bool
    has_tax: bool
    lines: tuple[PrintedLine, ...]
    subtotal: Decimal
    totals: Totals


def figures(document: Document) -> Figures:
    """Choose the way of a document's table and work out its rows."""
    is_net = any(line.tax_rate is not None and not line.tax_included for line in document.lines)
    totals = document.totals
    return Figures(
        is_net=is_net,
        shows_rates=len(totals.taxes) > 1,
        has_tax=any(tax.rate is not None for tax in totals.taxes),
        lines=tuple(_printed(line, is_net, document.currency) for line in document.lines),
        subtotal=totals.net if is_net else totals.gross,
        totals=totals,
    )


def _printed(line: DocumentLine, is_net: bool, currency: str) -> PrintedLine:
    return PrintedLine(
        position=line.position,
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        price=_net_price(line, currency) if is_net and line.tax_included else _round(line.unit_price, _PRICE_DIGITS),
        amount=line.net if is_net else line.gross,
        tax_rate=line.tax_rate,
    )


def _net_price(line: DocumentLine, currency: str) -> Decimal:
    """Give the net of a price with tax, with the fewest digits that still give the line's net sum.

    A line that is charged for a part of its period has no such price; its monthly one is shown as an amount.
    """
    if line.tax_rate is None:
        return _round(line.unit_price, _PRICE_DIGITS)
    exact = line.unit_price * 100 / (100 + line.tax_rate)
    for digits in range(exponent(currency), _DERIVED_DIGITS + 1):
        price = _round(exact, digits)
        if round_amount(line.quantity * price, currency) == line.net:
            return price
    return _round(exact, max(exponent(currency), -int(line.unit_price.normalize().as_tuple().exponent)))


def _round(price: Decimal, digits: int) -> Decimal:
    return price.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
