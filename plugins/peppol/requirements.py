"""Requirements: what Peppol asks of an invoice beyond the norm, as far as its parties decide it."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from billfold.plugin_api import EuropeanInvoice, EuropeanParty

# Sellers whose country asks for city and post code apart; German ones of German buyers only.
_CITIES_APART = frozenset({"GR", "IS", "IT", "NL"})


def fault(invoice: EuropeanInvoice) -> str:
    """Say which rule of Peppol's own the invoice cannot keep, or nothing."""
    if reason := _address_fault(invoice.seller) or _address_fault(invoice.buyer):
        return reason
    if not invoice.reference:
        return "It names no contract, whose number Peppol takes for the buyer's reference (R003): bill by a contract."
    country = invoice.seller.country
    if country in _CITIES_APART or country == invoice.buyer.country == "DE":
        return (
            f"Sellers in {country} must tell city and post code apart in Peppol, while {invoice.seller.name} has its "
            "address in one line: send it as Factur-X."
        )
    return ""


def _address_fault(party: EuropeanParty) -> str:
    scheme, number = party.endpoint or ("EM", "")
    if scheme == "EM":
        return (
            f"{party.name} has no address in Peppol (R010, R020): enter its electronic address as scheme:id, such as "
            "0088:7300010000001; a document that was issued with another one is issued anew."
        )
    check = _CHECKS.get(scheme)
    if check is None or check(number):
        return ""
    return (
        f"{party.name} has a wrong address in Peppol: the check digits of {scheme}:{number} do not fit. Correct it, "
        "and issue the document anew."
    )


def _is_location_number(number: str) -> bool:
    """GLN (GS1): weights 3 and 1 from the right, modulo 10."""
    if not re.fullmatch(r"[0-9]{13}", number):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(number))) % 10 == 0


def _is_norwegian(number: str) -> bool:
    """Organisasjonsnummer: weights 3 2 7 6 5 4 3 2, modulo 11."""
    if not re.fullmatch(r"[0-9]{9}", number):
        return False
    weighed = sum(int(digit) * weight for digit, weight in zip(number, (3, 2, 7, 6, 5, 4, 3, 2, 1), strict=True))
    return weighed % 11 == 0


def _is_belgian(number: str) -> bool:
    """Ondernemingsnummer: the last two digits are 97 less the rest modulo 97."""
    return bool(re.fullmatch(r"[01][0-9]{9}", number)) and 97 - int(number[:8]) % 97 == int(number[8:])


# By scheme; PEPPOL-COMMON-R040, R041 and R043.
_CHECKS: Final[Mapping[str, Callable[[str], bool]]] = {
    "0088": _is_location_number,
    "0192": _is_norwegian,
    "0208": _is_belgian,
}
