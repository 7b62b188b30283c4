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
from billfold.domain.month_rating import Level, Lot, RatedLot, rate_month
from billfold.domain.periods import Period, next_month
from billfold.domain.rating import DatedPrice, PriceList, PriceModel, choose
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
    """What rates the usage of a contract: its dated prices, and what of each month they rated before.

    `before` is by (price list, first day of the month), and within it the quantity at each price and tax rate.
    """

    prices: Sequence[DatedPrice] = ()
    before: Mapping[tuple[UUID, date], Mapping[Level, Decimal]] = field(default_factory=dict)


class _Line(NamedTuple):
    """What is summed into one line; in the order of the lines."""

    is_late: bool
    service: str
    destination: str
    period: Period
    place: int
    unit_price: Decimal
    tax_included: bool
    tax_rate: Decimal | None
    price_id: UUID | None


class _Lot(NamedTuple):
    """A quantity that a price list rates as a whole: of one month, and within it of one tax rate; in their order."""

    month: date
    price_id: UUID
    is_late: bool
    period: Period
    service: str
    destination: str
    tax_rate: Decimal | None


def charge_usage(
    used: Sequence[UsedService],
    late: Sequence[UsedService],
    period: Period,
    *,
    tariff: Tariff,
    taxation: Taxation,
    currency: str,
) -> list[Charge]:
    """Charge the usage of a period, and after it what came late, under the month in which it happened.

    One line a (service, destination, unit price, tax included) and tax rate: quantities are summed first, multiplied
    once and rounded once; what is rated by the price list is so month by month. Raises InvalidInput for usage without
    a price, or where the seller has no tax regime; LimitExceeded.
    """
    dated = [*((one, period, False) for one in used), *((one, _month(one.since), True) for one in late)]
    services = {one.service.code: one.service for one, _, _ in dated}
    sums: dict[_Line, Decimal] = defaultdict(lambda: ZERO)
    for line, quantity in (*_given(dated, taxation), *_rated(dated, tariff, taxation)):
        sums[line] += quantity
    lines = [line for line in sorted(sums, key=_line_order) if sums[line]]
    return [_charge(services[line.service], line, sums[line], currency) for line in lines]


def _line_order(line: _Line) -> tuple[object, ...]:
    # "Without VAT" has no rate to compare.
    return *line[:7], line.tax_rate is not None, line.tax_rate or ZERO


def _month(day: date) -> Period:
    first = day.replace(day=1)
    return Period(first, next_month(first))


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
    charge = charge_sold(ChargeKind.USAGE, sold, currency=currency)
    return replace(charge, price_id=line.price_id, is_late=line.is_late)


_Dated = tuple[UsedService, Period, bool]


def _given(used: Sequence[_Dated], taxation: Taxation) -> Iterator[tuple[_Line, Decimal]]:
    for one, period, is_late in used:
        if one.unit_price is not None:
            days, tax_rate = _taxed(one, period, taxation)
            line = _Line(
                is_late=is_late,
                service=one.service.code,
                destination=one.destination,
                period=days,
                place=0,
                unit_price=one.unit_price,
                tax_included=one.tax_included,
                tax_rate=tax_rate,
                price_id=None,
            )
            yield line, one.quantity


def _rated(used: Sequence[_Dated], tariff: Tariff, taxation: Taxation) -> Iterator[tuple[_Line, Decimal]]:
    """Rate each month by its prices, after what was charged of it before."""
    prices = {one.price.id: one.price for one in tariff.prices}
    months: dict[tuple[UUID, date], list[tuple[_Lot, Decimal]]] = defaultdict(list)
    for lot, quantity in sorted(_lots(used, tariff, taxation).items(), key=lambda found: found[0][:6]):
        months[lot.price_id, lot.month].append((lot, quantity))
    for place, own in months.items():
        price = prices[place[0]]
        lots = [Lot(quantity, lot.tax_rate) for lot, quantity in own]
        for rated, quantity in rate_month(price, charged=tariff.before.get(place, {}), lots=lots).items():
            yield _line_of(own[rated.lot][0], rated, price), quantity


def _line_of(lot: _Lot, rated: RatedLot, price: PriceList) -> _Line:
    tiers = [ZERO, *(tier.price for tier in price.tiers)] if price.allowance else [tier.price for tier in price.tiers]
    return _Line(
        is_late=lot.is_late,
        service=lot.service,
        destination=lot.destination,
        period=lot.period,
        tax_rate=rated.tax_rate,
        # Lines come in the order of the tiers, what is free first.
        place=tiers.index(rated.unit_price) if rated.unit_price in tiers else len(tiers),
        unit_price=rated.unit_price,
        tax_included=price.tax_included,
        price_id=lot.price_id,
    )


def _lots(used: Sequence[_Dated], tariff: Tariff, taxation: Taxation) -> dict[_Lot, Decimal]:
    lots: dict[_Lot, Decimal] = defaultdict(lambda: ZERO)
    for one, period, is_late in used:
        if one.unit_price is None:
            price = _price(one, tariff)
            days, tax_rate = _taxed(one, period, taxation)
            month = _month(one.since)
            days = days.overlap(month.start, month.until) or days
            # Tiers and allowances count all destinations of their price together; a plain price tells them apart.
            is_plain = price.price.model is PriceModel.FLAT and not price.price.allowance
            destination = one.destination if is_plain else price.destination
            lot = _Lot(month.start, price.price.id, is_late, days, one.service.code, destination, tax_rate)
            lots[lot] += one.quantity
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
