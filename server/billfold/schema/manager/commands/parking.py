"""Commands on contracts that are to rest: park one, so that nothing is issued of it, and unpark it."""

from typing import Annotated

import strawberry
from strawberry import ID, field

from billfold.schema.context import Info
from billfold.schema.manager.commands.contracts import ContractResult
from billfold.schema.manager.contracts import Contract
from billfold.schema.manager.inputs import INPUT, changed, key_of
from billfold.schema.resolvers import resolver
from billfold.services import parking


@strawberry.input(description="Which contract to park, and why.")
class ParkContractInput:
    contract: ID = field(description="The contract.")
    reason: str = field(description="Why nothing is to be issued of it; whoever tries is told.")


@strawberry.input(description="Which contract to unpark.")
class UnparkContractInput:
    contract: ID = field(description="The contract.")


@strawberry.type
class ParkingCommands:
    """The commands that park contracts."""

    @resolver(
        "Issue nothing more of a contract: runs skip it, and by hand it is refused. May be repeated; the first reason"
        " stays."
    )
    async def park_contract(self, info: Info, input: Annotated[ParkContractInput, INPUT]) -> ContractResult:
        contract_id = await parking.park(
            info.context.parts,
            info.context.viewer,
            contract_id=key_of("contract", input.contract, "contract"),
            reason=input.reason,
        )
        return await changed(info, Contract, contract_id)

    @resolver("Let documents of a contract be issued again; by itself that issues none. May be repeated.")
    async def unpark_contract(self, info: Info, input: Annotated[UnparkContractInput, INPUT]) -> ContractResult:
        contract_id = await parking.unpark(
            info.context.parts, info.context.viewer, contract_id=key_of("contract", input.contract, "contract")
        )
        return await changed(info, Contract, contract_id)
