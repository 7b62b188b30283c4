"""Clients: who is billed, and the people there."""

from datetime import date
from enum import StrEnum
from uuid import UUID

import asyncpg
from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from billfold.database.columns import not_empty, one_of
from billfold.database.enterprises import EnterpriseRow
from billfold.domain.document import PartyKind
from billfold.domain.errors import NotFound
from billfold.domain.ids import new_id


class ClientRow(Model):
    """One client with the requisites that are in force; `enterprise` is the one that bills by default.

    Its requisites are valid from `requisites_from`; a trigger keeps each version in `client_requisites`.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    code = fields.CharField(max_length=100, unique=True)
    kind = fields.CharField(max_length=20)
    name = fields.TextField()
    credential = fields.TextField(db_default="")
    inn = fields.CharField(max_length=20, db_default="")
    kpp = fields.CharField(max_length=9, db_default="")
    address = fields.TextField(db_default="")
    country = fields.CharField(max_length=2, db_default="RU")
    email = fields.TextField(db_default="")
    locale = fields.CharField(max_length=10, db_default="ru")
    enterprise: fields.ForeignKeyRelation[EnterpriseRow] = fields.ForeignKeyField(
        "billfold.EnterpriseRow", related_name="clients", on_delete=OnDelete.RESTRICT
    )
    invoice_dates = fields.TextField(db_default="")
    send_stats = fields.BooleanField(db_default=False)
    send_invoices = fields.BooleanField(db_default=True)
    bank_account = fields.CharField(max_length=34, db_default="")
    bank_bic = fields.CharField(max_length=11, db_default="")
    ogrn = fields.CharField(max_length=15, db_default="")
    ogrn_on: fields.Field[date | None] = fields.DateField(null=True)
    electronic_address = fields.CharField(max_length=200, db_default="")
    requisites_from = fields.DateField(db_default="1900-01-01")

    class Meta:
        table = "clients"
        app = "billfold"
        constraints = (not_empty("code"), not_empty("name"), one_of("kind", PartyKind))


class ClientRequisitesRow(Model):
    """The requisites of a client from a day on; a document takes those of its date."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    client: fields.ForeignKeyRelation[ClientRow] = fields.ForeignKeyField(
        "billfold.ClientRow", related_name="requisites", on_delete=OnDelete.RESTRICT
    )
    valid_from = fields.DateField()
    kind = fields.CharField(max_length=20)
    name = fields.TextField()
    credential = fields.TextField(db_default="")
    inn = fields.CharField(max_length=20, db_default="")
    kpp = fields.CharField(max_length=9, db_default="")
    ogrn = fields.CharField(max_length=15, db_default="")
    address = fields.TextField(db_default="")
    country = fields.CharField(max_length=2, db_default="RU")
    bank_account = fields.CharField(max_length=34, db_default="")
    bank_bic = fields.CharField(max_length=11, db_default="")
    ogrn_on: fields.Field[date | None] = fields.DateField(null=True)
    electronic_address = fields.CharField(max_length=200, db_default="")

    class Meta:
        table = "client_requisites"
        app = "billfold"
        constraints = (
            UniqueConstraint(fields=("client", "valid_from"), name="client_requisites_one_a_day"),
            not_empty("name"),
            one_of("kind", PartyKind),
        )


class ContactRole(StrEnum):
    """What a person at a client is asked about."""

    ACCOUNTING = "accounting"
    TECHNICAL = "technical"
    MANAGEMENT = "management"
    OTHER = "other"


class ContactRow(Model):
    """A person at a client."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    client: fields.ForeignKeyRelation[ClientRow] = fields.ForeignKeyField(
        "billfold.ClientRow", related_name="contacts", on_delete=OnDelete.RESTRICT
    )
    name = fields.TextField()
    role = fields.CharField(max_length=20)
    email = fields.TextField()

    class Meta:
        table = "contacts"
        app = "billfold"
        constraints = (
            UniqueConstraint(fields=("client", "email", "role"), name="contacts_once_a_role"),
            one_of("role", ContactRole),
            not_empty("email"),
        )


async def client_id(connection: asyncpg.Connection, code: str) -> UUID:
    """Find a client by code. Raises NotFound."""
    found: UUID | None = await connection.fetchval("SELECT id FROM clients WHERE code = $1", code)
    if found is None:
        raise NotFound(f"There is no client {code}.", field="client")
    return found
