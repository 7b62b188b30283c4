"""Usage: what measured quantities cost over a period, at a given price or by the price list."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from billfold.domain.charging import Charge, ChargeKind, ServiceReference, Sold, charge_sold
from billfold.domain.errors import InvalidInput
from billfold.domain.money import ZERO
from billfold.domain.periods import Period, next_month
from billfold.domain.rating import DatedPrice, PriceList, PriceModel, RatedPart, choose, rate_lots
from billfold.domain.tax import Taxation


@dataclass(frozen=True, slots=True)
class UsedService:
    """Usage of one (service, destination, unit price, tax included), its quantities summed from the day `since` on.

    Nothing that prices or taxes it changes before the next sum. Without a unit price the price list rates it.
    """

    service: ServiceReference
    destination: str
    unit_price: Decimal | None
    tax_included: bool
    quantity: Decimal
    since: date


@dataclass(frozen=True, slots=True)
class Tariff:
    """What rates the usage of a contract: its dated prices, and how much of each month they rated before.

    `before` is by (price list, first day of the month).
    """

    prices: Sequence[DatedPrice] = ()
    before: Mapping[tuple[UUID, date], Decimal] = field(default_factory=dict)


class _Line(NamedTuple):
    """What is summed into one line; in the order of the lines."""

    service: str
    destination: str
    period: Period
    place: int
    unit_price: Decimal
    tax_included: bool
    tax_rate: Decimal | None
    price_id: UUID | None


class _Lot(NamedTuple):
    """A quantity that a price list rates as a whole: of one month, and within it of one tax rate."""

    month: date
    price_id: UUID
    period: Period
    tax_rate: Decimal | None
    service: str
    destination: str


def charge_usage(
    used: Sequence[UsedService], period: Period, *, tariff: Tariff, taxation: Taxation, currency: str
) -> list[Charge]:
    """Charge the usage of a period: one line a (service, destination, unit price, tax included) and tax rate.

    Quantities are summed first, multiplied once and rounded once; what is rated by the price list is so month by
    month. Raises InvalidInput for usage without a price, or where the seller has no tax regime; LimitExceeded.
    """
    services = {one.service.code: one.service for one in used}
    sums: dict[_Line, Decimal] = defaultdict(lambda: ZERO)
    for line, quantity in (*_given(used, period, taxation), *_rated(used, period, tariff, taxation)):
        sums[line] += quantity
    lines = sorted(sums, key=lambda line: line[:6])
    return [_charge(services[line.service], line, sums[line], currency) for line in lines if sums[line]]


def charge_late_usage(
    used: Sequence[UsedService], *, tariff: Tariff, taxation: Taxation, currency: str
) -> list[Charge]:
    """Charge usage that came after its period was charged, each under the month in which it happened. As above else."""
    months: dict[date, list[UsedService]] = defaultdict(list)
    for one in used:
        months[one.since.replace(day=1)].append(one)
    return [
        replace(charge, is_late=True)
        for first, own in sorted(months.items())
        for charge in charge_usage(
            own, Period(first, next_month(first)), tariff=tariff, taxation=taxation, currency=currency
        )
    ]


def _charge(service: ServiceReference, line: _Line, quantity: Decimal, currency: str) -> Charge:
    sold = Sold(
        service=service,
        period=line.period,
        quantity=quantity,
        unit_price=line.unit_price,
        tax_included=line.tax_included,
        tax_rate=line.tax_rate,
        destination=line.destination,
    )
    return replace(charge_sold(ChargeKind.USAGE, sold, currency=currency), price_id=line.price_id)


def _given(used: Sequence[UsedService], period: Period, taxation: Taxation) -> Iterator[tuple[_Line, Decimal]]:
    for one in used:
        if one.unit_price is not None:
            days, tax_rate = _taxed(one, period, taxation)
            yield (
                _Line(one.service.code, one.destination, days, 0, one.unit_price, one.tax_included, tax_rate, None),
                one.quantity,
            )


def _rated(
    used: Sequence[UsedService], period: Period, tariff: Tariff, taxation: Taxation
) -> Iterator[tuple[_Line, Decimal]]:
    """Rate each month by its prices; the tiers go on from what was rated of the month before."""
    prices = {one.price.id: one.price for one in tariff.prices}
    months: dict[tuple[UUID, date], list[tuple[_Lot, Decimal]]] = defaultdict(list)
    for lot, quantity in sorted(_lots(used, period, tariff, taxation).items()):
        months[lot.price_id, lot.month].append((lot, quantity))
    for place, own in months.items():
        price = prices[place[0]]
        before = tariff.before.get(place, ZERO)
        rated = rate_lots(price, before=before, lots=[quantity for _, quantity in own])
        for (lot, _), parts in zip(own, rated, strict=True):
            yield from ((_line_of(lot, part, price), part.quantity) for part in parts)


def _line_of(lot: _Lot, part: RatedPart, price: PriceList) -> _Line:
    tiers = [ZERO, *(tier.price for tier in price.tiers)] if price.allowance else [tier.price for tier in price.tiers]
    return _Line(
        service=lot.service,
        destination=lot.destination,
        period=lot.period,
        # Lines come in the order of the tiers, what is free first.
        place=tiers.index(part.unit_price) if part.unit_price in tiers else len(tiers),
        unit_price=part.unit_price,
        tax_included=price.tax_included,
        tax_rate=lot.tax_rate,
        price_id=lot.price_id,
    )


def _lots(used: Sequence[UsedService], period: Period, tariff: Tariff, taxation: Taxation) -> dict[_Lot, Decimal]:
    lots: dict[_Lot, Decimal] = defaultdict(lambda: ZERO)
    for one in used:
        if one.unit_price is None:
            price = _price(one, tariff)
            days, tax_rate = _taxed(one, period, taxation)
            first = one.since.replace(day=1)
            days = days.overlap(first, next_month(first)) or days
            # Tiers and allowances count all destinations of their price together; a plain price tells them apart.
            is_plain = price.price.model is PriceModel.FLAT and not price.price.allowance
            destination = one.destination if is_plain else price.destination
            lots[_Lot(first, price.price.id, days, tax_rate, one.service.code, destination)] += one.quantity
    return lots


def _price(used: UsedService, tariff: Tariff) -> DatedPrice:
    chosen = choose(tariff.prices, used.service.code, used.destination, used.since)
    if chosen is None:
        to = f" to {used.destination}" if used.destination else ""
        raise InvalidInput(
            f"Usage of {used.service.code}{to} has no price on {used.since}: set one, or record it with its price.",
            field="price",
        )
    return next(one for one in tariff.prices if one.price.id == chosen.id)


def _taxed(used: UsedService, period: Period, taxation: Taxation) -> tuple[Period, Decimal | None]:
    """Give the part of the period that is taxed as the usage is, and the rate."""
    segments = taxation.segments(used.service.tax_category, period)
    return next((days, rate) for days, rate in reversed(segments) if days.start <= max(used.since, period.start))
