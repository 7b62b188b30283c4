"""Sample charges: what an invented contract owes for October 2026, of every kind that there is, and its services."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from billfold.domain.charging import Charge, ChargeKind, ServiceReference
from billfold.domain.money import round_amount
from billfold.domain.periods import Period
from billfold.domain.subscriptions import SubscribedService
from billfold.domain.tax import tax_amount
from billfold.plugin_api.facts import UsageTotal

SAMPLE_PERIOD = Period(date(2026, 10, 1), date(2026, 11, 1))
_RATE = Decimal(22)

INTERNET = ServiceReference(
    "internet-100", {"": "Доступ в интернет", "ru": "Доступ в интернет", "en": "Internet access"}, "мес", "362"
)
CALLS = ServiceReference(
    "calls", {"": "Телефонная связь", "ru": "Телефонная связь", "en": "Telephone calls"}, "мин", "355"
)
SETUP = ServiceReference("setup", {"": "Подключение", "ru": "Подключение", "en": "Set-up"}, "шт", "796")


def sample_charges(count: int, currency: str = "RUB") -> tuple[Charge, ...]:
    """Give charges in the order in which they are printed: first a subscription of 12,200.00 with its tax.

    Further ones are usage, with and without its tax in the price, a part of a month, a one-off charge and late usage.
    """
    kinds = (
        _charge(INTERNET, Decimal("12200.00"), currency=currency, active_days=31, month_days=31),
        _charge(CALLS, Decimal("2.4045"), Decimal("128.5"), kind=ChargeKind.USAGE, destination="Казань", is_net=True),
        replace(
            _charge(INTERNET, Decimal("900.00"), Decimal(3), sum=Decimal("1045.16"), active_days=12, month_days=31),
            period=Period(date(2026, 10, 20), date(2026, 11, 1)),
        ),
        _charge(CALLS, Decimal("1.75"), Decimal(4_210), kind=ChargeKind.USAGE, destination="Tbilisi"),
        replace(
            _charge(CALLS, Decimal("1.75"), Decimal(12), kind=ChargeKind.USAGE, destination="Казань", is_late=True),
            period=Period(date(2026, 9, 1), date(2026, 10, 1)),
        ),
        _charge(SETUP, Decimal("610.00"), kind=ChargeKind.ONE_OFF, description="Выезд инженера, 14.10.2026"),
    )
    return tuple(replace(kinds[index % len(kinds)], currency=currency) for index in range(count))


def amount_charge(amount: Decimal, on: date, currency: str) -> Charge:
    """Give the charge of a document for an amount, tax included."""
    nothing = ServiceReference("", {"": ""}, "", "")
    charge = _charge(nothing, amount, kind=ChargeKind.AMOUNT, currency=currency)
    return replace(charge, period=Period(on, date.fromordinal(on.toordinal() + 1)))


def sample_subscriptions(count: int) -> tuple[SubscribedService, ...]:
    """Give what a contract is subscribed to."""
    return tuple(
        SubscribedService(
            service=(INTERNET, SETUP)[index % 2],
            started_on=date(2025, 3, 15),
            ended_on=None,
            price=Decimal("12200.00"),
            quantity=Decimal(1),
            tax_included=True,
        )
        for index in range(count)
    )


def sample_usage(count: int) -> tuple[UsageTotal, ...]:
    """Give the usage of the period, added up; every third was rated by a price list."""
    return tuple(
        UsageTotal(
            service=CALLS,
            destination=f"Казань {index + 1}",
            quantity=Decimal("128.5"),
            amount=None if index % 3 == 2 else Decimal("308.97825"),
            count=17,
        )
        for index in range(count)
    )


def _charge(
    service: ServiceReference,
    price: Decimal,
    quantity: Decimal = Decimal(1),
    *,
    kind: ChargeKind = ChargeKind.SUBSCRIPTION,
    currency: str = "RUB",
    is_net: bool = False,
    sum: Decimal | None = None,
    destination: str = "",
    description: str = "",
    active_days: int = 0,
    month_days: int = 0,
    is_late: bool = False,
) -> Charge:
    amount = round_amount(price * quantity, currency) if sum is None else sum
    taxed = tax_amount(amount, rate=_RATE, is_included=not is_net, currency=currency)
    return Charge(
        kind=kind,
        service=service,
        period=SAMPLE_PERIOD,
        quantity=quantity,
        unit_price=price,
        tax_included=not is_net,
        tax_rate=_RATE,
        net=taxed.net,
        tax=taxed.tax,
        gross=taxed.gross,
        currency=currency,
        destination=destination,
        active_days=active_days,
        month_days=month_days,
        description=description,
        is_late=is_late,
    )
