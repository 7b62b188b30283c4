"""Services: what is sold."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import asyncpg
import orjson
from tortoise import fields
from tortoise.models import Model

from billfold.database.columns import not_empty, one_of
from billfold.domain.errors import Conflict
from billfold.domain.ids import new_id
from billfold.domain.tax import TaxCategory


class ServiceKind(StrEnum):
    """How a service is sold."""

    SUBSCRIPTION = "subscription"
    USAGE = "usage"
    ONE_OFF = "one_off"


class ServiceRow(Model):
    """One service; `names` holds further names by locale, `name` is the default."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    code = fields.CharField(max_length=100, unique=True)
    name = fields.TextField()
    names: fields.Field[dict[str, str]] = fields.JSONField(db_default="{}")
    unit_name = fields.TextField(db_default="")
    unit_okei = fields.CharField(max_length=4, db_default="")
    kind = fields.CharField(max_length=20)
    tax_category = fields.CharField(max_length=10, db_default="standard")

    class Meta:
        table = "services"
        app = "billfold"
        constraints = (
            not_empty("code"),
            not_empty("name"),
            one_of("kind", ServiceKind),
            one_of("tax_category", TaxCategory),
        )


@dataclass(frozen=True, slots=True)
class Service:
    """A service as commands see it; `names` holds further names by locale."""

    code: str
    name: str
    kind: ServiceKind
    names: Mapping[str, str]
    unit_name: str = ""
    unit_okei: str = ""
    tax_category: TaxCategory = TaxCategory.STANDARD


async def insert_service(connection: asyncpg.Connection, service: Service) -> UUID:
    """Write a new service; gives its id. Raises Conflict when another one has its code."""
    id_ = new_id()
    await _write(
        connection,
        """INSERT INTO services (id, code, name, names, unit_name, unit_okei, kind, tax_category)
           VALUES ($1, $2, $3, $4::text::jsonb, $5, $6, $7, $8)""",
        id_,
        service,
    )
    return id_


async def lock_service(connection: asyncpg.Connection, service_id: UUID) -> Service | None:
    """Read a service and lock it."""
    row = await connection.fetchrow(
        """SELECT code, name, names, unit_name, unit_okei, kind, tax_category FROM services WHERE id = $1
           FOR NO KEY UPDATE""",
        service_id,
    )
    if row is None:
        return None
    closed = {"kind": ServiceKind(row["kind"]), "tax_category": TaxCategory(row["tax_category"])}
    return Service(**{**row, **closed, "names": orjson.loads(row["names"])})


async def update_service(connection: asyncpg.Connection, service_id: UUID, service: Service) -> None:
    """Change a service to what is given. Raises Conflict when another one has its code."""
    await _write(
        connection,
        """UPDATE services SET code = $2, name = $3, names = $4::text::jsonb, unit_name = $5, unit_okei = $6, kind = $7,
                               tax_category = $8 WHERE id = $1""",
        service_id,
        service,
    )


async def _write(connection: asyncpg.Connection, statement: str, service_id: UUID, service: Service) -> None:
    try:
        await connection.execute(
            statement,
            service_id,
            service.code,
            service.name,
            orjson.dumps(dict(service.names)).decode(),
            service.unit_name,
            service.unit_okei,
            service.kind.value,
            service.tax_category.value,
        )
    except asyncpg.UniqueViolationError as error:
        raise Conflict(f"There is a service {service.code!r} already: choose another code.", field="code") from error


async def is_service(connection: asyncpg.Connection, service_id: UUID) -> bool:
    """Say whether there is such a service."""
    found: bool = await connection.fetchval("SELECT EXISTS (SELECT FROM services WHERE id = $1)", service_id)
    return found
