"""Enterprises: the legal entities that bill, with all that is dated of them: requisites, accounts, taxes, signers."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from uuid import UUID

import asyncpg
from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from billfold.database.brands import BrandRow
from billfold.database.columns import currency_check, not_empty, one_of
from billfold.domain.document import PartyKind, TaxRegime
from billfold.domain.errors import NotFound
from billfold.domain.ids import new_id
from billfold.domain.tax import TaxRounding


class EnterpriseRow(Model):
    """One legal entity with the requisites and the bank account that are in force; `stamp` is a picture, a data: URI.

    Its requisites are valid from `requisites_from`; a trigger keeps each version in `enterprise_requisites`. Nothing
    dated before `closed_until` changes any more.
    """

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
    ogrn_on: fields.Field[date | None] = fields.DateField(null=True)
    electronic_address = fields.CharField(max_length=200, db_default="")
    stamp = fields.TextField(db_default="")
    timezone = fields.CharField(max_length=64)
    bank_name = fields.TextField(db_default="")
    bic = fields.CharField(max_length=11, db_default="")
    account = fields.CharField(max_length=34, db_default="")
    corr_account = fields.CharField(max_length=20, db_default="")
    director = fields.TextField(db_default="")
    accountant = fields.TextField(db_default="")
    tax_rounding = fields.CharField(max_length=10, db_default="line")
    requisites_from = fields.DateField(db_default="1900-01-01")
    closed_until: fields.Field[date | None] = fields.DateField(null=True)

    class Meta:
        table = "enterprises"
        app = "billfold"
        constraints = (
            not_empty("code"),
            not_empty("legal_name"),
            one_of("kind", PartyKind),
            one_of("tax_rounding", TaxRounding),
        )


class EnterpriseRequisitesRow(Model):
    """The requisites of an enterprise from a day on; a document takes those of its date."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    enterprise: fields.ForeignKeyRelation[EnterpriseRow] = fields.ForeignKeyField(
        "billfold.EnterpriseRow", related_name="requisites", on_delete=OnDelete.RESTRICT
    )
    valid_from = fields.DateField()
    legal_name = fields.TextField()
    kind = fields.CharField(max_length=20)
    inn = fields.CharField(max_length=20, db_default="")
    kpp = fields.CharField(max_length=9, db_default="")
    ogrn = fields.CharField(max_length=15, db_default="")
    address = fields.TextField(db_default="")
    country = fields.CharField(max_length=2, db_default="RU")
    ogrn_on: fields.Field[date | None] = fields.DateField(null=True)
    electronic_address = fields.CharField(max_length=200, db_default="")

    class Meta:
        table = "enterprise_requisites"
        app = "billfold"
        constraints = (
            UniqueConstraint(fields=("enterprise", "valid_from"), name="enterprise_requisites_one_a_day"),
            not_empty("legal_name"),
            one_of("kind", PartyKind),
        )


class BankAccountRow(Model):
    """An account of an enterprise for a currency, from a day on; without one, the enterprise's own is used."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    enterprise: fields.ForeignKeyRelation[EnterpriseRow] = fields.ForeignKeyField(
        "billfold.EnterpriseRow", related_name="bank_accounts", on_delete=OnDelete.RESTRICT
    )
    currency = fields.CharField(max_length=3)
    valid_from = fields.DateField()
    bank_name = fields.TextField(db_default="")
    bic = fields.CharField(max_length=11)
    account = fields.CharField(max_length=34)
    corr_account = fields.CharField(max_length=20, db_default="")

    class Meta:
        table = "bank_accounts"
        app = "billfold"
        constraints = (
            UniqueConstraint(fields=("enterprise", "currency", "valid_from"), name="bank_accounts_one_a_day"),
            currency_check("currency"),
            not_empty("account"),
        )


class SignerRole(StrEnum):
    """As what a person signs."""

    DIRECTOR = "director"
    ACCOUNTANT = "accountant"


class SignerRow(Model):
    """A person who signs for an enterprise, from a day to a day (exclusive; empty is open).

    `signature` is a picture, a data: URI, or empty.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    enterprise: fields.ForeignKeyRelation[EnterpriseRow] = fields.ForeignKeyField(
        "billfold.EnterpriseRow", related_name="signers", on_delete=OnDelete.RESTRICT
    )
    role = fields.CharField(max_length=20)
    valid_from = fields.DateField()
    valid_until: fields.Field[date | None] = fields.DateField(null=True)
    name = fields.TextField()
    position = fields.TextField(db_default="")
    authority = fields.TextField(db_default="")
    signature = fields.TextField(db_default="")

    class Meta:
        table = "signers"
        app = "billfold"
        constraints = (
            UniqueConstraint(fields=("enterprise", "role", "valid_from"), name="signers_one_a_day"),
            one_of("role", SignerRole),
            not_empty("name"),
            CheckConstraint(check="valid_until > valid_from", name="signers_period_not_empty"),
        )


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
