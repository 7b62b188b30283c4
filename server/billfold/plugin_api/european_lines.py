"""European lines: the lines and the VAT of an invoice in the terms of EN 16931.

The sums are those of the document. A price is the entered one where price x quantity gives the sum of the line without
VAT, and else one that does.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from billfold.domain.document import Document, DocumentLine
from billfold.domain.money import ZERO, exponent
from billfold.domain.periods import Period
from billfold.domain.units import UNITS
from billfold.plugin_api.wording import wording

# UNTDID 5305: standard rate, zero rate, exempt, outside the scope of VAT.
STANDARD, ZERO_RATED, EXEMPT, OUTSIDE = "S", "Z", "E", "O"

# Amounts have at most two decimals (BR-DEC).
DECIMALS = 2
# A price that is worked out has at most so many; beyond that it is told for a base quantity.
_PRICE_DECIMALS = 6
# UN/ECE recommendation 20, by the name of a unit that has no OKEI code of ours.
_UNIT_CODES: Final = {
    **{unit.english.lower(): unit.unece for unit in UNITS.values()},
    **{"мес": "MON", "шт": "H87", "мин": "MIN", "сек": "SEC", "с": "SEC", "ч": "HUR", "час": "HUR", "дн": "DAY"},
    **{"день": "DAY", "сут": "DAY", "нед": "WEE", "кв": "QAN", "год": "ANN", "мб": "4L", "гб": "E34"},
    **{"кг": "KGM", "м": "MTR", "м²": "MTK", "чел": "IE", "mo": "MON", "mb": "4L", "gb": "E34", "hour": "HUR"},
}
# "One": a unit that the list does not have.
_ONE = "C62"
# Recommendation 20 takes the codes of packages over with an X before them.
_PACKAGES: Final = {"PK": "XPK"}


@dataclass(frozen=True, slots=True)
class EuropeanTax:
    """The VAT of a category and a rate (BG-23); `rate` is None outside the scope of VAT."""

    category: str
    rate: Decimal | None
    net: Decimal
    tax: Decimal
    reason: str = ""
    reason_code: str = ""


@dataclass(frozen=True, slots=True)
class EuropeanLine:
    """A line (BG-25): `quantity` x `price` / `base_quantity` is `net`; the price is never below zero."""

    id: str
    name: str
    service: str
    quantity: Decimal
    unit: str
    price: Decimal
    base_quantity: Decimal | None
    net: Decimal
    category: str
    rate: Decimal | None
    period: Period | None


def is_outside_vat(document: Document) -> bool:
    """Say whether nothing of it is in the scope of VAT: no line has a rate, and the seller has no tax number."""
    return not document.seller.inn and all(tax.rate is None for tax in document.totals.taxes)


def european_taxes(document: Document, sign: int) -> tuple[EuropeanTax, ...]:
    """Give the VAT of each rate, as the totals have it; `sign` is -1 on a credit note."""
    ground = document.tax_note or wording(document.locale, "purpose.without_vat")
    found = []
    for tax in document.totals.taxes:
        category, rate = _category(document, tax.rate)
        amounts = written_amount(tax.net * sign), written_amount(tax.tax * sign)
        reason = ground if category in (EXEMPT, OUTSIDE) else ""
        found.append(EuropeanTax(category, rate, *amounts, reason, "VATEX-EU-O" if category == OUTSIDE else ""))
    return tuple(found)


def european_lines(document: Document, sign: int) -> tuple[EuropeanLine, ...]:
    """Give the lines in their order; `sign` is -1 on a credit note."""
    return tuple(_line(document, line, sign) for line in document.lines)


def written_amount(amount: Decimal) -> Decimal:
    """Give an amount with at most the decimals that the norm allows, and no sign on nothing."""
    decimals = -int(amount.as_tuple().exponent)
    return (amount.quantize(Decimal(1).scaleb(-DECIMALS)) if decimals > DECIMALS else amount) + ZERO


def _category(document: Document, rate: Decimal | None) -> tuple[str, Decimal | None]:
    if rate is None:
        return (OUTSIDE, None) if is_outside_vat(document) else (EXEMPT, ZERO)
    return (STANDARD, rate) if rate else (ZERO_RATED, ZERO)


def _line(document: Document, line: DocumentLine, sign: int) -> EuropeanLine:
    category, rate = _category(document, line.tax_rate)
    # Prices are never below zero (BR-27): what is taken off is a quantity below zero.
    quantity = abs(line.quantity) or Decimal(1)
    price, base_quantity = _price(line, quantity, exponent(document.currency))
    return EuropeanLine(
        id=str(line.position),
        name=" ".join(line.description.split()) or line.service or document.title,
        service=line.service,
        quantity=-quantity if line.net * sign < 0 else quantity,
        unit=_unit_code(line),
        price=price,
        base_quantity=base_quantity,
        net=written_amount(line.net * sign),
        category=category,
        rate=rate,
        period=_period_within(line, document.period),
    )


def _price(line: DocumentLine, quantity: Decimal, decimals: int) -> tuple[Decimal, Decimal | None]:
    """Give the price without VAT, and for which quantity it is where that is not one.

    Price x quantity is the sum to two decimals in every currency: receivers know no others (PEPPOL-EN16931-R120).
    """
    net = abs(line.net)
    entered = abs(line.unit_price)
    if _hundredths(entered * quantity) == net and not (line.tax_included and line.tax_rate):
        return entered, None
    for digits in range(decimals, _PRICE_DECIMALS + 1):
        price = (net / quantity).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
        if _hundredths(price * quantity) == net:
            return price, None
    return net, quantity


def _hundredths(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-DECIMALS), rounding=ROUND_HALF_UP)


def _unit_code(line: DocumentLine) -> str:
    unit = UNITS.get(line.unit_code)
    code = unit.unece if unit else _UNIT_CODES.get(line.unit.strip(" .").lower(), _ONE)
    return _PACKAGES.get(code, code)


def _period_within(line: DocumentLine, period: Period | None) -> Period | None:
    """Give the line's period; one that is not within the document's (late usage) is told by its name only."""
    if line.period is None or period is None:
        return line.period
    return line.period if period.start <= line.period.start and line.period.until <= period.until else None
