"""Documents: the sealed snapshots, their lines and their files."""

from collections.abc import Sequence
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

from billfold.database.charges import ChargePeriodRow
from billfold.database.clients import ClientRow
from billfold.database.columns import ExactField, amount_check, one_of, rate_check
from billfold.database.contracts import ContractRow
from billfold.database.enterprises import EnterpriseRow
from billfold.database.numbers import NumberSeriesRow
from billfold.database.occurrences import OccurrenceRow
from billfold.database.runs import RunRow
from billfold.domain.document import DocumentStatus
from billfold.domain.ids import new_id
from billfold.domain.lifecycle import Step


class DocumentRow(Model):
    """One document. Once issued, a trigger refuses to change its snapshot, number, dates, parties and sums.

    `visible_vote` is the plugins' strictest vote; `is_hidden` the document's own flag; `settled` what is paid of
    `gross`, which a trigger adds up from its allocations; `paid_by_hand_at` is set where a person says that it is paid
    without money that we know of; `step` what the document still waits for, since `step_at`. A
    number given by hand has no `counter`. A revision `replaces` a document of the same number, which is void then.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    type = fields.CharField(max_length=100)
    enterprise: fields.ForeignKeyRelation[EnterpriseRow] = fields.ForeignKeyField(
        "billfold.EnterpriseRow", related_name="documents", on_delete=OnDelete.RESTRICT
    )
    client: fields.ForeignKeyRelation[ClientRow] = fields.ForeignKeyField(
        "billfold.ClientRow", related_name="documents", on_delete=OnDelete.RESTRICT
    )
    contract: fields.ForeignKeyRelation[ContractRow] = fields.ForeignKeyField(
        "billfold.ContractRow", related_name="documents", on_delete=OnDelete.RESTRICT
    )
    run: fields.ForeignKeyNullableRelation[RunRow] = fields.ForeignKeyField(
        "billfold.RunRow", related_name="documents", on_delete=OnDelete.RESTRICT, null=True
    )
    occurrence: fields.ForeignKeyNullableRelation[OccurrenceRow] = fields.ForeignKeyField(
        "billfold.OccurrenceRow", related_name="documents", on_delete=OnDelete.RESTRICT, null=True
    )
    charge_period: fields.ForeignKeyNullableRelation[ChargePeriodRow] = fields.ForeignKeyField(
        "billfold.ChargePeriodRow", related_name="documents", on_delete=OnDelete.RESTRICT, null=True
    )
    original: fields.ForeignKeyNullableRelation["DocumentRow"] = fields.ForeignKeyField(
        "billfold.DocumentRow", related_name="corrections", on_delete=OnDelete.RESTRICT, null=True
    )
    replaces: fields.ForeignKeyNullableRelation["DocumentRow"] = fields.ForeignKeyField(
        "billfold.DocumentRow", related_name="replacements", on_delete=OnDelete.RESTRICT, null=True
    )
    revision = fields.SmallIntField(db_default=0)
    revised_on: fields.Field[date | None] = fields.DateField(null=True)
    series: fields.ForeignKeyRelation[NumberSeriesRow] = fields.ForeignKeyField(
        "billfold.NumberSeriesRow", related_name="documents", on_delete=OnDelete.RESTRICT
    )
    counter: fields.Field[int | None] = fields.BigIntField(null=True)
    number = fields.CharField(max_length=200)
    status = fields.CharField(max_length=10)
    issue_date = fields.DateField()
    due_date: fields.Field[date | None] = fields.DateField(null=True)
    period_from: fields.Field[date | None] = fields.DateField(null=True)
    period_until: fields.Field[date | None] = fields.DateField(null=True)
    currency = fields.CharField(max_length=3)
    locale = fields.CharField(max_length=10)
    is_payable = fields.BooleanField()
    net: fields.Field[Decimal] = ExactField()
    tax: fields.Field[Decimal] = ExactField()
    gross: fields.Field[Decimal] = ExactField()
    settled: fields.Field[Decimal] = ExactField(db_default=0)
    template = fields.CharField(max_length=200)
    plugin = fields.CharField(max_length=200)
    snapshot = fields.BinaryField()
    snapshot_sha256 = fields.CharField(max_length=64)
    visible_vote = fields.SmallIntField()
    is_hidden = fields.BooleanField(db_default=False)
    issued_at = fields.DatetimeField(db_default=Now())
    published_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    voided_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    void_reason = fields.TextField(db_default="")
    paid_by_hand_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    paid_by_hand_by = fields.TextField(db_default="")
    paid_by_hand_reason = fields.TextField(db_default="")
    step = fields.CharField(max_length=10)
    step_at = fields.DatetimeField(db_default=Now())
    leased_until: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    attempts = fields.SmallIntField(db_default=0)
    failure = fields.TextField(db_default="")

    class Meta:
        table = "documents"
        app = "billfold"
        constraints = (
            UniqueConstraint(fields=("enterprise", "type", "number", "revision"), name="documents_number_once"),
            UniqueConstraint(fields=("series", "counter", "revision"), name="documents_counter_once"),
            UniqueConstraint(fields=("replaces",), name="documents_replaced_once"),
            UniqueConstraint(
                fields=("occurrence",), name="documents_one_live_an_occurrence", condition="status = 'ISSUED'"
            ),
            one_of("status", DocumentStatus),
            one_of("step", Step),
            amount_check("net", "tax", "gross", "settled"),
            CheckConstraint(check="net + tax = gross", name="documents_add_up"),
            CheckConstraint(check="number <> ''", name="number_is_not_empty"),
            CheckConstraint(check="(status = 'VOID') = (voided_at IS NOT NULL)", name="void_says_when"),
            CheckConstraint(check="counter >= 1", name="counter_positive"),
            CheckConstraint(
                check="revision >= 0 AND (revision = 0) = (replaces_id IS NULL) "
                "AND (revision = 0) = (revised_on IS NULL)",
                name="revisions_replace",
            ),
            CheckConstraint(check="settled BETWEEN 0 AND greatest(gross, 0)", name="settled_up_to_gross"),
            CheckConstraint(check="period_until > period_from", name="documents_period_not_empty"),
            CheckConstraint(check="snapshot_sha256 = encode(sha256(snapshot), 'hex')", name="snapshot_has_its_hash"),
        )
        indexes = (
            ("contract_id", "issue_date", "id"),
            ("run_id",),
            ("original_id",),
        )


class DocumentLineRow(Model):
    """One line of a document; never changed."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    document: fields.ForeignKeyRelation[DocumentRow] = fields.ForeignKeyField(
        "billfold.DocumentRow", related_name="lines", on_delete=OnDelete.RESTRICT
    )
    position = fields.IntField()
    description = fields.TextField()
    quantity = ExactField()
    unit = fields.TextField(db_default="")
    unit_price = ExactField()
    tax_rate = ExactField(null=True)
    net = ExactField()
    tax = ExactField()
    gross = ExactField()
    period_from: fields.Field[date | None] = fields.DateField(null=True)
    period_until: fields.Field[date | None] = fields.DateField(null=True)

    class Meta:
        table = "document_lines"
        app = "billfold"
        constraints = (
            UniqueConstraint(fields=("document", "position"), name="document_lines_position"),
            rate_check("quantity", "unit_price"),
            amount_check("net", "tax", "gross"),
            CheckConstraint(check="net + tax = gross", name="document_lines_add_up"),
            CheckConstraint(check="tax_rate BETWEEN 0 AND 100", name="line_tax_rate_in_range"),
        )


