"""Charging: what a contract owes for a period, from its subscriptions and its measured usage.

The rules of money live here; the database only finds and adds up (`database/facts.py`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from enum import StrEnum
from fractions import Fraction

from billfold.domain.document import TaxRegime
from billfold.domain.errors import LimitExceeded
from billfold.domain.money import AMOUNT_LIMIT, round_amount
from billfold.domain.periods import Period, days_in_month
from billfold.domain.tax import tax_amount, vat_rate
from billfold.domain.units import unit_name

# Twice the digits of a price and of a quantity, and room for a division: no product is rounded on its way.
_EXACT = Context(prec=80, rounding=ROUND_HALF_UP)


class ChargeKind(StrEnum):
    """Where a charge comes from."""

    SUBSCRIPTION = "subscription"
    USAGE = "usage"
    ONE_OFF = "one_off"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class ServiceReference:
    """A service as it was when it was charged; `names` by locale, the key "" being the default."""

    code: str
    names: Mapping[str, str]
    unit: str
    unit_code: str

    def name(self, locale: str) -> str:
        """Give the name in the locale, or the default one."""
        return self.names.get(locale) or self.names[""]

    def unit_name(self, locale: str) -> str:
        """Give the name of the unit in the locale."""
        return unit_name(self.unit, self.unit_code, locale)


@dataclass(frozen=True, slots=True)
class Charge:
    """Money owed for a service over a period; `net + tax == gross`, in `currency`.

    `unit_price` is the entered one (with tax when `tax_included`). `active_days` of `month_days` tell the proration
    of a subscription; both are 0 for usage.
    """

    kind: ChargeKind
    service: ServiceReference
    period: Period
    quantity: Decimal
    unit_price: Decimal
    tax_included: bool
    tax_rate: Decimal | None
    net: Decimal
    tax: Decimal
    gross: Decimal
    currency: str
    destination: str = ""
    active_days: int = 0
    month_days: int = 0


@dataclass(frozen=True, slots=True)
class SubscribedService:
    """A subscription as the charging sees it; the price is for a month and one piece."""

    service: ServiceReference
    started_on: date
    ended_on: date | None
    price: Decimal
    quantity: Decimal
    tax_included: bool


@dataclass(frozen=True, slots=True)
class UsedService:
    """Usage of one (service, destination, unit price, tax included) with its quantities already summed."""

    service: ServiceReference
    destination: str
    unit_price: Decimal
    tax_included: bool
    quantity: Decimal


def charge_subscription(
    subscribed: SubscribedService, period: Period, *, regime: TaxRegime, currency: str
) -> Iterator[Charge]:
    """Charge each month of the period in which the subscription is active, by day.

    price x quantity x active days / days of the month, rounded half up once a line (domain.md 4.6).
    """
    for month in period.months():
        active = month.overlap(subscribed.started_on, subscribed.ended_on)
        if active is None:
            continue
        days = days_in_month(active.start)
        share = Fraction(active.days, days)
        amount = _charged(subscribed.service, subscribed.price, subscribed.quantity, share, currency=currency)
        rate = vat_rate(regime, active.last_day)
        taxed = tax_amount(amount, rate=rate, is_included=subscribed.tax_included, currency=currency)
        yield Charge(
            kind=ChargeKind.SUBSCRIPTION,
            service=subscribed.service,
            period=active,
            quantity=subscribed.quantity,
            unit_price=subscribed.price,
            tax_included=subscribed.tax_included,
            tax_rate=rate,
            net=taxed.net,
            tax=taxed.tax,
            gross=taxed.gross,
            currency=currency,
            active_days=active.days,
            month_days=days,
        )


def charge_usage(used: UsedService, period: Period, *, regime: TaxRegime, currency: str) -> Charge:
    """Charge summed usage: the quantity is multiplied once and rounded once."""
    amount = _charged(used.service, used.unit_price, used.quantity, Fraction(1), currency=currency)
    rate = vat_rate(regime, period.last_day)
    taxed = tax_amount(amount, rate=rate, is_included=used.tax_included, currency=currency)
    return Charge(
        kind=ChargeKind.USAGE,
        service=used.service,
        period=period,
        quantity=used.quantity,
        unit_price=used.unit_price,
        tax_included=used.tax_included,
        tax_rate=rate,
        net=taxed.net,
        tax=taxed.tax,
        gross=taxed.gross,
        currency=currency,
        destination=used.destination,
    )


def _charged(
    service: ServiceReference, price: Decimal, quantity: Decimal, share: Fraction, *, currency: str
) -> Decimal:
    """Multiply exactly and round once. Raises LimitExceeded for more than an amount may be, with room for its tax."""
    with localcontext(_EXACT):
        amount = price * quantity * share.numerator / share.denominator
    if abs(amount) > AMOUNT_LIMIT / 2:
        raise LimitExceeded(
            f"The charge for {service.code} is {amount:.4g} {currency}, more than an amount may be: mend its price or "
            "quantity."
        )
    return round_amount(amount, currency)


def charge_amount(
    amount: Decimal, service: ServiceReference, period: Period, *, regime: TaxRegime, currency: str
) -> Charge:
    """Charge an amount asked for by hand, tax included."""
    rate = vat_rate(regime, period.start)
    taxed = tax_amount(amount, rate=rate, is_included=True, currency=currency)
    return Charge(
        kind=ChargeKind.AMOUNT,
        service=service,
        period=period,
        quantity=Decimal(1),
        unit_price=amount,
        tax_included=True,
        tax_rate=rate,
        net=taxed.net,
        tax=taxed.tax,
        gross=taxed.gross,
        currency=currency,
    )
