"""Numbers on the managers' face: the register, whose rows come ready, and the numbers that come next."""

from datetime import date
from typing import Annotated

import strawberry
from strawberry import ID, field

from billfold.database.numbers import NumberEventKind
from billfold.schema.connections import FILTER, ORDER, After, Before, Connection, First, Last, page_request
from billfold.schema.context import Info
from billfold.schema.document_types import DocumentType
from billfold.schema.manager.books import Enterprise
from billfold.schema.manager.documents import Document
from billfold.schema.manager.filters import NumberEventFilter
from billfold.schema.manager.inputs import INPUT, TYPE, attributes, key_of
from billfold.schema.manager.numbering import NumberingInput
from billfold.schema.manager.orders import NumberEventOrder
from billfold.schema.reads import read_page
from billfold.schema.resolvers import resolver
from billfold.schema.scalars import DateText, InstantText
from billfold.services import numbers
from billfold.services.numbers import NumbersOf


@strawberry.type(description="Why a number is not on a live document.")
class NumberEvent:
    type: DocumentType = field(description="The type whose number it is.")
    enterprise: Enterprise = field(description="The enterprise whose number it is.")
    kind: NumberEventKind = field(description="What happened to it.")
    number: str = field(description="The number; where several are told of, the first of them.")
    counter: int | None = field(description="Its counter in its series; null where it stands in none.")
    count: int = field(description="How many numbers, in a row from this one on, it is told of.")
    reason: str = field(description="Why.")
    actor: str = field(description="Who did it.")
    dated_on: DateText | None = field(description="The date that the number stands for, if one is known.")
    happened_at: InstantText = field(description="When it happened.")
    document: Document | None = field(description="The document that has the number, its latest revision; or null.")


@strawberry.input(description="Whose numbers to show, and by what rule.")
class NumberPreviewInput:
    enterprise: ID = field(description="The enterprise.")
    type: str = field(description=TYPE)
    numbering: NumberingInput | None = field(
        default=None, description="What would be changed of the present rule; nothing is written."
    )
    contract: ID | None = field(
        default=None, description="The contract, where its number is part of the mask; an invented one when left out."
    )
    on: date | None = field(
        default=None, description="The date of the document; today in the enterprise's zone when left out."
    )


@strawberry.type
class Numbers:
    """The fields of the query on numbers."""

    @resolver(
        "The next five numbers of a type and, where its rule resets, the first after the reset. None is drawn; those"
        " that are taken already are passed over."
    )
    async def number_preview(self, info: Info, input: Annotated[NumberPreviewInput, INPUT]) -> list[str]:
        asked = NumbersOf(
            enterprise_id=key_of("enterprise", input.enterprise, "enterprise"),
            type=input.type,
            on=input.on,
            contract_id=None if input.contract is None else key_of("contract", input.contract, "contract"),
        )
        proposal = None if input.numbering is None else attributes(input.numbering)
        return list(await numbers.preview(info.context.parts, info.context.viewer, asked, proposal=proposal))

    @resolver("Why numbers are not on live documents, the newest first.")
    async def number_events(
        self,
        info: Info,
        filter: Annotated[NumberEventFilter | None, FILTER] = None,
        order_by: Annotated[NumberEventOrder | None, ORDER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[NumberEvent]:
        request = page_request(filter, order_by, (first, after, last, before))
        return await read_page(info, "number_events", NumberEvent, request)
