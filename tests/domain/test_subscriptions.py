"""Subscriptions: proration by day, changes inside a month, suspensions, as the operator's books and the law have it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billfold.domain.charging import Charge, ChargeKind, ServiceReference
from billfold.domain.document import TaxRegime
from billfold.domain.periods import Period, month
from billfold.domain.subscriptions import Proration, SubscribedService, SubscriptionTerms, charge_subscription
from billfold.domain.tax import Taxation, TaxCategory

OCTOBER = month("2026-10")
INTERNET = ServiceReference("internet-100", {"": "Доступ в интернет", "en": "Internet access"}, "мес", "362")
SUBSCRIPTION = SubscribedService(
    service=INTERNET,
    started_on=date(2026, 1, 1),
    ended_on=None,
    price=Decimal("900.00"),
    quantity=Decimal(1),
    tax_included=True,
)


def taxed(*regimes: TaxRegime) -> Taxation:
    """Give a seller who is taxed by the first regime since ever, and by a second one since 11 October 2026."""
    days = (date(1900, 1, 1), date(2026, 10, 11))
    return Taxation("primer", tuple(zip(days, regimes, strict=False)))


def terms(day: int, price: str = "900.00", *, quantity: int = 1, rests: bool = False) -> SubscriptionTerms:
    """Give what holds from a day of October 2026 on."""
    return SubscriptionTerms(date(2026, 10, day), Decimal(price), Decimal(quantity), True, rests)


def charged(
    subscription: SubscribedService = SUBSCRIPTION,
    period: Period = OCTOBER,
    regime: TaxRegime = TaxRegime.VAT,
    currency: str = "RUB",
) -> list[Charge]:
    return list(charge_subscription(subscription, period, taxation=taxed(regime), currency=currency))


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


# --- Changes inside a month ---


def test_a_price_that_changes_cuts_the_month_and_the_pieces_add_up() -> None:
    pieces = charged(replace(SUBSCRIPTION, price=Decimal("1000.00"), changes=(terms(11, "1500.00"),)))

    assert [(str(piece.period), piece.active_days, piece.unit_price, piece.gross) for piece in pieces] == [
        ("2026-10-01..2026-10-11", 10, Decimal("1000.00"), Decimal("322.58")),
        ("2026-10-11..2026-11-01", 21, Decimal("1500.00"), Decimal("1016.13")),
    ]


def test_the_last_piece_is_what_the_rounded_sum_leaves() -> None:
    pieces = charged(replace(SUBSCRIPTION, price=Decimal("1.01"), changes=(terms(11, "1.02"), terms(21, "1.03"))))

    # 0.3258 + 0.3290 + 0.3655 = 1.0203; the last would be 0.37 by itself, and the sum 1.03.
    assert [piece.gross for piece in pieces] == [Decimal("0.33"), Decimal("0.33"), Decimal("0.36")]


def test_an_exact_half_of_three_pieces_is_rounded_up() -> None:
    changes = (
        terms(8, "504.01", rests=True),
        terms(11, "504.01"),
        terms(18, "504.01", rests=True),
        terms(21, "504.01"),
    )
    june = tuple(replace(one, valid_from=one.valid_from.replace(month=6)) for one in changes)
    ends = replace(SUBSCRIPTION, price=Decimal("504.01"), changes=june, ended_on=date(2026, 6, 22))

    pieces = charged(ends, month("2026-06"), TaxRegime.USN_EXEMPT)

    # 15 of 30 days: 252.005.
    assert sum(piece.gross for piece in pieces) == Decimal("252.01")


def test_three_thirds_of_a_price_are_the_price() -> None:
    changes = (terms(11, "100.00", quantity=2), terms(21, "100.00"))
    june = [replace(one, valid_from=one.valid_from.replace(month=6)) for one in changes]

    pieces = charged(replace(SUBSCRIPTION, price=Decimal("100.00"), changes=tuple(june)), month("2026-06"))

    # 33.33333 + 66.66667 + 33.33333 = 133.33333.
    assert [piece.gross for piece in pieces] == [Decimal("33.33"), Decimal("66.67"), Decimal("33.33")]


def test_a_quantity_that_changes_cuts_the_month() -> None:
    pieces = charged(replace(SUBSCRIPTION, price=Decimal("390.00"), changes=(terms(16, "390.00", quantity=3),)))

    assert [(piece.quantity, piece.gross) for piece in pieces] == [(1, Decimal("188.71")), (3, Decimal("603.87"))]


def test_what_stays_the_same_does_not_cut_the_month() -> None:
    (charge,) = charged(replace(SUBSCRIPTION, changes=(terms(11), terms(21))))

    assert (charge.active_days, charge.gross) == (31, Decimal("900.00"))


def test_days_of_rest_are_not_charged() -> None:
    pieces = charged(replace(SUBSCRIPTION, changes=(terms(11, rests=True), terms(21))))

    assert [(str(piece.period), piece.gross) for piece in pieces] == [
        ("2026-10-01..2026-10-11", Decimal("290.32")),
        ("2026-10-21..2026-11-01", Decimal("319.36")),
    ]


def test_a_month_of_rest_costs_nothing() -> None:
    assert charged(replace(SUBSCRIPTION, changes=(terms(1, rests=True),))) == []


def test_an_end_before_a_change_leaves_the_change_out() -> None:
    (charge,) = charged(replace(SUBSCRIPTION, ended_on=date(2026, 10, 11), changes=(terms(21, "9000.00"),)))

    assert (charge.active_days, charge.gross) == (10, Decimal("290.32"))


@given(st.lists(st.integers(2, 31), max_size=6, unique=True), st.decimals(min_value=0, max_value=10**5, places=3))
def test_pieces_of_one_price_add_up_to_the_month(days: list[int], price: Decimal) -> None:
    # The quantity goes up and down, so that no neighbours are alike.
    changes = tuple(terms(day, str(price), quantity=1 + at % 2) for at, day in enumerate(sorted(days), start=1))
    subscription = replace(SUBSCRIPTION, price=price, changes=changes)

    pieces = charged(subscription)

    exact = sum((piece.unit_price * piece.quantity * piece.active_days / 31 for piece in pieces), Decimal(0))
    assert abs(sum(piece.gross for piece in pieces) - exact) <= Decimal("0.005000001")
    assert sum(piece.active_days for piece in pieces) == 31


# --- Months in part ---


@pytest.mark.parametrize(
    ("proration", "started_on", "ended_on", "gross"),
    [
        (Proration.BY_DAY, date(2026, 10, 15), None, ["493.55"]),
        (Proration.FULL_MONTH, date(2026, 10, 15), None, ["900.00"]),
        (Proration.FULL_MONTH, date(2026, 10, 31), None, ["900.00"]),
        (Proration.FULL_MONTH, date(2026, 1, 1), date(2026, 10, 2), ["900.00"]),
        (Proration.FULL_MONTH, date(2026, 10, 5), date(2026, 10, 5), []),
        (Proration.NONE, date(2026, 10, 15), None, []),
        (Proration.NONE, date(2026, 10, 1), None, ["900.00"]),
        (Proration.NONE, date(2026, 1, 1), date(2026, 10, 31), []),
        (Proration.NONE, date(2026, 1, 1), date(2026, 11, 1), ["900.00"]),
    ],
)
def test_a_month_in_part_costs_what_the_proration_says(
    proration: Proration, started_on: date, ended_on: date | None, gross: list[str]
) -> None:
    subscription = replace(SUBSCRIPTION, proration=proration, started_on=started_on, ended_on=ended_on)

    assert [str(charge.gross) for charge in charged(subscription)] == gross


def test_a_full_month_is_charged_once_with_the_days_that_hold_its_first() -> None:
    subscription = replace(SUBSCRIPTION, proration=Proration.FULL_MONTH, started_on=date(2026, 10, 10))
    halves = (Period(date(2026, 10, 1), date(2026, 10, 16)), Period(date(2026, 10, 16), date(2026, 11, 1)))

    assert [[str(charge.gross) for charge in charged(subscription, half)] for half in halves] == [["900.00"], []]


def test_a_full_month_that_is_active_throughout_is_shared_by_its_days() -> None:
    subscription = replace(SUBSCRIPTION, proration=Proration.FULL_MONTH)
    halves = (Period(date(2026, 10, 1), date(2026, 10, 16)), Period(date(2026, 10, 16), date(2026, 11, 1)))

    assert [[str(charge.gross) for charge in charged(subscription, half)] for half in halves] == [
        ["435.48"],
        ["464.52"],
    ]


# --- Taxes inside a month ---


def test_a_regime_that_changes_inside_the_month_cuts_it() -> None:
    regimes = taxed(TaxRegime.VAT, TaxRegime.USN_5)

    pieces = list(charge_subscription(SUBSCRIPTION, OCTOBER, taxation=regimes, currency="RUB"))

    assert [(piece.active_days, piece.tax_rate, piece.gross, piece.tax) for piece in pieces] == [
        (10, Decimal(22), Decimal("290.32"), Decimal("52.35")),
        (21, Decimal(5), Decimal("609.68"), Decimal("29.03")),
    ]


def test_a_regime_that_taxes_a_service_alike_does_not_cut_the_month() -> None:
    exempt = replace(INTERNET, tax_category=TaxCategory.EXEMPT)
    regimes = taxed(TaxRegime.VAT, TaxRegime.USN_5)

    (charge,) = charge_subscription(replace(SUBSCRIPTION, service=exempt), OCTOBER, taxation=regimes, currency="RUB")

    assert (charge.tax_rate, charge.gross) == (None, Decimal("900.00"))
