"""The Document: the frozen value that hooks and templates see, and the parts that it is made of.

It holds no behaviour of storage or printing. All strings are as they go on paper; all amounts are in `currency`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from billfold.domain.money import ZERO
from billfold.domain.periods import Period


class DocumentStatus(StrEnum):
    """Where a document stands; only an issued one has a number and counts."""

    DRAFT = "DRAFT"
    ISSUED = "ISSUED"
    VOID = "VOID"


class PaymentStatus(StrEnum):
    """How far a document is paid."""

    NOT_PAYABLE = "NOT_PAYABLE"
    UNPAID = "UNPAID"
    PARTIALLY_PAID = "PARTIALLY_PAID"
    PAID = "PAID"


class PartyKind(StrEnum):
    """What a party is in law; it decides which requisites it has."""

    COMPANY = "company"
    SOLE_PROPRIETOR = "sole_proprietor"
    PERSON = "person"
    FOREIGN = "foreign"


class TaxRegime(StrEnum):
    """How the seller is taxed: with VAT, on the simplified system (УСН) without it, or there at 5 or 7 %."""

    VAT = "vat"
    USN_EXEMPT = "usn-exempt"
    USN_5 = "usn-5"
    USN_7 = "usn-7"


@dataclass(frozen=True, slots=True)
class BankDetails:
    """Where money is to go; account numbers as digits without spaces."""

    name: str
    bic: str
    account: str
    corr_account: str = ""


@dataclass(frozen=True, slots=True)
class Signer:
    """A person who signs for the seller; an empty position prints as the usual one.

    `authority` is the paper that lets the person sign, such as an order or a power of attorney. `signature` is a
    picture of it as a `data:` URI, there only where the rule prints facsimiles.
    """

    position: str
    name: str
    authority: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """The seller or the buyer, with the requisites that were valid on the document's date.

    `credential` is the free text that replaces the structured requisites where a client has one. `ogrn_on` is the day
    of its registration; `electronic_address` where it takes electronic documents: the id that an ЭДО operator gave a
    Russian party, or `scheme:id` of Peppol. `stamp` is a picture as a `data:` URI, there only where the rule prints
    facsimiles.
    """

    code: str
    kind: PartyKind
    name: str
    inn: str = ""
    kpp: str = ""
    ogrn: str = ""
    address: str = ""
    country: str = "RU"
    email: str = ""
    phone: str = ""
    credential: str = ""
    bank: BankDetails | None = None
    director: Signer | None = None
    accountant: Signer | None = None
    ogrn_on: date | None = None
    electronic_address: str = ""
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class BrandTheme:
    """What the client recognises: name, contacts, logo and colours.

    `logo` is a `data:` URI of an SVG or PNG, or empty; `accent_color` is `#rrggbb`; `font` is a family that lies among
    the templates' fonts, or empty for the usual one.
    """

    code: str
    name: str
    email: str = ""
    phone: str = ""
    website: str = ""
    logo: str = ""
    accent_color: str = "#1f4e79"
    font: str = ""


@dataclass(frozen=True, slots=True)
class ContractReference:
    """The contract that a document rests on."""

    number: str
    signed_on: date
    currency: str


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One row of the table. `tax_rate` is a percentage; None is "without VAT", which is not 0 %.

    `unit_price` is the entered price: with tax when `tax_included`, else without.
    """

    position: int
    description: str
    quantity: Decimal
    unit: str
    unit_code: str
    unit_price: Decimal
    tax_included: bool
    tax_rate: Decimal | None
    net: Decimal
    tax: Decimal
    gross: Decimal
    period: Period | None = None
    service: str = ""


@dataclass(frozen=True, slots=True)
class CorrectedLine:
    """A line of an earlier document as it was, and as a correction makes it."""

    before: DocumentLine
    after: DocumentLine


@dataclass(frozen=True, slots=True)
class TaxLine:
    """What one rate makes of the document; `rate` None is "without VAT"."""

    rate: Decimal | None
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of the lines (each printed column adds up), with one TaxLine a rate, the highest rate first."""

    net: Decimal
    tax: Decimal
    gross: Decimal
    taxes: tuple[TaxLine, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentReference:
    """Another document of the same contract, as one names it: fields are as in Document, sums in its currency."""

    id: str
    type: str
    title: str
    number: str
    issue_date: date
    net: Decimal
    tax: Decimal
    gross: Decimal
    period: Period | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    revision: int = 0
    revised_on: date | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A billing document as it is printed; sealed once it is issued.

    `number` is empty on drafts and previews. `tax_note` is the legal ground printed beside "without VAT".
    `details` is what the plugin's details model holds, as JSON values. A correction has its `original`, and the lines
    that it corrects; its own `lines` are the differences. A `revision` above 0 replaces the document of the same
    number and date, and was made on `revised_on`.
    """

    id: str
    type: str
    title: str
    locale: str
    currency: str
    issue_date: date
    seller: Party
    buyer: Party
    brand: BrandTheme
    lines: tuple[DocumentLine, ...]
    totals: Totals
    number: str = ""
    due_date: date | None = None
    period: Period | None = None
    contract: ContractReference | None = None
    status: DocumentStatus = DocumentStatus.DRAFT
    is_payable: bool = True
    payment_purpose: str = ""
    tax_note: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    original: DocumentReference | None = None
    corrected: tuple[CorrectedLine, ...] = ()
    revision: int = 0
    revised_on: date | None = None


def total_up(lines: tuple[DocumentLine, ...]) -> Totals:
    """Add the lines up, by rate and in all: the per-line strategy of Russian forms (ПП 1137)."""
    rates = sorted({line.tax_rate for line in lines}, key=lambda rate: (rate is not None, rate or ZERO), reverse=True)
    taxes = tuple(_of_rate(lines, rate) for rate in rates)
    return Totals(
        net=sum((line.net for line in lines), ZERO),
        tax=sum((line.tax for line in lines), ZERO),
        gross=sum((line.gross for line in lines), ZERO),
        taxes=taxes,
    )


def _of_rate(lines: tuple[DocumentLine, ...], rate: Decimal | None) -> TaxLine:
    own = [line for line in lines if line.tax_rate == rate]
    return TaxLine(rate, sum((line.net for line in own), ZERO), sum((line.tax for line in own), ZERO))
