"""Runs on the managers' face. Their rows come ready."""

from typing import Annotated

import strawberry
from strawberry import field

from billfold.domain.lifecycle import RunSource, RunState
from billfold.schema.connections import FILTER, ORDER, After, Before, Connection, First, Last, page_request
from billfold.schema.document_types import DocumentType
from billfold.schema.manager.documents import Document
from billfold.schema.manager.filters import DocumentFilter, OccurrenceFilter
from billfold.schema.manager.occurrences import Occurrence
from billfold.schema.manager.orders import DocumentOrder, OccurrenceOrder
from billfold.schema.nodes import Node
from billfold.schema.reads import kept_page
from billfold.schema.resolvers import resolver
from billfold.schema.scalars import DateText, DecimalText, InstantText
from billfold.schema.values import Period

_AMOUNT = "The amount of each document, tax included, in the currency of its contract; null for a period."
_DESCRIPTION = "What the amount is for, as it is printed; empty for a period."


@strawberry.type(description="How many contracts have the same reason.")
class ReasonCount:
    reason: str = field(description="The reason: a code such as `nothing_to_bill`, or a message.")
    count: int = field(description="The number of contracts.")


@strawberry.type(description="How far a run is.")
class RunProgress:
    state: RunState = field(description="Where the run stands.")
    total: int = field(description="The number of contracts that the run is for.")
    pending: int = field(description="Still to be done.")
    issued: int = field(description="Documents issued.")
    skipped: int = field(description="Contracts without a document to make.")
    failed: int = field(description="Contracts whose document could not be made.")
    already_issued: int = field(description="Contracts whose document was there before.")


@strawberry.type(description="One request to make many documents.")
class Run(Node):
    type: DocumentType = field(description="The document type.")
    period: Period | None = field(description="The days that the documents are for; null for an amount.")
    amount: DecimalText | None = field(description=_AMOUNT)
    description: str = field(description=_DESCRIPTION)
    state: RunState = field(description="Where it stands.")
    state_reason: str | None = field(description="Why it stopped by itself and is PAUSED, or was CANCELLED.")
    is_confirmed: bool = field(
        description="Whether it is out of bounds, and somebody started it all the same, or resumed it when it had"
        " stopped; it does not stop again."
    )
    source: RunSource = field(description="Who asked for it.")
    scheduled_for: DateText | None = field(description="The day that its schedule wanted it for; empty by hand.")
    progress: RunProgress = field(description="How far it is.")
    skipped_reasons: list[ReasonCount] = field(description="Why contracts were skipped, the most frequent first.")
    failed_reasons: list[ReasonCount] = field(description="Why documents failed, the most frequent first.")
    started_by: str = field(description="Who started it.")
    created_at: InstantText = field(description="When it was asked for.")
    started_at: InstantText | None = field(description="When it was started.")
    finished_at: InstantText | None = field(description="When the last document was done.")

    @resolver("The documents that it made.")
    def documents(
        self,
        filter: Annotated[DocumentFilter | None, FILTER] = None,
        order_by: Annotated[DocumentOrder | None, ORDER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Document]:
        return kept_page(self, "documents", page_request(filter, order_by, (first, after, last, before)))

    @resolver("What became of each contract that it is for.")
    def occurrences(
        self,
        filter: Annotated[OccurrenceFilter | None, FILTER] = None,
        order_by: Annotated[OccurrenceOrder | None, ORDER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Occurrence]:
        return kept_page(self, "occurrences", page_request(filter, order_by, (first, after, last, before)))
