"""Payments: money received for a contract, and what of it settles which document.

What settles what, and how it is written, is in `settling.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import asyncpg
from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.fields.db_defaults import Now
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from billfold.database.columns import ExactField, amount_check, not_empty, one_of
from billfold.database.contracts import ContractRow
from billfold.database.documents import DocumentRow
from billfold.domain.errors import NotFound
from billfold.domain.ids import new_id
from billfold.domain.payments import AllocationKind, PaymentKind, PaymentMethod


class PaymentRow(Model):
    """Money that came in for a contract, or (a refund, below zero) went back; never changed, only cancelled.

    `external_id` names it once within its source. Of its amount `allocated` settles documents of charges and the
    opening debt, and `advanced` settles documents for an amount; triggers keep both.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    contract: fields.ForeignKeyRelation[ContractRow] = fields.ForeignKeyField(
        "billfold.ContractRow", related_name="payments", on_delete=OnDelete.RESTRICT
    )
    kind = fields.CharField(max_length=10)
    method = fields.CharField(max_length=10, db_default="bank")
    amount: fields.Field[Decimal] = ExactField()
    received_on = fields.DateField()
    reference = fields.TextField(db_default="")
    comment = fields.TextField(db_default="")
    payer_name = fields.TextField(db_default="")
    payer_inn = fields.CharField(max_length=20, db_default="")
    payer_account = fields.CharField(max_length=34, db_default="")
    source = fields.CharField(max_length=100, db_default="manual")
    external_id: fields.Field[str | None] = fields.CharField(max_length=200, null=True)
    refunds: fields.ForeignKeyNullableRelation["PaymentRow"] = fields.ForeignKeyField(
        "billfold.PaymentRow", related_name="refunded_by", on_delete=OnDelete.RESTRICT, null=True
    )
    allocated: fields.Field[Decimal] = ExactField(db_default=0)
    advanced: fields.Field[Decimal] = ExactField(db_default=0)
    created_at = fields.DatetimeField(db_default=Now())
    created_by = fields.TextField(db_default="")
    cancelled_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    cancelled_by = fields.TextField(db_default="")
    cancel_reason = fields.TextField(db_default="")

    class Meta:
        table = "payments"
        app = "billfold"
        constraints = (
            UniqueConstraint(fields=("source", "external_id"), name="payments_once_a_source"),
            UniqueConstraint(fields=("id", "contract"), name="payments_of_contract"),
            one_of("kind", PaymentKind),
            one_of("method", PaymentMethod),
            amount_check("amount", "allocated", "advanced"),
            CheckConstraint(
                check="(kind = 'payment' AND amount > 0 AND refunds_id IS NULL)"
                " OR (kind = 'refund' AND amount < 0 AND refunds_id IS NOT NULL)",
                name="payments_have_their_sign",
            ),
            CheckConstraint(check="allocated BETWEEN 0 AND greatest(amount, 0)", name="allocated_up_to_amount"),
            CheckConstraint(check="advanced BETWEEN 0 AND greatest(amount, 0)", name="advanced_up_to_amount"),
            CheckConstraint(
                check="cancelled_at IS NULL OR (allocated = 0 AND advanced = 0)", name="cancelled_settles_nothing"
            ),
            not_empty("source"),
        )
        indexes = (("contract_id", "received_on"),)


