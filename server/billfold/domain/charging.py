"""Charges: money owed for a service, and how an exact product becomes one.

What is charged for subscriptions and for usage is in files of their own; the database only finds and adds up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from billfold.domain.errors import LimitExceeded
from billfold.domain.money import AMOUNT_LIMIT, round_exact
from billfold.domain.periods import Period
from billfold.domain.tax import TaxCategory, tax_amount
from billfold.domain.units import unit_name

_WHOLE = Fraction(1)


class ChargeKind(StrEnum):
    """Where a charge comes from."""

    SUBSCRIPTION = "subscription"
    USAGE = "usage"
    ONE_OFF = "one_off"
    AMOUNT = "amount"
    CORRECTION = "correction"
    ADJUSTMENT = "adjustment"


@dataclass(frozen=True, slots=True)
class ServiceReference:
    """A service as it was when it was charged; `names` by locale, the key "" being the default."""

    code: str
    names: Mapping[str, str]
    unit: str
    unit_code: str
    tax_category: TaxCategory = TaxCategory.STANDARD

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
    of a subscription; both are 0 for anything else. `is_late` tells usage of a period that was charged before it came.
    `price_id` is the price list that rated usage; `id` is there for a one-off charge that was entered before.
    `adjusts` is the position of the charge, of the same contract and period, that an adjustment changes: it says what
    quantity, price and description that one is to have, and its sums are the difference.
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
    description: str = ""
    is_late: bool = False
    price_id: UUID | None = None
    id: UUID | None = field(default=None, compare=False)
    adjusts: int | None = None


@dataclass(frozen=True, slots=True)
class Sold:
    """How much of a service was sold at which price, for a period that has one tax rate."""

    service: ServiceReference
    period: Period
    quantity: Decimal
    unit_price: Decimal
    tax_included: bool
    tax_rate: Decimal | None
    destination: str = ""


def exact_amount(sold: Sold, share: Fraction = _WHOLE) -> Fraction:
    """Multiply price, quantity and share of a month, exactly."""
    return Fraction(sold.unit_price) * Fraction(sold.quantity) * share


def charge_sold(
    kind: ChargeKind,
    sold: Sold,
    *,
    currency: str,
    amount: Decimal | None = None,
    days: tuple[int, int] = (0, 0),
) -> Charge:
    """Charge what was sold: the exact product, or the `amount` told for it, rounded once; `days` are (active, month's).

    Raises LimitExceeded for more than an amount may be, with room for its tax.
    """
    exact = exact_amount(sold) if amount is None else Fraction(amount)
    if abs(exact) > AMOUNT_LIMIT / 2:
        raise LimitExceeded(
            f"The charge for {sold.service.code} is {Decimal(exact.numerator) / exact.denominator:.4g} {currency}, "
            "more than an amount may be: mend its price or quantity."
        )
    rounded = round_exact(exact, currency)
    taxed = tax_amount(rounded, rate=sold.tax_rate, is_included=sold.tax_included, currency=currency)
    return Charge(
        kind=kind,
        service=sold.service,
        period=sold.period,
        quantity=sold.quantity,
        unit_price=sold.unit_price,
        tax_included=sold.tax_included,
        tax_rate=sold.tax_rate,
        net=taxed.net,
        tax=taxed.tax,
        gross=taxed.gross,
        currency=currency,
        destination=sold.destination,
        active_days=days[0],
        month_days=days[1],
    )
