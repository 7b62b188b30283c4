"""Commands on contracts: make, change and close one."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import strawberry
from strawberry import ID, UNSET, field

from billfold.database.contracts import Billing
from billfold.database.reading.conditions import Condition
from billfold.domain.money import ZERO
from billfold.schema.context import Info
from billfold.schema.manager.contracts import Contract
from billfold.schema.manager.documents import Document
from billfold.schema.manager.inputs import INPUT, KEY, TYPE, attributes, changed, idempotency_key, key_of
from billfold.schema.problems import Problem
from billfold.schema.reads import read_many
from billfold.schema.resolvers import resolver
from billfold.services import closing, contracts

_NUMBER = "The number, unique within the enterprise."
_CLIENT = "Who is billed."
_ENTERPRISE = "Who bills."
_SIGNED_ON = "The day of signing."
_VALID_TO = "The last day, where there is one."
_CURRENCY = "The currency, ISO 4217, such as RUB."
_BILLING = "When it pays."
_TERMS = "Days to pay in, 0 to 366."
_CREDIT_LIMIT = "How far the balance may fall below zero, in the currency of the contract."
_OPENING_BALANCE = "What it holds when it is taken over; negative is owed. In the currency of the contract."


@strawberry.input(description="A contract that is to be made.")
class CreateContractInput:
    number: str = field(description=_NUMBER)
    client: ID = field(description=_CLIENT)
    enterprise: ID = field(description=_ENTERPRISE)
    signed_on: date = field(description=_SIGNED_ON)
    valid_to: date | None = field(default=None, description=_VALID_TO)
    currency: str = field(description=_CURRENCY)
    billing: Billing = field(description=_BILLING)
    payment_terms_days: int = field(default=10, description=_TERMS)
    credit_limit: Decimal = field(default=ZERO, description=_CREDIT_LIMIT)
    opening_balance: Decimal = field(default=ZERO, description=_OPENING_BALANCE)
    idempotency_key: str | None = field(default=None, description=KEY)


@strawberry.input(description="What of a contract is to be changed; what is left out stays as it is.")
class UpdateContractInput:
    contract: ID = field(description="The contract.")
    number: str | None = field(default=UNSET, description=_NUMBER)
    client: ID | None = field(default=UNSET, description=f"{_CLIENT} It stays once the contract is billed.")
    enterprise: ID | None = field(default=UNSET, description=f"{_ENTERPRISE} It stays once the contract is billed.")
    signed_on: date | None = field(default=UNSET, description=_SIGNED_ON)
    valid_to: date | None = field(default=UNSET, description=f"{_VALID_TO} Null clears it.")
    currency: str | None = field(default=UNSET, description=f"{_CURRENCY} It stays once the contract is billed.")
    billing: Billing | None = field(default=UNSET, description=_BILLING)
    payment_terms_days: int | None = field(default=UNSET, description=_TERMS)
    credit_limit: Decimal | None = field(default=UNSET, description=_CREDIT_LIMIT)
    opening_balance: Decimal | None = field(
        default=UNSET, description=f"{_OPENING_BALANCE} It stays once some of it is allocated."
    )


@strawberry.input(description="Which contract to close, from when on, and by which document.")
class CloseContractInput:
    contract: ID = field(description="The contract.")
    on: date = field(description="The first day without service.")
    type: str = field(default="invoice", description=f"{TYPE} The final document is of it.")
    reason: str = field(default="", description="Why it is closed; it is kept.")
    idempotency_key: str | None = field(default=None, description=KEY)


@strawberry.type(description="A contract that is closed, and the document of its last days.")
class ClosedContract:
    contract: Contract = field(description="The contract.")
    document: Document | None = field(description="The document up to its end; null when there is none.")
    problem: Problem | None = field(
        description="What kept the document from being issued; mend it and close the contract again."
    )


ContractResult = Annotated[
    Contract | Problem, strawberry.union("ContractResult", description="The contract, or why nothing was changed.")
]
ClosingResult = Annotated[
    ClosedContract | Problem,
    strawberry.union("ClosingResult", description="The closed contract, or why it is not closed."),
]


@strawberry.type
class ContractCommands:
    """The commands on contracts."""

    @resolver("Make a contract.")
    async def create_contract(self, info: Info, input: Annotated[CreateContractInput, INPUT]) -> ContractResult:
        contract_id = await contracts.create(
            info.context.parts,
            info.context.viewer,
            given=_given(input, "idempotency_key"),
            idempotency_key=idempotency_key(info, input.idempotency_key),
        )
        return await changed(info, Contract, contract_id)

    @resolver("Change a contract; what is charged and issued keeps what it says.")
    async def update_contract(self, info: Info, input: Annotated[UpdateContractInput, INPUT]) -> ContractResult:
        contract_id = await contracts.update(
            info.context.parts,
            info.context.viewer,
            contract_id=key_of("contract", input.contract, "contract"),
            given=_given(input, "contract"),
        )
        return await changed(info, Contract, contract_id)

    @resolver("Close a contract: its services end, and what is still due is billed. Again, it issues what is missing.")
    async def close_contract(self, info: Info, input: Annotated[CloseContractInput, INPUT]) -> ClosingResult:
        closed = await closing.close(
            info.context.parts,
            info.context.viewer,
            contract_id=key_of("contract", input.contract, "contract"),
            on=input.on,
            type=input.type,
            reason=input.reason,
            idempotency_key=idempotency_key(info, input.idempotency_key),
        )
        return await _told(info, closed)


def _given(input: CreateContractInput | UpdateContractInput, *without: str) -> dict[str, object]:
    """Give the attributes of an input, its parties by their keys; null stays null for the service to refuse."""
    given = attributes(input, *without)
    for noun in ("client", "enterprise"):
        if noun in given:
            id_ = given.pop(noun)
            given[f"{noun}_id"] = None if id_ is None else key_of(noun, str(id_), noun)
    return given


async def _told(info: Info, closed: closing.Closed) -> ClosedContract:
    wanted = Condition("{t}.id = ?", (closed.contract_id,))
    (contract,) = await read_many(info, Contract, wanted, "{t}.id", via=("ClosedContract", "contract"))
    document = None
    if closed.document_id is not None:
        wanted = Condition("{t}.id = ?", (closed.document_id,))
        (document,) = await read_many(info, Document, wanted, "{t}.id", via=("ClosedContract", "document"))
    found = closed.problem
    problem = None if found is None else Problem(code=found.code, message=found.message, field=found.field)
    return ClosedContract(contract=contract, document=document, problem=problem)
