"""Commands on payments: register, cancel, give back, allocate and release; and documents marked as paid by hand."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import strawberry
from strawberry import ID, field

from billfold.domain.payments import PaymentMethod
from billfold.schema.context import Info
from billfold.schema.manager.commands.documents import DocumentResult
from billfold.schema.manager.documents import Document
from billfold.schema.manager.inputs import INPUT, KEY, changed, idempotency_key, key_of, keys_of
from billfold.schema.manager.payments import Allocation, Payment
from billfold.schema.problems import Problem
from billfold.schema.resolvers import resolver
from billfold.services import allocations, paid_by_hand, payments, refunds
from billfold.services.payments import NewPayment


@strawberry.input(description="Money that came in.")
class RegisterPaymentInput:
    contract: ID = field(description="The contract that it is for.")
    amount: Decimal = field(description="How much, above 0, in the contract's currency.")
    received_on: date = field(description="The day it came, at most one day ahead.")
    reference: str = field(default="", description="What the payer wrote, such as the bank's purpose of payment.")
    document: ID | None = field(default=None, description="The document that it refers to: settled first.")
    documents: list[ID] | None = field(
        default=None, description="The documents that it refers to, instead of one: settled first, in this order."
    )
    method: PaymentMethod = field(default=PaymentMethod.BANK, description="How it came.")
    comment: str = field(default="", description="What the operator adds.")
    payer_name: str = field(default="", description="Who paid.")
    payer_inn: str = field(default="", description="The payer's INN.")
    payer_account: str = field(default="", description="The account that it came from.")
    source: str = field(default="manual", description="Where it comes from.")
    external_id: str | None = field(default=None, description="What names it within its source; it counts once.")
    idempotency_key: str | None = field(default=None, description=KEY)


@strawberry.input(description="Which payment or refund to cancel, and why.")
class CancelPaymentInput:
    payment: ID = field(description="The payment, or the refund.")
    reason: str = field(description="Why it is cancelled.")


@strawberry.input(description="What to give back of a payment.")
class RefundPaymentInput:
    payment: ID = field(description="The payment.")
    amount: Decimal = field(description="How much, at most what was not given back yet.")
    refunded_on: date = field(description="The day the money goes back.")
    reason: str = field(description="Why it is given back.")
    idempotency_key: str | None = field(default=None, description=KEY)


@strawberry.input(description="Which document a payment shall settle.")
class AllocatePaymentInput:
    payment: ID = field(description="The payment.")
    document: ID = field(description="The document, of the same contract.")
    amount: Decimal | None = field(default=None, description="How much; as much as can be when left out.")
    idempotency_key: str | None = field(default=None, description=KEY)


@strawberry.input(description="Which allocation to release, and why.")
class ReleaseAllocationInput:
    allocation: ID = field(description="The allocation.")
    reason: str = field(description="Why it is released.")


@strawberry.input(description="Which document is paid, and how one knows.")
class MarkDocumentPaidInput:
    document: ID = field(description="The document.")
    reason: str = field(description="Why it counts as paid.")


@strawberry.input(description="Which document is not paid after all, and why.")
class UnmarkDocumentPaidInput:
    document: ID = field(description="The document.")
    reason: str = field(description="Why it does not count as paid.")


PaymentResult = Annotated[
    Payment | Problem, strawberry.union("PaymentResult", description="The payment, or why there is none.")
]
AllocationResult = Annotated[
    Allocation | Problem, strawberry.union("AllocationResult", description="The allocation, or why there is none.")
]


@strawberry.type
class PaymentCommands:
    """The commands on payments."""

    @resolver("Register money that came in: it settles the documents it refers to, then the oldest due.")
    async def register_payment(self, info: Info, input: Annotated[RegisterPaymentInput, INPUT]) -> PaymentResult:
        context = info.context
        payment_id = await payments.register(
            context.parts,
            context.viewer,
            new=_new_payment(input),
            idempotency_key=idempotency_key(info, input.idempotency_key),
        )
        return await changed(info, Payment, payment_id)

    @resolver("Cancel a payment that never was, or a refund; a payment only after its refunds.")
    async def cancel_payment(self, info: Info, input: Annotated[CancelPaymentInput, INPUT]) -> PaymentResult:
        context, payment_id = info.context, key_of("payment", input.payment, "payment")
        await refunds.cancel(context.parts, context.viewer, payment_id=payment_id, reason=input.reason)
        return await changed(info, Payment, payment_id)

    @resolver("Give money of a payment back. Gives the refund, a payment below zero.")
    async def refund_payment(self, info: Info, input: Annotated[RefundPaymentInput, INPUT]) -> PaymentResult:
        context = info.context
        refund_id = await refunds.refund(
            context.parts,
            context.viewer,
            payment_id=key_of("payment", input.payment, "payment"),
            amount=input.amount,
            refunded_on=input.refunded_on,
            reason=input.reason,
            idempotency_key=idempotency_key(info, input.idempotency_key),
        )
        return await changed(info, Payment, refund_id)

    @resolver("Let a payment settle a document by hand. To move money, release it first.")
    async def allocate_payment(self, info: Info, input: Annotated[AllocatePaymentInput, INPUT]) -> AllocationResult:
        context = info.context
        allocation_id = await allocations.allocate(
            context.parts,
            context.viewer,
            payment_id=key_of("payment", input.payment, "payment"),
            document_id=key_of("document", input.document, "document"),
            amount=input.amount,
            idempotency_key=idempotency_key(info, input.idempotency_key),
        )
        return await changed(info, Allocation, allocation_id)

    @resolver(
        "Release one allocation: its document is open again. Its money stays free on purpose, until it is allocated,"
        " or the next payment or document of the contract settles with it."
    )
    async def release_allocation(self, info: Info, input: Annotated[ReleaseAllocationInput, INPUT]) -> AllocationResult:
        context, allocation_id = info.context, key_of("allocation", input.allocation, "allocation")
        await allocations.release(context.parts, context.viewer, allocation_id=allocation_id, reason=input.reason)
        return await changed(info, Allocation, allocation_id)

    @resolver("Mark a document as paid by hand, until money covers it. No payment is made, no balance changes.")
    async def mark_document_paid(self, info: Info, input: Annotated[MarkDocumentPaidInput, INPUT]) -> DocumentResult:
        context, document_id = info.context, key_of("document", input.document, "document")
        await paid_by_hand.mark(context.parts, context.viewer, document_id=document_id, reason=input.reason)
        return await changed(info, Document, document_id)

    @resolver("Take back that a document is paid by hand.")
    async def unmark_document_paid(
        self, info: Info, input: Annotated[UnmarkDocumentPaidInput, INPUT]
    ) -> DocumentResult:
        context, document_id = info.context, key_of("document", input.document, "document")
        await paid_by_hand.unmark(context.parts, context.viewer, document_id=document_id, reason=input.reason)
        return await changed(info, Document, document_id)


def _new_payment(input: RegisterPaymentInput) -> NewPayment:
    one, some = input.document, keys_of("document", input.documents, "documents")
    documents = some if one is None else (key_of("document", one, "document"), *some)
    return NewPayment(
        contract_id=key_of("contract", input.contract, "contract"),
        amount=input.amount,
        received_on=input.received_on,
        reference=input.reference,
        document_ids=documents,
        method=input.method,
        comment=input.comment,
        payer_name=input.payer_name,
        payer_inn=input.payer_inn,
        payer_account=input.payer_account,
        source=input.source,
        external_id=input.external_id,
    )
