"""The account of a contract: what was charged and what was paid over a period, and what money came before its supply.

Amounts are in the contract's currency. A balance is what the contract holds: above zero it is the client's money,
below zero the client's debt.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from billfold.domain.document import DocumentReference
from billfold.domain.money import ZERO


class EntryKind(StrEnum):
    """What changed the balance."""

    CHARGE = "charge"
    CORRECTION = "correction"
    PAYMENT = "payment"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """One change of the balance. `amount` is above zero where the client owes more (debit), and below where less.

    `documents` are the live documents of a charge, the oldest first; `reference` is the number of a payment order.
    """

    kind: EntryKind
    on: date
    amount: Decimal
    reference: str = ""
    documents: tuple[DocumentReference, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """A contract's balance at the start of a period, every change in it in the order of days, and what is left.

    A balance above zero is the client's money, and one below zero the client's debt: who owes 500.00 has a `closing` of
    -500.00. The entries count the other way round, so never add them to the balance; take `closing`.
    """

    opening: Decimal
    entries: tuple[AccountEntry, ...] = ()

    @property
    def debit(self) -> Decimal:
        """The turnover of what the client owes: charges and refunds."""
        return sum((entry.amount for entry in self.entries if entry.amount > 0), ZERO)

    @property
    def credit(self) -> Decimal:
        """The turnover of what the client paid, and of credits, above zero."""
        return -sum((entry.amount for entry in self.entries if entry.amount < 0), ZERO)

    @property
    def closing(self) -> Decimal:
        """The balance at the end of the period."""
        return self.opening - self.debit + self.credit


@dataclass(frozen=True, slots=True)
class Advance:
    """Money of one payment that came before the supply, and that pays for it."""

    reference: str
    received_on: date
    amount: Decimal


def advances_for(payments: Iterable[Advance], *, spent: Decimal, due: Decimal) -> tuple[Advance, ...]:
    """Find whose money pays for a supply of `due`, after `spent` was paid from the same payments, the oldest first.

    `payments` come in the order in which they are spent. Gives each with the share that it pays of the supply.
    """
    found: list[Advance] = []
    for payment in payments:
        taken = min(payment.amount, spent)
        spent -= taken
        share = min(payment.amount - taken, due)
        due -= share
        if share > 0:
            found.append(Advance(payment.reference, payment.received_on, share))
    return tuple(found)
