"""Staff and tokens: who calls, and with what."""

from datetime import datetime

import asyncpg
from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields import OnDelete
from tortoise.fields.db_defaults import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from billfold.database.clients import ClientRow
from billfold.database.columns import not_empty, one_of
from billfold.domain.access import Role
from billfold.domain.ids import new_id


class StaffRow(Model):
    """A person of the operator."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    email = fields.CharField(max_length=320, unique=True)
    role = fields.CharField(max_length=10)
    is_active = fields.BooleanField(db_default=True)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta:
        table = "staff"
        app = "billfold"
        constraints = (one_of("role", Role), not_empty("email"))


class TokenRow(Model):
    """A bearer token, of a member of staff or of a client; only its SHA-256 is kept.

    A client's token may be narrowed to contracts and types; empty lists narrow nothing.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    digest = fields.CharField(max_length=64, unique=True)
    hint = fields.CharField(max_length=4)
    staff: fields.ForeignKeyNullableRelation[StaffRow] = fields.ForeignKeyField(
        "billfold.StaffRow", related_name="tokens", on_delete=OnDelete.RESTRICT, null=True
    )
    client: fields.ForeignKeyNullableRelation[ClientRow] = fields.ForeignKeyField(
        "billfold.ClientRow", related_name="tokens", on_delete=OnDelete.RESTRICT, null=True
    )
    contracts: fields.Field[list[str]] = ArrayField(element_type="uuid")
    types: fields.Field[list[str]] = ArrayField(element_type="text")
    scopes: fields.Field[list[str]] = ArrayField(element_type="text")
    created_by = fields.TextField(db_default="")
    created_at = fields.DatetimeField(db_default=Now())
    expires_at = fields.DatetimeField()
    revoked_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    last_used_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta:
        table = "tokens"
        app = "billfold"
        constraints = (
            CheckConstraint(check="(staff_id IS NULL) <> (client_id IS NULL)", name="tokens_one_holder"),
            CheckConstraint(
                check="client_id IS NULL OR scopes <@ ARRAY['portal:read', 'portal:download']",
                name="tokens_client_scopes",
            ),
        )


class IdempotencyKeyRow(Model):
    """A request that was carried out under a key of the caller's, so that its repetition changes nothing."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    principal = fields.CharField(max_length=100)
    operation = fields.CharField(max_length=100)
    key = fields.CharField(max_length=255)
    request_sha256 = fields.CharField(max_length=64)
    resource = fields.TextField(db_default="")
    created_at = fields.DatetimeField(db_default=Now())

    class Meta:
        table = "idempotency_keys"
        app = "billfold"
        unique_together = (("principal", "operation", "key"),)


async def kept_key(connection: asyncpg.Connection, names: tuple[str, str, str]) -> tuple[str, str] | None:
    """Read the digest and the resource kept under (principal, operation, key)."""
    row = await connection.fetchrow(
        "SELECT request_sha256, resource FROM idempotency_keys WHERE principal = $1 AND operation = $2 AND key = $3",
        *names,
    )
    return (row["request_sha256"], row["resource"]) if row else None


async def keep_key(connection: asyncpg.Connection, names: tuple[str, str, str], digest: str, resource: str) -> None:
    """Keep what was made under (principal, operation, key); a parallel one waits here, then fails on the index."""
    await connection.execute(
        """INSERT INTO idempotency_keys (id, principal, operation, key, request_sha256, resource)
           VALUES (gen_random_uuid(), $1, $2, $3, $4, $5)""",
        *names,
        digest,
        resource,
    )
