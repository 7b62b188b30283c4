"""Rating: tiers, the free allowance, corrections, and the choice of a price."""

from collections import Counter
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billfold.domain.errors import InvalidInput
from billfold.domain.month_rating import Lot, rate_month
from billfold.domain.rating import (
    DatedPrice,
    PriceList,
    PriceModel,
    RatedPart,
    Tier,
    check_price,
    choose,
    place,
    tiers_of,
    to_json,
)

D = Decimal
THREE = (Tier(D(100), D("1.50")), Tier(D(500), D("1.30")), Tier(None, D("1.20")))


def rate(price: PriceList, *, before: Decimal, quantity: Decimal) -> tuple[RatedPart, ...]:
    """Give what a quantity costs after `before` was charged in the same month, each price once."""
    charged: Counter[tuple[Decimal, Decimal | None]] = Counter()
    for part in place(price, before):
        charged[part.unit_price, None] += part.quantity  # type: ignore[assignment]
    lines = rate_month(price, charged=charged, lots=[Lot(quantity, None)])  # type: ignore[arg-type]
    return tuple(RatedPart(count, line.unit_price) for line, count in lines.items())


def make_price(model: PriceModel, tiers: tuple[Tier, ...] = THREE, allowance: str = "0", number: int = 1) -> PriceList:
    return PriceList(UUID(int=number), model, True, D(allowance), tiers)


def parts(price: PriceList, quantity: str, before: str = "0") -> list[tuple[str, str]]:
    """Give what a quantity costs as (quantity, price), sorted as texts."""
    rated = rate(price, before=D(before), quantity=D(quantity))
    return sorted((str(part.quantity), str(part.unit_price)) for part in rated)


def test_flat_price_is_the_same_for_all() -> None:
    price = make_price(PriceModel.FLAT, (Tier(None, D("1.75")),))

    assert parts(price, "740.5") == [("740.5", "1.75")]


@pytest.mark.parametrize(
    ("before", "quantity", "expected"),
    [
        ("0", "100", [("100", "1.50")]),
        ("0", "101", [("100", "1.50"), ("1", "1.30")]),
        ("0", "740.5", [("100", "1.50"), ("400", "1.30"), ("240.5", "1.20")]),
        ("90", "20", [("10", "1.50"), ("10", "1.30")]),
        ("500", "1", [("1", "1.20")]),
        ("600", "-150", [("-50", "1.30"), ("-100", "1.20")]),
        ("0", "-5", [("-5", "1.50")]),
        ("5", "-10", [("-10", "1.50")]),
        ("7", "0", []),
    ],
)
def test_graduated_price_charges_each_part_in_its_tier(
    before: str, quantity: str, expected: list[tuple[str, str]]
) -> None:
    assert parts(make_price(PriceModel.GRADUATED), quantity, before) == sorted(expected)


@pytest.mark.parametrize(
    ("before", "quantity", "expected"),
    [
        ("0", "100", [("100", "1.50")]),
        ("0", "101", [("101", "1.30")]),
        ("200", "100", [("100", "1.30")]),
        ("90", "20", [("110", "1.30"), ("-90", "1.50")]),
        ("600", "-150", [("450", "1.30"), ("-600", "1.20")]),
        ("5", "-10", [("-10", "1.50")]),
    ],
)
def test_volume_price_charges_all_in_the_tier_that_is_reached(
    before: str, quantity: str, expected: list[tuple[str, str]]
) -> None:
    assert parts(make_price(PriceModel.VOLUME), quantity, before) == sorted(expected)


@pytest.mark.parametrize(
    ("model", "before", "quantity", "expected"),
    [
        (PriceModel.GRADUATED, "0", "50", [("50", "0")]),
        (PriceModel.GRADUATED, "0", "200", [("60", "0"), ("100", "1.50"), ("40", "1.30")]),
        (PriceModel.GRADUATED, "50", "30", [("10", "0"), ("20", "1.50")]),
        (PriceModel.GRADUATED, "80", "-30", [("-10", "0"), ("-20", "1.50")]),
        (PriceModel.VOLUME, "0", "160", [("60", "0"), ("100", "1.50")]),
        (PriceModel.VOLUME, "0", "161", [("60", "0"), ("101", "1.30")]),
    ],
)
def test_allowance_is_taken_first(
    model: PriceModel, before: str, quantity: str, expected: list[tuple[str, str]]
) -> None:
    assert parts(make_price(model, allowance="60"), quantity, before) == sorted(expected)


def test_long_numbers_stay_exact() -> None:
    price = make_price(PriceModel.FLAT, (Tier(None, D(1)),))

    (part,) = rate(price, before=D("999999999999999999999"), quantity=D("123456789012345.12345678901"))

    assert part == RatedPart(D("123456789012345.12345678901"), D(1))


