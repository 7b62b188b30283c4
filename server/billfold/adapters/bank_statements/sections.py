"""Sections: what the cells of an account and of a document say, by their keys."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from billfold.adapters.bank_statements.cells import read_account, read_date, read_party, read_sum
from billfold.domain.statements import StatementAccount, StatementDocument

_PURPOSES = ("НАЗНАЧЕНИЕПЛАТЕЖА", *(f"НАЗНАЧЕНИЕПЛАТЕЖА{part}" for part in range(1, 7)))
# Where a line without a key goes on with the text of the line before.
CONTINUED = frozenset(_PURPOSES)
_PAYER_NAMES = ("ПЛАТЕЛЬЩИК1", "ПЛАТЕЛЬЩИКНАИМЕНОВАНИЕ")
# Banks of Kazakhstan write the same cells with the names of their own numbers.
_PAYER_INNS = ("ПЛАТЕЛЬЩИКИНН", "ПЛАТЕЛЬЩИКБИН", "ПЛАТЕЛЬЩИКИИН", "ПЛАТЕЛЬЩИКБИНИИН")
_PAYEE_INNS = ("ПОЛУЧАТЕЛЬИНН", "ПОЛУЧАТЕЛЬБИН", "ПОЛУЧАТЕЛЬИИН", "ПОЛУЧАТЕЛЬБИНИИН")
_PAYER_ACCOUNTS = ("ПЛАТЕЛЬЩИКСЧЕТ", "ПЛАТЕЛЬЩИКРАСЧСЧЕТ")
_PAYEE_ACCOUNTS = ("ПОЛУЧАТЕЛЬСЧЕТ", "ПОЛУЧАТЕЛЬРАСЧСЧЕТ")
_BALANCES = ("НАЧАЛЬНЫЙОСТАТОК", "ВСЕГОПОСТУПИЛО", "ВСЕГОСПИСАНО", "КОНЕЧНЫЙОСТАТОК")
_DATES = ("ДАТА", "ДАТАПОСТУПИЛО", "ДАТАСПИСАНО", "ДАТАНАЧАЛА", "ДАТАКОНЦА")
_ACCOUNTS = (*_PAYER_ACCOUNTS, *_PAYEE_ACCOUNTS, "РАСЧСЧЕТ")
_KEPT = frozenset(
    (
        *_PURPOSES, *_PAYER_NAMES, *_PAYER_INNS, *_PAYEE_INNS, *_ACCOUNTS, *_BALANCES, *_DATES, "НОМЕР", "СУММА",
        "ПЛАТЕЛЬЩИК", "ПОЛУЧАТЕЛЬ",
    )
)  # fmt: skip
_LONGEST_NUMBER = 100

Cells = Mapping[str, str]


def is_kept(key: str) -> bool:
    """Say whether a key is one that anything is made of; the others are passed over."""
    return key in _KEPT


def check_cell(key: str, value: str) -> None:
    """Read a cell for the sake of its faults. Raises ValueError with the mend."""
    if key in _DATES:
        read_date(value)
    elif key in _BALANCES:
        read_sum(value)
    elif key in _ACCOUNTS:
        read_account(value)
    elif key == "СУММА":
        _amount(value)
    elif key == "НОМЕР" and len(value) > _LONGEST_NUMBER:
        raise ValueError(f"the document's number is longer than {_LONGEST_NUMBER} characters")


def account_of(cells: Cells, line: int) -> Iterator[StatementAccount]:
    """Give the account of a section, or nothing for a section without one. Raises ValueError with the mend."""
    account = read_account(cells.get("РАСЧСЧЕТ", ""))
    if account:
        opening, received, spent, closing = (read_sum(cells.get(key, "")) for key in _BALANCES)
        yield StatementAccount(
            line=line,
            account=account,
            first_day=read_date(cells.get("ДАТАНАЧАЛА", "")),
            last_day=read_date(cells.get("ДАТАКОНЦА", "")),
            opening=opening,
            received=received,
            spent=spent,
            closing=closing,
        )


def document_of(cells: Cells, line: int) -> StatementDocument:
    """Give the document of a section. Raises ValueError with the mend."""
    name, inn = read_party(_first(cells, _PAYER_NAMES), cells.get("ПЛАТЕЛЬЩИК", ""), _first(cells, _PAYER_INNS))
    _, payee_inn = read_party("", cells.get("ПОЛУЧАТЕЛЬ", ""), _first(cells, _PAYEE_INNS))
    return StatementDocument(
        line=line,
        number=cells.get("НОМЕР", ""),
        amount=_amount(cells.get("СУММА", "")),
        dated_on=read_date(cells.get("ДАТА", "")),
        received_on=read_date(cells.get("ДАТАПОСТУПИЛО", "")),
        spent_on=read_date(cells.get("ДАТАСПИСАНО", "")),
        payer_name=name,
        payer_inn=inn,
        payer_account=read_account(_first(cells, _PAYER_ACCOUNTS)),
        payee_inn=payee_inn,
        payee_accounts=tuple(account for key in _PAYEE_ACCOUNTS if (account := read_account(cells.get(key, "")))),
        purpose=_purpose(cells),
    )


def _amount(text: str) -> Decimal:
    amount = read_sum(text)
    if amount is None:
        raise ValueError("the document has no sum (Сумма)")
    if amount <= 0:
        raise ValueError(f"the document's sum must be above 0, not {amount}")
    return amount


def _first(cells: Cells, keys: tuple[str, ...]) -> str:
    return next((cells[key] for key in keys if cells.get(key)), "")


def _purpose(cells: Cells) -> str:
    whole, parts = cells.get(_PURPOSES[0], ""), " ".join(cells[key] for key in _PURPOSES[1:] if cells.get(key))
    whole, parts = " ".join(whole.split()), " ".join(parts.split())
    # Some banks write the purpose whole and again in parts, some go on in the parts.
    if _unspaced(parts).startswith(_unspaced(whole)):
        return parts
    return whole if _unspaced(whole).startswith(_unspaced(parts)) else f"{whole} {parts}"


def _unspaced(text: str) -> str:
    return text.replace(" ", "")
