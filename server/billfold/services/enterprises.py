"""Enterprises: create one, change one, and what it has from a day on: accounts, signers, taxes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg

from billfold.database.audit import record_event
from billfold.database.connection import reading, writing
from billfold.database.enterprises import SignerRole
from billfold.database.requisites import ENTERPRISE as VERSIONED
from billfold.database.schedules import move_zone
from billfold.database.single_rows import find_row, put_row, update_row
from billfold.domain.access import Scope, Viewer
from billfold.domain.document import BankDetails, PartyKind, TaxRegime
from billfold.domain.errors import Conflict, InvalidInput, NotFound
from billfold.domain.requisites import Requisites, check_bank
from billfold.services.creating import Creation, check_parents, create, told
from billfold.services.fields import Readers, api_name, read_fields
from billfold.services.imports.parties import BANK_ACCOUNT, ENTERPRISE, SIGNER
from billfold.services.imports.pictures import picture
from billfold.services.parts import Parts
from billfold.services.requisites import change_requisites, check_open, standing_of
from billfold.services.typed_fields import day_or_none, present

_READERS: Readers = {**ENTERPRISE, "brand_id": present, "ogrn_on": day_or_none, "stamp": picture("stamp")}
_SIGNER: Readers = {
    **{name: SIGNER[name] for name in ("name", "position", "authority")},
    "signature": picture("signature"),
}
_NEEDED = ("code", "brand_id", "legal_name", "kind", "timezone")
# What holds "since ever".
_EVER = date(1900, 1, 1)


async def create_enterprise(
    parts: Parts,
    viewer: Viewer,
    *,
    fields: Mapping[str, object],
    tax_regime: TaxRegime | None = None,
    idempotency_key: str | None = None,
) -> UUID:
    """Create an enterprise of the fields given, by column, taxed by the regime since ever; gives its id.

    Needs code, brand, legal name, kind and time zone. Requisites may be wrong or missing until it bills. Raises
    InvalidInput for a field that cannot be, NotFound for the brand, Conflict for a code that is taken.
    """
    viewer.require(Scope.BOOKS_WRITE)
    values = read_fields(fields, _READERS, needed=_NEEDED)
    creation = Creation(
        "createEnterprise",
        "enterprise",
        "enterprises",
        values,
        taken=_taken(values),
        parents=_parents(values),
        afterwards=partial(_tax, regime=tax_regime) if tax_regime else None,
        besides={"tax_regime": tax_regime} if tax_regime else {},
    )
    return await create(parts, viewer, creation, idempotency_key=idempotency_key)


async def _tax(connection: asyncpg.Connection, enterprise_id: UUID, *, regime: TaxRegime) -> None:
    key = {"enterprise_id": enterprise_id, "valid_from": _EVER}
    await put_row(connection, "tax_regimes", key, {"regime": regime.value})


async def update_enterprise(
    parts: Parts,
    viewer: Viewer,
    *,
    enterprise_id: UUID,
    fields: Mapping[str, object],
    valid_from: date | None = None,
) -> UUID:
    """Change the fields given, by column; its requisites since `valid_from`, or today in its zone.

    Locks the enterprise. Issued documents keep what they say, and schedules go on at the same day of another zone.
    Raises NotFound, IllegalState for a day in closed books, and what `create_enterprise` does.
    """
    viewer.require(Scope.BOOKS_WRITE)
    values = read_fields(fields, _READERS)
    given = {name: value for name, value in values.items() if name in VERSIONED.columns}
    others = {name: value for name, value in values.items() if name not in VERSIONED.columns}
    async with writing() as connection:
        standing = await standing_of(connection, VERSIONED, enterprise_id, parts.clock.now())
        await check_parents(connection, _parents(values))
        day = await change_requisites(
            connection, VERSIONED, enterprise_id, standing=standing, given=given, valid_from=valid_from
        )
        if not await _change(connection, enterprise_id, others):
            raise _taken(values)
        await record_event(
            connection,
            "updateEnterprise",
            ("enterprise", enterprise_id),
            actor=viewer.name,
            now=parts.clock.now(),
            details={**told(values), **({"valid_from": day} if day else {})},
        )
    return enterprise_id


async def _change(connection: asyncpg.Connection, enterprise_id: UUID, values: Mapping[str, object]) -> bool:
    if zone := values.get("timezone"):
        await move_zone(connection, enterprise_id, str(zone))
    return await update_row(connection, "enterprises", enterprise_id, values)


async def set_tax_regime(
    parts: Parts, viewer: Viewer, *, enterprise_id: UUID, valid_from: date, regime: TaxRegime
) -> UUID:
    """Set how an enterprise is taxed from a day on. May be repeated. Gives the enterprise's id.

    Locks the enterprise. Raises NotFound, InvalidInput for a day that no books have, IllegalState for one inside closed
    books.
    """
    viewer.require(Scope.BOOKS_WRITE)
    dated = _Dated("setTaxRegime", "tax_regimes", valid_from)
    return await _put(parts, viewer, enterprise_id, dated=dated, values={"regime": regime.value})


async def set_bank_account(
    parts: Parts, viewer: Viewer, *, enterprise_id: UUID, valid_from: date, currency: str, fields: Mapping[str, object]
) -> UUID:
    """Set the account for a currency from a day on, by column: bank name, BIC, account, correspondent account.

    Raises InvalidInput for an account that cannot be the bank's, and what `set_tax_regime` does.
    """
    viewer.require(Scope.BOOKS_WRITE)
    readers = {name: read for name, read in BANK_ACCOUNT.items() if name != "valid_from"}
    values = read_fields({"currency": currency, **fields}, readers, needed=("bic", "account"))
    dated = _Dated("setBankAccount", "bank_accounts", valid_from, {"currency": values.pop("currency")})
    account = {"bank_name": "", "corr_account": "", **values}
    await _check_account(enterprise_id, account)
    return await _put(parts, viewer, enterprise_id, dated=dated, values=account)


async def _check_account(enterprise_id: UUID, account: Mapping[str, Any]) -> None:
    async with reading() as connection:
        owner = await find_row(connection, "enterprises", {"id": enterprise_id}, ["kind", "country"])
    if owner is None:
        raise NotFound("No enterprise has this id.", field="enterprise")
    party = Requisites(kind=PartyKind(owner["kind"]), country=owner["country"])
    try:
        check_bank(party, BankDetails("", account["bic"], account["account"], account["corr_account"]))
    except InvalidInput as error:
        raise InvalidInput(error.message, field=api_name(error.field or "")) from error


async def set_signer(
    parts: Parts,
    viewer: Viewer,
    *,
    enterprise_id: UUID,
    valid_from: date,
    role: SignerRole,
    valid_until: date | None = None,
    fields: Mapping[str, object],
) -> UUID:
    """Set who signs in a role from a day on, up to but without another: name, position and the like by column.

    `signature` is a picture, a data: URI; None and one that is not given leave the one of the day, "" takes it away.
    Whoever signs since closed days may still be given a last day after them. Raises what `set_tax_regime` does.
    """
    viewer.require(Scope.BOOKS_WRITE)
    given = {name: value for name, value in fields.items() if name != "signature" or value is not None}
    values = {"position": "", "authority": "", **read_fields(given, _SIGNER, needed=("name",))}
    if valid_until is not None and valid_until <= valid_from:
        raise InvalidInput(f"{valid_until} is not after {valid_from}: correct one of them.", field="validUntil")
    dated = _Dated("setSigner", "signers", valid_from, {"role": role.value}, ends="valid_until")
    return await _put(parts, viewer, enterprise_id, dated=dated, values={**values, "valid_until": valid_until})


@dataclass(frozen=True, slots=True)
class _Dated:
    """Where a dated thing of an enterprise is kept: its table, the rest of its key, and the column of its last day."""

    operation: str
    table: str
    valid_from: date
    key: Mapping[str, object] = field(default_factory=dict)
    ends: str = ""


async def _put(
    parts: Parts, viewer: Viewer, enterprise_id: UUID, *, dated: _Dated, values: Mapping[str, object]
) -> UUID:
    now = parts.clock.now()
    own = {**dated.key, "valid_from": dated.valid_from}
    async with writing() as connection:
        standing = await standing_of(connection, VERSIONED, enterprise_id, now)
        before = await find_row(connection, dated.table, {"enterprise_id": enterprise_id, **own}, values)
        day = _changed_on(dated, before, values)
        if day is not None:
            check_open(day, standing.closed_until)
            await put_row(connection, dated.table, {"enterprise_id": enterprise_id, **own}, values)
            subject, details = ("enterprise", enterprise_id), told({**own, **values})
            await record_event(connection, dated.operation, subject, actor=viewer.name, now=now, details=details)
    return enterprise_id


def _changed_on(dated: _Dated, before: Mapping[str, Any] | None, values: Mapping[str, Any]) -> date | None:
    """Give the first day on which a dated thing becomes another; None when it stays the same."""
    changed = {name for name, value in values.items() if before is None or before[name] != value}
    if before is not None and changed == {dated.ends}:
        ends: list[date] = [end for end in (before[dated.ends], values[dated.ends]) if end is not None]
        return min(ends)
    return dated.valid_from if changed else None


def _parents(values: Mapping[str, object]) -> dict[str, tuple[str, UUID]]:
    brand_id = values.get("brand_id")
    return {"brand": ("brands", brand_id)} if isinstance(brand_id, UUID) else {}


def _taken(values: Mapping[str, object]) -> Conflict:
    return Conflict(f"The code {values.get('code')!r} is another enterprise's: take one of its own.", field="code")
