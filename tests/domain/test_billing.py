"""Billing: credits as far as they fit, late usage that would go below zero waits, tax by line or by rate."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billfold.domain.billing import bill, round_by_rate
from billfold.domain.charging import Charge, ChargeKind, ServiceReference, Sold, charge_sold
from billfold.domain.money import round_amount
from billfold.domain.periods import month
from billfold.domain.tax import TaxRounding

OCTOBER = month("2026-10")
SERVICE = ServiceReference("sms", {"": "SMS"}, "шт", "796")


def charge(price: str, *, tax_included: bool = True, rate: int | None = 22, id: int = 0) -> Charge:
    tax_rate = None if rate is None else Decimal(rate)
    made = charge_sold(
        ChargeKind.ONE_OFF if id else ChargeKind.USAGE,
        Sold(SERVICE, OCTOBER, Decimal(1), Decimal(price), tax_included, tax_rate),
        currency="RUB",
    )
    return replace(made, id=UUID(int=id)) if id else made


def billed(own: list[str], waiting: list[str]) -> tuple[list[str], str | None]:
    result = bill(
        [charge(price) for price in own],
        [charge(price, id=at) for at, price in enumerate(waiting, start=1)],
        rounding=TaxRounding.LINE,
    )
    rest = str(result.rest.gross) if result.rest else None
    return [str(one.gross) for one in result.charges], rest


@pytest.mark.parametrize(
    ("own", "waiting", "charges", "rest"),
    [
        (["100.00"], [], ["100.00"], None),
        (["100.00"], ["-30.00"], ["100.00", "-30.00"], None),
        (["100.00"], ["-100.00"], ["100.00", "-100.00"], None),
        (["100.00"], ["-150.00"], ["100.00", "-100.00"], "-50.00"),
        (["100.00"], ["20.00", "-150.00"], ["100.00", "20.00", "-120.00"], "-30.00"),
        (["100.00"], ["-60.00", "-60.00", "-60.00"], ["100.00", "-60.00", "-40.00"], "-20.00"),
        ([], ["-60.00"], [], None),
        (["-10.00"], ["-50.00"], ["-10.00", "10.00"], None),
        (["-10.00"], ["4.00"], ["-10.00", "4.00", "6.00"], None),
    ],
)
def test_a_period_takes_credits_as_far_as_they_fit(
    own: list[str], waiting: list[str], charges: list[str], rest: str | None
) -> None:
    assert billed(own, waiting) == (charges, rest)


def test_a_split_credit_adds_up_to_the_whole() -> None:
    credit = charge("-100.01", tax_included=False, id=1)

    result = bill([charge("33.33")], [credit], rounding=TaxRounding.LINE)

    part, rest = result.charges[-1], result.rest
    assert rest is not None
    assert (part.net + rest.net, part.tax + rest.tax, part.gross + rest.gross) == (credit.net, credit.tax, credit.gross)
    assert (part.gross, part.net + part.tax) == (Decimal("-33.33"), Decimal("-33.33"))
    assert part.unit_price == part.net


def test_per_line_and_per_rate_differ_as_the_law_says() -> None:
    lines = [charge("0.12", tax_included=False) for _ in range(100)]

    by_rate = round_by_rate(lines)

    # 100 x 0.12 net at 22 %: 0.03 on each line, 2.64 on the sum (EN 16931 BR-CO-17).
    assert sum(one.tax for one in lines) == Decimal("3.00")
    assert sum(one.tax for one in by_rate) == Decimal("2.64")
    assert all(one.net + one.tax == one.gross for one in by_rate)


def test_prices_with_and_without_tax_are_rounded_together() -> None:
    by_rate = round_by_rate([*(charge("0.46") for _ in range(3)), charge("13.57", tax_included=False)])

    assert sum(one.tax for one in by_rate) == Decimal("3.23")
    assert sum(one.net for one in by_rate) == Decimal("14.70")


def test_one_off_charges_count_in_the_sum_and_keep_their_tax() -> None:
    fixed = [charge("3.03", id=at) for at in range(1, 4)]

    by_rate = round_by_rate([charge("3.03")], fixed)

    # 12.12 x 22/122 = 2.1855; each one-off charge has 0.55 of it.
    assert [one.tax for one in by_rate] == [Decimal("0.54")]


def test_a_period_below_zero_is_carried_over_rate_by_rate() -> None:
    result = bill([charge("-60.00"), charge("20.00", rate=None)], [], rounding=TaxRounding.LINE)

    assert sum(one.gross for one in result.charges) == 0
    assert [(one.tax_rate, one.gross, one.is_late) for one in result.carried] == [
        (Decimal(22), Decimal("-60.00"), True),
        (None, Decimal("20.00"), True),
    ]
    assert result.waiting == Decimal("-40.00")


def test_rounding_by_rate_keeps_what_was_entered() -> None:
    by_rate = round_by_rate([charge("10.01") for _ in range(7)])

    assert {one.gross for one in by_rate} == {Decimal("10.01")}
    assert sum(one.tax for one in by_rate) == Decimal("12.64")


@given(st.lists(st.decimals(-1000, 1000, places=2), min_size=1, max_size=30), st.booleans())
def test_the_lines_add_up_to_the_tax_of_the_rate(amounts: list[Decimal], tax_included: bool) -> None:
    lines = [charge(str(amount), tax_included=tax_included) for amount in amounts]

    by_rate = round_by_rate(lines)

    base = sum(amounts, Decimal(0))
    exact = base * 22 / (122 if tax_included else 100)
    assert sum(one.tax for one in by_rate) == round_amount(exact, "RUB")
    assert all(abs(one.tax - line.tax) <= Decimal("0.02") for one, line in zip(by_rate, lines, strict=True))
