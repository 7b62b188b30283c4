"""Payments: money received and given back, the words for what it settles, and what may be entered of it."""

import re
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from billfold.domain.errors import IllegalState, InvalidInput
from billfold.domain.money import exponent, round_amount

# The most that one payment may be, or one document for an amount; the columns hold as much.
AMOUNT_LIMIT = Decimal("99999999999999")
TEXT_LIMIT = 1_000
_EARLIEST = date(2000, 1, 1)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class PaymentKind(StrEnum):
    """Which way the money went: a PAYMENT came in, a REFUND went back."""

    PAYMENT = "payment"
    REFUND = "refund"


class PaymentMethod(StrEnum):
    """How the money came."""

    BANK = "bank"
    CARD = "card"
    CASH = "cash"
    OTHER = "other"


class AllocationKind(StrEnum):
    """Why money settles a document: it was REFERENCED, it was the oldest due (AUTOMATIC), or a person said so."""

    REFERENCED = "referenced"
    AUTOMATIC = "automatic"
    MANUAL = "manual"


class LineState(StrEnum):
    """What became of a line of a bank statement.

    MATCHED settled a document, CREDITED went to a contract, UNMATCHED waits for a person, DISMISSED was put aside.
    """

    MATCHED = "matched"
    CREDITED = "credited"
    UNMATCHED = "unmatched"
    DISMISSED = "dismissed"


def check_amount(amount: Decimal, currency: str, *, field: str = "amount") -> Decimal:
    """Give an amount with the decimals of its currency. Raises InvalidInput unless it is a positive amount of it."""
    digits = exponent(currency)
    if not amount.is_finite() or not 0 < amount <= AMOUNT_LIMIT:
        raise InvalidInput(f"The amount must be above 0 and at most {AMOUNT_LIMIT}.", field=field)
    rounded = round_amount(amount, currency)
    if rounded != amount:
        raise InvalidInput(f"The amount has more than the {digits} decimals of {currency}.", field=field)
    return rounded


def check_day(day: date, today: date, *, field: str) -> None:
    """Refuse a day before 2000, or more than one day after `today`, the local one. Raises InvalidInput."""
    if not _EARLIEST <= day <= today + timedelta(days=1):
        raise InvalidInput(
            f"The day {day} must be from {_EARLIEST} on, and not later than tomorrow, {today + timedelta(days=1)}.",
            field=field,
        )


def check_books_open(day: date, closed_until: date | None, *, field: str) -> None:
    """Raise IllegalState for a day whose books are closed: nothing of it is added or changed."""
    if closed_until is not None and day < closed_until:
        raise IllegalState(
            f"The books are closed until {closed_until}: a payment of {day} can be neither added nor changed.",
            field=field,
        )


def check_text(text: str, *, field: str, limit: int = TEXT_LIMIT) -> str:
    """Give a text without spaces around it. Raises InvalidInput when it is too long or holds control characters."""
    text = text.strip()
    if len(text) > limit or _CONTROL.search(text):
        raise InvalidInput(f"The text must have at most {limit} characters and no control characters.", field=field)
    return text


def check_reason(reason: str, what: str) -> str:
    """Give a reason without spaces around it. Raises InvalidInput when there is none, naming what it is asked for."""
    reason = check_text(reason, field="reason")
    if not reason:
        raise InvalidInput(f"Say why {what}.", field="reason")
    return reason
