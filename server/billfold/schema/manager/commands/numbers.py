"""Commands on numbers: reserve some, and tell of those that a former system used."""

from datetime import date
from typing import Annotated

import strawberry
from strawberry import ID, field

from billfold.database.reading.number_register import RegisterRequest
from billfold.schema.context import Info
from billfold.schema.manager.documents import File, stored_file
from billfold.schema.manager.inputs import INPUT, KEY, TYPE, idempotency_key, key_of
from billfold.schema.problems import Problem
from billfold.schema.resolvers import resolver
from billfold.schema.values import DateRange
from billfold.services import number_exports, number_register
from billfold.services.number_register import ImportedNumber
from billfold.services.numbers import NumbersOf

_REASON = "Why; it stands in the register."


@strawberry.input(description="How many of the next numbers to take, and for what.")
class ReserveNumbersInput:
    enterprise: ID = field(description="The enterprise.")
    type: str = field(description=TYPE)
    count: int = field(description="How many, 1 to 1,000.")
    reason: str = field(description=_REASON)
    on: date | None = field(
        default=None, description="The date that they stand for; today in the enterprise's zone when left out."
    )
    contract: ID | None = field(
        default=None, description="The contract; needed where contracts have numbers of their own."
    )
    idempotency_key: str | None = field(default=None, description=KEY)


@strawberry.type(description="Numbers that were taken for nobody's documents here.")
class ReservedNumbers:
    numbers: list[str] = field(description="The numbers, in order.")


@strawberry.input(description="A number that was used in a former system.")
class ImportedNumberInput:
    number: str = field(description="The number, as it stood on paper.")
    dated_on: date | None = field(default=None, description="The date that it bore, if it is known.")


@strawberry.input(description="Numbers that were used in a former system.")
class ImportNumbersInput:
    enterprise: ID = field(description="The enterprise.")
    type: str = field(description=TYPE)
    numbers: list[ImportedNumberInput] = field(description="The numbers, 1 to 1,000.")
    reason: str = field(description=_REASON)


@strawberry.type(description="What became of the numbers of a call.")
class ImportedNumbers:
    imported: int = field(description="How many are new.")
    unchanged: int = field(description="How many were imported or reserved before, and stay so.")


@strawberry.input(description="Whose register to write as a file, and of which numbers.")
class ExportNumberRegisterInput:
    enterprise: ID = field(description="The enterprise.")
    type: str | None = field(default=None, description="Only this document type, by key.")
    dates: DateRange | None = field(
        default=None, description="Only numbers of these dates; those without a date are left out then."
    )


NumberRegisterResult = Annotated[
    File | Problem, strawberry.union("NumberRegisterResult", description="The file, or why there is none.")
]
ReserveNumbersResult = Annotated[
    ReservedNumbers | Problem,
    strawberry.union("ReserveNumbersResult", description="The numbers, or why none was taken."),
]
ImportNumbersResult = Annotated[
    ImportedNumbers | Problem,
    strawberry.union(
        "ImportNumbersResult",
        description="What was imported, or why nothing was; the field names the number: `numbers.17`.",
    ),
]


@strawberry.type
class NumberCommands:
    """The commands on numbers."""

    @resolver("Take the next numbers of a type for no document, such as blanks to be filled in by hand.")
    async def reserve_numbers(self, info: Info, input: Annotated[ReserveNumbersInput, INPUT]) -> ReserveNumbersResult:
        context = info.context
        numbers = await number_register.reserve_numbers(
            context.parts,
            context.viewer,
            NumbersOf(
                enterprise_id=key_of("enterprise", input.enterprise, "enterprise"),
                type=input.type,
                on=input.on,
                contract_id=None if input.contract is None else key_of("contract", input.contract, "contract"),
            ),
            count=input.count,
            reason=input.reason,
            idempotency_key=idempotency_key(info, input.idempotency_key),
        )
        return ReservedNumbers(numbers=list(numbers))

    @resolver("Tell of numbers that a former system used, all or none: no document here gets them. It may be repeated.")
    async def import_numbers(self, info: Info, input: Annotated[ImportNumbersInput, INPUT]) -> ImportNumbersResult:
        context = info.context
        of = NumbersOf(enterprise_id=key_of("enterprise", input.enterprise, "enterprise"), type=input.type)
        given = [ImportedNumber(one.number, one.dated_on) for one in input.numbers]
        done = await number_register.import_numbers(context.parts, context.viewer, given, of=of, reason=input.reason)
        return ImportedNumbers(imported=done.imported, unchanged=done.unchanged)

    @resolver("Write the register of numbers as a CSV file: each number of every series, and what became of it.")
    async def export_number_register(
        self, info: Info, input: Annotated[ExportNumberRegisterInput, INPUT]
    ) -> NumberRegisterResult:
        context, days = info.context, input.dates or DateRange()
        request = RegisterRequest(
            enterprise_id=key_of("enterprise", input.enterprise, "enterprise"),
            type=input.type,
            start=days.from_,
            until=days.until,
        )
        made_at = context.parts.clock.now()
        file_id, file = await number_exports.export_register(context.parts, context.viewer, request)
        return stored_file(file_id, file, at=made_at)
