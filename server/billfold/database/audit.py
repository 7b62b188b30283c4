"""The audit log: who changed what of the books, and when; written in the transaction of the change, never changed."""

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from tortoise import fields
from tortoise.fields.db_defaults import Now
from tortoise.models import Model

from billfold.database.columns import not_empty


class AuditEventRow(Model):
    """One change: the operation by its name in the API, the thing by noun and id, and what was told of it."""

    id = fields.BigIntField(primary_key=True, generated=True)
    at = fields.DatetimeField(db_default=Now())
    actor = fields.TextField()
    operation = fields.CharField(max_length=100)
    noun = fields.CharField(max_length=50)
    subject = fields.UUIDField()
    details: fields.Field[dict[str, Any]] = fields.JSONField(db_default="{}")

    class Meta:
        table = "audit_events"
        app = "billfold"
        constraints = (not_empty("operation"), not_empty("noun"))
        indexes = (("subject", "id"),)


async def record_event(
    connection: asyncpg.Connection,
    operation: str,
    subject: tuple[str, UUID],
    *,
    actor: str,
    now: datetime,
    details: Mapping[str, object] | None = None,
) -> None:
    """Write one event; `subject` is (noun, id). `details` must hold no secrets.

    They are kept as the API writes them: names in camelCase, and UUIDs as global ids of the nouns that name them.
    """
    noun, key = subject
    await connection.execute(
        """INSERT INTO audit_events (at, actor, operation, noun, subject, details)
           VALUES ($1, $2, $3, $4, $5, $6::text::jsonb)""",
        now,
        actor,
        operation,
        noun,
        key,
        orjson.dumps(_told(details or {}), default=str).decode(),
    )


def _told(value: object, noun: str = "") -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return _told(asdict(value))
    if isinstance(value, Mapping):
        return dict(_entry(name, one) for name, one in value.items())
    if isinstance(value, list | tuple):
        return [_told(one, noun) for one in value]
    return f"{noun}_{value}" if isinstance(value, UUID) else value


def _entry(name: str, value: object) -> tuple[str, object]:
    noun = name.removesuffix("_id")
    first, *rest = (noun if _holds_ids(value) else name).split("_")
    return first + "".join(word.capitalize() for word in rest), _told(value, noun)


def _holds_ids(value: object) -> bool:
    return any(isinstance(one, UUID) for one in (value if isinstance(value, list | tuple) else (value,)))
