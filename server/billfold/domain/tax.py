"""VAT: the rate by the seller's regime and the date of supply, and the tax of an entered amount."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from billfold.domain.document import TaxRegime
from billfold.domain.errors import InvalidInput
from billfold.domain.money import ZERO, round_amount
from billfold.domain.periods import Period


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

# Art. 164(2) of the Tax Code; the same under every general rate.
REDUCED_RATE = Decimal(10)
# 176-ФЗ of 12.07.2024, for supplies from 2025 on.
_SIMPLIFIED_RATES = {TaxRegime.USN_5: Decimal(5), TaxRegime.USN_7: Decimal(7)}

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


def vat_rate(regime: TaxRegime, supplied_on: date, category: TaxCategory = TaxCategory.STANDARD) -> Decimal | None:
    """Give the rate in percent on the date of supply; None is "without VAT", which is not 0 %.

    Sellers on the simplified system who chose 5 or 7 % charge it on all that is taxed (НК РФ ст. 164 п. 8).
    """
    if regime is TaxRegime.USN_EXEMPT or category is TaxCategory.EXEMPT:
        return None
    if category is TaxCategory.ZERO:
        return ZERO
    if regime in _SIMPLIFIED_RATES:
        return _SIMPLIFIED_RATES[regime]
    if category is TaxCategory.REDUCED:
        return REDUCED_RATE
    return next((rate for since, rate in GENERAL_RATES if supplied_on >= since), GENERAL_RATES[-1][1])


@dataclass(frozen=True, slots=True)
class Taxation:
    """How a seller is taxed: `regimes` are (first day, regime), the oldest first."""

    seller: str
    regimes: tuple[tuple[date, TaxRegime], ...]
    rounding: TaxRounding = TaxRounding.LINE

    def regime(self, on: date) -> TaxRegime:
        """Give the regime on a day. Raises InvalidInput when none is told for it."""
        found = [regime for since, regime in self.regimes if since <= on]
        if not found:
            raise InvalidInput(f"Enterprise {self.seller} has no tax regime on {on}: set one.", field="enterprise")
        return found[-1]

    def rate(self, category: TaxCategory, on: date) -> Decimal | None:
        """Give the rate of a service of the category on the date of supply. Raises as `regime` does."""
        return vat_rate(self.regime(on), on, category)

    def segments(self, category: TaxCategory, period: Period) -> list[tuple[Period, Decimal | None]]:
        """Cut the period where the rate of the category changes: the pieces with their rates, in order.

        Raises as `regime` does.
        """
        days = {period.start} | {day for day in self.changes() if period.start < day < period.until}
        found: list[tuple[Period, Decimal | None]] = []
        for start in sorted(days):
            rate = self.rate(category, start)
            if found and found[-1][1] == rate:
                start = found.pop()[0].start
            elif found:
                found[-1] = (Period(found[-1][0].start, start), found[-1][1])
            found.append((Period(start, period.until), rate))
        return found

    def changes(self) -> set[date]:
        """Give the days on which a rate may change."""
        return {since for since, _ in self.regimes} | {since for since, _ in GENERAL_RATES}


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
