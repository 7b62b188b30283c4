"""Billing: what of a contract's charges goes into one period: credits as far as they fit, tax rounded as agreed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal

from billfold.domain.charging import Charge
from billfold.domain.money import ZERO, exponent, round_amount
from billfold.domain.tax import TaxRounding, tax_amount


@dataclass(frozen=True, slots=True)
class Billed:
    """The charges of one period in the order of their lines.

    `rest` is what is left of the last credit, which waits on for the next period; `has_late` tells whether the late
    usage is among them.
    """

    charges: tuple[Charge, ...]
    rest: Charge | None = None
    has_late: bool = True


def bill(
    computed: Sequence[Charge],
    late: Sequence[Charge],
    waiting: Sequence[Charge],
    *,
    rounding: TaxRounding,
) -> Billed:
    """Put a period together from its own charges, late usage, and one-off charges that wait, in order of their days.

    A period is never billed below zero: credits are taken as far as they fit, the one that does not fit is split, and
    late usage that takes back more than the period comes to waits as a whole (domain.md 7, case 18).
    """
    has_late = _gross(computed) + _gross(late) >= 0 or _gross(late) >= 0
    own = [*computed, *late] if has_late else list(computed)
    if rounding is TaxRounding.RATE:
        own = round_by_rate(own)
    debits = [charge for charge in waiting if charge.gross >= 0]
    taken, rest = _fitting([charge for charge in waiting if charge.gross < 0], _gross(own) + _gross(debits))
    return Billed((*own, *sorted([*debits, *taken], key=lambda charge: charge.period.start)), rest, has_late)


def _gross(charges: Sequence[Charge]) -> Decimal:
    return sum((charge.gross for charge in charges), ZERO)


def _fitting(credits: Sequence[Charge], room: Decimal) -> tuple[list[Charge], Charge | None]:
    taken: list[Charge] = []
    for credit in credits:
        if room <= 0:
            break
        if room + credit.gross < 0:
            part, rest = split_credit(credit, -room)
            return [*taken, part], rest
        taken.append(credit)
        room += credit.gross
    return taken, None


def split_credit(credit: Charge, gross: Decimal) -> tuple[Charge, Charge]:
    """Split a credit into a part of the gross amount given and the rest; net, tax and gross add up to the whole."""
    taxed = tax_amount(gross, rate=credit.tax_rate, is_included=True, currency=credit.currency)
    part = replace(credit, net=taxed.net, tax=taxed.tax, gross=taxed.gross)
    rest = replace(credit, net=credit.net - part.net, tax=credit.tax - part.tax, gross=credit.gross - part.gross)
    return _as_one_piece(part), _as_one_piece(rest)


def _as_one_piece(charge: Charge) -> Charge:
    return replace(charge, quantity=Decimal(1), unit_price=charge.gross if charge.tax_included else charge.net)


def round_by_rate(charges: Sequence[Charge]) -> list[Charge]:
    """Round the tax once for each rate, on the sum, and spread it so that the lines add up to it (EN 16931 BR-CO-17).

    Prices with and without tax in them are summed apart, because each keeps the side that was entered.
    """
    groups: dict[tuple[Decimal | None, bool], list[int]] = defaultdict(list)
    for at, charge in enumerate(charges):
        groups[charge.tax_rate, charge.tax_included].append(at)
    rounded = list(charges)
    for (rate, is_included), places in groups.items():
        if rate:
            entered = [charges[at].gross if is_included else charges[at].net for at in places]
            exact = [amount * rate / (100 + rate if is_included else 100) for amount in entered]
            for at, tax in zip(places, _spread(exact, charges[0].currency), strict=True):
                rounded[at] = _with_tax(charges[at], tax)
    return rounded


def _with_tax(charge: Charge, tax: Decimal) -> Charge:
    if charge.tax_included:
        return replace(charge, tax=tax, net=charge.gross - tax)
    return replace(charge, tax=tax, gross=charge.net + tax)


def _spread(exact: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Round the sum, and give each its part: down first, then one unit more to the largest remainders."""
    unit = Decimal(1).scaleb(-exponent(currency))
    parts = [amount.quantize(unit, rounding=ROUND_FLOOR) for amount in exact]
    missing = int((round_amount(sum(exact, ZERO), currency) - sum(parts, ZERO)) / unit)
    largest = sorted(range(len(exact)), key=lambda at: (parts[at] - exact[at], at))
    for at in largest[:missing]:
        parts[at] += unit
    return parts
