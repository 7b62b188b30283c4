"""The commands of the managers' face: each calls one service, and reads what it changed."""

from typing import Annotated, TypeVar
from uuid import UUID

import strawberry
from strawberry import ID, field

from billfold.database.reading.conditions import Condition
from billfold.domain.errors import InvalidInput, NotFound
from billfold.domain.money import ZERO
from billfold.schema.context import Info
from billfold.schema.manager.documents import Delivery, Document
from billfold.schema.manager.inputs import (
    CreateClientTokenInput,
    IssueDocumentInput,
    PlanRunInput,
    RevokeTokenInput,
    SendDocumentInput,
    StartRunInput,
    VoidDocumentInput,
    key_of,
    keys_of,
    some,
)
from billfold.schema.manager.runs import Plan, Run
from billfold.schema.problems import Problem
from billfold.schema.reads import read_many, read_one
from billfold.schema.resolvers import resolver
from billfold.schema.scalars import InstantText
from billfold.services import deliveries, documents, runs, tokens
from billfold.services.runs import RunRequest

T = TypeVar("T")
_INPUT = strawberry.argument(description="What is asked for.")


@strawberry.type(description="What was asked to be sent.")
class SentDocuments:
    deliveries: list[Delivery] = field(description="One delivery for each document and recipient.")


@strawberry.type(description="A new token; the secret is shown once.")
class IssuedToken:
    id: ID = field(description="The token's id, by which it is revoked.")
    token: str = field(description="The secret: the bearer token itself.")
    expires_at: InstantText = field(description="Until when it holds.")


@strawberry.type(description="A token that was revoked.")
class RevokedToken:
    id: ID = field(description="The token's id.")


DocumentResult = Annotated[
    Document | Problem, strawberry.union("DocumentResult", description="The document, or why there is none.")
]
PlanResult = Annotated[Plan | Problem, strawberry.union("PlanResult", description="The plan, or why there is none.")]
RunResult = Annotated[Run | Problem, strawberry.union("RunResult", description="The run, or why there is none.")]
SendResult = Annotated[
    SentDocuments | Problem, strawberry.union("SendResult", description="The deliveries, or why there are none.")
]
TokenResult = Annotated[
    IssuedToken | Problem, strawberry.union("TokenResult", description="The token, or why there is none.")
]
RevokeResult = Annotated[
    RevokedToken | Problem, strawberry.union("RevokeResult", description="The token, or why it was not revoked.")
]


@strawberry.type(description="What managers may command. Each command gives what it changed, or a Problem.")
class Mutation:
    @resolver("Issue one document, for a period or for an amount.")
    async def issue_document(self, info: Info, input: Annotated[IssueDocumentInput, _INPUT]) -> DocumentResult:
        return await _read(info, Document, await _issue(info, input))

    @resolver("Work out what a run would make. Nothing is issued.")
    async def plan_run(self, info: Info, input: Annotated[PlanRunInput, _INPUT]) -> PlanResult:
        context = info.context
        return await _read(info, Plan, await runs.plan(context.parts, context.viewer, _request(input)))

    @resolver("Start making documents, after a plan or without one.")
    async def start_run(self, info: Info, input: Annotated[StartRunInput, _INPUT]) -> RunResult:
        return await _read(info, Run, await _start(info, input))

    @resolver("Void a document: it keeps its number and counts no more.")
    async def void_document(self, info: Info, input: Annotated[VoidDocumentInput, _INPUT]) -> DocumentResult:
        context = info.context
        document_id = key_of("document", input.document, "document")
        await documents.void(context.parts, context.viewer, document_id=document_id, reason=input.reason)
        return await _read(info, Document, document_id)

    @resolver("Mail documents to their clients, or to the recipients given.")
    async def send_document(self, info: Info, input: Annotated[SendDocumentInput, _INPUT]) -> SendResult:
        context = info.context
        sent = await deliveries.send(
            context.parts,
            context.viewer,
            document_ids=keys_of("document", input.documents, "documents"),
            recipients=input.recipients,
            idempotency_key=_idempotency_key(info, input.idempotency_key),
        )
        asked = Condition("{t}.id = ANY(?::uuid[])", (sent,))
        via = ("SentDocuments", "deliveries")
        return SentDocuments(deliveries=await read_many(info, Delivery, asked, "{t}.created_at, {t}.id", via=via))

    @resolver("Make a token for a client's cabinet.")
    async def create_client_token(self, info: Info, input: Annotated[CreateClientTokenInput, _INPUT]) -> TokenResult:
        issued = await tokens.create_client_token(
            info.context.parts,
            info.context.viewer,
            client_id=key_of("client", input.client, "client"),
            contract_ids=keys_of("contract", input.contracts, "contracts"),
            types=some(input.types, "types"),
            scopes=some(input.scopes, "scopes"),
            expires_in_days=input.expires_in_days,
        )
        return IssuedToken(
            id=ID(f"token_{issued.id}"),
            token=issued.secret,
            expires_at=InstantText(f"{issued.expires_at:%Y-%m-%dT%H:%M:%S.%fZ}"),
        )

    @resolver("Make a token invalid at once.")
    async def revoke_token(self, info: Info, input: Annotated[RevokeTokenInput, _INPUT]) -> RevokeResult:
        context = info.context
        if tokens.is_secret(input.token):
            token_id = await tokens.revoke_secret(context.parts, context.viewer, input.token)
        else:
            token_id = await tokens.revoke(context.parts, context.viewer, key_of("token", input.token, "token"))
        return RevokedToken(id=ID(f"token_{token_id}"))


async def _issue(info: Info, input: IssueDocumentInput) -> UUID:
    if (input.period is None) == (input.amount is None):
        raise InvalidInput("Give either a period or an amount.", field="period")
    context, contract_id = info.context, key_of("contract", input.contract, "contract")
    key = _idempotency_key(info, input.idempotency_key)
    if input.period is not None:
        return await documents.issue_for_period(
            context.parts,
            context.viewer,
            type=input.type,
            contract_id=contract_id,
            period=input.period.period(),
            issue_date=input.issue_date,
            idempotency_key=key,
        )
    return await documents.issue_for_amount(
        context.parts,
        context.viewer,
        type=input.type,
        contract_id=contract_id,
        amount=input.amount or ZERO,
        issue_date=input.issue_date,
        description=input.description,
        idempotency_key=key,
    )


async def _start(info: Info, input: StartRunInput) -> UUID:
    context, key = info.context, _idempotency_key(info, input.idempotency_key)
    if input.plan is not None:
        plan_id = key_of("plan", input.plan, "plan")
        return await runs.start_plan(context.parts, context.viewer, plan_id, idempotency_key=key)
    return await runs.start(context.parts, context.viewer, _request(input), idempotency_key=key)


def _request(input: PlanRunInput | StartRunInput) -> RunRequest:
    if input.type is None or input.period is None:
        raise InvalidInput("Give a plan, or a type and a period.", field="type" if input.type is None else "period")
    return RunRequest(
        type=input.type,
        period=input.period.period(),
        enterprise_ids=keys_of("enterprise", input.enterprises, "enterprises"),
        client_ids=keys_of("client", input.clients, "clients"),
        contract_ids=keys_of("contract", input.contracts, "contracts"),
        issue_date=input.issue_date,
    )


def _idempotency_key(info: Info, given: str | None) -> str | None:
    return given or info.context.idempotency_key


async def _read(info: Info, of: type[T], key: UUID) -> T:
    found = await read_one(info, of, Condition("{t}.id = ?", (key,)))
    if found is None:
        raise NotFound(f"The {of.__name__} is not there any more.")
    return found
