"""Net prices: the price without tax that a tax document shows for a line, whose entered price may hold the tax."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Context, Decimal

from billfold.domain.document import DocumentLine
from billfold.domain.money import exponent, round_amount

# What a price may have in ours and in the tax service's formats.
_MOST_DIGITS = 11
# The usual context of 28 digits would round a long product before it is rounded to its currency.
_EXACT = Context(prec=100, rounding=ROUND_HALF_UP)


def net_price(line: DocumentLine, currency: str) -> Decimal:
    """Give the price of one unit without tax, such that quantity x price, rounded, is the line's net sum.

    It is the entered price where that holds no tax, else the one with the fewest digits. A line that is charged for a
    part of its period, whose price is that of the whole, shows what one unit of it comes to.
    """
    price = line.unit_price
    for price in _candidates(line, currency):
        if round_amount(_EXACT.multiply(line.quantity, price), currency) == line.net:
            break
    return price


def _candidates(line: DocumentLine, currency: str) -> Iterator[Decimal]:
    """Give the prices to try; the last one is the nearest that there is."""
    if line.tax_rate is None or not line.tax_included:
        yield line.unit_price
    else:
        yield from _rounded(_EXACT.divide(line.unit_price * 100, 100 + line.tax_rate), currency)
    if line.quantity:
        yield from _rounded(_EXACT.divide(line.net, line.quantity), currency)


def _rounded(exact: Decimal, currency: str) -> Iterator[Decimal]:
    for digits in range(exponent(currency), _MOST_DIGITS + 1):
        yield exact.quantize(Decimal(1).scaleb(-digits), context=_EXACT)
