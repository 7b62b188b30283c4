"""Commands on documents: issue, void, send."""

from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import ID, field

from billfold.database.reading.conditions import Condition
from billfold.schema.context import Info
from billfold.schema.manager.commands.asked import IssueDocumentInput, check_asked, line_corrections
from billfold.schema.manager.documents import Delivery, Document
from billfold.schema.manager.inputs import INPUT, KEY, changed, idempotency_key, key_of, keys_of
from billfold.schema.problems import Problem
from billfold.schema.reads import read_many
from billfold.schema.resolvers import resolver
from billfold.services import deliveries, documents


@strawberry.input(description="Which document to void, and why.")
class VoidDocumentInput:
    document: ID = field(description="The document.")
    reason: str = field(description="Why it is voided; it is kept with the number.")


@strawberry.input(description="Which documents to send, and to whom.")
class SendDocumentInput:
    documents: list[ID] = field(description="The documents, at most 100.")
    recipients: list[str] | None = field(default=None, description="The addresses; each client's own when left out.")
    idempotency_key: str | None = field(default=None, description=KEY)


@strawberry.type(description="What was asked to be sent.")
class SentDocuments:
    deliveries: list[Delivery] = field(description="One delivery for each document and recipient.")


DocumentResult = Annotated[
    Document | Problem, strawberry.union("DocumentResult", description="The document, or why there is none.")
]
SendResult = Annotated[
    SentDocuments | Problem, strawberry.union("SendResult", description="The deliveries, or why there are none.")
]


@strawberry.type
class DocumentCommands:
    """The commands on documents."""

    @resolver("Issue one document: for a period, for an amount, of a day, or the correction of another.")
    async def issue_document(self, info: Info, input: Annotated[IssueDocumentInput, INPUT]) -> DocumentResult:
        return await changed(info, Document, await _issue(info, input))

    @resolver("Void a document: it keeps its number and counts no more.")
    async def void_document(self, info: Info, input: Annotated[VoidDocumentInput, INPUT]) -> DocumentResult:
        context = info.context
        document_id = key_of("document", input.document, "document")
        await documents.void(context.parts, context.viewer, document_id=document_id, reason=input.reason)
        return await changed(info, Document, document_id)

    @resolver("Mail documents to their clients, or to the recipients given.")
    async def send_document(self, info: Info, input: Annotated[SendDocumentInput, INPUT]) -> SendResult:
        context = info.context
        sent = await deliveries.send(
            context.parts,
            context.viewer,
            document_ids=keys_of("document", input.documents, "documents"),
            recipients=input.recipients,
            idempotency_key=idempotency_key(info, input.idempotency_key),
        )
        asked = Condition("{t}.id = ANY(?::uuid[])", (sent,))
        via = ("SentDocuments", "deliveries")
        return SentDocuments(deliveries=await read_many(info, Delivery, asked, "{t}.created_at, {t}.id", via=via))


async def _issue(info: Info, input: IssueDocumentInput) -> UUID:
    check_asked(input)
    context, key = info.context, idempotency_key(info, input.idempotency_key)
    if input.original is not None:
        return await documents.issue_correction(
            context.parts,
            context.viewer,
            type=input.type,
            original_id=key_of("document", input.original, "original"),
            corrections=line_corrections(input.corrections),
            issue_date=input.issue_date,
            description=input.description,
            idempotency_key=key,
        )
    contract_id = key_of("contract", input.contract or ID(""), "contract")
    if input.amount is not None:
        return await documents.issue_for_amount(
            context.parts,
            context.viewer,
            type=input.type,
            contract_id=contract_id,
            amount=input.amount,
            issue_date=input.issue_date,
            description=input.description,
            idempotency_key=key,
        )
    return await _issue_for_days(info, input, contract_id, key)


async def _issue_for_days(info: Info, input: IssueDocumentInput, contract_id: UUID, key: str | None) -> UUID:
    context = info.context
    if input.period is None:
        return await documents.issue_for_day(
            context.parts,
            context.viewer,
            type=input.type,
            contract_id=contract_id,
            issue_date=input.issue_date,
            idempotency_key=key,
        )
    return await documents.issue_for_period(
        context.parts,
        context.viewer,
        type=input.type,
        contract_id=contract_id,
        period=input.period.period(),
        issue_date=input.issue_date,
        idempotency_key=key,
    )
