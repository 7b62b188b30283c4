"""Occurrences on the managers' face: what was expected of each contract. Their rows come ready."""

from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import field

from billfold.domain.lifecycle import OccurrenceState
from billfold.schema.document_types import DocumentType
from billfold.schema.manager.contracts import Contract
from billfold.schema.manager.documents import Document
from billfold.schema.nodes import Node
from billfold.schema.scalars import DateText, InstantText
from billfold.schema.values import Period

if TYPE_CHECKING:
    from billfold.schema.manager.runs import Run

_Run = Annotated["Run", strawberry.lazy("billfold.schema.manager.runs")]


@strawberry.type(description="One expected document of a contract, and what became of it.")
class Occurrence(Node):
    type: DocumentType = field(description="The document type.")
    contract: Contract = field(description="The contract.")
    period: Period | None = field(description="The days that the document is for; null for an amount.")
    state: OccurrenceState = field(description="What became of it.")
    reason: str = field(
        description="Why it was skipped or failed: a code such as `nothing_to_bill`, or a message; else empty."
    )
    due_at: InstantText | None = field(description="When its schedule wanted it made; null when it was asked for.")
    issue_date: DateText | None = field(description="The date that its schedule gave it; null when it was asked for.")
    document: Document | None = field(description="The issued document; null while there is none, or it was voided.")
    run: _Run | None = field(description="The run that made it last; null for a document that was asked for alone.")
    changed_at: InstantText = field(description="When its state last changed.")
