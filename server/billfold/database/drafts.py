"""Drafts: documents that somebody looks over and edits before they are issued. They have no number and owe nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from pydantic import TypeAdapter
from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.fields.db_defaults import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from billfold.database.columns import ExactField
from billfold.database.contracts import ContractRow
from billfold.database.facts import SERVICE_COLUMNS, service_of
from billfold.domain.charging import Charge, ServiceReference
from billfold.domain.document import Document
from billfold.domain.draft_requests import DraftRequest
from billfold.domain.edits import Edits, ShownCharge
from billfold.domain.ids import new_id
from billfold.domain.periods import Period
from billfold.domain.snapshot import content_digest, to_json


class DraftRow(Model):
    """One draft: what was asked for, how its lines were edited, and the document as it would be issued now.

    Its document's id is its own. `request` is what was asked for beside the columns, `edits` what was changed of the
    lines that came of it, `snapshot` the document with the edits in it, and `digest` that of what was edited, so that a
    change of the books is noticed. `version` counts the edits. Once issued, it is gone.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    type = fields.CharField(max_length=100)
    contract: fields.ForeignKeyRelation[ContractRow] = fields.ForeignKeyField(
        "billfold.ContractRow", related_name="drafts", on_delete=OnDelete.RESTRICT
    )
    request: fields.Field[dict[str, object]] = fields.JSONField()
    edits: fields.Field[list[dict[str, object]]] = fields.JSONField(db_default="[]")
    snapshot = fields.BinaryField()
    digest = fields.CharField(max_length=64)
    currency = fields.CharField(max_length=3)
    net: fields.Field[Decimal] = ExactField()
    tax: fields.Field[Decimal] = ExactField()
    gross: fields.Field[Decimal] = ExactField()
    issue_date: fields.Field[date | None] = fields.DateField(null=True)
    period_from: fields.Field[date | None] = fields.DateField(null=True)
    period_until: fields.Field[date | None] = fields.DateField(null=True)
    version = fields.IntField(db_default=0)
    created_by = fields.TextField(db_default="")
    created_at: fields.Field[datetime] = fields.DatetimeField(db_default=Now())
    changed_at: fields.Field[datetime] = fields.DatetimeField(db_default=Now())

    class Meta:
        table = "drafts"
        app = "billfold"
        constraints = (CheckConstraint(check="net + tax = gross", name="drafts_add_up"),)
        indexes = (("contract_id",),)


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A draft as it is kept: its edits with the charges that it shows; `digest` is that of the document it shows."""

    id: UUID
    request: DraftRequest
    edits: Edits
    digest: str
    version: int


@dataclass(frozen=True, slots=True)
class DrawnUp:
    """What was drawn up of a draft: the document with its edits, and the charges that these address."""

    document: Document
    edits: Edits
    charges: tuple[Charge, ...]


_REQUEST = TypeAdapter(DraftRequest)
_EDITS = TypeAdapter(Edits)
_CHARGES = TypeAdapter(tuple[Charge, ...])
_SHOWN = TypeAdapter(tuple[ShownCharge, ...])
_IN_COLUMNS = {"type", "contract_id", "period", "issue_date"}


async def insert_draft(
    connection: asyncpg.Connection, draft: tuple[UUID, DraftRequest], drawn: DrawnUp, *, actor: str, now: datetime
) -> None:
    """Write a new draft, given by its id and what was asked for, with what was drawn up of it."""
    id_, request = draft
    row = {
        "id": id_,
        "type": request.type,
        "contract_id": request.contract_id,
        **_columns(request, drawn),
        "created_by": actor,
        "created_at": now,
        "changed_at": now,
    }
    marks = ", ".join(f"${place}{_casts(name)}" for place, name in enumerate(row, start=1))
    await connection.execute(f"INSERT INTO drafts ({', '.join(row)}) VALUES ({marks})", *row.values())


async def change_draft(
    connection: asyncpg.Connection, draft: KeptDraft, request: DraftRequest, drawn: DrawnUp, now: datetime
) -> bool:
    """Write what was drawn up anew as the next version; False, and nothing, where the draft is of another by now."""
    row = {**_columns(request, drawn), "version": draft.version + 1, "changed_at": now}
    settings = ", ".join(f"{name} = ${place}{_casts(name)}" for place, name in enumerate(row, start=3))
    changed = await connection.fetchval(
        f"UPDATE drafts SET {settings} WHERE id = $1 AND version = $2 RETURNING true",
        draft.id,
        draft.version,
        *row.values(),
    )
    return bool(changed)


async def find_draft(connection: asyncpg.Connection, draft_id: UUID) -> KeptDraft | None:
    """Read a draft; None when there is none, because it was deleted or issued."""
    row = await connection.fetchrow(
        """SELECT id, type, contract_id, request::text AS request, edits::text AS edits, digest, issue_date,
                  period_from, period_until, version
           FROM drafts WHERE id = $1""",
        draft_id,
    )
    if row is None:
        return None
    period = Period(row["period_from"], row["period_until"]) if row["period_from"] else None
    columns = {name: row[name] for name in ("type", "contract_id", "issue_date")}
    request = _REQUEST.validate_python({**orjson.loads(row["request"]), **columns, "period": period})
    edits = orjson.loads(row["edits"])
    kept = replace(_EDITS.validate_python(edits), shown=_SHOWN.validate_python(edits["charges"]))
    return KeptDraft(row["id"], request, kept, row["digest"], row["version"])


async def remove_draft(connection: asyncpg.Connection, draft_id: UUID, *, version: int) -> bool:
    """Delete a draft of this version; tells whether it was there."""
    removed = "DELETE FROM drafts WHERE id = $1 AND version = $2 RETURNING true"
    return bool(await connection.fetchval(removed, draft_id, version))


async def added_services(connection: asyncpg.Connection, ids: Collection[UUID]) -> dict[UUID, ServiceReference]:
    """Read the services of added lines as charges name them, by id; those that are not there are left out."""
    rows = await connection.fetch(
        f"SELECT v.id, {SERVICE_COLUMNS} FROM services v WHERE v.id = ANY($1::uuid[])", list(ids)
    )
    return {row["id"]: service_of(row) for row in rows}


def _columns(request: DraftRequest, drawn: DrawnUp) -> dict[str, object]:
    document, period = drawn.document, request.period
    return {
        "request": orjson.dumps(_REQUEST.dump_python(request, mode="json", exclude=_IN_COLUMNS)).decode(),
        "edits": orjson.dumps(_told(drawn)).decode(),
        "snapshot": to_json(document),
        "digest": content_digest(document),
        "currency": document.currency,
        "net": document.totals.net,
        "tax": document.totals.tax,
        "gross": document.totals.gross,
        "issue_date": request.issue_date,
        "period_from": period.start if period else None,
        "period_until": period.until if period else None,
    }


def _told(drawn: DrawnUp) -> dict[str, object]:
    """Give the edits, with the charges that they address as a face shows them."""
    told: dict[str, object] = _EDITS.dump_python(drawn.edits, mode="json", exclude={"shown"})
    return {**told, "charges": _charges(drawn.charges, drawn.document.locale, drawn.edits)}


def _charges(charges: Sequence[Charge], locale: str, edits: Edits) -> list[dict[str, Any]]:
    edited = {edit.position: edit.removes for edit in edits.lines}
    told = _CHARGES.dump_python(tuple(charges), mode="json", exclude={"__all__": {"service"}})
    return [
        {
            **one,
            "position": position,
            "service": charge.service.code,
            "description": charge.description or charge.service.name(locale),
            "is_edited": position in edited,
            "is_removed": edited.get(position, False),
        }
        for position, (one, charge) in enumerate(zip(told, charges, strict=True), start=1)
    ]


def _casts(name: str) -> str:
    return "::text::jsonb" if name in ("request", "edits") else ""
