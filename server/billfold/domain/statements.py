"""Bank statements as values: the accounts with their balances, the documents, and whether the sums add up."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from billfold.domain.money import ZERO


@dataclass(frozen=True, slots=True)
class StatementAccount:
    """What a statement says of one account over some days, both ends included; None where it does not say.

    `line` is where that begins in the file.
    """

    line: int
    account: str
    first_day: date | None = None
    last_day: date | None = None
    opening: Decimal | None = None
    received: Decimal | None = None
    spent: Decimal | None = None
    closing: Decimal | None = None

    def covers(self, day: date) -> bool:
        """Say whether a day is among those that are told of; open where an end is not told."""
        return (self.first_day or day) <= day <= (self.last_day or day)


@dataclass(frozen=True, slots=True)
class StatementDocument:
    """One payment order of a statement; `amount` is above zero, accounts have neither spaces nor points.

    `payee_accounts` are the accounts that it names for the payee, the first is the one that was credited.
    """

    line: int
    number: str
    amount: Decimal
    dated_on: date | None = None
    received_on: date | None = None
    spent_on: date | None = None
    payer_name: str = ""
    payer_inn: str = ""
    payer_account: str = ""
    payee_inn: str = ""
    payee_accounts: tuple[str, ...] = ()
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class BankStatement:
    """A statement file as it was read; `warnings` are sentences about what was read with doubt."""

    accounts: tuple[StatementAccount, ...]
    documents: tuple[StatementDocument, ...]
    warnings: tuple[str, ...] = ()


def balance_warnings(statement: BankStatement) -> tuple[str, ...]:
    """Give a sentence for each sum of the statement that does not add up; none is what a whole file gives."""
    received = _sums(
        statement.documents, lambda one: tuple(dict.fromkeys(one.payee_accounts)), lambda one: one.received_on
    )
    spent = _sums(statement.documents, lambda one: (one.payer_account,), lambda one: one.spent_on)
    told = [warning for one in statement.accounts for warning in _of_account(one, received, spent)]
    return (*told, *_of_joins(statement.accounts))


_Sums = dict[str, dict[date, Decimal]]


def _sums(
    documents: Sequence[StatementDocument],
    accounts: Callable[[StatementDocument], Sequence[str]],
    moved_on: Callable[[StatementDocument], date | None],
) -> _Sums:
    sums: _Sums = defaultdict(lambda: defaultdict(lambda: ZERO))
    for document in documents:
        day = moved_on(document) or document.dated_on
        for account in accounts(document):
            if day is not None:
                sums[account][day] += document.amount
    return sums


def _of_account(one: StatementAccount, received: _Sums, spent: _Sums) -> Iterator[str]:
    where = f"Line {one.line}, account {one.account}"
    if one.opening is not None and one.closing is not None and (one.received, one.spent) != (None, None):
        reached = one.opening + (one.received or ZERO) - (one.spent or ZERO)
        if reached != one.closing:
            yield f"{where}: the balance comes to {reached}, and the statement says {one.closing}."
    for told, sums, what in ((one.received, received, "incoming"), (one.spent, spent, "outgoing")):
        found = sum((amount for day, amount in sums.get(one.account, {}).items() if one.covers(day)), ZERO)
        if told is not None and found != told:
            yield f"{where}: the {what} documents come to {found}, and the statement says {told}."


def _of_joins(accounts: Sequence[StatementAccount]) -> Iterator[str]:
    dated = [one for one in accounts if one.first_day is not None]
    dated.sort(key=lambda one: (one.account, one.first_day or date.min))
    for before, after in pairwise(dated):
        follows = before.account == after.account and (before.last_day or date.max) < (after.first_day or date.min)
        if follows and None not in (before.closing, after.opening) and before.closing != after.opening:
            yield (
                f"Line {after.line}, account {after.account}: it opens with {after.opening},"
                f" and closed before with {before.closing}."
            )
