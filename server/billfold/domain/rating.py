"""Rating: the price of used quantities by a price list with tiers and a free allowance."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from enum import StrEnum
from uuid import UUID

from billfold.domain.errors import InvalidInput
from billfold.domain.money import RATE_LIMIT, ZERO, fits_rate

MAX_TIERS = 100
# Sums of a month have more digits than a record; the usual 28 could round them.
EXACT = Context(prec=100)


class PriceModel(StrEnum):
    """How the tiers of a price are applied to the quantity of a month.

    FLAT: one price. VOLUME: all of the quantity at the price of the tier that it reaches. GRADUATED: each part of the
    quantity at the price of its own tier.
    """

    FLAT = "flat"
    VOLUME = "volume"
    GRADUATED = "graduated"


@dataclass(frozen=True, slots=True)
class Tier:
    """The price of a unit up to and with the quantity `up_to` of a month; the last tier has no end."""

    up_to: Decimal | None
    price: Decimal


@dataclass(frozen=True, slots=True)
class PriceList:
    """What a month's quantity costs: the first `allowance` of it is free, the tiers count what remains."""

    id: UUID
    model: PriceModel
    tax_included: bool
    allowance: Decimal
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class RatedPart:
    """A quantity at one price; not yet multiplied, nor rounded."""

    quantity: Decimal
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class DatedPrice:
    """A price with where it applies: a service's code, a destination ("" for any), a day on, one contract or all."""

    service: str
    destination: str
    valid_from: date
    is_own: bool
    price: PriceList


def _free(price: PriceList, total: Decimal) -> Decimal:
    return min(max(total, ZERO), price.allowance)


def _reached(price: PriceList, total: Decimal) -> Tier:
    charged = total - _free(price, total)
    return next(tier for tier in price.tiers if tier.up_to is None or charged <= tier.up_to)


def place(price: PriceList, total: Decimal) -> Iterator[RatedPart]:
    """Place all of a month's quantity: what is free, then what lies at the price of each tier."""
    free = _free(price, total)
    yield RatedPart(free, ZERO)
    charged = total - free
    if price.model is PriceModel.VOLUME:
        yield RatedPart(charged, _reached(price, total).price)
    else:
        yield from _graduated(price.tiers, charged)


def _graduated(tiers: Sequence[Tier], charged: Decimal) -> Iterator[RatedPart]:
    start = ZERO
    for tier in tiers:
        end = charged if tier.up_to is None else min(charged, tier.up_to)
        yield RatedPart(end - start, tier.price)
        if end == charged:
            return
        start = end


def choose(prices: Iterable[DatedPrice], service: str, destination: str, day: date) -> PriceList | None:
    """Give the price in force: the contract's own before the general, the destination's before any, then the newest."""
    fitting = (
        one
        for one in prices
        if one.service == service and one.destination in ("", destination) and one.valid_from <= day
    )
    best = max(fitting, key=lambda one: (one.is_own, bool(one.destination), one.valid_from), default=None)
    return best.price if best else None


def tiers_of(rows: Iterable[Sequence[str | None]]) -> tuple[Tier, ...]:
    """Read tiers as they are kept: `[["100", "1.50"], [None, "1.20"]]`."""
    return tuple(Tier(None if up_to is None else Decimal(up_to), Decimal(str(price))) for up_to, price in rows)


def to_json(tiers: Iterable[Tier]) -> list[list[str | None]]:
    """Give tiers as they are kept; the contrary of `tiers_of`."""
    return [[None if tier.up_to is None else f"{tier.up_to:f}", f"{tier.price:f}"] for tier in tiers]


def check_price(model: PriceModel, allowance: Decimal, tiers: Sequence[Tier]) -> None:
    """Raise InvalidInput, with the field at fault, unless the tiers rise, end open and cost nothing below zero."""
    if not fits_rate(allowance) or allowance < 0:
        raise InvalidInput(
            f"The allowance is {allowance}: give a quantity from 0 to {RATE_LIMIT:.0f}.", field="allowance"
        )
    if not 1 <= len(tiers) <= MAX_TIERS:
        raise InvalidInput(f"The price has {len(tiers)} tiers: give 1 to {MAX_TIERS}.", field="tiers")
    if model is PriceModel.FLAT and len(tiers) > 1:
        raise InvalidInput("A flat price has one tier: give one, or choose another model.", field="tiers")
    for at, tier in enumerate(tiers):
        _check_tier(at, tier, is_last=at == len(tiers) - 1)
    _check_rising(tiers)


def _check_tier(at: int, tier: Tier, *, is_last: bool) -> None:
    if not fits_rate(tier.price) or tier.price < 0:
        raise InvalidInput(
            f"Tier {at + 1} costs {tier.price}: give a price from 0 up, with at most 11 decimals.",
            field=f"tiers.{at}.price",
        )
    if is_last and tier.up_to is not None:
        raise InvalidInput("The last tier ends: leave its end out, so that it holds all the rest.", field="tiers")
    if not is_last and tier.up_to is None:
        raise InvalidInput(f"Tier {at + 1} has no end: only the last may have none.", field=f"tiers.{at}.upTo")
    if tier.up_to is not None and not fits_rate(tier.up_to):
        raise InvalidInput(
            f"Tier {at + 1} ends at {tier.up_to}: give a quantity with at most 11 decimals.", field=f"tiers.{at}.upTo"
        )


def _check_rising(tiers: Sequence[Tier]) -> None:
    start = ZERO
    for at, tier in enumerate(tiers):
        if tier.up_to is not None and tier.up_to <= start:
            raise InvalidInput(
                f"Tier {at + 1} ends at {tier.up_to}, not above {start}: let the ends rise.", field=f"tiers.{at}.upTo"
            )
        start = tier.up_to or start
