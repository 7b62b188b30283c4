"""Rating a month: what its quantity costs now, less what was charged of it at each price before.

So it comes to the same however the month is cut into bills, whatever came late, and whatever was voided in between.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import NamedTuple

from billfold.domain.money import ZERO
from billfold.domain.rating import EXACT, PriceList, place

# A unit price and a tax rate.
Level = tuple[Decimal, Decimal | None]


class Lot(NamedTuple):
    """A quantity that happened under one tax rate; below zero it takes back."""

    quantity: Decimal
    tax_rate: Decimal | None


class RatedLot(NamedTuple):
    """What of a quantity is charged at a price and a tax rate, by the place of its lot."""

    lot: int
    unit_price: Decimal
    tax_rate: Decimal | None


class _Held(NamedTuple):
    """Where charged units stand: at a price, a tax rate, and in a lot of this bill; -1 is an earlier bill."""

    unit_price: Decimal
    tax_rate: Decimal | None
    lot: int


def rate_month(price: PriceList, *, charged: Mapping[Level, Decimal], lots: Sequence[Lot]) -> dict[RatedLot, Decimal]:
    """Give what the lots of a month cost, one after the other, when `charged` was charged of it in live bills before.

    Units that reach another price, such as those of a VOLUME, are taken back at the tax rate that they were charged
    at. The quantities add up to those of the lots.
    """
    with localcontext(EXACT):
        month = _Month(price, defaultdict(lambda: ZERO, {_Held(*level, -1): held for level, held in charged.items()}))
        for at, lot in enumerate(lots):
            month.add(at, lot)
    return {line: quantity for line, quantity in month.lines.items() if quantity}


@dataclass(slots=True)
class _Month:
    price: PriceList
    held: dict[_Held, Decimal]
    lines: dict[RatedLot, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))

    def add(self, at: int, lot: Lot) -> None:
        """Bring the month to what it costs with one lot more."""
        ups, downs = self._differences(sum(self.held.values(), ZERO) + lot.quantity)
        own = lot.quantity
        for unit_price in reversed(list(downs)) if own < 0 else ():
            taken = min(downs[unit_price], -own)
            self._charge(at, _Held(unit_price, lot.tax_rate, at), -taken)
            downs[unit_price] -= taken
            own += taken
        for unit_price, count in downs.items():
            self._move(at, lot, unit_price, count, ups)
        for unit_price, count in ups.items():
            self._charge(at, _Held(unit_price, lot.tax_rate, at), count)

    def _differences(self, total: Decimal) -> tuple[dict[Decimal, Decimal], dict[Decimal, Decimal]]:
        """Give how many units are missing, and how many too many, at each price, in the order of the tiers."""
        wanted = _added((part.unit_price, part.quantity) for part in place(self.price, total))
        there = _added((one.unit_price, count) for one, count in self.held.items())
        gaps = {unit_price: wanted[unit_price] - there[unit_price] for unit_price in (*wanted, *there)}
        return {p: gap for p, gap in gaps.items() if gap > 0}, {p: -gap for p, gap in gaps.items() if gap < 0}

    def _move(self, at: int, lot: Lot, unit_price: Decimal, count: Decimal, ups: dict[Decimal, Decimal]) -> None:
        """Take units back at the rate that they were charged at, and charge them at the prices that lack some."""
        sources = [one for one, held in self.held.items() if one.unit_price == unit_price and held > 0]
        for source in (*sources, _Held(unit_price, lot.tax_rate, at)):
            available = self.held[source] if source in sources else count
            for target in list(ups):
                moved = min(available, count, ups[target])
                if moved > 0:
                    self._charge(at, source, -moved)
                    self._charge(at, source._replace(unit_price=target), moved)
                    available, count = available - moved, count - moved
                    ups[target] -= moved

    def _charge(self, at: int, place: _Held, count: Decimal) -> None:
        self.held[place] += count
        # What an earlier bill charged is corrected on the lines of the lot at hand.
        self.lines[RatedLot(at if place.lot < 0 else place.lot, place.unit_price, place.tax_rate)] += count


def _added(counts: Iterable[tuple[Decimal, Decimal]]) -> dict[Decimal, Decimal]:
    sums: dict[Decimal, Decimal] = defaultdict(lambda: ZERO)
    for unit_price, count in counts:
        sums[unit_price] += count
    return sums
