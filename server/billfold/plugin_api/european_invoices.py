"""European invoices: what a document says in the terms of EN 16931, as CII and UBL are written from it.

All figures are those of the document; nothing is worked out anew but prices without VAT. A document that cannot keep
the rules of the norm is refused, with the rule's reason and the mend.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from billfold.domain.document import Document, DocumentStatus, TaxLine
from billfold.domain.money import exponent, round_amount
from billfold.domain.periods import Period
from billfold.plugin_api.european_lines import (
    DECIMALS,
    EuropeanLine,
    EuropeanTax,
    european_lines,
    european_taxes,
    is_outside_vat,
    written_amount,
)
from billfold.plugin_api.european_parties import (
    EuropeanParty,
    EuropeanPayment,
    european_buyer,
    european_payment,
    european_seller,
)
from billfold.plugin_api.files import Refused
from billfold.plugin_api.wording import wording

_COUNTRY = re.compile(r"[A-Z]{2}")


class EuropeanKind(StrEnum):
    """What an invoice is (BT-3), by its code of UNTDID 1001."""

    INVOICE = "380"
    CREDIT_NOTE = "381"
    CORRECTION = "384"
    PREPAYMENT = "386"


@dataclass(frozen=True, slots=True)
class EuropeanInvoice:
    """An invoice of the norm; on a credit note all amounts are turned, so that its total is above zero.

    `reference` is BT-10 and BT-12, `terms` BT-20, `preceding` the number and date of the invoice that is corrected.
    """

    kind: EuropeanKind
    number: str
    issued_on: date
    due_on: date | None
    currency: str
    reference: str
    note: str
    terms: str
    preceding: tuple[str, date] | None
    period: Period | None
    seller: EuropeanParty
    buyer: EuropeanParty
    payment: EuropeanPayment | None
    purpose: str
    taxes: tuple[EuropeanTax, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal
    lines: tuple[EuropeanLine, ...]

    @property
    def is_credit_note(self) -> bool:
        """Whether it gives money back."""
        return self.kind is EuropeanKind.CREDIT_NOTE


def european_invoice(document: Document) -> EuropeanInvoice | Refused:
    """Say in the terms of the norm what the document says, or why it cannot be said."""
    reason = _fault(document)
    if reason:
        return Refused(document, reason)
    kind = _kind(document)
    is_credit = kind is EuropeanKind.CREDIT_NOTE
    sign = -1 if is_credit else 1
    is_outside = is_outside_vat(document)
    return EuropeanInvoice(
        kind=kind,
        number=document.number,
        issued_on=document.issue_date,
        due_on=None if is_credit else document.due_date,
        currency=document.currency,
        reference=document.contract.number if document.contract else "",
        note=_note(document, is_credit=is_credit),
        terms=_terms(document),
        preceding=(document.original.number, document.original.issue_date) if document.original else None,
        period=document.period,
        seller=european_seller(document, is_outside_vat=is_outside),
        buyer=european_buyer(document, is_outside_vat=is_outside),
        payment=None if is_credit else european_payment(document),
        purpose="" if is_credit else _purpose(document),
        taxes=european_taxes(document, sign),
        net=written_amount(document.totals.net * sign),
        tax=written_amount(document.totals.tax * sign),
        gross=written_amount(document.totals.gross * sign),
        lines=european_lines(document, sign),
    )


def _kind(document: Document) -> EuropeanKind:
    if document.totals.gross < 0:
        return EuropeanKind.CREDIT_NOTE
    if document.original:
        return EuropeanKind.CORRECTION
    # What has no period is asked for an amount, before anything is supplied.
    return EuropeanKind.INVOICE if document.period else EuropeanKind.PREPAYMENT


def _purpose(document: Document) -> str:
    """Write what the payer puts into the order, with the number and the date."""
    day = f"{document.issue_date:%d.%m.%Y}"
    return document.payment_purpose.replace("{number}", document.number).replace("{date}", day)


def _note(document: Document, *, is_credit: bool) -> str:
    """Name the correspondent account, which has no field of its own."""
    bank = document.seller.bank
    if is_credit or bank is None or not bank.corr_account:
        return ""
    return wording(document.locale, "european.bank", bank=bank.name, bic=bank.bic, account=bank.corr_account)


def _terms(document: Document) -> str:
    """Say how it is paid where no day is told (BR-CO-25)."""
    if document.totals.gross == 0 or (document.due_date and document.totals.gross > 0):
        return ""
    if document.contract is None:
        return wording(document.locale, "european.terms")
    return wording(document.locale, "european.terms_contract", contract=document.contract.number)


def _fault(document: Document) -> str:
    """Say what keeps the document from being an invoice of the norm, or nothing."""
    if document.status is DocumentStatus.VOID:
        return "It is void, and EN 16931 knows no void invoice: export it without this document."
    if not document.number:
        return "It has no number yet: issue it first."
    if not document.lines:
        return "It has no lines, and EN 16931 asks for one at least (BR-16)."
    return _party_fault(document) or _decimals_fault(document) or _rounding_fault(document)


def _party_fault(document: Document) -> str:
    anew = "issue the document anew, for this one keeps its requisites"
    for party in (document.seller, document.buyer):
        if not _COUNTRY.fullmatch(party.country):
            return f"{party.name} has no country code of two letters (ISO 3166): enter its country, and {anew}."
    if not document.seller.inn and not is_outside_vat(document):
        return f"The seller {document.seller.name} has no tax number, which VAT asks for: enter it, and {anew}."
    return ""


def _decimals_fault(document: Document) -> str:
    totals = document.totals
    amounts = [line.net for line in document.lines] + [tax.tax for tax in totals.taxes] + [totals.net, totals.gross]
    odd = [amount for amount in amounts if amount != round(amount, DECIMALS)]
    if not odd:
        return ""
    return (
        f"{odd[0]} {document.currency} has more decimals than the two that EN 16931 allows (BR-DEC): export the "
        "documents in this currency in another format."
    )


def _rounding_fault(document: Document) -> str:
    """Say which rate's VAT was not rounded once on its sum (BR-CO-17, BR-S-09)."""
    for tax in document.totals.taxes:
        if tax.rate and not _is_rounded_once(document, tax):
            percent, currency = f"{tax.rate.normalize():f}%", document.currency
            if document.original:
                return (
                    f"The VAT at {percent} changes by {tax.tax} {currency} and its sum by {tax.net}, which no rate "
                    "gives (BR-CO-17): where a rate was wrong, void the original and issue it anew."
                )
            once = round_amount(tax.net * tax.rate / 100, currency)
            return (
                f"The VAT at {percent} was rounded on each line: {tax.tax} {currency} in all, while EN 16931 asks for "
                f"{once} on their sum of {tax.net} (BR-CO-17). Set the tax rounding of the enterprise "
                f"{document.seller.code} to RATE, which holds for what is charged from then on; for this one, void "
                "all documents of its period and issue them anew."
            )
    return ""


def _is_rounded_once(document: Document, tax: TaxLine) -> bool:
    """Say whether the VAT of a rate is that of its sum, without it or with it inside."""
    rate = tax.rate or Decimal(0)
    added = round_amount(tax.net * rate / 100, document.currency)
    inside = round_amount((tax.net + tax.tax) * rate / (100 + rate), document.currency)
    if document.original is None:
        return tax.tax in (added, inside)
    # The difference of two amounts that were each rounded is off by a unit of the currency a line.
    unit = Decimal(1).scaleb(-exponent(document.currency))
    return abs(tax.tax - added) <= unit * sum(line.tax_rate == rate for line in document.lines)
