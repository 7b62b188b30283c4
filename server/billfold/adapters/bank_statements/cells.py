"""Cells of a statement: dates, sums, accounts and names in all the ways that banks write them."""

import re
from datetime import date
from decimal import Decimal

from billfold.domain.money import AMOUNT_LIMIT, ZERO

_DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})(?:[ T]\d.*)?")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]\d.*)?")
_YEARS = range(1990, 2101)
# Spaces of every width, and the apostrophe that some write between thousands.
_GAPS = re.compile(r"[\s'\u2019]")
_SUM = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3})+|\d+)(?:([.,])(\d+)|-(\d\d))?=?")
_THOUSANDS_OR_DECIMALS = re.compile(r"[+-]?0*[1-9]\d{0,2}[.,]\d{3}")
_NAMED_INN = re.compile(r"\s*ИНН[\s:№]*(\d{5,14})?[\s,/\\]*(?:КПП[\s:№]*\d*[\s,/\\]*)?", re.IGNORECASE)
_INN = re.compile(r"\d{5,14}")
_ACCOUNT_LENGTH = 34


def read_date(text: str) -> date | None:
    """Read a day, written from either end; None for a cell without digits. Raises ValueError with the mend."""
    if not any(character.isdigit() for character in text):
        return None
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
        year += 2000 if year < 100 else 0
    elif match := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    else:
        raise ValueError(f"the date {text[:40]!r} is not of the form 04.11.2026")
    if year not in _YEARS:
        raise ValueError(f"the date {text[:40]!r} is not of these times")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"the date {text[:40]!r} does not exist") from None


def read_sum(text: str) -> Decimal | None:
    """Read a sum with a point, a comma or a dash before its decimals; None for an empty cell.

    Raises ValueError with the mend, also where it cannot be told whether a mark parts thousands or decimals.
    """
    compact = _GAPS.sub("", text)
    if not compact:
        return None
    match = _SUM.fullmatch(compact) if len(compact) <= 40 else None
    if match is None or _THOUSANDS_OR_DECIMALS.fullmatch(compact):
        raise ValueError(f"the sum {text[:40]!r} is not of the form 12200.00")
    sign, whole, mark, decimals, dashed = match.groups()
    if mark is not None and mark in whole:
        raise ValueError(f"the sum {text[:40]!r} is not of the form 12200.00")
    digits = re.sub(r"[.,]", "", whole)
    amount = Decimal(f"{sign}{digits}.{(decimals or dashed or '').rstrip('0') or '0'}")
    if abs(amount) > AMOUNT_LIMIT or len((decimals or "").rstrip("0")) > 4:
        raise ValueError(f"the sum {text[:40]!r} is too large or too exact")
    # Two decimals, as sums are written, unless the bank was more exact.
    return amount.quantize(Decimal("0.01")) + ZERO if amount == amount.quantize(Decimal("0.01")) else amount


def read_account(text: str) -> str:
    """Read an account: points, dashes and spaces between its parts go. Raises ValueError for one that is too long."""
    account = re.sub(r"[\s.-]", "", text).upper()
    if len(account) > _ACCOUNT_LENGTH:
        raise ValueError(f"the account {text[:40]!r} is longer than {_ACCOUNT_LENGTH} characters")
    return account


def read_inn(text: str) -> str:
    """Read an INN out of its cell, where a KPP may follow; empty for none and for noughts."""
    found = _INN.search(text)
    return found[0] if found is not None and found[0].strip("0") else ""


def read_party(name: str, whole: str, inn: str) -> tuple[str, str]:
    """Give (name, INN) of a party out of its cells; `whole` is of the form `ИНН 7700000023 ООО "Покупатель"`."""
    named = _NAMED_INN.match(whole)
    rest = whole[named.end() :].strip() if named else whole.strip()
    return " ".join((name.strip() or rest).split()), read_inn(inn) or (read_inn(named[1] or "") if named else "")
