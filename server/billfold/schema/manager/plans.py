"""Plans on the managers' face: what a run would make, as a whole and contract by contract. Their rows come ready."""

from typing import Annotated

import strawberry
from strawberry import field

from billfold.domain.lifecycle import PlannedOutcome
from billfold.domain.plans import PlanWarning
from billfold.schema.connections import FILTER, ORDER, After, Before, Connection, First, Last, page_request
from billfold.schema.document_types import DocumentType
from billfold.schema.manager.contracts import Contract
from billfold.schema.manager.filters import PlanItemFilter
from billfold.schema.manager.orders import PlanItemOrder
from billfold.schema.manager.runs import ReasonCount
from billfold.schema.nodes import Node
from billfold.schema.reads import kept_page
from billfold.schema.resolvers import resolver
from billfold.schema.scalars import DecimalText, InstantText
from billfold.schema.values import Money, Period


@strawberry.type(description="What a plan foresees for one contract.")
class PlanItem(Node):
    contract: Contract = field(description="The contract.")
    outcome: PlannedOutcome = field(description="What would become of it.")
    reason: str = field(
        description="Why it would be skipped or fail: a code such as `nothing_to_bill`, or a message; else empty."
    )
    net: Money | None = field(description="The sum without tax; null when nothing would be issued.")
    gross: Money | None = field(description="The sum with tax; null when nothing would be issued.")
    lines: int = field(description="How many lines the document would have.")
    previous_gross: Money | None = field(
        description="The sum with tax of its document for the period before; null when it has none."
    )
    change_percent: DecimalText | None = field(
        description="By how many percent `gross` differs from `previousGross`, to one decimal; null without one of"
        " them, or where the one before was 0."
    )
    warnings: list[PlanWarning] = field(description="What is worth a look.")


@strawberry.type(description="The sums of a plan in one currency.")
class PlanTotals:
    net: Money = field(description="The sum without tax.")
    tax: Money = field(description="The tax.")
    gross: Money = field(description="The sum with tax.")


@strawberry.type(description="What there was in one currency for the period before, beside what is planned.")
class PlanComparison:
    documents: int = field(description="How many documents there were.")
    gross: Money = field(description="Their sum with tax.")
    change_percent: DecimalText | None = field(
        description="By how many percent the sum that is planned differs from it, to one decimal; null where it was 0."
    )


@strawberry.type(description="How many contracts are worth a look for the same thing.")
class PlanWarningCount:
    code: PlanWarning = field(description="What it is.")
    count: int = field(description="The number of contracts.")


@strawberry.type(description="The dry run of a run: what it would make. No document is written.")
class Plan(Node):
    type: DocumentType = field(description="The document type.")
    period: Period | None = field(description="The days that the documents would be for; null for an amount.")
    amount: DecimalText | None = field(
        description="The amount of each document, tax included, in the currency of its contract; null for a period."
    )
    description: str = field(description="What the amount is for, as it is printed; empty for a period.")
    created_at: InstantText = field(description="When it was made.")
    documents: int = field(description="How many documents it would make.")
    already_issued: int = field(description="Contracts whose document is there already.")
    totals: list[PlanTotals] = field(description="The sums, one a currency.")
    skipped: list[ReasonCount] = field(description="Why contracts would be skipped.")
    failed: list[ReasonCount] = field(description="Why documents would fail.")
    previous: list[PlanComparison] = field(
        description="What there was for the period before, one a currency, without the contracts whose document is"
        " there already or left to another run; empty for an amount."
    )
    warnings: list[PlanWarningCount] = field(description="What is worth a look, and of how many contracts.")
    is_out_of_bounds: bool = field(
        description="Whether it comes to more than three times the median of the runs before, so that starting it has"
        " to be confirmed."
    )
    bounds_reason: str | None = field(description="What passes the bounds, with both figures; null when nothing does.")

    @resolver("What it foresees for each contract.")
    def items(
        self,
        filter: Annotated[PlanItemFilter | None, FILTER] = None,
        order_by: Annotated[PlanItemOrder | None, ORDER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[PlanItem]:
        return kept_page(self, "items", page_request(filter, order_by, (first, after, last, before)))
