"""Charging: an exact product becomes a charge, rounded once."""

from datetime import date
from decimal import Decimal

import pytest

from billfold.domain.charging import ChargeKind, ServiceReference, Sold, charge_sold
from billfold.domain.errors import LimitExceeded
from billfold.domain.periods import Period

DAY = Period(date(2026, 11, 1), date(2026, 11, 2))
INTERNET = ServiceReference("internet-100", {"": "Доступ в интернет", "en": "Internet access"}, "мес", "362")


def sold(price: str, quantity: str = "1", *, tax_included: bool = True) -> Sold:
    return Sold(INTERNET, DAY, Decimal(quantity), Decimal(price), tax_included, Decimal(22))


def test_an_amount_by_hand_holds_its_tax() -> None:
    charge = charge_sold(ChargeKind.AMOUNT, sold("12200.00"), currency="RUB")

    assert (charge.kind, charge.quantity, charge.unit_price) == (ChargeKind.AMOUNT, 1, Decimal("12200.00"))
    assert (charge.net, charge.tax, charge.gross) == (Decimal("10000.00"), Decimal("2200.00"), Decimal("12200.00"))


def test_a_credit_is_below_zero_with_its_tax() -> None:
    charge = charge_sold(ChargeKind.ONE_OFF, sold("-100.00", tax_included=False), currency="RUB")

    assert (charge.net, charge.tax, charge.gross) == (Decimal("-100.00"), Decimal("-22.00"), Decimal("-122.00"))


@pytest.mark.parametrize(("currency", "gross"), [("JPY", "1235"), ("RUB", "1234.57"), ("KWD", "1234.568")])
def test_a_charge_has_the_decimals_of_its_currency(currency: str, gross: str) -> None:
    assert str(charge_sold(ChargeKind.USAGE, sold("1234.5675"), currency=currency).gross) == gross


def test_more_than_an_amount_may_be_is_refused() -> None:
    with pytest.raises(LimitExceeded, match="internet-100"):
        charge_sold(ChargeKind.USAGE, sold("999999999999", "999999"), currency="RUB")


@pytest.mark.parametrize(
    ("locale", "name"), [("en", "Internet access"), ("ru", "Доступ в интернет"), ("ka", "Доступ в интернет")]
)
def test_a_service_is_named_in_the_locale_or_by_default(locale: str, name: str) -> None:
    assert INTERNET.name(locale) == name
