"""What a client sees: their name and contracts, and their documents. Rows come ready, behind their guards."""

import strawberry
from strawberry import ID, field

from billfold.domain.document import DocumentStatus, PaymentStatus
from billfold.domain.lifecycle import FileKind
from billfold.schema.scalars import DateText, DecimalText, InstantText
from billfold.schema.values import DateRange, Money, Period, PeriodInput, Totals


@strawberry.type(description="A contract of the client's.")
class PortalContract:
    number: str = field(description="The number.")
    currency: str = field(description="The currency, ISO 4217.")
    balance: Money = field(description="The opening balance and all payments, less all charges; negative is owed.")


@strawberry.type(description="Who bills the client, and how to reach them.")
class PortalEnterprise:
    name: str = field(description="The name in law.")
    brand: str = field(description="The name that clients know.")
    email: str = field(description="The address for questions.")
    phone: str = field(description="The phone for questions.")
    website: str = field(description="The website.")


@strawberry.type(description="The client who calls.")
class PortalClient:
    name: str = field(description="The name.")
    contracts: list[PortalContract] = field(description="The contracts that the token reaches, by number.")
    enterprise: PortalEnterprise = field(description="Who bills.")


@strawberry.type(description="A document type.")
class PortalDocumentType:
    key: str = field(description="The key, such as `invoice`.")
    titles: list["PortalTitle"] = field(description="The title in each language.")


@strawberry.type(description="A title in one language.")
class PortalTitle:
    locale: str = field(description="The language, such as `ru`.")
    text: str = field(description="The title.")


@strawberry.type(description="One row of a document's table.")
class PortalDocumentLine:
    position: int = field(description="The place in the table, from 1.")
    description: str = field(description="What was sold, as it is printed.")
    quantity: DecimalText = field(description="How much.")
    unit: str | None = field(description="The unit, as it is printed.")
    unit_price: DecimalText = field(description="The entered price of one unit.")
    net: Money = field(description="The sum without tax.")
    tax_rate: DecimalText | None = field(description='The rate in percent; null is "without VAT", which is not 0 %.')
    tax: Money = field(description="The tax.")
    gross: Money = field(description="The sum with tax.")
    period: Period | None = field(description="The days that it is for.")


@strawberry.type(description="A file of a document.")
class PortalFile:
    id: ID = field(description="The id of the file.")
    kind: FileKind = field(description="What the file is.")
    name: str = field(description="The file name.")
    media_type: str = field(description="The media type, such as application/pdf.")
    size: int = field(description="The size in bytes.")
    sha256: str = field(description="The SHA-256 of the bytes, in hex.")
    url: str = field(description="Where to get it, with the same bearer token.")
    created_at: InstantText = field(description="When it was stored.")


@strawberry.type(description="A document of the client's.")
class PortalDocument:
    id: ID = field(description="The global id.")
    type: PortalDocumentType = field(description="The document type.")
    number: str | None = field(description="The number.")
    status: DocumentStatus = field(description="Where it stands; a void one counts no more.")
    issue_date: DateText | None = field(description="The date on the paper.")
    period: Period | None = field(description="The days that it is for.")
    due_date: DateText | None = field(description="The last day to pay.")
    totals: Totals = field(description="The sums.")
    open_amount: Money | None = field(
        description="What is left to pay, 0 for a void one; null for a type that is not paid."
    )
    payment_status: PaymentStatus = field(description="How far it is paid; a void one is not payable.")
    is_overdue: bool = field(description="Whether it is not fully paid, and its due date is past.")
    lines: list[PortalDocumentLine] = field(description="The table, in order.")
    files: list[PortalFile] = field(
        description="The PDF and further files, of a void one only the copy that says so once it is there; needs the "
        "scope portal:download."
    )


@strawberry.input(description="Which documents are wanted; the fields given must all hold.")
class PortalDocumentFilter:
    type: list[str] | None = field(default=None, description="Of one of these document types, by key.")
    payment_status: list[PaymentStatus] | None = field(default=None, description="Paid so far.")
    is_overdue: bool | None = field(default=None, description="Whether they are overdue.")
    issue_date: DateRange | None = field(default=None, description="Issued in these days.")
    period: PeriodInput | None = field(default=None, description="Whose period shares a day with this one.")
    number: str | None = field(default=None, description="With this number, whatever the case.")
    search: str | None = field(default=None, description="Text in the number.")
