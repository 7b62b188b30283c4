"""Bank statements: the files that were imported, and what became of each line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import asyncpg
import orjson
from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.fields.db_defaults import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from billfold.database.columns import ExactField, amount_check, one_of
from billfold.database.enterprises import EnterpriseRow
from billfold.database.payments import PaymentRow
from billfold.domain.ids import new_id
from billfold.domain.payments import LineState
from billfold.domain.statement_lines import OwnAccount

# Any constant will do that no other lock has.
_IMPORT_LOCK = 0x62616E6B


class StatementRow(Model):
    """One imported file; `warnings` are sentences, such as of balances that do not close."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    sha256 = fields.CharField(max_length=64, unique=True)
    name = fields.TextField(db_default="")
    warnings: fields.Field[list[str]] = fields.JSONField(db_default="[]")
    created_at = fields.DatetimeField(db_default=Now())
    created_by = fields.TextField(db_default="")

    class Meta:
        table = "statements"
        app = "billfold"


class StatementLineRow(Model):
    """One payment in that a statement tells. `key` is the digest of what makes it the same one in another file.

    `rule` is the step of the matching ladder that found its contract, empty while nothing did.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    statement: fields.ForeignKeyRelation[StatementRow] = fields.ForeignKeyField(
        "billfold.StatementRow", related_name="lines", on_delete=OnDelete.RESTRICT
    )
    enterprise: fields.ForeignKeyRelation[EnterpriseRow] = fields.ForeignKeyField(
        "billfold.EnterpriseRow", related_name="statement_lines", on_delete=OnDelete.RESTRICT
    )
    line = fields.IntField()
    key = fields.CharField(max_length=64, unique=True)
    account = fields.CharField(max_length=34)
    currency = fields.CharField(max_length=3)
    number = fields.TextField(db_default="")
    dated_on: fields.Field[date | None] = fields.DateField(null=True)
    received_on = fields.DateField()
    amount: fields.Field[Decimal] = ExactField()
    payer_name = fields.TextField(db_default="")
    payer_inn = fields.TextField(db_default="")
    payer_account = fields.TextField(db_default="")
    purpose = fields.TextField(db_default="")
    state = fields.CharField(max_length=10)
    rule = fields.CharField(max_length=30, db_default="")
    payment: fields.ForeignKeyNullableRelation[PaymentRow] = fields.ForeignKeyField(
        "billfold.PaymentRow", related_name="statement_lines", on_delete=OnDelete.RESTRICT, null=True
    )
    resolved_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    resolved_by = fields.TextField(db_default="")
    comment = fields.TextField(db_default="")

    class Meta:
        table = "statement_lines"
        app = "billfold"
        constraints = (
            one_of("state", LineState),
            amount_check("amount"),
            CheckConstraint(check="amount > 0", name="amount_positive"),
            CheckConstraint(
                check="(state IN ('matched', 'credited')) = (payment_id IS NOT NULL)", name="credited_has_a_payment"
            ),
        )
        indexes = (("statement_id",), ("state", "received_on"))


@dataclass(frozen=True, slots=True)
class LineChange:
    """What becomes of a line: by whom and when, or nobody and never where it waits again."""

    state: LineState
    rule: str = ""
    payment_id: UUID | None = None
    comment: str = ""
    actor: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A line as it stands: unmatched again once its payment was cancelled, which `was_paid` still tells."""

    id: UUID
    enterprise_id: UUID
    enterprise_code: str
    key: str
    number: str
    dated_on: date | None
    received_on: date
    amount: Decimal
    currency: str
    payer_name: str
    payer_inn: str
    payer_account: str
    purpose: str
    state: LineState
    payment_id: UUID | None
    was_paid: bool


_LINE = """
SELECT l.id, l.enterprise_id, e.code AS enterprise_code, l.key, l.number, l.dated_on, l.received_on, l.amount,
       l.currency, l.payer_name, l.payer_inn, l.payer_account, l.purpose,
       CASE WHEN p.cancelled_at IS NULL THEN l.state ELSE 'unmatched' END AS state,
       CASE WHEN p.cancelled_at IS NULL THEN p.id END AS payment_id,
       EXISTS (SELECT FROM payments o WHERE o.source = 'statement' AND o.external_id = l.key) AS was_paid
FROM statement_lines l JOIN enterprises e ON e.id = l.enterprise_id LEFT JOIN payments p ON p.id = l.payment_id
WHERE l.id = $1
"""


async def lock_imports(connection: asyncpg.Connection) -> None:
    """Let one import of a statement run at a time, until the transaction ends."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", _IMPORT_LOCK)


async def own_accounts(connection: asyncpg.Connection) -> list[OwnAccount]:
    """Give all accounts that enterprises have or had."""
    rows = await connection.fetch(
        """SELECT a.account, e.id, e.code, e.inn, a.currency, e.closed_until
           FROM enterprises e JOIN (
             SELECT id AS enterprise_id, account, (SELECT currency FROM brands WHERE id = brand_id) AS currency
             FROM enterprises WHERE account <> ''
             UNION SELECT enterprise_id, account, currency FROM bank_accounts
           ) a ON a.enterprise_id = e.id ORDER BY e.code, a.account"""
    )
    return [OwnAccount(*row) for row in rows]


async def known_keys(connection: asyncpg.Connection, keys: Sequence[str]) -> set[str]:
    """Give those of the keys whose lines are there."""
    rows = await connection.fetch("SELECT key FROM statement_lines WHERE key = ANY($1::text[])", keys)
    return {row["key"] for row in rows}


async def keep_statement(
    connection: asyncpg.Connection, sha256: str, name: str, warnings: Sequence[str], *, actor: str, now: datetime
) -> UUID:
    """Write a statement unless the same file is there; gives the id of the one that is."""
    await connection.execute(
        """INSERT INTO statements (id, sha256, name, warnings, created_at, created_by)
           VALUES ($1, $2, $3, $4::text::jsonb, $5, $6) ON CONFLICT (sha256) DO NOTHING""",
        new_id(),
        sha256,
        name,
        orjson.dumps(list(warnings)).decode(),
        now,
        actor,
    )
    kept: UUID = await connection.fetchval("SELECT id FROM statements WHERE sha256 = $1", sha256)
    return kept


async def find_line(connection: asyncpg.Connection, line_id: UUID) -> KeptLine | None:
    """Give a line; None when there is no such line."""
    return _kept(await connection.fetchrow(_LINE, line_id))


async def lock_line(connection: asyncpg.Connection, line_id: UUID) -> KeptLine | None:
    """Lock a line and give it; None when there is no such line."""
    return _kept(await connection.fetchrow(f"{_LINE} FOR UPDATE OF l", line_id))


async def is_contract_of(connection: asyncpg.Connection, contract_id: UUID, enterprise_id: UUID) -> bool:
    """Say whether a contract is one of an enterprise."""
    found = await connection.fetchval(
        "SELECT true FROM contracts WHERE id = $1 AND enterprise_id = $2", contract_id, enterprise_id
    )
    return bool(found)


def _kept(row: asyncpg.Record | None) -> KeptLine | None:
    return None if row is None else KeptLine(**{**row, "state": LineState(row["state"])})


async def change_line(connection: asyncpg.Connection, line_id: UUID, change: LineChange) -> None:
    """Write what became of a line."""
    await connection.execute(
        """UPDATE statement_lines SET state = $2, rule = $3, payment_id = $4, comment = $5, resolved_by = $6,
             resolved_at = $7 WHERE id = $1""",
        line_id,
        change.state.value,
        change.rule,
        change.payment_id,
        change.comment,
        change.actor,
        change.at,
    )
