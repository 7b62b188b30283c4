"""Charging: proration by day and summed usage, as the operator's books and domain.md 4.6 have it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billfold.domain.charging import (
    Charge,
    ChargeKind,
    ServiceReference,
    SubscribedService,
    UsedService,
    charge_amount,
    charge_subscription,
    charge_usage,
)
from billfold.domain.document import TaxRegime
from billfold.domain.periods import Period, month

OCTOBER = month("2026-10")
INTERNET = ServiceReference("internet-100", {"": "Доступ в интернет", "en": "Internet access"}, "мес", "362")
SMS = ServiceReference("sms", {"": "SMS"}, "шт", "796")
SUBSCRIPTION = SubscribedService(
    service=INTERNET,
    started_on=date(2026, 1, 1),
    ended_on=None,
    price=Decimal("900.00"),
    quantity=Decimal(1),
    tax_included=True,
)
USAGE = UsedService(
    service=SMS,
    destination="250-01 МТС, Россия",
    unit_price=Decimal("2.4045"),
    tax_included=True,
    quantity=Decimal(4_210),
)


def charged(
    subscription: SubscribedService = SUBSCRIPTION,
    period: Period = OCTOBER,
    regime: TaxRegime = TaxRegime.VAT,
    currency: str = "RUB",
) -> list[Charge]:
    return list(charge_subscription(subscription, period, regime=regime, currency=currency))


def test_a_whole_month_costs_its_price() -> None:
    (charge,) = charged()

    assert charge == Charge(
        kind=ChargeKind.SUBSCRIPTION,
        service=INTERNET,
        period=OCTOBER,
        quantity=Decimal(1),
        unit_price=Decimal("900.00"),
        tax_included=True,
        tax_rate=Decimal(22),
        net=Decimal("737.70"),
        tax=Decimal("162.30"),
        gross=Decimal("900.00"),
        currency="RUB",
        active_days=31,
        month_days=31,
    )


@pytest.mark.parametrize(
    ("price", "started_on", "ended_on", "period", "days", "gross"),
    [
        ("900.00", date(2026, 10, 15), None, "2026-10", 17, "493.55"),
        ("900.00", date(2026, 2, 15), None, "2026-02", 14, "450.00"),
        ("900.00", date(2028, 2, 15), None, "2028-02", 15, "465.52"),
        ("900.00", date(2028, 2, 29), None, "2028-02", 1, "31.03"),
        ("1000.00", date(2026, 1, 1), date(2026, 10, 11), "2026-10", 10, "322.58"),
        ("1000.00", date(2026, 10, 11), None, "2026-10", 21, "677.42"),
        ("900.00", date(2026, 10, 31), None, "2026-10", 1, "29.03"),
        ("900.00", date(2026, 10, 1), date(2026, 10, 2), "2026-10", 1, "29.03"),
        ("900.00", date(2026, 10, 5), date(2026, 10, 9), "2026-10", 4, "116.13"),
        ("900.00", date(2026, 9, 1), date(2026, 11, 1), "2026-10", 31, "900.00"),
    ],
)
def test_a_part_of_a_month_costs_its_days(
    price: str, started_on: date, ended_on: date | None, period: str, days: int, gross: str
) -> None:
    subscription = replace(SUBSCRIPTION, price=Decimal(price), started_on=started_on, ended_on=ended_on)

    (charge,) = charged(subscription, month(period))

    assert (charge.active_days, charge.gross) == (days, Decimal(gross))


@pytest.mark.parametrize(
    ("started_on", "ended_on"),
    [
        (date(2026, 10, 5), date(2026, 10, 5)),
        (date(2026, 11, 1), None),
        (date(2026, 1, 1), date(2026, 10, 1)),
    ],
)
def test_a_subscription_without_a_day_in_the_period_costs_nothing(started_on: date, ended_on: date | None) -> None:
    assert charged(replace(SUBSCRIPTION, started_on=started_on, ended_on=ended_on)) == []


def test_quantity_is_multiplied_before_the_one_rounding() -> None:
    seats = replace(SUBSCRIPTION, price=Decimal("390.00"), quantity=Decimal(3), ended_on=date(2026, 10, 5))

    (charge,) = charged(seats)

    assert charge.gross == Decimal("150.97")


def test_a_price_keeps_its_decimals_until_the_one_rounding() -> None:
    subscription = replace(SUBSCRIPTION, price=Decimal("0.00450000499"), quantity=Decimal("1000000.5"))

    (charge,) = charged(subscription)

    assert charge.gross == Decimal("4500.01")


def test_a_price_without_tax_is_taxed_on_top() -> None:
    (charge,) = charged(replace(SUBSCRIPTION, price=Decimal("1000.00"), tax_included=False))

    assert (charge.net, charge.tax, charge.gross) == (Decimal("1000.00"), Decimal("220.00"), Decimal("1220.00"))


def test_an_exempt_seller_charges_without_vat() -> None:
    (charge,) = charged(regime=TaxRegime.USN_EXEMPT)

    assert (charge.tax_rate, charge.net, charge.tax) == (None, Decimal("900.00"), 0)


def test_a_currency_without_kopecks_is_charged_in_whole_units() -> None:
    (charge,) = charged(replace(SUBSCRIPTION, price=Decimal(1000), started_on=date(2026, 10, 11)), currency="JPY")

    assert (str(charge.net), str(charge.tax), str(charge.gross)) == ("555", "122", "677")


def test_each_month_of_a_period_is_a_line_of_its_own() -> None:
    pieces = charged(
        replace(SUBSCRIPTION, started_on=date(2026, 10, 15)), Period(date(2026, 10, 1), date(2026, 12, 11))
    )

    assert [(str(piece.period), piece.gross) for piece in pieces] == [
        ("2026-10-15..2026-11-01", Decimal("493.55")),
        ("2026-11-01..2026-12-01", Decimal("900.00")),
        ("2026-12-01..2026-12-11", Decimal("290.32")),
    ]


def test_a_period_over_a_change_of_rate_is_taxed_by_the_month_of_supply() -> None:
    old, new = charged(replace(SUBSCRIPTION, started_on=date(2025, 1, 1)), Period(date(2025, 12, 1), date(2026, 2, 1)))

    assert (old.tax_rate, old.tax) == (Decimal(20), Decimal("150.00"))
    assert (new.tax_rate, new.tax) == (Decimal(22), Decimal("162.30"))


def test_a_free_subscription_is_a_line_of_nothing() -> None:
    (charge,) = charged(replace(SUBSCRIPTION, price=Decimal(0)))

    assert (charge.net, charge.tax, charge.gross) == (0, 0, 0)


@given(
    st.decimals(min_value=0, max_value=10**6, places=4),
    st.integers(1, 100),
    st.integers(0, 365),
    st.integers(1, 400),
    st.booleans(),
)
def test_a_subscription_cut_in_two_costs_the_same_within_a_kopeck_a_line(
    price: Decimal, quantity: int, offset: int, length: int, tax_included: bool
) -> None:
    year = Period(date(2026, 1, 1), date(2028, 1, 1))
    whole = replace(SUBSCRIPTION, price=price, quantity=Decimal(quantity), tax_included=tax_included)
    change = date(2026, 1, 1) + timedelta(days=offset)
    before, after = replace(whole, ended_on=change), replace(whole, started_on=change)

    pieces = charged(before, year) + charged(after, year)

    entered = [charge.gross if tax_included else charge.net for charge in charged(whole, year)]
    parts = [charge.gross if tax_included else charge.net for charge in pieces]
    assert abs(sum(parts) - sum(entered)) <= Decimal("0.01")


@given(
    st.decimals(min_value=0, max_value=10**6, places=4), st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.booleans()
)
def test_every_charge_adds_up(price: Decimal, started_on: date, tax_included: bool) -> None:
    subscription = replace(SUBSCRIPTION, price=price, started_on=started_on, tax_included=tax_included)

    charges = charged(subscription, Period(date(2026, 1, 1), date(2028, 1, 1)))

    assert all(charge.net + charge.tax == charge.gross for charge in charges)


def test_usage_is_multiplied_once_and_rounded_once() -> None:
    charge = charge_usage(USAGE, OCTOBER, regime=TaxRegime.VAT, currency="RUB")

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
        destination="250-01 МТС, Россия",
    )


def test_summed_usage_costs_other_than_its_records_one_by_one() -> None:
    one = replace(USAGE, unit_price=Decimal("0.0045"), quantity=Decimal(1))
    many = replace(one, quantity=Decimal(10_000))

    charges = [charge_usage(used, OCTOBER, regime=TaxRegime.VAT, currency="RUB") for used in (one, many)]

    assert [charge.gross for charge in charges] == [Decimal("0.00"), Decimal("45.00")]


def test_usage_without_tax_is_taxed_on_top() -> None:
    charge = charge_usage(replace(USAGE, tax_included=False), OCTOBER, regime=TaxRegime.VAT, currency="RUB")

    assert (charge.net, charge.tax, charge.gross) == (Decimal("10122.95"), Decimal("2227.05"), Decimal("12350.00"))


def test_measured_usage_tells_no_days() -> None:
    charge = charge_usage(USAGE, OCTOBER, regime=TaxRegime.USN_EXEMPT, currency="RUB")

    assert (charge.active_days, charge.month_days, charge.tax_rate) == (0, 0, None)


def test_an_amount_by_hand_holds_its_tax() -> None:
    charge = charge_amount(Decimal("12200.00"), INTERNET, OCTOBER, regime=TaxRegime.VAT, currency="RUB")

    assert (charge.kind, charge.quantity, charge.unit_price) == (ChargeKind.AMOUNT, 1, Decimal("12200.00"))
    assert (charge.net, charge.tax, charge.gross) == (Decimal("10000.00"), Decimal("2200.00"), Decimal("12200.00"))


@pytest.mark.parametrize(
    ("locale", "name"), [("en", "Internet access"), ("ru", "Доступ в интернет"), ("ka", "Доступ в интернет")]
)
def test_a_service_is_named_in_the_locale_or_by_default(locale: str, name: str) -> None:
    assert INTERNET.name(locale) == name
