"""Requisites: which of them a party must have, and whether the numbers it gives are right (domain.md 4.5).

The checks of single numbers are in `requisite_numbers.py`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from billfold.domain.document import BankDetails, Party, PartyKind
from billfold.domain.errors import InvalidInput
from billfold.domain.requisite_numbers import (
    check_account,
    check_bic,
    check_corr_account,
    check_inn,
    check_kpp,
    check_ogrn,
    check_ogrnip,
)

_FOREIGN_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z ./-]*")
_FOREIGN_ACCOUNT = re.compile(r"[0-9A-Z -]+")
_SWIFT = re.compile(r"[A-Z]{6}[0-9A-Z]{2}([0-9A-Z]{3})?")
_BIC = re.compile(r"[0-9]{9}")
_FONT = re.compile(r"[A-Za-z0-9]([A-Za-z0-9 -]{0,98}[A-Za-z0-9])?")
_LONGEST_ELECTRONIC_ADDRESS = 200

Check = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Requisites:
    """What a party is and the numbers it gives; empty is "not given"."""

    kind: PartyKind
    country: str = "RU"
    name: str = ""
    inn: str = ""
    kpp: str = ""
    ogrn: str = ""
    address: str = ""
    director: str = ""
    ogrn_on: date | None = None

    @property
    def is_russian(self) -> bool:
        """Whether the party's numbers follow Russian rules."""
        return self.kind is not PartyKind.FOREIGN and self.country == "RU"


