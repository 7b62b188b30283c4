"""European parties: the seller, the buyer and the account of an invoice, in the terms of EN 16931."""

import re
from dataclasses import dataclass, replace
from typing import Final

from billfold.domain.document import BankDetails, Document, Party

# VAT numbers in the Union open with the code of the country; Greece has one of its own.
_UNION: Final = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
        "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    }
)  # fmt: skip
_PREFIXES: Final = {"GR": "EL"}
# A code of the list EAS, such as 0088 or 9930, and an id.
_ENDPOINT = re.compile(r"([0-9]{4}):(\S+)")
_SWIFT = re.compile(r"[A-Z]{6}[0-9A-Z]{2}([0-9A-Z]{3})?")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}")
_SEPARATORS = re.compile(r"[ ./-]")

# UNTDID 4461: a transfer, and one between accounts in euro.
_TRANSFER, _EURO_TRANSFER = "30", "58"


@dataclass(frozen=True, slots=True)
class EuropeanParty:
    """A seller (BG-4) or a buyer (BG-7); what is empty is left out.

    `id` is BT-29 or BT-46, `registration` BT-30 or BT-47, `vat_number` BT-31 or BT-48, `tax_number` BT-32, and
    `endpoint` BT-34 or BT-49 as (scheme, id).
    """

    name: str
    country: str
    id: str
    registration: str = ""
    vat_number: str = ""
    tax_number: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    endpoint: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class EuropeanPayment:
    """How to pay (BG-16): the code of the means (BT-81), the account (BT-84) and the code of its bank (BT-86)."""

    means: str
    account: str
    is_iban: bool
    payee: str
    bank: str = ""


def european_seller(document: Document, *, is_outside_vat: bool) -> EuropeanParty:
    """Give the seller; where it is outside the scope of VAT it tells no tax number (BR-O-02)."""
    party = document.seller
    common = _common(party)
    if is_outside_vat:
        return common
    number = _number(party)
    if not party.inn:
        return common
    if party.country in _UNION or number.startswith(_prefix(party)):
        return replace(common, vat_number=number if number.startswith(_prefix(party)) else _prefix(party) + number)
    return replace(common, tax_number=party.inn)


def european_buyer(document: Document, *, is_outside_vat: bool) -> EuropeanParty:
    """Give the buyer; a number is that of a VAT payer only where it opens with the country's prefix."""
    party = document.buyer
    common = _common(party)
    number = _number(party)
    if number.startswith(_prefix(party)):
        return common if is_outside_vat else replace(common, vat_number=number)
    return replace(common, registration=common.registration or party.inn)


def european_payment(document: Document) -> EuropeanPayment | None:
    """Give the account that the money is to go to; None where the seller has none."""
    bank = document.seller.bank
    if bank is None or not bank.account:
        return None
    account = bank.account.replace(" ", "")
    is_iban = _is_iban(account)
    means = _EURO_TRANSFER if is_iban and document.currency == "EUR" else _TRANSFER
    return EuropeanPayment(means, account, is_iban, document.seller.name, _bank_code(bank, is_iban=is_iban))


def _common(party: Party) -> EuropeanParty:
    return EuropeanParty(
        name=party.name,
        country=party.country,
        id=party.inn or party.code,
        registration=party.ogrn,
        # The norm knows streets and cities; an address in one line is all that a document holds.
        address=" ".join((party.address or party.credential).split()),
        phone=party.phone,
        email=party.email,
        endpoint=_endpoint(party),
    )


def _endpoint(party: Party) -> tuple[str, str] | None:
    found = _ENDPOINT.fullmatch(party.electronic_address.strip())
    if found:
        return found[1], found[2]
    return ("EM", party.email) if party.email else None


def _number(party: Party) -> str:
    return _SEPARATORS.sub("", party.inn).upper()


def _prefix(party: Party) -> str:
    return _PREFIXES.get(party.country, party.country)


def _bank_code(bank: BankDetails, *, is_iban: bool) -> str:
    """Give the code of the bank: beside an IBAN a SWIFT code only."""
    return bank.bic if _SWIFT.fullmatch(bank.bic) or not is_iban else ""


def _is_iban(account: str) -> bool:
    """Say whether an account is an IBAN, by its check digits (ISO 13616)."""
    if not _IBAN.fullmatch(account):
        return False
    return int("".join(str(int(letter, 36)) for letter in account[4:] + account[:4])) % 97 == 1
