"""VAT: the rate by the seller's regime and the date of supply, and the tax of an entered amount."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from billfold.domain.document import TaxRegime
from billfold.domain.money import round_amount


class TaxCategory(StrEnum):
    """How the law taxes a service, whoever sells it."""

    STANDARD = "standard"
    REDUCED = "reduced"
    ZERO = "zero"
    EXEMPT = "exempt"


class TaxRounding(StrEnum):
    """Where the tax is rounded: on each line (Russian forms), or once for each rate (EN 16931)."""

    LINE = "line"
    RATE = "rate"


# Dated data, newest first: (in force from, general rate in percent).
# 425-ФЗ of 28.11.2025; 303-ФЗ of 03.08.2018; 117-ФЗ of 07.07.2003.
GENERAL_RATES: tuple[tuple[date, Decimal], ...] = (
    (date(2026, 1, 1), Decimal(22)),
    (date(2019, 1, 1), Decimal(20)),
    (date(2004, 1, 1), Decimal(18)),
)

# The legal ground printed beside "without VAT", by regime and locale.
EXEMPTION_GROUNDS: dict[TaxRegime, dict[str, str]] = {
    TaxRegime.USN_EXEMPT: {
        "ru": "освобождение по п. 1 ст. 145 НК РФ (УСН)",
        "en": "exempt, art. 145(1) of the Russian Tax Code (simplified system)",
    }
}


@dataclass(frozen=True, slots=True)
class Taxed:
    """An amount with its tax: `net + tax == gross`, always."""

    net: Decimal
    tax: Decimal
    gross: Decimal


def vat_rate(regime: TaxRegime, supplied_on: date) -> Decimal | None:
    """Give the rate in percent on the date of supply; None is "without VAT", which is not 0 %."""
    if regime is TaxRegime.USN_EXEMPT:
        return None
    return next((rate for since, rate in GENERAL_RATES if supplied_on >= since), GENERAL_RATES[-1][1])


def tax_amount(amount: Decimal, *, rate: Decimal | None, is_included: bool, currency: str) -> Taxed:
    """Split or extend an entered amount, already rounded, by its tax (domain.md 4.2).

    Included: the tax is rounded and the net is what remains, so that the sum closes. On top: the tax is rounded and
    added. Never recompute the entered side.
    """
    if rate is None:
        return Taxed(amount, round_amount(Decimal(0), currency), amount)
    if is_included:
        tax = round_amount(amount * rate / (100 + rate), currency)
        return Taxed(amount - tax, tax, amount)
    tax = round_amount(amount * rate / 100, currency)
    return Taxed(amount, tax, amount + tax)
