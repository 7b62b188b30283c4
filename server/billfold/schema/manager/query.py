"""The query of the managers' face: what is not a page; the pages come from `Lists`."""

from collections.abc import Mapping
from typing import Annotated, TypeVar

import strawberry
from strawberry import ID, field

from billfold.database.reading.conditions import Condition, raw_id
from billfold.domain.access import Role, Scope
from billfold.domain.access import Viewer as Caller
from billfold.schema.context import Info
from billfold.schema.document_types import DocumentType
from billfold.schema.manager.books import Brand, Client, Contact, Enterprise, Service
from billfold.schema.manager.calendars import CalendarDay, Calendars
from billfold.schema.manager.charges import Charge
from billfold.schema.manager.contracts import Contract
from billfold.schema.manager.documents import Delivery, Document
from billfold.schema.manager.drafts import Draft
from billfold.schema.manager.exports import Export, Exports
from billfold.schema.manager.lists import Lists
from billfold.schema.manager.numbers import Numbers
from billfold.schema.manager.occurrences import Occurrence
from billfold.schema.manager.payments import Allocation, Payment
from billfold.schema.manager.plans import Plan, PlanItem
from billfold.schema.manager.previews import Previews
from billfold.schema.manager.prices import Price
from billfold.schema.manager.reports import Reports
from billfold.schema.manager.runs import Run
from billfold.schema.manager.schedules import Schedules
from billfold.schema.manager.statements import Statement, StatementLine
from billfold.schema.manager.subscriptions import Subscription
from billfold.schema.manager.usage import UsageRecord
from billfold.schema.nodes import Node
from billfold.schema.reads import by_id, read_many, read_one
from billfold.schema.resolvers import resolver

T = TypeVar("T")
_ID = strawberry.argument(description="The global id.")
# What `node` finds, by the noun that ids begin with.
NODES: Mapping[str, type[Node]] = {
    "brand": Brand,
    "enterprise": Enterprise,
    "service": Service,
    "client": Client,
    "contact": Contact,
    "contract": Contract,
    "subscription": Subscription,
    "usage": UsageRecord,
    "price": Price,
    "charge": Charge,
    "document": Document,
    "draft": Draft,
    "delivery": Delivery,
    "export": Export,
    "payment": Payment,
    "allocation": Allocation,
    "statement": Statement,
    "statement_line": StatementLine,
    "run": Run,
    "occurrence": Occurrence,
    "calendar_day": CalendarDay,
    "plan": Plan,
    "plan_item": PlanItem,
}


@strawberry.type(description="Who calls.")
class Viewer:
    name: str = field(description="The e-mail of the member of staff.")
    role: Role | None = field(description="What they are; it bounds the scopes.")
    scopes: list[Scope] = field(description="What the token may do.")


@strawberry.type(description="What managers may read.")
class Query(Lists, Exports, Numbers, Reports, Previews, Calendars, Schedules):
    @resolver("Who calls, and with what scopes.")
    def viewer(self, info: Info) -> Viewer:
        caller: Caller = info.context.viewer
        return Viewer(name=caller.name, role=caller.role, scopes=sorted(caller.scopes))

    @resolver("Anything with a global id; null when it is not there.")
    async def node(self, info: Info, id: Annotated[ID, _ID]) -> Node | None:
        noun = id.rpartition("_")[0]
        of = NODES.get(noun)
        return None if of is None else await read_one(info, of, by_id(noun, id))

    @resolver("The brands, by code.")
    async def brands(self, info: Info) -> list[Brand]:
        return await _all(info, Brand)

    @resolver("The enterprises, by code.")
    async def enterprises(self, info: Info) -> list[Enterprise]:
        return await _all(info, Enterprise)

    @resolver("The services, by code.")
    async def services(self, info: Info) -> list[Service]:
        return await _all(info, Service)

    @resolver("The client with a code; null when there is none.")
    async def client(
        self, info: Info, code: Annotated[str, strawberry.argument(description="The client's code.")]
    ) -> Client | None:
        return await read_one(info, Client, Condition("{t}.code = ?", (code,)))

    @resolver("The contract with a number; null when there is none, or several enterprises have it.")
    async def contract(
        self,
        info: Info,
        number: Annotated[str, strawberry.argument(description="The number.")],
        enterprise: Annotated[ID | None, strawberry.argument(description="The id of its enterprise.")] = None,
    ) -> Contract | None:
        return await read_one(info, Contract, _numbered(number, enterprise))

    @resolver("The document with an id; null when it is not there.")
    async def document(self, info: Info, id: Annotated[ID, _ID]) -> Document | None:
        return await read_one(info, Document, by_id("document", id))

    @resolver("The document types of the installed plugins, by key.")
    def document_types(self, info: Info) -> list[DocumentType]:
        info.context.viewer.require(Scope.DOCUMENTS_READ)
        return list(info.context.document_types.values())


async def _all(info: Info, of: type[T]) -> list[T]:
    return await read_many(info, of, Condition("TRUE"), "{t}.code, {t}.id")


def _numbered(number: str, enterprise: ID | None) -> Condition | None:
    if enterprise is not None:
        key = raw_id("enterprise", enterprise)
        return None if key is None else Condition("{t}.number = ? AND {t}.enterprise_id = ?", (number, key))
    alone = "NOT EXISTS (SELECT 1 FROM contracts o WHERE o.number = {t}.number AND o.id <> {t}.id)"
    return Condition(f"{{t}}.number = ? AND {alone}", (number,))
