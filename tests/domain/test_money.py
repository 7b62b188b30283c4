"""Money: exponents of ISO 4217 and rounding half up (domain.md 4.1)."""

from dataclasses import FrozenInstanceError
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billfold.domain.errors import InvalidInput
from billfold.domain.money import Money, exponent, round_amount

AMOUNTS = st.decimals(min_value=Decimal(-(10**14)), max_value=Decimal(10**14), places=11)


@pytest.mark.parametrize(
    ("currency", "digits"), [("RUB", 2), ("USD", 2), ("EUR", 2), ("JPY", 0), ("ISK", 0), ("KWD", 3), ("BHD", 3)]
)
def test_a_currency_has_its_own_minor_digits(currency: str, digits: int) -> None:
    assert exponent(currency) == digits


@pytest.mark.parametrize("currency", ["RUR", "rub", "", "XAU", "XXX", "RUB ", "рубль"])
def test_what_is_no_currency_of_account_is_refused(currency: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        exponent(currency)

    assert caught.value.field == "currency"
    assert caught.value.message == (f"Currency {currency!r} is unknown: use an ISO 4217 code such as RUB, USD or EUR.")


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.125", "RUB", "0.13"),
        ("2.345", "RUB", "2.35"),
        ("2.3449999", "RUB", "2.34"),
        ("-0.125", "RUB", "-0.13"),
        ("1", "RUB", "1.00"),
        ("493.5483870967741935483870968", "RUB", "493.55"),
        ("0.5", "JPY", "1"),
        ("2.5", "JPY", "3"),
        ("1.2345", "KWD", "1.235"),
        ("99999999999999.995", "RUB", "100000000000000.00"),
    ],
)
def test_a_tie_is_rounded_away_from_zero(amount: str, currency: str, rounded: str) -> None:
    assert str(round_amount(Decimal(amount), currency)) == rounded


@given(AMOUNTS)
def test_rounding_moves_an_amount_by_half_a_kopeck_at_most(amount: Decimal) -> None:
    assert abs(round_amount(amount, "RUB") - amount) <= Decimal("0.005")


@given(AMOUNTS)
def test_rounding_twice_changes_nothing(amount: Decimal) -> None:
    once = round_amount(amount, "RUB")

    assert round_amount(once, "RUB") == once


@given(AMOUNTS)
def test_a_refund_is_rounded_as_the_charge_was(amount: Decimal) -> None:
    assert round_amount(-amount, "RUB") == -round_amount(amount, "RUB")


def test_money_cannot_be_changed() -> None:
    money = Money(Decimal("10.00"), "RUB")

    with pytest.raises(FrozenInstanceError):
        money.amount = Decimal("11.00")  # type: ignore[misc]  # That it is refused is the point.
