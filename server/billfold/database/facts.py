"""Facts: what a chunk of contracts is billed from, in a few set-based queries; rules of money are not here."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg
import orjson

from billfold.domain.charging import Charge, ChargeKind, ServiceReference, SubscribedService, UsedService
from billfold.domain.document import (
    BankDetails,
    BrandTheme,
    ContractReference,
    Party,
    PartyKind,
    Signer,
    TaxRegime,
)
from billfold.domain.periods import Period


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


@dataclass(frozen=True, slots=True)
class ChargedPeriod:
    """A period of a contract that is charged already, with its charges in order."""

    id: UUID
    charges: tuple[Charge, ...]


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

_SUBSCRIPTIONS = """
SELECT s.contract_id, s.started_on, s.ended_on, s.price, s.quantity, s.tax_included,
       v.code, v.name, v.names, v.unit_name, v.unit_okei
FROM subscriptions s JOIN services v ON v.id = s.service_id
WHERE s.contract_id = ANY($1::uuid[]) AND s.started_on < $3 AND (s.ended_on IS NULL OR s.ended_on > $2)
ORDER BY s.contract_id, v.code, s.started_on, s.ordinal
"""

# Borders are local midnights of the enterprise; quantities are summed before anything is multiplied or rounded.
_USAGE = """
SELECT u.contract_id, u.destination, u.unit_price, u.tax_included, u.quantity,
       v.code, v.name, v.names, v.unit_name, v.unit_okei
FROM (SELECT r.contract_id, r.service_id, r.destination, trim_scale(r.unit_price) AS unit_price, r.tax_included,
             sum(r.quantity) AS quantity
      FROM usage_records r
      JOIN contracts c ON c.id = r.contract_id
      JOIN enterprises e ON e.id = c.enterprise_id
      WHERE r.contract_id = ANY($1::uuid[])
        AND r.occurred_at >= $2::date::timestamp AT TIME ZONE e.timezone
        AND r.occurred_at < $3::date::timestamp AT TIME ZONE e.timezone
      GROUP BY r.contract_id, r.service_id, r.destination, trim_scale(r.unit_price), r.tax_included) u
JOIN services v ON v.id = u.service_id
ORDER BY u.contract_id, v.code, u.destination, u.unit_price, u.tax_included
"""

_CHARGED = """
SELECT p.id AS charge_period_id, p.contract_id, h.kind, h.period_from, h.period_until, h.quantity, h.unit_price,
       h.tax_included, h.tax_rate, h.net, h.tax, h.gross, h.destination, h.active_days, h.month_days, c.currency,
       v.code, v.name, v.names, v.unit_name, v.unit_okei
FROM charge_periods p
JOIN contracts c ON c.id = p.contract_id
JOIN charges h ON h.charge_period_id = p.id
JOIN services v ON v.id = h.service_id
WHERE p.contract_id = ANY($1::uuid[]) AND p.is_live AND p.period_from = $2 AND p.period_until = $3
ORDER BY p.contract_id, h.position
"""


async def billed_contracts(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], on: date
) -> dict[UUID, BilledContract]:
    """Read contracts with their parties; `on` chooses the tax regime. Unknown ids are left out."""
    rows = await connection.fetch(_CONTRACTS, contract_ids, on)
    return {row["id"]: _billed_contract(row) for row in rows}


async def subscribed_services(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], period: Period
) -> dict[UUID, list[SubscribedService]]:
    """Read the subscriptions that touch the period, by contract, in the order of their lines."""
    found: dict[UUID, list[SubscribedService]] = defaultdict(list)
    for row in await connection.fetch(_SUBSCRIPTIONS, contract_ids, period.start, period.until):
        found[row["contract_id"]].append(
            SubscribedService(
                service=_service(row),
                started_on=row["started_on"],
                ended_on=row["ended_on"],
                price=row["price"],
                quantity=row["quantity"],
                tax_included=row["tax_included"],
            )
        )
    return found


async def used_services(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], period: Period
) -> dict[UUID, list[UsedService]]:
    """Sum the usage inside the period by (service, destination, unit price, tax included), by contract, in order."""
    found: dict[UUID, list[UsedService]] = defaultdict(list)
    for row in await connection.fetch(_USAGE, contract_ids, period.start, period.until):
        found[row["contract_id"]].append(
            UsedService(
                service=_service(row),
                destination=row["destination"],
                unit_price=row["unit_price"],
                tax_included=row["tax_included"],
                quantity=row["quantity"],
            )
        )
    return found


async def charged_periods(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], period: Period
) -> dict[UUID, ChargedPeriod]:
    """Read the charges of contracts that are charged for exactly this period already, by contract."""
    ids: dict[UUID, UUID] = {}
    charges: dict[UUID, list[Charge]] = defaultdict(list)
    for row in await connection.fetch(_CHARGED, contract_ids, period.start, period.until):
        ids[row["contract_id"]] = row["charge_period_id"]
        charges[row["contract_id"]].append(_charge(row))
    return {contract: ChargedPeriod(ids[contract], tuple(charges[contract])) for contract in ids}


def _service(row: asyncpg.Record) -> ServiceReference:
    names = {"": row["name"], **orjson.loads(row["names"])}
    return ServiceReference(row["code"], names, row["unit_name"], row["unit_okei"])


def _charge(row: asyncpg.Record) -> Charge:
    return Charge(
        kind=ChargeKind(row["kind"]),
        service=_service(row),
        period=Period(row["period_from"], row["period_until"]),
        quantity=row["quantity"],
        unit_price=row["unit_price"],
        tax_included=row["tax_included"],
        tax_rate=row["tax_rate"],
        net=row["net"],
        tax=row["tax"],
        gross=row["gross"],
        currency=row["currency"],
        destination=row["destination"],
        active_days=row["active_days"],
        month_days=row["month_days"],
    )


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
