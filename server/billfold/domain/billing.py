"""Billing: what of a contract's charges goes into one period: credits as far as they fit, tax rounded as agreed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import floor

from billfold.domain.charging import Charge, ChargeKind
from billfold.domain.money import ZERO, exponent, round_exact
from billfold.domain.tax import TaxRounding, tax_amount


@dataclass(frozen=True, slots=True)
class Billed:
    """The charges of one period in the order of their lines.

    `rest` is what is left of the last credit, `carried` the whole of a period that came to less than nothing, by tax
    rate: both wait for the next period, as do the credits in `left` that found no room.
    """

    charges: tuple[Charge, ...]
    rest: Charge | None = None
    carried: tuple[Charge, ...] = ()
    left: tuple[Charge, ...] = ()

    @property
    def waiting(self) -> Decimal:
        """The gross amount, below zero, that goes on to the next period."""
        return _gross([*self.left, *self.carried, *([self.rest] if self.rest else [])])


def bill(
    computed: Sequence[Charge],
    waiting: Sequence[Charge],
    *,
    rounding: TaxRounding,
) -> Billed:
    """Put a period together from its own charges and the one-off charges that wait, in order of their days.

    A period is never billed below zero: credits are taken as far as they fit, the one that does not fit is split; and
    where the period's own charges come to less than nothing, they are carried over (domain.md 7, case 18).
    """
    own = list(computed)
    debits = [charge for charge in waiting if charge.gross >= 0]
    credits = [charge for charge in waiting if charge.gross < 0]
    if rounding is TaxRounding.RATE:
        taken, _ = _fitting(credits, _gross(own) + _gross(debits))
        own = round_by_rate(own, [*debits, *taken])
    room = _gross(own) + _gross(debits)
    if room < 0:
        return _carried_over((*own, *debits), credits)
    taken, rest = _fitting(credits, room)
    entered = sorted([*debits, *taken], key=lambda charge: charge.period.start)
    return Billed((*own, *entered), rest, left=tuple(credits[len(taken) :]))


def _carried_over(charges: tuple[Charge, ...], credits: Sequence[Charge]) -> Billed:
    """Bring a period to nothing, rate by rate, and carry over what it came to."""
    carried = []
    for rate in sorted({charge.tax_rate for charge in charges}, key=lambda rate: (rate is None, rate or ZERO)):
        alike = [charge for charge in charges if charge.tax_rate == rate]
        first = max(alike, key=lambda charge: abs(charge.gross))
        net, tax = sum((charge.net for charge in alike), ZERO), sum((charge.tax for charge in alike), ZERO)
        sums = replace(first, kind=ChargeKind.ONE_OFF, net=net, tax=tax, gross=net + tax, active_days=0, month_days=0)
        if net or tax:
            carried.append(_as_one_piece(replace(sums, is_late=True, price_id=None, id=None)))
    against = (replace(one, net=-one.net, tax=-one.tax, gross=-one.gross) for one in carried)
    return Billed((*charges, *map(_as_one_piece, against)), carried=tuple(carried), left=tuple(credits))


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


def round_by_rate(charges: Sequence[Charge], fixed: Sequence[Charge] = ()) -> list[Charge]:
    """Round the tax once for each rate, and spread it so that the lines add up to it (EN 16931 BR-CO-17).

    What was entered stays. The tax inside prices that hold it is rounded on their sum; what remains of them, with the
    prices without tax, is the base that the tax of the rate is reckoned from. `fixed` are one-off charges of the same
    document: they count in the sums, and keep the tax that they were entered with.
    """
    rounded = list(charges)
    for rate in {charge.tax_rate for charge in charges if charge.tax_rate}:
        alike = [charge for charge in (*charges, *fixed) if charge.tax_rate == rate]
        inside, whole = _taxes_of(alike, Fraction(rate))
        residue = ZERO
        for is_included, total in ((True, inside), (False, whole - inside)):
            places = [at for at, one in enumerate(charges) if (one.tax_rate, one.tax_included) == (rate, is_included)]
            kept = sum((one.tax for one in fixed if (one.tax_rate, one.tax_included) == (rate, is_included)), ZERO)
            residue += total - kept
            if places:
                taxes = _spread([_exact_tax(charges[at]) for at in places], residue, charges[0].currency)
                residue = ZERO
                for at, tax in zip(places, taxes, strict=True):
                    rounded[at] = _with_tax(charges[at], tax)
    return rounded


def _taxes_of(alike: Sequence[Charge], rate: Fraction) -> tuple[Decimal, Decimal]:
    """Give the tax inside the prices that hold it, and the tax of the whole rate."""
    currency = alike[0].currency
    gross = sum((Fraction(one.gross) for one in alike if one.tax_included), Fraction(0))
    inside = round_exact(gross * rate / (100 + rate), currency)
    net = sum((Fraction(one.net) for one in alike if not one.tax_included), Fraction(0))
    # Where all prices hold their tax, what is inside is the whole.
    is_mixed = any(not one.tax_included for one in alike)
    return inside, round_exact((net + gross - Fraction(inside)) * rate / 100, currency) if is_mixed else inside


def _exact_tax(charge: Charge) -> Fraction:
    rate = Fraction(charge.tax_rate or 0)
    if charge.tax_included:
        return Fraction(charge.gross) * rate / (100 + rate)
    return Fraction(charge.net) * rate / 100


def _with_tax(charge: Charge, tax: Decimal) -> Charge:
    if charge.tax_included:
        return replace(charge, tax=tax, net=charge.gross - tax)
    return replace(charge, tax=tax, gross=charge.net + tax)


def _spread(exact: Sequence[Fraction], total: Decimal, currency: str) -> list[Decimal]:
    """Give each its part of the total: down first, then one unit more (or less) to the largest remainders in turn."""
    scale = 10 ** exponent(currency)
    parts = [floor(amount * scale) for amount in exact]
    missing = int(total * scale) - sum(parts)
    largest = sorted(range(len(exact)), key=lambda at: (parts[at] - exact[at] * scale, at))
    for turn in range(abs(missing) if largest else 0):
        parts[largest[turn % len(largest)]] += 1 if missing > 0 else -1
    return [(Decimal(part) / scale).quantize(Decimal(1).scaleb(-exponent(currency))) for part in parts]
