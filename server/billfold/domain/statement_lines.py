"""Statement lines: the payments to us that a statement tells, each with the key that it has in every file."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from iso4217 import Currency

from billfold.domain.errors import Conflict, InvalidInput
from billfold.domain.statements import BankStatement, StatementDocument

# Roubles as banks still write them in accounts, beside the number of ISO 4217.
_OLD_ROUBLE = "810"
_LETTERS_FOR_DIGITS = str.maketrans("ABCEHKMPTX", "0123456789")
_RUSSIAN_ACCOUNT_LENGTH = 20
_NUMBERS: Mapping[str, str] = {
    _OLD_ROUBLE: "RUB",
    **{f"{currency.number:03d}": str(currency.code) for currency in Currency if currency.number},
}


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """A bank account of an enterprise, now or once; `currency` is for accounts that do not tell their own."""

    account: str
    enterprise_id: UUID
    enterprise_code: str
    inn: str
    currency: str
    closed_until: date | None = None


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A payment to an account of ours. `key` is the same in every file that tells of it."""

    key: str
    own: OwnAccount
    currency: str
    received_on: date
    document: StatementDocument


@dataclass(frozen=True, slots=True)
class StatementLines:
    """What of a statement is for us; `ignored` counts the other documents: outgoing, or of others' accounts."""

    lines: tuple[StatementLine, ...]
    ignored: int
    warnings: tuple[str, ...] = ()


def lines_for(statement: BankStatement, accounts: Iterable[OwnAccount], name: str) -> StatementLines:
    """Pick the payments to our accounts out of a statement; transfers between accounts of one enterprise are not.

    Raises InvalidInput for a payment without a date, Conflict for an account that cannot be told to be whose.
    """
    own: dict[str, list[OwnAccount]] = defaultdict(list)
    for one in accounts:
        own[one.account].append(one)
    lines: list[StatementLine] = []
    warnings: list[str] = []
    for document in statement.documents:
        account = _payee(document, own)
        if account is None or _is_own_transfer(document, account, own):
            continue
        received_on, doubt = _received(document, name)
        warnings += [doubt] if doubt else []
        if received_on is not None:
            lines.append(StatementLine("", account, currency_of(account), received_on, document))
    if statement.documents and not any(_payee(document, own) for document in statement.documents):
        warnings.append("No document is paid to an account of the books: check the accounts of the enterprises.")
    return StatementLines(tuple(_keyed(lines)), len(statement.documents) - len(lines), tuple(warnings))


def currency_of(account: OwnAccount) -> str:
    """Give the currency of an account: of a Russian one by its digits 6 to 8, of another as the books have it."""
    digits = account.account[5:8].translate(_LETTERS_FOR_DIGITS)
    is_russian = len(account.account) == _RUSSIAN_ACCOUNT_LENGTH and account.account[:5].isdigit()
    return _NUMBERS.get(digits, account.currency) if is_russian else account.currency


_Own = Mapping[str, Sequence[OwnAccount]]


def _payee(document: StatementDocument, own: _Own) -> OwnAccount | None:
    found = [one for account in document.payee_accounts for one in own.get(account, ())]
    if len({one.enterprise_id for one in found}) > 1:
        found = [one for one in found if one.inn and one.inn == document.payee_inn] or found
    if len({one.enterprise_id for one in found}) > 1:
        codes = ", ".join(sorted({one.enterprise_code for one in found}))
        raise Conflict(
            f"Account {found[0].account} is of several enterprises: {codes}. Let one of them have it.", field="file"
        )
    return found[0] if found else None


def _is_own_transfer(document: StatementDocument, payee: OwnAccount, own: _Own) -> bool:
    return any(one.enterprise_id == payee.enterprise_id for one in own.get(document.payer_account, ()))


def _received(document: StatementDocument, name: str) -> tuple[date | None, str]:
    """Give (day, doubt): the day that the money came, and what makes it doubtful."""
    if document.received_on is not None:
        return document.received_on, ""
    where = f"Line {document.line}, payment {document.number}"
    if document.spent_on is not None:
        return None, f"{where}: it has left the payer and has no ДатаПоступило; it was not counted."
    if document.dated_on is None:
        raise InvalidInput(
            f"{name}, line {document.line}: the payment has no date. Nothing was imported.", field="file"
        )
    return document.dated_on, f"{where}: it has no ДатаПоступило; its own date {document.dated_on} was taken."


def _keyed(lines: Iterable[StatementLine]) -> Iterable[StatementLine]:
    seen: Counter[str] = Counter()
    for line in lines:
        document = line.document
        told = "\x1f".join(
            (
                line.own.account,
                str(line.received_on),
                document.number,
                str(document.dated_on or ""),
                f"{document.amount:.4f}",
                document.payer_account,
            )
        )
        # Two payments may be alike in all that; the second of a file is another one than the first.
        key = hashlib.sha256(f"{told}\x1f{seen[told]}".encode()).hexdigest()
        seen[told] += 1
        yield replace(line, key=key)