def test_own_price_goes_before_the_general_and_a_destination_before_any() -> None:
    lists = [make_price(PriceModel.VOLUME, number=number) for number in range(6)]
    prices = [
        DatedPrice("voice", "", date(2026, 1, 1), False, lists[0]),
        DatedPrice("voice", "Moscow", date(2026, 1, 1), False, lists[1]),
        DatedPrice("voice", "", date(2026, 9, 1), False, lists[2]),
        DatedPrice("voice", "", date(2026, 10, 1), True, lists[3]),
        DatedPrice("sms", "", date(2026, 1, 1), True, lists[4]),
        DatedPrice("voice", "", date(2026, 12, 1), True, lists[5]),
    ]

    assert choose(prices, "voice", "Perm", date(2026, 8, 31)) is lists[0]
    assert choose(prices, "voice", "Moscow", date(2026, 9, 30)) is lists[1]
    assert choose(prices, "voice", "", date(2026, 9, 30)) is lists[2]
    assert choose(prices, "voice", "Moscow", date(2026, 10, 1)) is lists[3]
    assert choose(prices, "voice", "Perm", date(2025, 12, 31)) is None
    assert choose(prices, "data", "", date(2026, 10, 1)) is None


def test_tiers_are_kept_as_texts() -> None:
    kept = [["100", "1.50"], ["500", "1.30"], [None, "1.20"]]

    assert tiers_of(kept) == THREE
    assert to_json(THREE) == kept
    assert to_json([Tier(D("1E+3"), D("1E-11"))]) == [["1000", "0.00000000001"]]


@pytest.mark.parametrize(
    ("model", "allowance", "tiers", "field"),
    [
        (PriceModel.FLAT, "0", THREE, "tiers"),
        (PriceModel.FLAT, "-1", THREE[2:], "allowance"),
        (PriceModel.FLAT, "NaN", THREE[2:], "allowance"),
        (PriceModel.FLAT, "0", (), "tiers"),
        (PriceModel.FLAT, "0", (Tier(None, D("-0.01")),), "tiers.0.price"),
        (PriceModel.FLAT, "0", (Tier(None, D("1E-12")),), "tiers.0.price"),
        (PriceModel.FLAT, "0", (Tier(None, D("Infinity")),), "tiers.0.price"),
        (PriceModel.VOLUME, "0", (Tier(D(100), D(1)),), "tiers"),
        (PriceModel.VOLUME, "0", (Tier(None, D(1)), Tier(None, D(2))), "tiers.0.upTo"),
        (PriceModel.VOLUME, "0", (Tier(D("NaN"), D(1)), Tier(None, D(2))), "tiers.0.upTo"),
        (PriceModel.GRADUATED, "0", (Tier(D(0), D(1)), Tier(None, D(2))), "tiers.0.upTo"),
        (PriceModel.GRADUATED, "0", (Tier(D(9), D(1)), Tier(D(9), D(1)), Tier(None, D(2))), "tiers.1.upTo"),
        (PriceModel.GRADUATED, "0", (Tier(D(1), D(1)),) * 100 + (Tier(None, D(2)),), "tiers"),
    ],
)
def test_bad_price_names_its_field(model: PriceModel, allowance: str, tiers: tuple[Tier, ...], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_price(model, D(allowance), tiers)

    assert caught.value.field == field


quantities = st.decimals("-9999", "9999", places=3)
costs = st.decimals("0", "99", places=2)


@st.composite
def price_lists(draw: st.DrawFn) -> PriceList:
    """Any valid price list."""
    ends = draw(st.lists(st.decimals("0.001", "5000", places=3), max_size=4, unique=True))
    model = PriceModel.FLAT if not ends else draw(st.sampled_from((PriceModel.VOLUME, PriceModel.GRADUATED)))
    tiers = tuple(Tier(end, draw(costs)) for end in [*sorted(ends), None])
    allowance = draw(st.sampled_from((D(0), D("12.5"), D(700))))
    check_price(model, allowance, tiers)
    return PriceList(UUID(int=1), model, True, allowance, tiers)


def summed(rated: list[RatedPart]) -> dict[Decimal, Decimal]:
    sums: Counter[Decimal] = Counter()
    for part in rated:
        sums[part.unit_price] += part.quantity
    return {price: quantity for price, quantity in sums.items() if quantity}


@given(price_lists(), quantities, st.lists(quantities, max_size=6))
def test_pieces_come_to_the_same_as_all_at_once(price: PriceList, before: Decimal, pieces: list[Decimal]) -> None:
    rated: list[RatedPart] = []
    charged = before
    for piece in pieces:
        rated += rate(price, before=charged, quantity=piece)
        charged += piece

    assert summed(rated) == summed(list(rate(price, before=before, quantity=charged - before)))


@given(price_lists(), quantities, quantities)
def test_parts_add_up_to_the_quantity(price: PriceList, before: Decimal, quantity: Decimal) -> None:
    rated = rate(price, before=before, quantity=quantity)

    assert sum((part.quantity for part in rated), D(0)) == quantity


@given(price_lists(), quantities, quantities)
def test_correction_takes_back_what_was_charged(price: PriceList, before: Decimal, quantity: Decimal) -> None:
    there = rate(price, before=before, quantity=quantity)
    back = rate(price, before=before + quantity, quantity=-quantity)

    assert summed([*there, *back]) == {}
