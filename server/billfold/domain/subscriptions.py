"""Subscriptions: what a service costs over a period that is sold by the month, segment by segment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from billfold.domain.charging import Charge, ChargeKind, ServiceReference, Sold, charge_sold, exact_amount
from billfold.domain.money import ZERO, round_exact
from billfold.domain.periods import Period, days_in_month, next_month
from billfold.domain.tax import Taxation


class Proration(StrEnum):
    """How a month is charged that a subscription covers in part.

    BY_DAY: by its active days. FULL_MONTH: as a whole month, at the terms of its first active day, with the period that
    holds that day. NONE: not at all.
    """

    BY_DAY = "by_day"
    FULL_MONTH = "full_month"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SubscriptionTerms:
    """What a subscription is from a day on; the price is for a month and one piece."""

    valid_from: date
    price: Decimal
    quantity: Decimal
    tax_included: bool
    is_suspended: bool = False


@dataclass(frozen=True, slots=True)
class SubscribedService:
    """A subscription as the charging sees it; `ended_on` is exclusive, `changes` come in the order of their days."""

    service: ServiceReference
    started_on: date
    ended_on: date | None
    price: Decimal
    quantity: Decimal
    tax_included: bool
    proration: Proration = Proration.BY_DAY
    changes: tuple[SubscriptionTerms, ...] = ()

    def active(self, period: Period) -> list[tuple[Period, SubscriptionTerms]]:
        """Give the runs of days in the period that are charged, with their terms, in order."""
        first = SubscriptionTerms(self.started_on, self.price, self.quantity, self.tax_included)
        terms = (first, *self.changes)
        ends: list[date | None] = [later.valid_from for later in terms[1:]]
        found = []
        for one, end in zip(terms, [*ends, None], strict=True):
            days = period.overlap(self.started_on, self.ended_on)
            days = days and days.overlap(one.valid_from, end)
            if days is not None and not one.is_suspended:
                found.append((days, one))
        return found


def charge_subscription(
    subscribed: SubscribedService, period: Period, *, taxation: Taxation, currency: str
) -> Iterator[Charge]:
    """Charge each month of the period in which the subscription is active.

    A month is cut where price, quantity or tax change and where the service rests. Each piece costs price x quantity x
    its days / days of the month, rounded half up; the last one is what is left of the rounded sum, so that the pieces
    add up (domain.md 4.6). Raises LimitExceeded, and InvalidInput where the seller has no tax regime.
    """
    for month in period.months():
        yield from _charge_month(subscribed, month, taxation=taxation, currency=currency)


def _charge_month(
    subscribed: SubscribedService, month: Period, *, taxation: Taxation, currency: str
) -> Iterator[Charge]:
    """Charge a month, or the part of one that the period holds."""
    pieces, days = _pieces(subscribed, month, taxation), days_in_month(month.start)
    shares = [Fraction(piece.period.days, days) for piece in pieces]
    if subscribed.proration is not Proration.BY_DAY and (starts_on := _starts_in_part(subscribed, month)):
        is_here = month.start <= starts_on < month.until and subscribed.proration is Proration.FULL_MONTH
        pieces, shares = pieces[:1] if is_here else [], [Fraction(1)]
    for piece, amount, share in zip(pieces, _amounts(pieces, shares, currency), shares, strict=False):
        active = days if share == 1 else piece.period.days
        yield charge_sold(ChargeKind.SUBSCRIPTION, piece, currency=currency, amount=amount, days=(active, days))


def _starts_in_part(subscribed: SubscribedService, slice: Period) -> date | None:
    """Give the first active day of the calendar month of the slice, unless all its days are active, or none is."""
    first = slice.start.replace(day=1)
    month = Period(first, next_month(first))
    active = [days for days, _ in subscribed.active(month)]
    is_in_part = active and sum(days.days for days in active) < month.days
    return active[0].start if is_in_part else None


def _pieces(subscribed: SubscribedService, month: Period, taxation: Taxation) -> list[Sold]:
    """Give the pieces of a month that differ from their neighbours, or do not touch them."""
    pieces: list[Sold] = []
    for run, terms in subscribed.active(month):
        for days, rate in taxation.segments(subscribed.service.tax_category, run):
            piece = Sold(subscribed.service, days, terms.quantity, terms.price, terms.tax_included, rate)
            last = pieces[-1] if pieces else None
            if last and last.period.until == days.start and replace(last, period=days) == piece:
                pieces[-1] = replace(last, period=Period(last.period.start, days.until))
            else:
                pieces.append(piece)
    return pieces


def _amounts(pieces: Sequence[Sold], shares: Sequence[Fraction], currency: str) -> list[Decimal]:
    """Round each piece; the last of those with (or without) tax in their price takes what the sum leaves."""
    exact = [exact_amount(piece, share) for piece, share in zip(pieces, shares, strict=False)]
    rounded = [round_exact(amount, currency) for amount in exact]
    for is_included in (True, False):
        alike = [at for at, piece in enumerate(pieces) if piece.tax_included is is_included]
        if alike:
            total = round_exact(sum((exact[at] for at in alike), Fraction(0)), currency)
            rounded[alike[-1]] = total - sum((rounded[at] for at in alike[:-1]), ZERO)
    return rounded