class AllocationRow(Model):
    """How much of which money settles which document, all of one contract; released, never deleted.

    Without a payment the money is the contract's opening balance; without a document it settles the opening debt.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    contract: fields.ForeignKeyRelation[ContractRow] = fields.ForeignKeyField(
        "billfold.ContractRow", related_name="allocations", on_delete=OnDelete.RESTRICT
    )
    payment: fields.ForeignKeyNullableRelation[PaymentRow] = fields.ForeignKeyField(
        "billfold.PaymentRow", related_name="allocations", on_delete=OnDelete.RESTRICT, null=True
    )
    document: fields.ForeignKeyNullableRelation[DocumentRow] = fields.ForeignKeyField(
        "billfold.DocumentRow", related_name="allocations", on_delete=OnDelete.RESTRICT, null=True
    )
    amount: fields.Field[Decimal] = ExactField()
    kind = fields.CharField(max_length=10)
    is_advance = fields.BooleanField(db_default=False)
    created_at = fields.DatetimeField(db_default=Now())
    created_by = fields.TextField(db_default="")
    released_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    released_by = fields.TextField(db_default="")
    release_reason = fields.TextField(db_default="")

    class Meta:
        table = "allocations"
        app = "billfold"
        constraints = (
            one_of("kind", AllocationKind),
            amount_check("amount"),
            CheckConstraint(check="amount > 0", name="amount_positive"),
            CheckConstraint(check="payment_id IS NOT NULL OR document_id IS NOT NULL", name="allocations_join_two"),
            CheckConstraint(check="NOT is_advance OR document_id IS NOT NULL", name="advances_are_of_documents"),
        )
        indexes = (("payment_id",), ("document_id",), ("contract_id",))


@dataclass(frozen=True, slots=True)
class Account:
    """The money side of a contract; nothing dated before `closed_until` of its enterprise changes any more."""

    contract_id: UUID
    number: str
    currency: str
    balance: Decimal
    timezone: str
    closed_until: date | None


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment or a refund as it stands; `refunded` is what was given back of it and is not cancelled."""

    id: UUID
    kind: PaymentKind
    method: PaymentMethod
    amount: Decimal
    refunded: Decimal
    received_on: date
    is_cancelled: bool

    @property
    def left(self) -> Decimal:
        """What was not given back."""
        return self.amount - self.refunded


async def lock_account(connection: asyncpg.Connection, contract_id: UUID) -> Account | None:
    """Lock a contract, as issuing does, and give its money side; None when there is no such contract."""
    # What is read must be of after the wait for the lock: the books may have been closed meanwhile.
    await connection.execute("SELECT FROM contracts WHERE id = $1 FOR NO KEY UPDATE", contract_id)
    row = await connection.fetchrow(
        """SELECT c.id, c.number, c.currency, c.balance, e.timezone, e.closed_until
           FROM contracts c JOIN enterprises e ON e.id = c.enterprise_id WHERE c.id = $1""",
        contract_id,
    )
    return Account(*row) if row else None


async def lock_payment(connection: asyncpg.Connection, payment_id: UUID) -> tuple[Account, Payment]:
    """Lock the contract of a payment, and read both. Raises NotFound when there is no such payment."""
    contract_id = await connection.fetchval("SELECT contract_id FROM payments WHERE id = $1", payment_id)
    account = None if contract_id is None else await lock_account(connection, contract_id)
    if account is None:
        raise NotFound("There is no such payment.", field="payment")
    return account, await _read_payment(connection, payment_id)


async def _read_payment(connection: asyncpg.Connection, payment_id: UUID) -> Payment:
    row = await connection.fetchrow(
        """SELECT p.id, p.kind, p.method, p.amount, -COALESCE((
             SELECT sum(r.amount) FROM payments r WHERE r.contract_id = p.contract_id AND r.refunds_id = p.id
               AND r.cancelled_at IS NULL), 0) AS refunded,
             p.received_on, p.cancelled_at IS NOT NULL AS is_cancelled
           FROM payments p WHERE p.id = $1""",
        payment_id,
    )
    id_, kind, method, *rest = row
    return Payment(id_, PaymentKind(kind), PaymentMethod(method), *rest)


async def insert_payment(connection: asyncpg.Connection, columns: Mapping[str, object]) -> UUID | None:
    """Write a payment or a refund; gives its id, or None when its source has that external id already.

    A trigger moves the balance of the contract.
    """
    row = {"id": new_id(), **columns}
    places = ", ".join(f"${at}" for at in range(1, len(row) + 1))
    written: UUID | None = await connection.fetchval(
        f"""INSERT INTO payments ({", ".join(row)}) VALUES ({places})
            ON CONFLICT (source, external_id) DO NOTHING RETURNING id""",
        *row.values(),
    )
    return written


async def mark_cancelled(
    connection: asyncpg.Connection, payment_id: UUID, *, actor: str, reason: str, now: datetime
) -> None:
    """Cancel a payment that settles nothing, or a refund; a trigger takes it from the balance."""
    await connection.execute(
        "UPDATE payments SET cancelled_at = $2, cancelled_by = $3, cancel_reason = $4 WHERE id = $1",
        payment_id,
        now,
        actor,
        reason,
    )
