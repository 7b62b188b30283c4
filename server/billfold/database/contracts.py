"""Contracts: Client x Enterprise x currency; they hold the money and the services."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
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
from billfold.domain.errors import Conflict, IllegalState, NotFound
from billfold.domain.ids import new_id
from billfold.domain.money import ZERO
from billfold.domain.periods import Period


class Billing(StrEnum):
    """When a contract pays."""

    PREPAID = "prepaid"
    POSTPAID = "postpaid"


class ContractRow(Model):
    """One contract; numbers are unique within the enterprise.

    `balance` is the opening balance and what was paid less what was charged; triggers keep it. Of the opening balance
    `opening_allocated` settles documents of charges or, where it is a debt, is settled by payments; `opening_advanced`
    settles documents for an amount. `revision` goes up whenever what the contract is to be charged for changes.
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
    opening_advanced = ExactField(db_default=0)
    balance = ExactField(db_default=0)
    credit_limit = ExactField(db_default=0)
    closed_on: fields.Field[date | None] = fields.DateField(null=True)
    revision = fields.BigIntField(db_default=0)
    parked_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    parked_reason = fields.TextField(db_default="")

    class Meta:
        table = "contracts"
        app = "billfold"
        constraints = (
            UniqueConstraint(fields=("enterprise", "number"), name="contracts_number_in_enterprise"),
            not_empty("number"),
            one_of("billing", Billing),
            amount_check("opening_balance"),
            amount_check("opening_allocated", "opening_advanced"),
            *(amount_check(name) for name in ("balance", "credit_limit")),
            CheckConstraint(check="credit_limit >= 0", name="credit_limit_not_negative"),
            CheckConstraint(
                check="opening_allocated BETWEEN 0 AND abs(opening_balance)", name="opening_allocated_up_to_opening"
            ),
            CheckConstraint(
                check="opening_advanced BETWEEN 0 AND greatest(opening_balance, 0)",
                name="opening_advanced_up_to_opening",
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
    if missing := sorted(set(numbers) - {row["number"] for row in rows}):
        raise NotFound(f"There is no contract {', '.join(missing)}.", field="contract")
    return [row["id"] for row in rows]


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract as commands see it; the amounts are in its currency."""

    number: str
    client_id: UUID
    enterprise_id: UUID
    signed_on: date
    currency: str
    billing: Billing
    valid_to: date | None = None
    payment_terms_days: int = 10
    credit_limit: Decimal = ZERO
    opening_balance: Decimal = ZERO


async def insert_contract(connection: asyncpg.Connection, contract: Contract) -> UUID:
    """Write a new contract; gives its id. Raises Conflict when its number is taken, NotFound for a foreign party."""
    id_ = new_id()
    await _write(
        connection,
        """INSERT INTO contracts (id, number, client_id, enterprise_id, signed_on, valid_to, currency, billing,
                                  payment_terms_days, credit_limit, opening_balance)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)""",
        id_,
        contract,
    )
    return id_


async def update_contract(connection: asyncpg.Connection, contract_id: UUID, contract: Contract) -> None:
    """Change a contract to what is given. Raises what `insert_contract` does, and IllegalState where a law refuses."""
    await _write(
        connection,
        """UPDATE contracts SET number = $2, client_id = $3, enterprise_id = $4, signed_on = $5, valid_to = $6,
                                currency = $7, billing = $8, payment_terms_days = $9, credit_limit = $10,
                                opening_balance = $11 WHERE id = $1""",
        contract_id,
        contract,
    )


async def _write(connection: asyncpg.Connection, statement: str, contract_id: UUID, contract: Contract) -> None:
    try:
        await connection.execute(
            statement,
            contract_id,
            contract.number,
            contract.client_id,
            contract.enterprise_id,
            contract.signed_on,
            contract.valid_to,
            contract.currency,
            contract.billing.value,
            contract.payment_terms_days,
            contract.credit_limit,
            contract.opening_balance,
        )
    except asyncpg.UniqueViolationError as error:
        raise Conflict(
            f"The enterprise has a contract {contract.number!r} already: choose another number.", field="number"
        ) from error
    except asyncpg.ForeignKeyViolationError as error:
        party = "enterprise" if "enterprise_id" in (error.detail or "") else "client"
        raise NotFound(f"There is no such {party}.", field=party) from error
    except asyncpg.CheckViolationError:
        raise
    except asyncpg.IntegrityConstraintViolationError as error:
        # A trigger's words name the contract and what of it stays.
        raise IllegalState(f"{str(error.args[0])[:1].upper()}{str(error.args[0])[1:]}.") from error


@dataclass(frozen=True, slots=True)
class StandingContract:
    """A contract with what has become of it: whether money rests on it, and since when it is closed."""

    terms: Contract
    is_billed: bool
    opening_allocated: Decimal
    closed_on: date | None


async def find_contract(connection: asyncpg.Connection, contract_id: UUID) -> StandingContract | None:
    """Read a contract; it is billed once it has a document, a charge or a payment, even one that was taken back."""
    row = await connection.fetchrow(
        """SELECT number, client_id, enterprise_id, signed_on, currency, billing, valid_to, payment_terms_days,
                  credit_limit, opening_balance, closed_on,
                  greatest(opening_allocated, opening_advanced) AS opening_allocated,
                  EXISTS (SELECT FROM documents WHERE contract_id = $1)
                  OR EXISTS (SELECT FROM charge_periods WHERE contract_id = $1)
                  OR EXISTS (SELECT FROM charges WHERE contract_id = $1)
                  OR EXISTS (SELECT FROM payments WHERE contract_id = $1) AS is_billed
           FROM contracts WHERE id = $1""",
        contract_id,
    )
    if row is None:
        return None
    own = {**row, "billing": Billing(row["billing"])}
    standing = {name: own.pop(name) for name in ("is_billed", "opening_allocated", "closed_on")}
    return StandingContract(terms=Contract(**own), **standing)


async def set_closed(connection: asyncpg.Connection, contract_id: UUID, on: date) -> None:
    """Write since when a contract is closed: the first day without service."""
    await connection.execute("UPDATE contracts SET closed_on = $2 WHERE id = $1", contract_id, on)


async def closed_since(connection: asyncpg.Connection, contract_id: UUID) -> date | None:
    """Give the first day without service of a closed contract, or None while it is open."""
    day: date | None = await connection.fetchval("SELECT closed_on FROM contracts WHERE id = $1", contract_id)
    return day


@dataclass(frozen=True, slots=True)
class SettledDays:
    """The days of a contract whose figures stand: its charged periods in order, and all before `closed_until`."""

    number: str
    closed_until: date | None
    charged: tuple[Period, ...]


async def settled_days(connection: asyncpg.Connection, contract_id: UUID) -> SettledDays:
    """Read which days of a contract are charged or closed; nobody changes them while the contract is locked."""
    row = await connection.fetchrow(
        """SELECT c.number, e.closed_until FROM contracts c JOIN enterprises e ON e.id = c.enterprise_id
           WHERE c.id = $1""",
        contract_id,
    )
    periods = await connection.fetch(
        """SELECT period_from, period_until FROM charge_periods WHERE contract_id = $1 AND is_live
             AND NOT is_correction ORDER BY period_from""",
        contract_id,
    )
    charged = tuple(Period(period["period_from"], period["period_until"]) for period in periods)
    return SettledDays(row["number"], row["closed_until"], charged)


async def final_document(connection: asyncpg.Connection, contract_id: UUID, type: str, on: date) -> UUID | None:
    """Find the issued document of a type whose period ends with the contract."""
    found: UUID | None = await connection.fetchval(
        """SELECT id FROM documents WHERE contract_id = $1 AND type = $2 AND period_until = $3 AND status = 'ISSUED'
           ORDER BY issued_at DESC, id DESC LIMIT 1""",
        contract_id,
        type,
        on,
    )
    return found