# What each kind of seller must have; buyers may still be on their way to it.
_NEEDED: dict[PartyKind, tuple[str, ...]] = {
    PartyKind.COMPANY: ("name", "inn", "kpp", "ogrn", "address", "director"),
    PartyKind.SOLE_PROPRIETOR: ("name", "inn", "ogrn", "address"),
    PartyKind.PERSON: ("name", "inn"),
    PartyKind.FOREIGN: ("name", "country", "inn"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a requisite: the field of `Requisites` or `BankDetails`, and a sentence with the mend.

    `is_missing` tells a requisite that is not given from one that is given wrongly.
    """

    field: str
    message: str
    is_missing: bool = False


def requisites_of(party: Party) -> Requisites:
    """Give the requisites of a party as it goes on paper."""
    return Requisites(
        kind=party.kind,
        country=party.country,
        name=party.name,
        inn=party.inn,
        kpp=party.kpp,
        ogrn=party.ogrn,
        address=party.address,
        director=party.director.name if party.director else "",
        ogrn_on=party.ogrn_on,
    )


def faults(party: Party) -> list[Fault]:
    """Give all that is wrong with the requisites of a party, the missing ones first.

    What is missing matters where the party bills; a buyer may be on the way to it.
    """
    requisites = requisites_of(party)
    checks = [*_presence_checks(requisites), *_number_checks(requisites), *_bank_checks(requisites, party.bank)]
    missing = [Fault(name, _missing(requisites, name), is_missing=True) for name in _absent(requisites)]
    return missing + [fault for check in checks if (fault := _fault(check))]


def _fault(check: Check) -> Fault | None:
    try:
        check()
    except InvalidInput as error:
        return Fault(error.field or "", error.message)
    return None


def check_presence(party: Requisites) -> None:
    """Raise InvalidInput when a seller lacks a requisite that its kind must have, or has one that it cannot have."""
    for name in _absent(party):
        raise InvalidInput(_missing(party, name), field=name)
    _carry_out(_presence_checks(party))


def _absent(party: Requisites) -> list[str]:
    kind = party.kind if party.is_russian else PartyKind.FOREIGN
    return [name for name in _NEEDED[kind] if not getattr(party, name)]


def _missing(party: Requisites, name: str) -> str:
    return f"A {party.kind.value} that bills needs its {name}: fill it in."


def _presence_checks(party: Requisites) -> Iterator[Check]:
    if party.is_russian and party.kind is PartyKind.SOLE_PROPRIETOR and party.kpp:
        yield partial(_refuse_kpp, party.kpp)


def _refuse_kpp(kpp: str) -> None:
    raise InvalidInput(f"A sole proprietor has no КПП: remove {kpp}.", field="kpp")


def check_numbers(party: Requisites) -> None:
    """Check the numbers that are given, each by the party's kind. Raises InvalidInput at the first wrong one."""
    _carry_out(_number_checks(party))


def _number_checks(party: Requisites) -> Iterator[Check]:
    if party.ogrn_on is not None and not party.ogrn:
        yield partial(_ask_for_ogrn, party.ogrn_on)
    if not party.is_russian:
        yield partial(_check_foreign_number, party.inn)
        return
    is_company = party.kind is PartyKind.COMPANY
    if party.inn:
        yield partial(check_inn, party.inn, digits=10 if is_company else 12)
    if party.kpp:
        yield partial(check_kpp, party.kpp)
    if party.ogrn:
        yield partial(check_ogrn if is_company else check_ogrnip, party.ogrn)


def _ask_for_ogrn(day: date) -> None:
    raise InvalidInput(f"A registration of {day} has its ОГРН: fill the number in, or clear the day.", field="ogrn_on")


def check_electronic_address(address: str) -> None:
    """Check an address of electronic exchange: one word of printable characters; empty is none.

    An ЭДО operator gives its participants ids of its own form, and Peppol writes `scheme:id`.
    """
    if len(address) > _LONGEST_ELECTRONIC_ADDRESS:
        raise InvalidInput(
            f"The electronic address {address[:40]!r}… has {len(address)} characters: "
            f"shorten it to {_LONGEST_ELECTRONIC_ADDRESS}.",
            field="electronic_address",
        )
    if not address.isprintable() or any(letter.isspace() for letter in address):
        raise InvalidInput(
            f"The electronic address {address[:40]!r} holds a space or a control character: write the id as the "
            "operator gave it, or scheme:id for Peppol.",
            field="electronic_address",
        )


def check_font(family: str) -> None:
    """Check the name of a font family, which stands in style sheets; empty is the usual one."""
    if family and not _FONT.fullmatch(family):
        raise InvalidInput(
            f"Font {family[:40]!r} is no plain name: write a family of at most 100 Latin letters, digits, spaces and "
            "hyphens, such as PT Sans.",
            field="font",
        )


def check_bank(party: Requisites, bank: BankDetails, *, prefix: str = "") -> None:
    """Check the codes of an account that are given, by the rules of the party's country.

    Raises InvalidInput; its field is `bic`, `account` or `corr_account`, behind the prefix.
    """
    _carry_out(_bank_checks(party, bank, prefix))


def _bank_checks(party: Requisites, bank: BankDetails | None, prefix: str = "") -> Iterator[Check]:
    if bank is None:
        return
    if not bank.bic and (bank.account or bank.corr_account):
        yield partial(_ask_for_bic, f"{prefix}bic")
        return
    if not party.is_russian:
        yield partial(_check_foreign_bank, bank, prefix)
        return
    if bank.bic:
        yield partial(check_bic, bank.bic, field=f"{prefix}bic")
    if bank.account:
        yield partial(check_account, bank.account, bank.bic, field=f"{prefix}account")
    if bank.corr_account:
        yield partial(check_corr_account, bank.corr_account, bank.bic, field=f"{prefix}corr_account")


def _ask_for_bic(field: str) -> None:
    raise InvalidInput("An account needs the code of its bank: fill it in.", field=field)


def _carry_out(checks: Iterator[Check]) -> None:
    for check in checks:
        check()


def _check_foreign_number(number: str) -> None:
    if number and not _FOREIGN_NUMBER.fullmatch(number):
        raise InvalidInput(
            f"Registration number {number!r} may hold letters, digits, spaces and . / - only: correct it.", field="inn"
        )


def _check_foreign_bank(bank: BankDetails, prefix: str) -> None:
    if bank.bic and not (_SWIFT.fullmatch(bank.bic) or _BIC.fullmatch(bank.bic)):
        raise InvalidInput(
            f"Bank code {bank.bic!r} is neither a SWIFT code nor a БИК: correct it.", field=f"{prefix}bic"
        )
    if bank.account and not _FOREIGN_ACCOUNT.fullmatch(bank.account):
        raise InvalidInput(
            f"Account {bank.account!r} may hold capital letters and digits only: correct it.", field=f"{prefix}account"
        )
