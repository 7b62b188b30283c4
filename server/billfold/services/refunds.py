"""Refunds: a payment is cancelled, or some of it is given back; what it settled is released as far as needed."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from billfold.database import payments as rows
from billfold.database.audit import record_event
from billfold.database.connection import writing
from billfold.database.payments import Account, Payment
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import IllegalState, InvalidInput
from billfold.domain.money import ZERO
from billfold.domain.payments import PaymentKind, check_amount, check_books_open, check_day, check_reason
from billfold.domain.periods import local_date
from billfold.services.idempotency import Remember, Request, once
from billfold.services.parts import Parts
from billfold.services.settling import lock_live_payment, release_payment, settle_contracts


async def cancel(parts: Parts, viewer: Viewer, *, payment_id: UUID, reason: str) -> UUID:
    """Cancel a payment or a refund, as if it had never been: what a payment settled is open again.

    Other free money of the contract then settles it, as far as there is some. Locks the contract. Raises NotFound,
    InvalidInput without a reason, IllegalState for one that is cancelled, was given back, or lies in closed books.
    """
    viewer.require(Scope.BOOKS_WRITE)
    reason = check_reason(reason, "the payment is cancelled")
    now, actor = parts.clock.now(), viewer.name
    async with writing() as connection:
        account, payment = await lock_live_payment(connection, payment_id)
        if payment.refunded:
            raise IllegalState("The payment was given back: cancel its refunds first.", field="payment")
        check_books_open(payment.received_on, account.closed_until, field="payment")
        await release_payment(connection, payment_id, left=ZERO, actor=actor, reason=reason, now=now)
        await rows.mark_cancelled(connection, payment_id, actor=actor, reason=reason, now=now)
        await settle_contracts(connection, [account.contract_id], actor=actor, now=now)
        await record_event(
            connection, "cancelPayment", ("payment", payment_id), actor=actor, now=now, details={"reason": reason}
        )
    return payment_id


async def refund(
    parts: Parts,
    viewer: Viewer,
    *,
    payment_id: UUID,
    amount: Decimal,
    refunded_on: date,
    reason: str,
    idempotency_key: str | None = None,
) -> UUID:
    """Give money of a payment back; gives the id of the refund, which is a payment below zero.

    What the payment settles is released, the newest first, as far as its free rest does not suffice. Locks the
    contract. Raises NotFound, InvalidInput for more than was not given back yet or a day before the payment came,
    IllegalState for a cancelled payment, for a refund, and in closed books.
    """
    viewer.require(Scope.BOOKS_WRITE)
    reason = check_reason(reason, "the money is given back")

    async def act(remember: Remember) -> str:
        now = parts.clock.now()
        async with writing() as connection:
            account, payment = await lock_live_payment(connection, payment_id)
            back = _checked_amount(account, payment, amount)
            _check_refunded(account, payment, refunded_on, now)
            left = payment.left - back
            await release_payment(connection, payment_id, left=left, actor=viewer.name, reason=reason, now=now)
            columns = {**_columns(account, payment), "amount": -back, "received_on": refunded_on, "comment": reason}
            written = {"created_at": now, "created_by": viewer.name}
            refund_id = await rows.insert_payment(connection, {**columns, **written})
            await settle_contracts(connection, [account.contract_id], actor=viewer.name, now=now)
            await record_event(
                connection, "refundPayment", ("payment", payment_id), actor=viewer.name, now=now, details=arguments
            )
            await remember(connection, str(refund_id))
        return str(refund_id)

    arguments = {"payment": payment_id, "amount": amount, "refunded_on": refunded_on, "reason": reason}
    return UUID(await once(viewer, Request("refundPayment", idempotency_key, arguments), act))


def _checked_amount(account: Account, payment: Payment, amount: Decimal) -> Decimal:
    if payment.kind is PaymentKind.REFUND:
        raise IllegalState("A refund cannot be given back: cancel it, or register a payment.", field="payment")
    amount = check_amount(amount, account.currency)
    if amount > payment.left:
        raise InvalidInput(
            f"Only {payment.left} {account.currency} of the payment were not given back: ask for as much at most.",
            field="amount",
        )
    return amount


def _check_refunded(account: Account, payment: Payment, refunded_on: date, now: datetime) -> None:
    check_day(refunded_on, local_date(now, account.timezone), field="refundedOn")
    if refunded_on < payment.received_on:
        raise InvalidInput(
            f"The money came on {payment.received_on} and cannot be given back on {refunded_on}.", field="refundedOn"
        )
    check_books_open(refunded_on, account.closed_until, field="refundedOn")


def _columns(account: Account, payment: Payment) -> dict[str, object]:
    return {
        "contract_id": account.contract_id,
        "refunds_id": payment.id,
        "kind": PaymentKind.REFUND.value,
        "method": payment.method.value,
    }
