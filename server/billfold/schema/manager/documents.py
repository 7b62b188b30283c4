"""Documents on the managers' face, with lines, files and deliveries. Their rows come ready."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Protocol
from uuid import UUID

import strawberry
from strawberry import field
from strawberry.scalars import JSON

from billfold.domain.document import DocumentStatus, PaymentStatus
from billfold.domain.lifecycle import DeliveryState, FileKind, Step
from billfold.schema.document_types import DocumentType
from billfold.schema.manager.books import Client, Enterprise
from billfold.schema.manager.contracts import Contract
from billfold.schema.manager.payments import Allocation
from billfold.schema.nodes import Node
from billfold.schema.scalars import DateText, DecimalText, InstantText
from billfold.schema.values import Money, Period, Totals

if TYPE_CHECKING:
    from billfold.schema.manager.exports import Export
    from billfold.schema.manager.runs import Run

_Export = Annotated["Export", strawberry.lazy("billfold.schema.manager.exports")]
_Run = Annotated["Run", strawberry.lazy("billfold.schema.manager.runs")]


@strawberry.type(description="One row of a document's table.")
class DocumentLine:
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
class File:
    id: strawberry.ID = field(description="The id of the file.")
    kind: FileKind = field(description="What the file is.")
    name: str = field(description="The file name.")
    media_type: str = field(description="The media type, such as application/pdf.")
    size: int = field(description="The size in bytes.")
    sha256: str = field(description="The SHA-256 of the bytes, in hex.")
    url: str = field(description="Where to get it, with the same bearer token.")
    created_at: InstantText = field(description="When it was stored.")
    export: _Export | None = field(description="The export that it is; null for a file of a document.")


class MadeFile(Protocol):
    """A file that a service has just stored."""

    @property
    def kind(self) -> FileKind: ...
    @property
    def name(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def sha256(self) -> str: ...


def stored_file(id_: UUID, file: MadeFile, *, at: datetime, export: "Export | None" = None) -> File:
    """Give a file that was stored `at` an instant; `export` where it is one."""
    global_id = strawberry.ID(f"file_{id_}")
    return File(
        id=global_id,
        kind=file.kind,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        url=f"/files/{global_id}",
        created_at=InstantText(f"{at:%Y-%m-%dT%H:%M:%S.%fZ}"),
        export=export,
    )


@strawberry.type(description="One attempt of a delivery, and what the server said.")
class DeliveryAttempt:
    started_at: InstantText = field(description="When it began.")
    finished_at: InstantText = field(description="When it ended.")
    outcome: str = field(description="SENT, DEFERRED, REFUSED or UNCERTAIN.")
    reply: str = field(description="The server's reply.")


@strawberry.type(description="A document sent to one recipient.")
class Delivery(Node):
    channel: str = field(description="How it is sent: email.")
    recipient: str = field(description="The address; empty when it was skipped.")
    state: DeliveryState = field(description="What became of it.")
    reason: str = field(description="Why it was skipped or failed, or empty.")
    created_at: InstantText = field(description="When it was asked for.")
    next_attempt_at: InstantText | None = field(description="When it may be tried next, while it waits.")
    sent_at: InstantText | None = field(description="When the server took it.")
    document: "Document" = field(description="The document.")
    attempts: list[DeliveryAttempt] = field(description="Every attempt, the oldest first.")


@strawberry.type(description="That a person says a document is paid, without money that we know of.")
class PaidByHand:
    at: InstantText = field(description="When it was said.")
    by: str = field(description="Who said it.")
    reason: str = field(description="How they know.")


@strawberry.type(description="That an export holds a document.")
class DocumentExport:
    format: str = field(description="The format, by key.")
    exported_at: InstantText = field(description="When it was exported; what changed later is not in it.")
    status: DocumentStatus = field(description="Where the document stood then.")
    export: _Export = field(description="The export.")


@strawberry.type(description="A billing document; once issued it never changes.")
class Document(Node):
    type: DocumentType = field(description="The document type.")
    title: str = field(description="The title, as it is printed.")
    number: str | None = field(description="The number; drafts have none.")
    issue_date: DateText | None = field(description="The date on the paper.")
    period: Period | None = field(description="The days that it is for.")
    due_date: DateText | None = field(description="The last day to pay.")
    status: DocumentStatus = field(description="Where it stands.")
    payment_status: PaymentStatus = field(description="How far it is paid; a void one is not payable.")
    is_overdue: bool = field(description="Whether it is issued, not fully paid, and its due date is past.")
    paid_on: DateText | None = field(
        description="The day the last needed money came, or the day of the mark by hand; null while it is not paid."
    )
    paid_late_days: int | None = field(description="How many days after the due date; null while it is not paid.")
    paid_by_hand: PaidByHand | None = field(
        description="Who says that it is paid; null for one that nobody marked, or that money covers."
    )
    enterprise: Enterprise = field(description="Who bills.")
    client: Client = field(description="Who is billed.")
    contract: Contract | None = field(description="The contract that it rests on.")
    run: _Run | None = field(description="The run that made it, if one did.")
    totals: Totals = field(description="The sums.")
    open_amount: Money | None = field(
        description="What is left to pay, 0 for a void one or one marked as paid; null for a type that is not paid."
    )
    payments: list[Allocation] = field(description="The money that settles it now, the oldest first.")
    lines: list[DocumentLine] = field(description="The table, in order.")
    details: JSON = field(description="What the document type adds, after its details schema.")
    files: list[File] = field(description="The PDF and further files; none until it is printed.")
    is_visible_to_client: bool = field(description="Whether the client may see it now.")
    deliveries: list[Delivery] = field(description="To whom it was sent, the oldest first.")
    original: "Document | None" = field(description="The document that it corrects, if it is a correction.")
    corrections: "list[Document]" = field(description="The live documents that correct it, the oldest first.")
    revision: int = field(description="How many times it was made anew; 0 for the first of its number.")
    revised_on: DateText | None = field(description="The day on which it was made as a revision; null for the first.")
    replaces: "Document | None" = field(description="The void document of its number that it is the revision of.")
    replaced_by: "Document | None" = field(description="The revision that replaced it, and for which it is void.")
    exports: list[DocumentExport] = field(description="The exports that hold it, the oldest first.")
    needs_export_again: bool = field(
        description="Whether it was voided or corrected since its newest export in some format."
    )
    locale: str = field(description="The language of the paper.")
    step: Step = field(description="What it still waits for.")
    failure: str = field(description="Why its last step failed, or empty.")
    snapshot_sha256: str = field(description="The SHA-256 of the sealed snapshot.")
    issued_at: InstantText = field(description="When it was issued.")
    published_at: InstantText | None = field(description="From when the client may see it.")
    voided_at: InstantText | None = field(description="When it was voided.")
    void_reason: str = field(description="Why it was voided, or empty.")
