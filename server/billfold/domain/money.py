"""Money: an amount in the currency's own exponent, rounded half up, never a float."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from iso4217 import Currency

from billfold.domain.errors import InvalidInput

ZERO = Decimal(0)


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
    return amount.quantize(Decimal(1).scaleb(-exponent(currency)), rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the minor-unit exponent of `currency`."""

    amount: Decimal
    currency: str
