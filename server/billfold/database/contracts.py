"""Contracts: Client x Enterprise x currency; they hold the money and the services."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from uuid import UUID

import asyncpg
from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from billfold.database.clients import ClientRow
from billfold.database.columns import ExactField, amount_check, currency_check, not_empty, one_of
from billfold.database.enterprises import EnterpriseRow
from billfold.domain.errors import NotFound
from billfold.domain.ids import new_id


class Billing(StrEnum):
    """When a contract pays."""

    PREPAID = "prepaid"
    POSTPAID = "postpaid"


class ContractRow(Model):
    """One contract; numbers are unique within the enterprise.

    `balance` is the opening balance and what was paid less what was charged; triggers keep it in the transaction that
    changes one of them. `opening_allocated` is how much of the opening balance settles documents or, where it is a
    debt, is settled by payments. `revision` goes up whenever what the contract is to be charged for changes.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    number = fields.CharField(max_length=100)
    client: fields.ForeignKeyRelation[ClientRow] = fields.ForeignKeyField(
        "billfold.ClientRow", related_name="contracts", on_delete=OnDelete.RESTRICT
    )
    enterprise: fields.ForeignKeyRelation[EnterpriseRow] = fields.ForeignKeyField(
        "billfold.EnterpriseRow", related_name="contracts", on_delete=OnDelete.RESTRICT
    )
    signed_on = fields.DateField()
    valid_to = fields.DateField(null=True)
    currency = fields.CharField(max_length=3)
    billing = fields.CharField(max_length=10)
    payment_terms_days = fields.IntField(db_default=10)
    opening_balance = ExactField(db_default=0)
    opening_allocated = ExactField(db_default=0)
    balance = ExactField(db_default=0)
    credit_limit = ExactField(db_default=0)
    closed_on: fields.Field[date | None] = fields.DateField(null=True)
    revision = fields.BigIntField(db_default=0)

    class Meta:
        table = "contracts"
        app = "billfold"
        constraints = (
            UniqueConstraint(fields=("enterprise", "number"), name="contracts_number_in_enterprise"),
            not_empty("number"),
            one_of("billing", Billing),
            amount_check("opening_balance"),
            amount_check("opening_allocated"),
            amount_check("balance"),
            amount_check("credit_limit"),
            CheckConstraint(check="credit_limit >= 0", name="credit_limit_not_negative"),
            CheckConstraint(
                check="opening_allocated BETWEEN 0 AND abs(opening_balance)", name="opening_allocated_up_to_opening"
            ),
            CheckConstraint(check="closed_on >= signed_on", name="closed_on_after_signing"),
            currency_check("currency"),
            CheckConstraint(check="payment_terms_days BETWEEN 0 AND 366", name="payment_terms_in_range"),
            CheckConstraint(check="valid_to IS NULL OR valid_to >= signed_on", name="valid_to_after_signing"),
        )
        indexes = (("client_id",),)


async def contract_currency(connection: asyncpg.Connection, contract_id: UUID) -> str | None:
    """Give the currency of a contract, or None when there is no such contract."""
    currency: str | None = await connection.fetchval("SELECT currency FROM contracts WHERE id = $1", contract_id)
    return currency


async def contract_ids(connection: asyncpg.Connection, numbers: Sequence[str]) -> list[UUID]:
    """Find contracts by number, in every enterprise that has the number. Raises NotFound for one that nobody has."""
    rows = await connection.fetch("SELECT id, number FROM contracts WHERE number = ANY($1::text[])", numbers)
    missing = sorted(set(numbers) - {row["number"] for row in rows})
    if missing:
        raise NotFound(f"There is no contract {', '.join(missing)}.", field="contract")
    return [row["id"] for row in rows]
