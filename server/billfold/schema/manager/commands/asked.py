"""What managers ask for: one document, to be issued or to be previewed."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import strawberry
from strawberry import ID, field

from billfold.domain.corrections import LineCorrection
from billfold.domain.errors import InvalidInput
from billfold.domain.money import ZERO
from billfold.schema.context import Info
from billfold.schema.manager.inputs import KEY, TYPE, key_of
from billfold.schema.values import PeriodInput
from billfold.services import asked
from billfold.services.drafts import Assignment


@strawberry.input(description="What a line of an issued document is to be.")
class LineCorrectionInput:
    position: int = field(description="The line's place in the table of the original.")
    quantity: Decimal | None = field(default=None, description="Its quantity; as it is when left out.")
    unit_price: Decimal | None = field(
        default=None, description="Its unit price, with tax where the line's price has it; as it is when left out."
    )


@strawberry.input(
    description="A document for a period, for an amount, of a day (the contract alone), or the correction of another."
)
class AskedDocumentInput:
    type: str = field(description=TYPE)
    contract: ID | None = field(default=None, description="The contract; a correction has that of its original.")
    period: PeriodInput | None = field(default=None, description="The days to bill.")
    amount: Decimal | None = field(default=None, description="The amount to bill, tax included, instead of a period.")
    original: ID | None = field(default=None, description="The document to correct.")
    corrections: list[LineCorrectionInput] | None = field(
        default=None, description="What lines of the original are to be, at most 1,000."
    )
    issue_date: date | None = field(
        default=None, description="The date on the paper; when left out today, or the period's last day by its type."
    )
    description: str = field(default="", description="What the amount or the correction is for, as it is printed.")


@strawberry.input(
    description="Which document to issue: for a period, for an amount, of a day, or the correction of another."
)
class IssueDocumentInput(AskedDocumentInput):
    idempotency_key: str | None = field(default=None, description=KEY)


def line_corrections(inputs: Sequence[LineCorrectionInput] | None) -> list[LineCorrection]:
    """Read the corrections of an input. Raises InvalidInput for none, and for more than 1,000."""
    if not inputs or len(inputs) > 1_000:
        raise InvalidInput("Name 1 to 1,000 lines of the original to correct.", field="corrections")
    return [LineCorrection(one.position, one.quantity, one.unit_price) for one in inputs]


def check_asked(input: AskedDocumentInput) -> None:
    """Refuse an input that asks for several things at once, or for none of a contract. Raises InvalidInput."""
    given = [
        name
        for name, value in (("period", input.period), ("amount", input.amount), ("original", input.original))
        if value is not None
    ]
    if len(given) > 1:
        raise InvalidInput(f"Give one of period, amount and original, and not {' and '.join(given)}.", field=given[1])
    if (input.contract is None) == (input.original is None):
        raise InvalidInput("Give either a contract or an original.", field="contract")
    if input.corrections is not None and input.original is None:
        raise InvalidInput("Corrections are of an original: name it, or leave them out.", field="corrections")
    if input.description and input.amount is None and input.original is None:
        raise InvalidInput("Only an amount or a correction has a description: leave it out.", field="description")


async def assignment_of(info: Info, input: AskedDocumentInput) -> Assignment:
    """Give what is asked for, checked. Raises as the functions of `services.asked` do."""
    check_asked(input)
    parts, type, issue_date = info.context.parts, input.type, input.issue_date
    if input.original is not None:
        original_id = key_of("document", input.original, "original")
        changes = line_corrections(input.corrections)
        return await asked.for_correction(
            parts, type, original_id, changes, issue_date=issue_date, description=input.description
        )
    contract_id = key_of("contract", input.contract or ID(""), "contract")
    if input.period is not None:
        return await asked.for_period(parts, type, contract_id, input.period.period(), issue_date=issue_date)
    if input.amount is not None:
        return await asked.for_amount(
            parts, type, contract_id, input.amount or ZERO, issue_date=issue_date, description=input.description
        )
    return await asked.for_day(parts, type, contract_id, issue_date=issue_date)