async def lock_document(connection: asyncpg.Connection, document_id: UUID) -> DocumentStatus | None:
    """Lock a document with its contract and give its status; None when there is no such document.

    The contract is locked first, as issuing does, so that the two never wait for each other in a circle.
    """
    await connection.execute(
        "SELECT 1 FROM contracts WHERE id = (SELECT contract_id FROM documents WHERE id = $1) FOR NO KEY UPDATE",
        document_id,
    )
    status = await connection.fetchval("SELECT status FROM documents WHERE id = $1 FOR UPDATE", document_id)
    return DocumentStatus(status) if status else None


@dataclass(frozen=True, slots=True)
class IssuedDocument:
    """An issued document as it is sealed, and the template that it is printed with."""

    status: DocumentStatus
    template: str
    snapshot: bytes


async def read_issued(connection: asyncpg.Connection, document_id: UUID) -> IssuedDocument | None:
    """Read a document as it is sealed; None when there is no such document."""
    row = await connection.fetchrow("SELECT status, template, snapshot FROM documents WHERE id = $1", document_id)
    return IssuedDocument(DocumentStatus(row["status"]), row["template"], row["snapshot"]) if row else None


async def find_documents(connection: asyncpg.Connection, document_ids: Sequence[UUID]) -> set[UUID]:
    """Say which of the documents there are."""
    rows = await connection.fetch("SELECT id FROM documents WHERE id = ANY($1::uuid[])", document_ids)
    return {row["id"] for row in rows}


async def closed_books(connection: asyncpg.Connection, document_id: UUID) -> date | None:
    """Give until when the books are closed that hold a document; None when its day is open."""
    closed_until: date | None = await connection.fetchval(
        """SELECT e.closed_until FROM documents d JOIN enterprises e ON e.id = d.enterprise_id
           WHERE d.id = $1 AND d.issue_date < e.closed_until""",
        document_id,
    )
    return closed_until


async def mark_void(connection: asyncpg.Connection, document_id: UUID, *, reason: str, now: datetime) -> UUID:
    """Void a document, free its occurrence, and free its charged period when no other live document rests on it.

    Deliveries that have not gone out are skipped, and the document waits for its PDF with the mark of a void one. Gives
    the contract. A document that money settles stays: release it.
    """
    contract_id: UUID = await connection.fetchval(
        """UPDATE documents SET status = 'VOID', voided_at = $2, void_reason = $3, step = 'PRINT', step_at = $2,
             leased_until = NULL, attempts = 0 WHERE id = $1 RETURNING contract_id""",
        document_id,
        now,
        reason,
    )
    await connection.execute(
        "UPDATE deliveries SET state = 'SKIPPED', reason = 'voided' WHERE document_id = $1 AND state = 'PENDING'",
        document_id,
    )
    await connection.execute(
        """UPDATE occurrences SET state = 'SKIPPED', reason = 'voided', changed_at = $2
           WHERE id = (SELECT occurrence_id FROM documents WHERE id = $1)""",
        document_id,
        now,
    )
    await connection.execute(
        """UPDATE charge_periods p SET is_live = false
           WHERE p.id = (SELECT charge_period_id FROM documents WHERE id = $1) AND NOT p.is_closed
             AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.charge_period_id = p.id AND d.status = 'ISSUED')""",
        document_id,
    )
    return contract_id
