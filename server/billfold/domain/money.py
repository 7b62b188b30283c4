"""Money: an amount in the currency's own exponent, rounded half up, never a float."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import cache

from iso4217 import Currency

from billfold.domain.errors import InvalidInput

ZERO = Decimal(0)
# The usual context of 28 digits would round a long product before it is rounded to its currency.
_ROUNDING = Context(prec=100, rounding=ROUND_HALF_UP)


# What the columns hold: amounts of 14 digits and 4 decimals, prices and quantities of 15 digits and 11 decimals.
AMOUNT_LIMIT = Decimal("99999999999999.9999")
RATE_LIMIT = Decimal("999999999999999.99999999999")


def fits_amount(amount: Decimal) -> bool:
    """Say whether an amount is a number that the database holds."""
    return amount.is_finite() and abs(amount) <= AMOUNT_LIMIT and _decimals(amount) <= 4


def fits_rate(number: Decimal) -> bool:
    """Say whether a price or a quantity is a number that the database holds."""
    return number.is_finite() and abs(number) <= RATE_LIMIT and _decimals(number) <= 11


def _decimals(number: Decimal) -> int:
    return max(0, -int(number.as_tuple().exponent))


@cache
def exponent(currency: str) -> int:
    """Give the number of minor digits of an ISO 4217 currency: RUB 2, JPY 0, KWD 3.

    Raises InvalidInput for a code that is not in the list, or that has no minor units (such as gold).
    """
    try:
        digits = Currency(currency).exponent
    except ValueError:
        digits = None
    if digits is None:
        raise InvalidInput(
            f"Currency {currency!r} is unknown: use an ISO 4217 code such as RUB, USD or EUR.", field="currency"
        )
    return digits


def round_amount(amount: Decimal, currency: str) -> Decimal:
    """Round half up (away from zero on a tie) to the currency's exponent (domain rule: ADR-0002)."""
    return amount.quantize(Decimal(1).scaleb(-exponent(currency)), context=_ROUNDING)


def round_exact(amount: Fraction, currency: str) -> Decimal:
    """Round an exact amount half up (away from zero on a tie) to the currency's exponent."""
    digits = exponent(currency)
    scaled = abs(amount) * 10**digits
    units = int(scaled + Fraction(1, 2))
    return Decimal(units if amount >= 0 else -units).scaleb(-digits, context=_ROUNDING)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the minor-unit exponent of `currency`."""

    amount: Decimal
    currency: str
