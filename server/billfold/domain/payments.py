"""Payments: money received and given back, and the words for what it settles."""

from enum import StrEnum


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
