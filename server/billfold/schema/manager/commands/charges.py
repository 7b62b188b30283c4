"""Commands on charges: enter a one-off charge, cancel one, open a charged period again."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import strawberry
from strawberry import ID, field

from billfold.schema.context import Info
from billfold.schema.manager.charges import Charge
from billfold.schema.manager.contracts import Contract
from billfold.schema.manager.inputs import INPUT, KEY, changed, idempotency_key, key_of
from billfold.schema.problems import Problem
from billfold.schema.resolvers import resolver
from billfold.schema.values import PeriodInput
from billfold.services import charges
from billfold.services.charges import NewCharge
from billfold.services.reopening import reopen_period


@strawberry.input(description="What to charge once; a negative quantity or price makes it a credit.")
class CreateChargeInput:
    contract: ID = field(description="The contract.")
    service: ID = field(description="The service; its tax category and the seller's regime of the day give the rate.")
    on: date = field(description="The day of supply.")
    unit_price: Decimal = field(description="The price of one unit, in the contract's currency.")
    tax_included: bool = field(description="Whether the price holds the tax.")
    quantity: Decimal = field(default=Decimal(1), description="How much is charged; 1 when left out.")
    description: str = field(default="", description="What it is for, as it is printed; the service's name when empty.")
    idempotency_key: str | None = field(default=None, description=KEY)


@strawberry.input(description="Which one-off charge to cancel, and why.")
class CancelChargeInput:
    charge: ID = field(description="The charge; it must still wait for a document.")
    reason: str = field(description="Why it is cancelled; it is kept with the charge.")


@strawberry.input(description="Which charged period of a contract to open again, and why.")
class ReopenPeriodInput:
    contract: ID = field(description="The contract.")
    period: PeriodInput = field(description="The days, as they were charged; no document may stand on them.")
    reason: str = field(description="Why it is opened again; it is kept.")


ReopenResult = Annotated[
    Contract | Problem, strawberry.union("ReopenResult", description="The contract, or why nothing was changed.")
]
ChargeResult = Annotated[
    Charge | Problem, strawberry.union("ChargeResult", description="The charge, or why there is none.")
]


@strawberry.type
class ChargeCommands:
    """The commands on charges."""

    @resolver("Enter a one-off charge or credit: it counts in the balance at once and waits for the next document.")
    async def create_charge(self, info: Info, input: Annotated[CreateChargeInput, INPUT]) -> ChargeResult:
        new = NewCharge(
            contract_id=key_of("contract", input.contract, "contract"),
            service_id=key_of("service", input.service, "service"),
            on=input.on,
            unit_price=input.unit_price,
            tax_included=input.tax_included,
            quantity=input.quantity,
            description=input.description,
        )
        key = idempotency_key(info, input.idempotency_key)
        charge_id = await charges.create(info.context.parts, info.context.viewer, new=new, idempotency_key=key)
        return await changed(info, Charge, charge_id)

    @resolver("Cancel a one-off charge that still waits for a document.")
    async def cancel_charge(self, info: Info, input: Annotated[CancelChargeInput, INPUT]) -> ChargeResult:
        context, charge_id = info.context, key_of("charge", input.charge, "charge")
        await charges.cancel(context.parts, context.viewer, charge_id=charge_id, reason=input.reason)
        return await changed(info, Charge, charge_id)

    @resolver("Open a period again that was charged without a document, such as one that came to nothing.")
    async def reopen_period(self, info: Info, input: Annotated[ReopenPeriodInput, INPUT]) -> ReopenResult:
        context, contract_id = info.context, key_of("contract", input.contract, "contract")
        period = input.period.period()
        await reopen_period(context.parts, context.viewer, contract_id=contract_id, period=period, reason=input.reason)
        return await changed(info, Contract, contract_id)
