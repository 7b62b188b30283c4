"""Enterprises: the legal entities that bill, with their dated tax regimes."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from billfold.database.brands import BrandRow
from billfold.database.columns import not_empty, one_of
from billfold.domain.document import PartyKind, TaxRegime
from billfold.domain.errors import NotFound
from billfold.domain.ids import new_id


class EnterpriseRow(Model):
    """One legal entity with its requisites and its bank account."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    brand: fields.ForeignKeyRelation[BrandRow] = fields.ForeignKeyField(
        "billfold.BrandRow", related_name="enterprises", on_delete=OnDelete.RESTRICT
    )
    code = fields.CharField(max_length=100, unique=True)
    legal_name = fields.TextField()
    kind = fields.CharField(max_length=20)
    inn = fields.CharField(max_length=20, db_default="")
    kpp = fields.CharField(max_length=9, db_default="")
    ogrn = fields.CharField(max_length=15, db_default="")
    address = fields.TextField(db_default="")
    country = fields.CharField(max_length=2, db_default="RU")
    timezone = fields.CharField(max_length=64)
    bank_name = fields.TextField(db_default="")
    bic = fields.CharField(max_length=11, db_default="")
    account = fields.CharField(max_length=34, db_default="")
    corr_account = fields.CharField(max_length=20, db_default="")
    director = fields.TextField(db_default="")
    accountant = fields.TextField(db_default="")

    class Meta:
        table = "enterprises"
        app = "billfold"
        constraints = (not_empty("code"), not_empty("legal_name"), one_of("kind", PartyKind))


class TaxRegimeRow(Model):
    """How an enterprise is taxed from a day on."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    enterprise: fields.ForeignKeyRelation[EnterpriseRow] = fields.ForeignKeyField(
        "billfold.EnterpriseRow", related_name="tax_regimes", on_delete=OnDelete.RESTRICT
    )
    valid_from = fields.DateField()
    regime = fields.CharField(max_length=20)

    class Meta:
        table = "tax_regimes"
        app = "billfold"
        constraints = (
            UniqueConstraint(fields=("enterprise", "valid_from"), name="tax_regimes_one_a_day"),
            one_of("regime", TaxRegime),
        )


async def enterprise_ids(connection: asyncpg.Connection, codes: Sequence[str]) -> list[UUID]:
    """Find enterprises by code. Raises NotFound for one that is not there."""
    rows = await connection.fetch("SELECT id, code FROM enterprises WHERE code = ANY($1::text[])", codes)
    missing = sorted(set(codes) - {row["code"] for row in rows})
    if missing:
        raise NotFound(f"There is no enterprise {', '.join(missing)}.", field="enterprise")
    return [row["id"] for row in rows]
