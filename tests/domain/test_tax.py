"""VAT: dated rates, included and on top (domain.md 4.2, 4.3 and the vectors of its chapter 8)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billfold.domain.document import TaxRegime
from billfold.domain.money import round_amount
from billfold.domain.tax import EXEMPTION_GROUNDS, GENERAL_RATES, Taxed, tax_amount, vat_rate

CURRENCIES = st.sampled_from(["RUB", "JPY", "KWD"])
AMOUNTS = st.decimals(min_value=Decimal(-(10**12)), max_value=Decimal(10**12), places=4)
RATES = st.none() | st.decimals(min_value=Decimal(0), max_value=Decimal(100), places=2)


@pytest.mark.parametrize(
    ("supplied_on", "rate"),
    [
        (date(2004, 1, 1), 18),
        (date(2018, 12, 31), 18),
        (date(2019, 1, 1), 20),
        (date(2025, 12, 31), 20),
        (date(2026, 1, 1), 22),
        (date(2026, 10, 31), 22),
    ],
)
def test_the_rate_is_that_of_the_day_of_supply(supplied_on: date, rate: int) -> None:
    assert vat_rate(TaxRegime.VAT, supplied_on) == rate


def test_an_exempt_seller_has_no_rate_which_is_not_zero() -> None:
    assert vat_rate(TaxRegime.USN_EXEMPT, date(2026, 10, 31)) is None


def test_rates_are_kept_newest_first() -> None:
    dates = [since for since, _ in GENERAL_RATES]

    assert dates == sorted(dates, reverse=True)


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_exemption_has_its_legal_ground(locale: str) -> None:
    assert "145" in EXEMPTION_GROUNDS[TaxRegime.USN_EXEMPT][locale]


@pytest.mark.parametrize(
    ("gross", "net", "tax"),
    [
        ("1000.00", "819.67", "180.33"),
        ("12200.00", "10000.00", "2200.00"),
        ("70.07", "57.43", "12.64"),
        ("10.01", "8.20", "1.81"),
        ("0.99", "0.81", "0.18"),
        ("0.01", "0.01", "0.00"),
        ("0.00", "0.00", "0.00"),
        ("-1000.00", "-819.67", "-180.33"),
    ],
)
def test_included_tax_is_rounded_and_the_net_is_what_remains(gross: str, net: str, tax: str) -> None:
    taxed = tax_amount(Decimal(gross), rate=Decimal(22), is_included=True, currency="RUB")

    assert taxed == Taxed(Decimal(net), Decimal(tax), Decimal(gross))


@pytest.mark.parametrize(
    ("net", "rate", "tax", "gross"),
    [
        ("1000.00", "22", "220.00", "1220.00"),
        ("0.12", "22", "0.03", "0.15"),
        ("1.25", "10", "0.13", "1.38"),
        ("-1.25", "10", "-0.13", "-1.38"),
        ("1000.00", "0", "0.00", "1000.00"),
    ],
)
def test_tax_on_top_is_rounded_half_up_and_added(net: str, rate: str, tax: str, gross: str) -> None:
    taxed = tax_amount(Decimal(net), rate=Decimal(rate), is_included=False, currency="RUB")

    assert taxed == Taxed(Decimal(net), Decimal(tax), Decimal(gross))


@pytest.mark.parametrize(
    ("amount", "count", "is_included", "by_line", "on_total"),
    [
        ("10.01", 7, True, "12.67", "12.64"),
        ("0.99", 30, True, "5.40", "5.36"),
        ("0.12", 100, False, "3.00", "2.64"),
    ],
)
def test_rounding_a_line_differs_from_rounding_the_total(
    amount: str, count: int, is_included: bool, by_line: str, on_total: str
) -> None:
    line = tax_amount(Decimal(amount), rate=Decimal(22), is_included=is_included, currency="RUB")
    total = tax_amount(Decimal(amount) * count, rate=Decimal(22), is_included=is_included, currency="RUB")

    assert (line.tax * count, total.tax) == (Decimal(by_line), Decimal(on_total))


@pytest.mark.parametrize(
    ("amount", "currency", "net", "tax"),
    [("1000", "JPY", "820", "180"), ("1.000", "KWD", "0.820", "0.180"), ("12.205", "KWD", "10.004", "2.201")],
)
def test_a_currency_without_kopecks_is_rounded_to_its_own_digits(
    amount: str, currency: str, net: str, tax: str
) -> None:
    taxed = tax_amount(Decimal(amount), rate=Decimal(22), is_included=True, currency=currency)

    assert (str(taxed.net), str(taxed.tax)) == (net, tax)


@pytest.mark.parametrize(("currency", "nothing"), [("RUB", "0.00"), ("JPY", "0"), ("KWD", "0.000")])
def test_without_vat_the_net_is_the_gross(currency: str, nothing: str) -> None:
    taxed = tax_amount(Decimal(1000), rate=None, is_included=True, currency=currency)

    assert (taxed.net, str(taxed.tax), taxed.gross) == (1000, nothing, 1000)


@given(AMOUNTS, RATES, st.booleans(), CURRENCIES)
def test_net_and_tax_always_make_the_gross(
    amount: Decimal, rate: Decimal | None, is_included: bool, currency: str
) -> None:
    entered = round_amount(amount, currency)

    taxed = tax_amount(entered, rate=rate, is_included=is_included, currency=currency)

    assert taxed.net + taxed.tax == taxed.gross


@given(AMOUNTS, RATES, st.booleans(), CURRENCIES)
def test_the_entered_side_is_never_recomputed(
    amount: Decimal, rate: Decimal | None, is_included: bool, currency: str
) -> None:
    entered = round_amount(amount, currency)

    taxed = tax_amount(entered, rate=rate, is_included=is_included, currency=currency)

    assert entered == (taxed.gross if is_included else taxed.net)


@given(AMOUNTS, RATES, st.booleans(), CURRENCIES)
def test_every_side_has_no_more_digits_than_the_currency(
    amount: Decimal, rate: Decimal | None, is_included: bool, currency: str
) -> None:
    taxed = tax_amount(round_amount(amount, currency), rate=rate, is_included=is_included, currency=currency)

    assert all(round_amount(side, currency) == side for side in (taxed.net, taxed.tax, taxed.gross))
