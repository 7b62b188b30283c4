"""Payments on the managers' face, with what of them settles which document. Their rows come ready."""

from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import field

from billfold.domain.payments import AllocationKind, PaymentKind, PaymentMethod
from billfold.schema.nodes import Node
from billfold.schema.scalars import DateText, InstantText
from billfold.schema.values import Money

if TYPE_CHECKING:
    from billfold.schema.manager.contracts import Contract
    from billfold.schema.manager.documents import Document

_Contract = Annotated["Contract", strawberry.lazy("billfold.schema.manager.contracts")]
_Document = Annotated["Document", strawberry.lazy("billfold.schema.manager.documents")]


@strawberry.type(description="Money that came in for a contract, or went back; it never changes, only ends cancelled.")
class Payment(Node):
    contract: _Contract = field(description="The contract that holds the money.")
    kind: PaymentKind = field(description="Which way the money went.")
    method: PaymentMethod = field(description="How it came.")
    amount: Money = field(description="How much; a refund is below zero.")
    received_on: DateText = field(description="The day it came, or went back.")
    reference: str = field(description="What the payer wrote, such as the bank's purpose of payment.")
    comment: str = field(description="What the operator adds; of a refund, its reason.")
    payer_name: str = field(description="Who paid, or empty.")
    payer_inn: str = field(description="The payer's INN, or empty.")
    payer_account: str = field(description="The account that it came from, or empty.")
    source: str = field(description="Where it was entered: `manual`, `import`, or what a caller told.")
    external_id: str | None = field(description="What names it within its source; it counts once.")
    free: Money = field(
        description="What neither charges nor the opening debt use and was not given back. What of it settles a"
        " document for an amount may settle charges of later documents only."
    )
    allocations: list["Allocation"] = field(description="What it settles and did settle, the oldest first.")
    refunds: list["Payment"] = field(description="What was given back of it, the oldest first.")
    refund_of: "Payment | None" = field(description="The payment that this refund gives back.")
    is_cancelled: bool = field(description="Whether it counts no more.")
    cancelled_at: InstantText | None = field(description="When it was cancelled.")
    cancelled_by: str = field(description="Who cancelled it, or empty.")
    cancel_reason: str = field(description="Why it was cancelled, or empty.")
    created_at: InstantText = field(description="When it was entered.")
    created_by: str = field(description="Who entered it.")


@strawberry.type(description="How much of which money settles which document; it is released, never deleted.")
class Allocation(Node):
    amount: Money = field(description="How much.")
    kind: AllocationKind = field(description="Why this money settles this document.")
    is_advance: bool = field(description="Whether the document is one for an amount: its money may work once more.")
    payment: Payment | None = field(description="The money; null is the contract's opening balance.")
    document: _Document | None = field(description="The document; null is the contract's opening debt.")
    created_at: InstantText = field(description="When it was made.")
    created_by: str = field(description="Who made it; `billfold` made it at the issue of a document.")
    released_at: InstantText | None = field(description="When it was released; null while it counts.")
    released_by: str = field(description="Who released it, or empty.")
    release_reason: str = field(description="Why it was released, or empty.")
