"""Parties: the contracts that documents are made for, with all that these say of seller, buyer and brand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
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
from billfold.domain.tax import TaxRounding
from billfold.plugin_api.facts import ContractTerms


@dataclass(frozen=True, slots=True)
class BilledContract:
    """A contract with all that its documents say of the parties, as of one day.

    `regimes` are all that the enterprise ever had, oldest first, each with the day it is valid from. `revision` is
    that of the contract. Nothing dated before `closed_until` of the enterprise changes any more. Nothing is issued of a
    contract that is parked.
    """

    id: UUID
    client_id: UUID
    enterprise_id: UUID
    enterprise_code: str
    timezone: str
    regimes: tuple[tuple[date, TaxRegime], ...]
    tax_rounding: TaxRounding
    revision: int
    closed_on: date | None
    closed_until: date | None
    is_parked: bool
    locale: str
    terms: ContractTerms
    sends_statistics: bool
    seller: Party
    buyer: Party
    brand: BrandTheme
    reference: ContractReference


# What a document says is what was valid on its day: requisites by version (before the first, the first), the account
# by currency or else the enterprise's own, the signers by role or else the enterprise's own.
_CONTRACTS = """
SELECT c.id, c.number, c.signed_on, c.currency, c.payment_terms_days, c.billing,
       c.credit_limit, c.valid_to, k.send_stats, c.client_id, c.enterprise_id, c.revision,
       c.closed_on, c.parked_at IS NOT NULL AS is_parked, e.closed_until, e.tax_rounding, e.timezone, k.locale,
       e.code AS enterprise_code, s.legal_name, s.kind AS enterprise_kind, s.inn AS enterprise_inn,
       s.kpp AS enterprise_kpp, s.ogrn AS enterprise_ogrn, s.address AS enterprise_address,
       s.country AS enterprise_country, s.ogrn_on AS enterprise_ogrn_on,
       s.electronic_address AS enterprise_electronic_address, e.stamp,
       CASE WHEN a.id IS NULL THEN e.bank_name ELSE a.bank_name END AS bank_name,
       CASE WHEN a.id IS NULL THEN e.bic ELSE a.bic END AS bic,
       CASE WHEN a.id IS NULL THEN e.account ELSE a.account END AS account,
       CASE WHEN a.id IS NULL THEN e.corr_account ELSE a.corr_account END AS corr_account,
       d.name AS director, d.position AS director_position, d.authority AS director_authority,
       d.signature AS director_signature,
       m.name AS accountant, m.position AS accountant_position, m.authority AS accountant_authority,
       m.signature AS accountant_signature,
       e.director AS enterprise_director, e.accountant AS enterprise_accountant,
       k.code AS client_code, r.kind AS client_kind, r.name AS client_name, r.credential, r.inn, r.kpp, r.ogrn,
       r.ogrn_on, r.address, r.country, k.email, r.bank_account, r.bank_bic, r.electronic_address,
       b.code AS brand_code, b.name AS brand_name, b.email AS brand_email, b.phone AS brand_phone, b.website, b.logo,
       b.accent_color, b.font,
       ARRAY(SELECT t.valid_from FROM tax_regimes t WHERE t.enterprise_id = e.id ORDER BY t.valid_from) AS regime_days,
       ARRAY(SELECT t.regime::text FROM tax_regimes t WHERE t.enterprise_id = e.id ORDER BY t.valid_from) AS regimes
FROM contracts c
JOIN clients k ON k.id = c.client_id
JOIN enterprises e ON e.id = c.enterprise_id
JOIN brands b ON b.id = e.brand_id
CROSS JOIN LATERAL (SELECT COALESCE($2::date, ($3::timestamptz AT TIME ZONE e.timezone)::date) AS day) AS dated
CROSS JOIN LATERAL (
  SELECT v.* FROM enterprise_requisites v WHERE v.enterprise_id = e.id
  ORDER BY v.valid_from > dated.day, abs(v.valid_from - dated.day) LIMIT 1) s
CROSS JOIN LATERAL (
  SELECT v.* FROM client_requisites v WHERE v.client_id = k.id
  ORDER BY v.valid_from > dated.day, abs(v.valid_from - dated.day) LIMIT 1) r
LEFT JOIN LATERAL (
  SELECT v.* FROM bank_accounts v
  WHERE v.enterprise_id = e.id AND v.currency = c.currency AND v.valid_from <= dated.day
  ORDER BY v.valid_from DESC LIMIT 1) a ON true
