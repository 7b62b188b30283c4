"""What a plugin is told about one document to make, and what it answers: frozen values, no I/O."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from billfold.domain.account import Account, Advance
from billfold.domain.charging import Charge, ServiceReference
from billfold.domain.document import (
    BrandTheme,
    ContractReference,
    CorrectedLine,
    Document,
    DocumentLine,
    DocumentReference,
    Party,
    TaxRegime,
)
from billfold.domain.periods import Period
from billfold.domain.subscriptions import SubscribedService


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """How a contract is paid: within so many days, before the service or after it, up to a debt of `credit_limit`."""

    payment_terms_days: int = 10
    is_prepaid: bool = False
    credit_limit: Decimal = Decimal(0)
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class UsageTotal:
    """The usage of one (service, destination, tax included) in a period, late records too; `count` is of records.

    `amount` is the exact sum of price x quantity, not rounded, with tax when `tax_included`; None where a price list
    rated any of it, which prices the month as a whole.
    """

    service: ServiceReference
    destination: str
    quantity: Decimal
    amount: Decimal | None
    count: int
    tax_included: bool = False


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """Everything that a document may be made of.

    Of `period`, `amount` and `original` at most one is set: a document by period, one for an amount asked for by hand
    (tax included, in `currency`), a correction, or with none of them one of a day. `charges` come in the order in which
    they are to be printed; those of a correction are the differences. `tax_note` is the legal ground for "without
    VAT", empty where VAT is charged. `tax_regime` is the seller's on the last day of the supply. `is_by_hand` tells a
    document that somebody asked for alone, not as one of a run.

    Empty unless the type declares the Need: `account` over the period; `advances`, money that came by the last day of
    the supply and pays for it, or for an amount all money that no supply has used up; `documents`, the live ones of the
    contract of the year before, and those of the period, the oldest first; `subscriptions`, those that a contract has
    on the day or in the period; `usage`, what was used in the period, added up, by the code of the service and the
    destination.
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
    tax_regime: TaxRegime | None = None
    is_by_hand: bool = False
    sends_statistics: bool = False
    terms: ContractTerms = field(default_factory=ContractTerms)
    account: Account | None = None
    advances: tuple[Advance, ...] = ()
    documents: tuple[DocumentReference, ...] = ()
    subscriptions: tuple[SubscribedService, ...] = ()
    usage: tuple[UsageTotal, ...] = ()
    original: Document | None = None
    corrected: tuple[CorrectedLine, ...] = ()


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
    """No document is made, and why: a code such as `nothing_to_bill`, and a sentence for whoever asked by hand."""

    reason: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class UsageRecord:
    """One measured use of a contract; `used_at` is in the zone of the enterprise.

    Without a `unit_price` a price list rated the month as a whole, and the record has no `amount` of its own; else
    `amount` is price x quantity, not rounded. `is_late` tells a use of an earlier period that came after that was
    charged.
    """

    used_at: datetime
    service: ServiceReference
    destination: str
    quantity: Decimal
    unit_price: Decimal | None
    tax_included: bool
    amount: Decimal | None
    external_id: str
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class AttachmentFacts:
    """What attachments are made of, beside the sealed document.

    `usage` gives what was used in the document's period, in the order of time, read while it is asked for: take it one
    record after another, and never as a list. Each call reads anew. `usage_count` tells how many there are.
    """

    timezone: str
    usage_count: int
    usage: Callable[[], Iterator[UsageRecord]]
