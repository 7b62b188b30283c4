"""Who owes what, on the managers' face: the ageing of open documents, and the balances. Their rows come ready."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Any, cast
from uuid import UUID

import strawberry
from strawberry import field

from billfold.database.reading.ageing import AgeingScope, ageing_page, ageing_totals
from billfold.database.reading.balances import balance_totals
from billfold.database.reading.selections import PageRequest, Sorting
from billfold.schema.connections import ORDER, After, Before, Connection, Direction, First, Last
from billfold.schema.context import Info
from billfold.schema.manager.books import Client
from billfold.schema.manager.contracts import Contract
from billfold.schema.manager.lookups import Lookup
from billfold.schema.reads import read_page
from billfold.schema.resolvers import resolver
from billfold.schema.values import Money

_CURRENCY = "The currency of all these sums, ISO 4217; sums of several currencies are never added up."
_OVERDUE = "What is left to pay of issued documents whose due date is past."
_UNALLOCATED = (
    "Money on the contract that settles no document of charges: payments and a positive opening balance, less refunds."
    " What settles documents for an amount is still among it."
)


@strawberry.type(description="Open amounts of one currency by how many days their due date is past.")
class AgeingSums:
    currency: str = field(description=_CURRENCY)
    documents: int = field(description="How many documents are open.")
    not_due: Money = field(description="Of documents whose due date is not past, or that have none.")
    up_to_30: Money = field(name="upTo30", description="1 to 30 days past the due date.")
    up_to_60: Money = field(name="upTo60", description="31 to 60 days past the due date.")
    up_to_90: Money = field(name="upTo90", description="61 to 90 days past the due date.")
    over_90: Money = field(name="over90", description="More than 90 days past the due date.")
    total: Money = field(description="All that is open.")


@strawberry.type(description="Open amounts of one client in one currency by how many days their due date is past.")
class ClientAgeing(AgeingSums):
    client_id: strawberry.Private[UUID]
    clients: strawberry.Private[Lookup[Client]]

    @resolver("The client.")
    async def client(self, info: Info) -> Client:
        return await self.clients.get(info, self.client_id)


@strawberry.type(
    description=(
        "What is open of payable documents, by age. Days are those of the wall of each document's enterprise. For"
        " today and later days: the issued documents as they stand now. For a past day: documents that were issued up"
        " to that day and are not void now, less allocations that stand now of payments received up to that day (and of"
        " opening balances). Documents that a person marked as paid, up to that day, are not open. An opening debt is"
        " no document: it is in the balances only."
    )
)
class Ageing:
    scope: strawberry.Private[AgeingScope]
    now: strawberry.Private[datetime]

    @resolver("All clients, by currency.")
    async def totals(self) -> list[AgeingSums]:
        return cast(list[AgeingSums], await ageing_totals(self.scope, self.now))

    @resolver("By client and currency, in the order of the clients' codes; clients who owe nothing are left out.")
    async def clients(self, first: First = None, after: After = None) -> Connection[ClientAgeing]:
        page = await ageing_page(self.scope, PageRequest(first=first, after=after), self.now)
        clients = Lookup(Client, (node.client_id for node in page.nodes))
        for node in page.nodes:
            node.__dict__["clients"] = clients
        return cast("Connection[ClientAgeing]", page)


@strawberry.enum(description="By what balances may be sorted.")
class BalanceOrderField(Enum):
    """By what balances may be sorted."""

    BALANCE = "BALANCE"
    NUMBER = "NUMBER"


@strawberry.input(description="The order of balances; the deepest debt first when left out.")
class BalanceOrder:
    field: BalanceOrderField = strawberry.field(description="By what the list is sorted.")
    direction: Direction = strawberry.field(default=Direction.ASC, description="Which way the list runs.")


@strawberry.type(description="What one contract holds and owes.")
class ContractBalance:
    contract: Contract = field(description="The contract.")
    balance: Money = field(description="The opening balance and what was paid less what was charged; negative is owed.")
    credit_limit: Money = field(description="How far the balance may go below zero.")
    is_over_limit: bool = field(description="Whether the balance is below the limit.")
    open: Money = field(description="What is left to pay of its issued documents.")
    overdue: Money = field(description=_OVERDUE)
    unallocated: Money = field(description=_UNALLOCATED)


@strawberry.type(description="Contracts of one currency, counted and added up.")
class BalanceSums:
    currency: str = field(description=_CURRENCY)
    contracts: int = field(description="How many contracts.")
    balance: Money = field(description="The sum of the balances; negative is owed.")
    debt: Money = field(description="The sum of the negative balances, above zero.")
    open: Money = field(description="What is left to pay of issued documents.")
    overdue: Money = field(description=_OVERDUE)
    unallocated: Money = field(description=_UNALLOCATED)


@strawberry.type(description="What contracts hold and owe now.")
class Balances:
    filters: strawberry.Private[dict[str, Any]]

    @resolver("All contracts asked for, by currency.")
    async def totals(self, info: Info) -> list[BalanceSums]:
        return cast(list[BalanceSums], await balance_totals(self.filters, info.context.now))

    @resolver("The contracts.")
    async def contracts(
        self,
        info: Info,
        order_by: Annotated[BalanceOrder | None, ORDER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[ContractBalance]:
        sorting = None if order_by is None else Sorting(order_by.field.value, order_by.direction is Direction.DESC)
        request = PageRequest(self.filters, sorting, first, after, last, before)
        return await read_page(info, "balances", ContractBalance, request)
