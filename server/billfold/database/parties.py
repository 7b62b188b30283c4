"""Parties: the contracts that documents are made for, with all that these say of seller, buyer and brand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg

from billfold.domain.document import (
    BankDetails,
    BrandTheme,
    ContractReference,
    Party,
    PartyKind,
    Signer,
    TaxRegime,
)


@dataclass(frozen=True, slots=True)
class BilledContract:
    """A contract with all that its documents say of the parties, as of one day."""

    id: UUID
    client_id: UUID
    enterprise_id: UUID
    enterprise_code: str
    timezone: str
    regime: TaxRegime
    locale: str
    payment_terms_days: int
    seller: Party
    buyer: Party
    brand: BrandTheme
    reference: ContractReference


_CONTRACTS = """
SELECT c.id, c.number, c.signed_on, c.currency, c.payment_terms_days, c.client_id, c.enterprise_id,
       e.code AS enterprise_code, e.legal_name, e.kind AS enterprise_kind, e.inn AS enterprise_inn,
       e.kpp AS enterprise_kpp, e.ogrn, e.address AS enterprise_address, e.country AS enterprise_country, e.timezone,
       e.bank_name, e.bic, e.account, e.corr_account, e.director, e.accountant,
       k.code AS client_code, k.kind AS client_kind, k.name AS client_name, k.credential, k.inn, k.kpp, k.address,
       k.country, k.email, k.locale, k.bank_account, k.bank_bic,
       b.code AS brand_code, b.name AS brand_name, b.email AS brand_email, b.phone AS brand_phone, b.website, b.logo,
       b.accent_color,
       (SELECT r.regime FROM tax_regimes r WHERE r.enterprise_id = e.id AND r.valid_from <= $2
        ORDER BY r.valid_from DESC LIMIT 1) AS regime
FROM contracts c
JOIN clients k ON k.id = c.client_id
JOIN enterprises e ON e.id = c.enterprise_id
JOIN brands b ON b.id = e.brand_id
WHERE c.id = ANY($1::uuid[])
"""


async def billed_contracts(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], on: date
) -> dict[UUID, BilledContract]:
    """Read contracts with their parties; `on` chooses the tax regime. Unknown ids are left out."""
    rows = await connection.fetch(_CONTRACTS, contract_ids, on)
    return {row["id"]: _billed_contract(row) for row in rows}


def _billed_contract(row: asyncpg.Record) -> BilledContract:
    return BilledContract(
        id=row["id"],
        client_id=row["client_id"],
        enterprise_id=row["enterprise_id"],
        enterprise_code=row["enterprise_code"],
        timezone=row["timezone"],
        regime=TaxRegime(row["regime"] or TaxRegime.VAT),
        locale=row["locale"],
        payment_terms_days=row["payment_terms_days"],
        seller=_seller(row),
        buyer=_buyer(row),
        brand=_brand(row),
        reference=ContractReference(row["number"], row["signed_on"], row["currency"]),
    )


def _seller(row: asyncpg.Record) -> Party:
    return Party(
        code=row["enterprise_code"],
        kind=PartyKind(row["enterprise_kind"]),
        name=row["legal_name"],
        inn=row["enterprise_inn"],
        kpp=row["enterprise_kpp"],
        ogrn=row["ogrn"],
        address=row["enterprise_address"],
        country=row["enterprise_country"],
        email=row["brand_email"],
        phone=row["brand_phone"],
        bank=BankDetails(row["bank_name"], row["bic"], row["account"], row["corr_account"]) if row["account"] else None,
        director=Signer("", row["director"]) if row["director"] else None,
        accountant=Signer("", row["accountant"]) if row["accountant"] else None,
    )


def _buyer(row: asyncpg.Record) -> Party:
    return Party(
        code=row["client_code"],
        kind=PartyKind(row["client_kind"]),
        name=row["client_name"],
        inn=row["inn"],
        kpp=row["kpp"],
        address=row["address"],
        country=row["country"],
        email=row["email"],
        credential=row["credential"],
        bank=BankDetails("", row["bank_bic"], row["bank_account"]) if row["bank_account"] else None,
    )


def _brand(row: asyncpg.Record) -> BrandTheme:
    return BrandTheme(
        code=row["brand_code"],
        name=row["brand_name"],
        email=row["brand_email"],
        phone=row["brand_phone"],
        website=row["website"],
        logo=row["logo"],
        accent_color=row["accent_color"],
    )
