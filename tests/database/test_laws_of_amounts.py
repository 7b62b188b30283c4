"""The laws of amounts that PostgreSQL holds by itself: in range, never NaN, adding up."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

import asyncpg
import pytest
from asyncpg.exceptions import CheckViolationError

from tests.factories_rows import add_charge, add_contract, add_document, add_line, add_subscription, add_usage

Add = Callable[..., Awaitable[object]]


@pytest.mark.parametrize(
    ("add", "column"),
    [
        (add_contract, "opening_balance"),
        (add_subscription, "price"),
        (add_subscription, "quantity"),
        (add_usage, "quantity"),
        (add_usage, "unit_price"),
        (add_charge, "unit_price"),
        (add_charge, "gross"),
        (add_document, "net"),
        (add_document, "gross"),
        (add_document, "settled"),
        (add_line, "quantity"),
        (add_line, "gross"),
    ],
)
@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e15", "-1e15", "0.000000000001"])
async def test_what_is_no_amount_is_refused(connection: asyncpg.Connection, add: Add, column: str, value: str) -> None:
    with pytest.raises(CheckViolationError):
        await add(connection, **{column: Decimal(value)})


@pytest.mark.parametrize("rate", ["NaN", "-1", "100.01"])
async def test_what_is_no_rate_is_refused(connection: asyncpg.Connection, rate: str) -> None:
    with pytest.raises(CheckViolationError, match="tax_rate_in_range"):
        await add_charge(connection, tax_rate=Decimal(rate))


@pytest.mark.parametrize("add", [add_document, add_line, add_charge])
@pytest.mark.parametrize("side", ["net", "tax", "gross"])
async def test_net_and_tax_that_do_not_make_the_gross_are_refused(
    connection: asyncpg.Connection, add: Add, side: str
) -> None:
    with pytest.raises(CheckViolationError, match="add_up"):
        await add(connection, **{side: Decimal("2200.01")})


@pytest.mark.parametrize("column", ["price", "quantity"])
async def test_a_subscription_below_zero_is_refused(connection: asyncpg.Connection, column: str) -> None:
    with pytest.raises(CheckViolationError, match="price_and_quantity_not_negative"):
        await add_subscription(connection, **{column: Decimal("-0.01")})


async def test_digits_are_kept_as_they_were_given(connection: asyncpg.Connection) -> None:
    await add_usage(connection, unit_price=Decimal("0.00450000000"))

    assert str(await connection.fetchval("SELECT unit_price FROM usage_records")) == "0.00450000000"
