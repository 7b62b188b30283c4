"""Bank statements on the managers' face: the files, and the payments in that wait or found their contract."""

from typing import Annotated

import strawberry
from strawberry import field

from billfold.domain.matching import MatchRule
from billfold.domain.payments import LineState
from billfold.schema.connections import FILTER, ORDER, After, Before, Connection, First, Last, page_request
from billfold.schema.manager.books import Enterprise
from billfold.schema.manager.filters import StatementLineFilter
from billfold.schema.manager.orders import StatementLineOrder
from billfold.schema.manager.payments import Payment
from billfold.schema.nodes import Node
from billfold.schema.reads import kept_page
from billfold.schema.resolvers import resolver
from billfold.schema.scalars import DateText, InstantText
from billfold.schema.values import Money


@strawberry.type(description="One payment to us that a bank statement tells of.")
class StatementLine(Node):
    statement: "Statement" = field(description="The file that told of it first.")
    line: int = field(description="The line of the file where it begins.")
    enterprise: Enterprise = field(description="Whose account it came to.")
    account: str = field(description="The account that it came to.")
    number: str = field(description="The number of the payment order, or empty.")
    dated_on: DateText | None = field(description="The date of the payment order.")
    received_on: DateText = field(description="The day the money came.")
    amount: Money = field(description="How much.")
    payer_name: str = field(description="Who paid, or empty.")
    payer_inn: str = field(description="The payer's INN, or empty.")
    payer_account: str = field(description="The account that it came from, or empty.")
    purpose: str = field(description="What the payer wrote.")
    state: LineState = field(description="What became of it; it waits again once its payment is cancelled.")
    rule: MatchRule | None = field(description="How its contract was found; null while none is.")
    payment: Payment | None = field(description="The payment that was registered for it, which may be cancelled.")
    comment: str = field(description="Why it waits, or why it was put aside, or empty.")
    resolved_at: InstantText | None = field(description="When a person settled what becomes of it.")
    resolved_by: str = field(description="Who that was, or empty.")


@strawberry.type(description="A bank statement that was imported.")
class Statement(Node):
    name: str = field(description="The name of the file.")
    sha256: str = field(description="The SHA-256 of the file, in hex.")
    warnings: list[str] = field(description="What was read with doubt, such as balances that do not add up.")
    created_at: InstantText = field(description="When it was imported.")
    created_by: str = field(description="Who imported it.")

    @resolver("The payments that it was the first to tell of.")
    def lines(
        self,
        filter: Annotated[StatementLineFilter | None, FILTER] = None,
        order_by: Annotated[StatementLineOrder | None, ORDER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[StatementLine]:
        return kept_page(self, "lines", page_request(filter, order_by, (first, after, last, before)))


@strawberry.type(description="What became of the documents of a file.")
class StatementImport:
    statement: Statement = field(description="The statement; of a file that was imported before, the one of then.")
    matched: int = field(description="Payments that settled the documents they are for.")
    credited: int = field(description="Payments that went to a contract.")
    unmatched: int = field(description="Payments that wait for a person.")
    known: int = field(description="Payments that a file before told of; nothing was changed.")
    ignored: int = field(description="Documents that are no payments to us: outgoing ones, and those of others.")
    warnings: list[str] = field(description="What was read with doubt.")