LEFT JOIN LATERAL (
  SELECT v.* FROM signers v WHERE v.enterprise_id = e.id AND v.role = 'director' AND v.valid_from <= dated.day
    AND (v.valid_until IS NULL OR v.valid_until > dated.day) ORDER BY v.valid_from DESC LIMIT 1) d ON true
LEFT JOIN LATERAL (
  SELECT v.* FROM signers v WHERE v.enterprise_id = e.id AND v.role = 'accountant' AND v.valid_from <= dated.day
    AND (v.valid_until IS NULL OR v.valid_until > dated.day) ORDER BY v.valid_from DESC LIMIT 1) m ON true
WHERE c.id = ANY($1::uuid[])
"""


async def billed_contracts(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], *, issue_date: date | None, now: datetime
) -> dict[UUID, BilledContract]:
    """Read contracts with their parties as of the date of their documents; unknown ids are left out.

    The date is `issue_date`, or else today in the zone of each enterprise.
    """
    rows = await connection.fetch(_CONTRACTS, contract_ids, issue_date, now)
    return {row["id"]: _billed_contract(row) for row in rows}


def _billed_contract(row: asyncpg.Record) -> BilledContract:
    regimes = zip(row["regime_days"], row["regimes"], strict=True)
    return BilledContract(
        id=row["id"],
        client_id=row["client_id"],
        enterprise_id=row["enterprise_id"],
        enterprise_code=row["enterprise_code"],
        timezone=row["timezone"],
        regimes=tuple((since, TaxRegime(regime)) for since, regime in regimes),
        tax_rounding=TaxRounding(row["tax_rounding"]),
        revision=row["revision"],
        closed_on=row["closed_on"],
        closed_until=row["closed_until"],
        is_parked=row["is_parked"],
        locale=row["locale"],
        terms=ContractTerms(
            payment_terms_days=row["payment_terms_days"],
            is_prepaid=row["billing"] == "prepaid",
            credit_limit=row["credit_limit"],
            valid_to=row["valid_to"],
        ),
        sends_statistics=row["send_stats"],
        seller=_seller(row),
        buyer=_buyer(row),
        brand=_brand(row),
        reference=ContractReference(row["number"], row["signed_on"], row["currency"]),
    )


def _seller(row: asyncpg.Record) -> Party:
    kind = PartyKind(row["enterprise_kind"])
    return Party(
        code=row["enterprise_code"],
        kind=kind,
        name=row["legal_name"],
        inn=row["enterprise_inn"],
        kpp=_printed_kpp(kind, row["enterprise_kpp"]),
        ogrn=row["enterprise_ogrn"],
        address=row["enterprise_address"],
        country=row["enterprise_country"],
        email=row["brand_email"],
        phone=row["brand_phone"],
        bank=BankDetails(row["bank_name"], row["bic"], row["account"], row["corr_account"]) if row["account"] else None,
        director=_signer(row, "director"),
        accountant=_signer(row, "accountant"),
        ogrn_on=row["enterprise_ogrn_on"],
        electronic_address=row["enterprise_electronic_address"],
        stamp=row["stamp"],
    )


def _signer(row: asyncpg.Record, role: str) -> Signer | None:
    if row[role]:
        return Signer(row[f"{role}_position"], row[role], row[f"{role}_authority"], row[f"{role}_signature"])
    return Signer("", row[f"enterprise_{role}"]) if row[f"enterprise_{role}"] else None


def _buyer(row: asyncpg.Record) -> Party:
    kind = PartyKind(row["client_kind"])
    return Party(
        code=row["client_code"],
        kind=kind,
        name=row["client_name"],
        inn=row["inn"],
        kpp=_printed_kpp(kind, row["kpp"]),
        ogrn=row["ogrn"],
        address=row["address"],
        country=row["country"],
        email=row["email"],
        credential=row["credential"],
        bank=BankDetails("", row["bank_bic"], row["bank_account"]) if row["bank_account"] else None,
        ogrn_on=row["ogrn_on"],
        electronic_address=row["electronic_address"],
    )


def _printed_kpp(kind: PartyKind, kpp: str) -> str:
    """Leave out what a sole proprietor cannot have (domain.md 7, case 66)."""
    return "" if kind is PartyKind.SOLE_PROPRIETOR else kpp


def _brand(row: asyncpg.Record) -> BrandTheme:
    return BrandTheme(
        code=row["brand_code"],
        name=row["brand_name"],
        email=row["brand_email"],
        phone=row["brand_phone"],
        website=row["website"],
        logo=row["logo"],
        accent_color=row["accent_color"],
        font=row["font"],
    )
