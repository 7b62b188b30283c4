"""What a plugin is told about one document to make, and what it answers: frozen values, no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from billfold.domain.charging import Charge
from billfold.domain.document import BrandTheme, ContractReference, DocumentLine, Party
from billfold.domain.periods import Period


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """Everything that a document may be made of.

    Either `period` is set (a document by period) or `amount` (a document for an amount asked for by hand, tax
    included, in `currency`). `charges` come in the order in which they are to be printed. `tax_note` is the legal
    ground for "without VAT", empty where VAT is charged.
    """

    type: str
    locale: str
    currency: str
    issue_date: date
    due_date: date | None
    seller: Party
    buyer: Party
    brand: BrandTheme
    contract: ContractReference
    charges: tuple[Charge, ...]
    period: Period | None = None
    amount: Decimal | None = None
    description: str = ""
    tax_note: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What a document says: its lines, in order, and what the type adds.

    `details` must fit the type's details model. `title` replaces the type's title on this document.
    """

    lines: tuple[DocumentLine, ...]
    payment_purpose: str = ""
    title: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Nothing:
    """No document is made, and why: a short code such as `nothing_to_bill`."""

    reason: str
