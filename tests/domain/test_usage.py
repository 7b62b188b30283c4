"""Usage: sums that are priced once, month by month where a price list rates them, and taxed by the day of supply."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billfold.domain.charging import Charge, ChargeKind, ServiceReference
from billfold.domain.document import TaxRegime
from billfold.domain.errors import InvalidInput
from billfold.domain.periods import Period, month
from billfold.domain.rating import DatedPrice, PriceList, PriceModel, Tier
from billfold.domain.tax import Taxation
from billfold.domain.usage import Tariff, UsedService, charge_usage

OCTOBER = month("2026-10")
SMS = ServiceReference("sms", {"": "SMS"}, "шт", "796")
MTS = "250-01 МТС, Россия"
USAGE = UsedService(SMS, MTS, Decimal("2.4045"), True, Decimal(4_210), date(2026, 10, 1))
LIST = UUID(int=1)
VAT_RATE = Decimal(22)
NO_TARIFF = Tariff()
VAT = Taxation("primer", ((date(1900, 1, 1), TaxRegime.VAT),))


def charged(
    *used: UsedService,
    period: Period = OCTOBER,
    tariff: Tariff = NO_TARIFF,
    taxation: Taxation = VAT,
) -> list[Charge]:
    return charge_usage(used, [], period, tariff=tariff, taxation=taxation, currency="RUB")


def rated(quantity: str, day: date = date(2026, 10, 1), destination: str = MTS) -> UsedService:
    """Give usage without a price of its own."""
    return replace(USAGE, unit_price=None, quantity=Decimal(quantity), since=day, destination=destination)


def price(
    *tiers: tuple[str | None, str], model: PriceModel = PriceModel.GRADUATED, allowance: str = "0", **where: object
) -> DatedPrice:
    """Give a price of all days for all destinations."""
    ends = tuple(Tier(None if up_to is None else Decimal(up_to), Decimal(cost)) for up_to, cost in tiers)
    listed = PriceList(where.pop("id", LIST), model, True, Decimal(allowance), ends)  # type: ignore[arg-type]
    return replace(DatedPrice("sms", "", date(2026, 1, 1), False, listed), **where)  # type: ignore[arg-type]


def told(charges: list[Charge]) -> list[tuple[str, str, str]]:
    return [(str(one.quantity), str(one.unit_price), str(one.gross)) for one in charges]


def test_usage_is_multiplied_once_and_rounded_once() -> None:
    (charge,) = charged(USAGE)

    assert charge == Charge(
        kind=ChargeKind.USAGE,
        service=SMS,
        period=OCTOBER,
        quantity=Decimal(4_210),
        unit_price=Decimal("2.4045"),
        tax_included=True,
        tax_rate=Decimal(22),
        net=Decimal("8297.50"),
        tax=Decimal("1825.45"),
        gross=Decimal("10122.95"),
        currency="RUB",
        destination=MTS,
    )


def test_summed_usage_costs_other_than_its_records_one_by_one() -> None:
    one = replace(USAGE, unit_price=Decimal("0.0045"), quantity=Decimal(1))
    many = replace(one, quantity=Decimal(10_000))

    assert [charged(used)[0].gross for used in (one, many)] == [Decimal("0.00"), Decimal("45.00")]


def test_usage_without_tax_is_taxed_on_top() -> None:
    (charge,) = charged(replace(USAGE, tax_included=False))

    assert (charge.net, charge.tax, charge.gross) == (Decimal("10122.95"), Decimal("2227.05"), Decimal("12350.00"))


def test_usage_of_several_months_is_one_line() -> None:
    later = replace(USAGE, since=date(2026, 11, 1), quantity=Decimal(10))

    assert told(charged(USAGE, later, period=Period(date(2026, 10, 1), date(2026, 12, 1)))) == [
        ("4220", "2.4045", "10146.99")
    ]


def test_a_change_of_rate_inside_the_period_cuts_the_line() -> None:
    winter = Period(date(2025, 12, 1), date(2026, 2, 1))
    old, new = (replace(USAGE, quantity=Decimal(100), since=day) for day in (date(2025, 12, 1), date(2026, 1, 1)))

    charges = charged(old, new, period=winter)

    assert [(str(one.period), one.tax_rate, str(one.gross), str(one.tax)) for one in charges] == [
        ("2025-12-01..2026-01-01", Decimal(20), "240.45", "40.08"),
        ("2026-01-01..2026-02-01", Decimal(22), "240.45", "43.36"),
    ]


def test_what_was_taken_back_in_full_is_no_line() -> None:
    assert charged(USAGE, replace(USAGE, quantity=Decimal(-4_210))) == []


# --- Rated by the price list ---


def test_tiers_are_lines_and_the_allowance_is_free() -> None:
    listed = price(("100", "2.00"), (None, "1.50"), allowance="50")

    charges = charged(rated("250"), tariff=Tariff((listed,)))

    assert told(charges) == [("50", "0", "0.00"), ("100", "2.00", "200.00"), ("100", "1.50", "150.00")]
    assert {one.price_id for one in charges} == {LIST}


def test_tiers_go_on_from_what_the_month_was_charged_before() -> None:
    listed = price(("100", "2.00"), (None, "1.50"))
    half = Period(date(2026, 10, 16), date(2026, 11, 1))

    charges = charged(
        rated("30", date(2026, 10, 16)),
        period=half,
        tariff=Tariff((listed,), {(LIST, date(2026, 10, 1)): {(Decimal("2.00"), VAT_RATE): Decimal(90)}}),
    )

    assert told(charges) == [("10", "2.00", "20.00"), ("20", "1.50", "30.00")]


def test_each_month_begins_its_tiers_anew() -> None:
    listed = price(("100", "2.00"), (None, "1.50"))
    both = Period(date(2026, 10, 1), date(2026, 12, 1))

    charges = charged(rated("150"), rated("150", date(2026, 11, 1)), period=both, tariff=Tariff((listed,)))

    assert [(one.period.start.month, *told([one])[0]) for one in charges] == [
        (10, "100", "2.00", "200.00"),
        (10, "50", "1.50", "75.00"),
        (11, "100", "2.00", "200.00"),
        (11, "50", "1.50", "75.00"),
    ]


def test_a_plain_price_tells_destinations_apart_and_tiers_count_them_together() -> None:
    to = [rated("60", destination="A"), rated("60", destination="B")]

    plain = charged(*to, tariff=Tariff((price((None, "2.00"), model=PriceModel.FLAT),)))
    tiered = charged(*to, tariff=Tariff((price(("100", "2.00"), (None, "1.00")),)))

    assert [(one.destination, str(one.gross)) for one in plain] == [("A", "120.00"), ("B", "120.00")]
    assert [(one.destination, str(one.quantity), str(one.gross)) for one in tiered] == [
        ("", "100", "200.00"),
        ("", "20", "20.00"),
    ]


def test_a_volume_that_is_taxed_at_two_rates_has_one_price() -> None:
    listed = price(("100", "2.00"), (None, "1.00"), model=PriceModel.VOLUME)
    regimes = Taxation("primer", ((date(1900, 1, 1), TaxRegime.VAT), (date(2026, 10, 16), TaxRegime.USN_5)))

    charges = charged(rated("80"), rated("50", date(2026, 10, 16)), tariff=Tariff((listed,)), taxation=regimes)

    assert [(*told([one])[0], one.tax_rate) for one in charges] == [
        ("80", "1.00", "80.00", Decimal(22)),
        ("50", "1.00", "50.00", Decimal(5)),
    ]


def test_a_volume_that_reaches_another_tier_takes_back_what_it_was_charged_before() -> None:
    listed = price(("100", "2.00"), (None, "1.00"), model=PriceModel.VOLUME)
    half = Period(date(2026, 10, 16), date(2026, 11, 1))

    charges = charged(
        rated("50", date(2026, 10, 16)),
        period=half,
        tariff=Tariff((listed,), {(LIST, date(2026, 10, 1)): {(Decimal("2.00"), VAT_RATE): Decimal(80)}}),
    )

    assert told(charges) == [("-80", "2.00", "-160.00"), ("130", "1.00", "130.00")]


def test_a_new_price_holds_from_its_day() -> None:
    old = price((None, "2.00"), model=PriceModel.FLAT)
    new = price((None, "3.00"), model=PriceModel.FLAT, id=UUID(int=2), valid_from=date(2026, 10, 11))

    charges = charged(rated("10"), rated("10", date(2026, 10, 11)), tariff=Tariff((old, new)))

    assert told(charges) == [("10", "2.00", "20.00"), ("10", "3.00", "30.00")]


def test_usage_without_a_price_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match=r"sms to 250-01 МТС, Россия has no price on 2026-10-01"):
        charged(rated("1"))


# --- Late ---


def test_late_usage_is_charged_under_its_month() -> None:
    september = replace(USAGE, since=date(2026, 9, 17), quantity=Decimal(10))
    august = replace(USAGE, since=date(2026, 8, 31), quantity=Decimal(-4))

    charges = charge_usage([], [september, august], OCTOBER, tariff=Tariff(), taxation=VAT, currency="RUB")

    assert [(str(one.period), str(one.gross), one.is_late) for one in charges] == [
        ("2026-08-01..2026-09-01", "-9.62", True),
        ("2026-09-01..2026-10-01", "24.05", True),
    ]


def test_late_usage_of_the_same_month_goes_on_from_the_periods_own() -> None:
    listed = price(("100", "12.20"), (None, "1.22"), model=PriceModel.VOLUME)
    tariff = Tariff((listed,), {(LIST, date(2026, 10, 1)): {(Decimal("12.20"), VAT_RATE): Decimal(90)}})
    half = Period(date(2026, 10, 15), date(2026, 11, 1))

    charges = charge_usage(
        [rated("20", date(2026, 10, 15))], [rated("20")], half, tariff=tariff, taxation=VAT, currency="RUB"
    )

    # 130 at 1.22, less the 90 at 12.20 that were charged.
    assert sum(one.gross for one in charges) == Decimal("-939.40")
    assert told([one for one in charges if one.is_late]) == [("20", "1.22", "24.40")]


def test_what_is_taken_back_is_so_at_the_rate_that_it_was_charged_at() -> None:
    listed = price(("100", "12.20"), (None, "1.22"), model=PriceModel.VOLUME)
    tariff = Tariff((listed,), {(LIST, date(2026, 10, 1)): {(Decimal("12.20"), Decimal(7)): Decimal(90)}})
    half = Period(date(2026, 10, 16), date(2026, 11, 1))

    charges = charged(rated("20", date(2026, 10, 16)), period=half, tariff=tariff)

    assert {(str(one.quantity), str(one.unit_price), one.tax_rate) for one in charges} == {
        ("-90", "12.20", Decimal(7)),
        ("90", "1.22", Decimal(7)),
        ("20", "1.22", Decimal(22)),
    }


def test_a_month_that_is_billed_again_makes_good_for_late_usage_charged_meanwhile() -> None:
    listed = price(("100", "5.05"), ("200", "3.03"), (None, "1.01"))
    # 150 were charged and voided; 100 that came late were charged above them.
    charged_late = {(Decimal("3.03"), VAT_RATE): Decimal(50), (Decimal("1.01"), VAT_RATE): Decimal(50)}

    charges = charged(rated("150"), tariff=Tariff((listed,), {(LIST, date(2026, 10, 1)): charged_late}))

    # 250 cost 858.50, of which 202.00 are charged.
    assert sum(one.gross for one in charges) == Decimal("656.50")


@given(
    st.lists(st.integers(-60, 400), min_size=1, max_size=6), st.sampled_from(PriceModel), st.sampled_from(("0", "50"))
)
def test_a_month_charged_in_pieces_comes_to_the_same(quantities: list[int], model: PriceModel, allowance: str) -> None:
    tiers = ((None, "2.00"),) if model is PriceModel.FLAT else (("100", "2.00"), ("300", "1.50"), (None, "1.00"))
    listed = price(*tiers, model=model, allowance=allowance)
    before: dict[tuple[Decimal, Decimal | None], Decimal] = {}
    pieces = Decimal(0)

    for quantity in quantities:
        tariff = Tariff((listed,), {(LIST, date(2026, 10, 1)): dict(before)})
        for one in charged(rated(str(quantity)), tariff=tariff):
            pieces += one.gross
            before[one.unit_price, one.tax_rate] = before.get((one.unit_price, one.tax_rate), Decimal(0)) + one.quantity

    whole = charged(rated(str(sum(quantities))), tariff=Tariff((listed,)))
    assert pieces == sum(one.gross for one in whole)
    assert sum(before.values()) == sum(quantities)
