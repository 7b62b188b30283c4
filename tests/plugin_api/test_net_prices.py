"""Net prices: quantity x price without tax is the net sum of the line."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billfold.domain.money import round_amount
from billfold.plugin_api import net_price
from tests.factories import make_line

CENTS = st.decimals(min_value="0.01", max_value="999999.99", places=2)


@pytest.mark.parametrize(
    ("entered", "quantity", "is_included", "price"),
    [
        ("12200.00", "1", True, "10000.00"),
        ("390.00", "3", True, "319.672"),
        ("10.01", "7", True, "8.2049"),
        ("2.4045", "4210", False, "2.4045"),
        ("0.0045", "60000", False, "0.0045"),
        ("1000.00", "1", False, "1000.00"),
    ],
)
def test_the_price_has_the_fewest_digits_that_give_the_sum(
    entered: str, quantity: str, is_included: bool, price: str
) -> None:
    line = make_line(price=Decimal(entered), quantity=Decimal(quantity), tax_included=is_included)

    assert net_price(line, "RUB") == Decimal(price)


def test_a_line_without_tax_keeps_its_price() -> None:
    line = make_line(price=Decimal("2.4045"), quantity=Decimal(10), rate=None)

    assert net_price(line, "RUB") == Decimal("2.4045")


def test_a_part_of_a_month_costs_what_it_comes_to() -> None:
    line = make_line(
        price=Decimal("900.00"),
        quantity=Decimal(2),
        net=Decimal("190.37"),
        tax=Decimal("41.88"),
        gross=Decimal("232.25"),
    )

    assert net_price(line, "RUB") == Decimal("95.185")


def test_nothing_used_keeps_a_price() -> None:
    line = make_line(price=Decimal("122.00"), quantity=Decimal(0))

    assert net_price(line, "RUB") == Decimal("100.00")


def test_a_currency_without_minor_units_has_whole_prices() -> None:
    line = make_line(price=Decimal(1220), currency="JPY")

    assert str(net_price(line, "JPY")) == "1000"


@given(price=CENTS, quantity=st.integers(min_value=1, max_value=9_999), is_included=st.booleans())
def test_quantity_times_price_is_always_the_net_sum(price: Decimal, quantity: int, is_included: bool) -> None:
    line = make_line(price=price, quantity=Decimal(quantity), tax_included=is_included)

    assert round_amount(line.quantity * net_price(line, "RUB"), "RUB") == line.net
