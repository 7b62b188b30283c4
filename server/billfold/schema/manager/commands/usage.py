"""Commands on usage: record what was measured."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

import strawberry
from strawberry import ID, field

from billfold.domain.metering import ReportedUsage
from billfold.schema.context import Info
from billfold.schema.manager.inputs import INPUT, KEY, idempotency_key, key_of
from billfold.schema.problems import Problem
from billfold.schema.resolvers import resolver
from billfold.services import usage


@strawberry.input(description="One measured use. A correction names its original and takes from it what it leaves out.")
class UsageRecordInput:
    external_id: str = field(description="The id that the source gave it; the same one counts once.")
    contract: ID | None = field(default=None, description="The contract, by id.")
    contract_number: str | None = field(default=None, description="The contract, by number instead.")
    service: ID | None = field(default=None, description="The service, by id.")
    service_code: str | None = field(default=None, description="The service, by code instead.")
    occurred_at: datetime | None = field(default=None, description="When it happened.")
    quantity: Decimal = field(description="How much was used; negative for a correction, and only for it.")
    unit_price: Decimal | None = field(default=None, description="The price of a unit; left out, the prices rate it.")
    tax_included: bool | None = field(default=None, description="Whether the unit price holds the tax.")
    destination: str | None = field(default=None, description="Where it went.")
    party: str | None = field(default=None, description="The other side of it.")
    corrects: str | None = field(default=None, description="The external id of the original that this takes back.")


@strawberry.input(description="What a source measured.")
class RecordUsageInput:
    source: str = field(description="Who measured it, such as the name of a switch or a gateway.")
    records: list[UsageRecordInput] = field(description="What was measured, 1 to 1,000 records.")
    enterprise_code: str | None = field(
        default=None, description="The enterprise that contract numbers are of; needed where several have the number."
    )
    idempotency_key: str | None = field(default=None, description=KEY)


@strawberry.type(description="What became of the records of a call.")
class RecordedUsage:
    recorded: int = field(description="How many are new.")
    duplicates: int = field(description="How many were there before, and count once.")
    late: int = field(description="How many of the new ones lie in days charged or closed: the next period has them.")


RecordUsageResult = Annotated[
    RecordedUsage | Problem,
    strawberry.union(
        "RecordUsageResult",
        description="What was recorded, or why nothing was; the field names the record: `records.17.quantity`.",
    ),
]


@strawberry.type
class UsageCommands:
    """The commands on usage."""

    @resolver("Record what was measured, all of it or nothing. It may be sent again: each record counts once.")
    async def record_usage(self, info: Info, input: Annotated[RecordUsageInput, INPUT]) -> RecordUsageResult:
        context = info.context
        recorded = await usage.record(
            context.parts,
            context.viewer,
            source=input.source,
            records=[_reported(at, one) for at, one in enumerate(input.records)],
            enterprise=input.enterprise_code,
            idempotency_key=idempotency_key(info, input.idempotency_key),
        )
        return RecordedUsage(recorded=recorded.recorded, duplicates=recorded.duplicates, late=recorded.late)


def _reported(at: int, given: UsageRecordInput) -> ReportedUsage:
    return ReportedUsage(
        external_id=given.external_id,
        quantity=given.quantity,
        contract_id=None if given.contract is None else key_of("contract", given.contract, f"records.{at}.contract"),
        contract_number=given.contract_number,
        service_id=None if given.service is None else key_of("service", given.service, f"records.{at}.service"),
        service_code=given.service_code,
        occurred_at=given.occurred_at,
        unit_price=given.unit_price,
        tax_included=given.tax_included,
        destination=given.destination,
        party=given.party,
        corrects=given.corrects,
    )
