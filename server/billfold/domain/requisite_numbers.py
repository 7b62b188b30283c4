"""Numbers of requisites: the checks of ИНН, КПП, ОГРН, БИК and of accounts, each of a value that is there.

Each raises InvalidInput; its message names the number and the mend (domain.md 4.5).
"""

import re
from collections.abc import Sequence

from billfold.domain.errors import InvalidInput

_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12 = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_ACCOUNT_WEIGHTS = (7, 1, 3) * 8

_KPP = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")
_BIC = re.compile(r"[0-9]{9}")
_ACCOUNT = re.compile(r"[0-9]{5}[0-9ABCEHKMPTX][0-9]{14}")
_CORR_ACCOUNT = re.compile(r"30101[0-9]{15}")
# Letters that stand for digits in the sixth character of an account, in the order of the digits.
_ACCOUNT_LETTERS = "ABCEHKMPTX"
_BANK_OF_RUSSIA_UNITS = ("000", "001", "002")
# A credit institution's own codes end in 050 to 999.
_LEAST_INSTITUTION = "050"
# Treasury bodies; a credit institution's БИК starts with 04.
_TREASURY = ("00", "01", "02")

_PAPERS = "check it against the registration papers"
_BANK_PAPERS = "check it against the bank's letter"


def check_inn(inn: str, *, digits: int | None = None) -> None:
    """Check an ИНН of 10 digits (a company) or 12 (a person or sole proprietor); `digits` asks for one of the two."""
    lengths = (digits,) if digits else (10, 12)
    if not _is_number(inn) or len(inn) not in lengths:
        wanted = " or ".join(str(length) for length in lengths)
        raise InvalidInput(f"ИНН {inn} must have {wanted} digits: {_PAPERS}.", field="inn")
    if len(inn) == 10:
        is_right = _inn_digit(inn, _INN_10) == inn[9]
    else:
        is_right = _inn_digit(inn, _INN_11) == inn[10] and _inn_digit(inn, _INN_12) == inn[11]
    # Zeros alone satisfy the sum, and are what people type into a field that they cannot leave empty.
    if not is_right or not inn.strip("0"):
        raise InvalidInput(f"ИНН {inn} has a wrong check digit: {_PAPERS}.", field="inn")


def _inn_digit(inn: str, weights: Sequence[int]) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(inn, weights, strict=False))
    return str(total % 11 % 10)


def check_kpp(kpp: str) -> None:
    """Check a КПП: nine characters, of which the fifth and sixth may be capital letters."""
    if not _KPP.fullmatch(kpp):
        raise InvalidInput(f"КПП {kpp} must be nine digits such as 770001001: {_PAPERS}.", field="kpp")


def check_ogrn(ogrn: str) -> None:
    """Check the ОГРН of a company: 13 digits, the first 1 or 5."""
    if not _is_number(ogrn) or len(ogrn) != 13 or ogrn[0] not in "15":
        raise InvalidInput(f"ОГРН {ogrn} must have 13 digits and start with 1 or 5: {_PAPERS}.", field="ogrn")
    if int(ogrn[:12]) % 11 % 10 != int(ogrn[12]):
        raise InvalidInput(f"ОГРН {ogrn} has a wrong check digit: {_PAPERS}.", field="ogrn")


def check_ogrnip(ogrnip: str) -> None:
    """Check the ОГРНИП of a sole proprietor: 15 digits, the first 3.

    The check digit is the last digit of a remainder of up to 12; python-stdnum compares the whole remainder.
    """
    if not _is_number(ogrnip) or len(ogrnip) != 15 or ogrnip[0] != "3":
        raise InvalidInput(f"ОГРНИП {ogrnip} must have 15 digits and start with 3: {_PAPERS}.", field="ogrn")
    if int(ogrnip[:14]) % 13 % 10 != int(ogrnip[14]):
        raise InvalidInput(f"ОГРНИП {ogrnip} has a wrong check digit: {_PAPERS}.", field="ogrn")


def check_bic(bic: str, *, field: str = "bic") -> None:
    """Check a БИК: nine digits, of which the last three are a Bank of Russia unit or at least 050.

    The codes of treasury bodies end in anything.
    """
    if not _BIC.fullmatch(bic):
        raise InvalidInput(f"БИК {bic} must have nine digits: {_BANK_PAPERS}.", field=field)
    unit = bic[6:]
    if not is_treasury(bic) and unit not in _BANK_OF_RUSSIA_UNITS and unit < _LEAST_INSTITUTION:
        raise InvalidInput(f"БИК {bic} ends in {unit}, which no bank has: {_BANK_PAPERS}.", field=field)


def is_treasury(bic: str) -> bool:
    """Whether the БИК is of a treasury body, whose accounts follow rules of their own."""
    return bic.startswith(_TREASURY)


def check_account(account: str, bic: str, *, field: str = "account") -> None:
    """Check the key of a client's account by the БИК of its bank; a treasury account by its form only."""
    if not _ACCOUNT.fullmatch(account):
        raise InvalidInput(f"Account {account} must have 20 digits: {_BANK_PAPERS}.", field=field)
    is_unit = bic[6:] in _BANK_OF_RUSSIA_UNITS
    if not is_treasury(bic) and not _key_is_right(account, _unit_prefix(bic) if is_unit else bic[6:]):
        raise InvalidInput(f"Account {account} does not belong to БИК {bic}: {_BANK_PAPERS}.", field=field)


def check_corr_account(account: str, bic: str, *, field: str = "corr_account") -> None:
    """Check a correspondent account: 30101…, its last three digits and its key are the bank's."""
    if is_treasury(bic) and _ACCOUNT.fullmatch(account):
        return
    if not _CORR_ACCOUNT.fullmatch(account):
        raise InvalidInput(
            f"Correspondent account {account} must have 20 digits and start with 30101: {_BANK_PAPERS}.", field=field
        )
    if account[17:] != bic[6:] or not _key_is_right(account, _unit_prefix(bic)):
        raise InvalidInput(
            f"Correspondent account {account} does not belong to БИК {bic}: {_BANK_PAPERS}.", field=field
        )


def _unit_prefix(bic: str) -> str:
    """Give the prefix of accounts that the Bank of Russia itself keeps."""
    return f"0{bic[4:6]}"


def _key_is_right(account: str, prefix: str) -> bool:
    """Tell whether the weighted sum closes (Bank of Russia order 515 of 08.09.1997)."""
    letter = _ACCOUNT_LETTERS.find(account[5])
    digits = prefix + (account if letter < 0 else f"{account[:5]}{letter}{account[6:]}")
    return sum(int(digit) * weight % 10 for digit, weight in zip(digits, _ACCOUNT_WEIGHTS, strict=False)) % 10 == 0


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
