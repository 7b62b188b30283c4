"""Drafts on the managers' face. Their rows come ready."""

import strawberry
from strawberry import ID, field
from strawberry.scalars import JSON

from billfold.domain.charging import ChargeKind
from billfold.schema.document_types import DocumentType
from billfold.schema.manager.books import Client, Enterprise
from billfold.schema.manager.contracts import Contract
from billfold.schema.manager.documents import Document, DocumentLine
from billfold.schema.nodes import Node
from billfold.schema.scalars import DateText, DecimalText, InstantText
from billfold.schema.values import Money, Period, Totals

_RATE = 'The rate in percent; null is "without VAT", which is not 0 %.'
_KEPT = "null keeps it"


@strawberry.type(
    description="One charge of a draft's period as the books have it, which an edit names by its position."
)
class DraftCharge:
    position: int = field(description="Its place among the charges, from 1, by which it is edited.")
    kind: ChargeKind = field(description="Where it comes from.")
    service: str = field(description="The code of the service.")
    description: str = field(description="What a one-off charge is for, or the service's name.")
    destination: str = field(description="Where the usage went, or empty.")
    period: Period = field(description="The days that it is for.")
    quantity: DecimalText = field(description="How much is charged.")
    unit_price: DecimalText = field(description="The price of one unit, a month's for a subscription.")
    tax_included: bool = field(description="Whether the price holds the tax.")
    tax_rate: DecimalText | None = field(description=_RATE)
    net: Money = field(description="The sum without tax, before any edit.")
    tax: Money = field(description="The tax, before any edit.")
    gross: Money = field(description="The sum with tax, before any edit.")
    is_edited: bool = field(description="Whether an edit names it.")
    is_removed: bool = field(description="Whether an edit removes it.")


@strawberry.type(description="What somebody changed of one charge.")
class DraftEdit:
    position: int = field(description="The place of the charge.")
    quantity: DecimalText | None = field(description=f"Its quantity; {_KEPT}.")
    unit_price: DecimalText | None = field(description=f"Its unit price, with tax where the charge's is; {_KEPT}.")
    description: str | None = field(description=f"What the line says; {_KEPT}.")
    is_removed: bool = field(description="Whether the line is left out, and not owed.")


@strawberry.type(description="A line that somebody added.")
class DraftAddedLine:
    service: ID = field(description="The service.")
    code: str = field(description="The code of the service.")
    on: DateText = field(description="The day of the supply, which decides the rate of its tax.")
    quantity: DecimalText = field(description="How much.")
    unit_price: DecimalText = field(description="The price of one unit.")
    tax_included: bool = field(description="Whether the price holds the tax.")
    description: str = field(description="What the line says; empty is the service's name.")


@strawberry.type(description="What a line of the original is to be.")
class DraftCorrection:
    position: int = field(description="The line's place in the table of the original.")
    quantity: DecimalText | None = field(description=f"Its quantity; {_KEPT}.")
    unit_price: DecimalText | None = field(description=f"Its unit price, with tax where the line's is; {_KEPT}.")


@strawberry.type(description="A document that somebody looks over and edits. It has no number and charges nothing.")
class Draft(Node):
    type: DocumentType = field(description="The document type.")
    title: str = field(description="The title, as it would be printed.")
    enterprise: Enterprise = field(description="Who bills.")
    client: Client = field(description="Who is billed.")
    contract: Contract = field(description="The contract that it rests on.")
    period: Period | None = field(description="The days that it is asked for.")
    amount: Money | None = field(description="The amount that it is asked for, tax included, instead of a period.")
    original: Document | None = field(description="The document that it corrects, if it is a correction.")
    corrections: list[DraftCorrection] = field(description="What lines of the original are to be.")
    description: str = field(description="What the amount or the correction is for, as it is printed, or empty.")
    issue_date: DateText = field(description="The date that the paper showed when the draft was drawn up.")
    is_dated: bool = field(
        description="Whether somebody named the date; else it is the day of issuing, or that of the type."
    )
    due_date: DateText | None = field(description="The last day to pay; null for a type that is not paid.")
    totals: Totals = field(description="The sums, with the edits.")
    lines: list[DocumentLine] = field(description="The table with the edits, in order.")
    details: JSON = field(description="What the document type adds, after its details schema.")
    charges: list[DraftCharge] = field(
        description="What the books charge for the period, in order; none where lines cannot be edited."
    )
    edits: list[DraftEdit] = field(description="What was changed of the charges.")
    added_lines: list[DraftAddedLine] = field(description="The lines that were added.")
    version: int = field(description="How often it was changed: the next change names it.")
    created_by: str = field(description="Who made it.")
    created_at: InstantText = field(description="When it was made.")
    changed_at: InstantText = field(description="When it was changed last.")
