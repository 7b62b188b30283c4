"""Prices: what used services cost from a day on; what was charged from one never changes."""

from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import asyncpg
import orjson

from billfold.database import prices as rows
from billfold.database.audit import record_event
from billfold.database.connection import writing
from billfold.database.contracts import contract_currency
from billfold.database.issuing import lock_contracts
from billfold.database.single_rows import has_row, insert_row, update_row
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import Conflict, InvalidInput, NotFound
from billfold.domain.money import exponent
from billfold.domain.rating import PriceList, PriceModel, Tier, check_price, to_json
from billfold.services.idempotency import Remember, Request, once
from billfold.services.parts import Parts

DESTINATION_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class PriceTerms:
    """What a price comes to: `allowance` is free each month, the tiers count what remains."""

    model: PriceModel
    tax_included: bool
    allowance: Decimal
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class NewPrice:
    """A price of a service, for a contract or for everybody; the currency of a contract's own is the contract's."""

    service_id: UUID
    valid_from: date
    terms: PriceTerms
    contract_id: UUID | None = None
    currency: str | None = None
    destination: str = ""


async def create(parts: Parts, viewer: Viewer, *, new: NewPrice, idempotency_key: str | None = None) -> UUID:
    """Set a price from a day on; gives its id. Locks the contract of an own one.

    Raises InvalidInput, NotFound, and Conflict where a price of the same key starts on that day, or where the day lies
    before days that are charged or closed.
    """
    viewer.require(Scope.BOOKS_WRITE)
    check_price(new.terms.model, new.terms.allowance, new.terms.tiers)
    _check_destination(new.destination)

    async def act(remember: Remember) -> str:
        async with writing() as connection:
            price_id = await _insert(connection, new)
            await record_event(
                connection,
                "createPrice",
                ("price", price_id),
                actor=viewer.name,
                now=parts.clock.now(),
                details={"valid_from": new.valid_from, **_columns(new.terms)},
            )
            await remember(connection, str(price_id))
        return str(price_id)

    return UUID(await once(viewer, Request("createPrice", idempotency_key, {"price": new}), act))


async def _insert(connection: asyncpg.Connection, new: NewPrice) -> UUID:
    if new.contract_id is not None:
        await lock_contracts(connection, [new.contract_id])
    if not await has_row(connection, "services", new.service_id):
        raise NotFound("There is no such service.", field="service")
    currency = await _currency(connection, new)
    await _check_open(connection, new, currency)
    row = {
        "service_id": new.service_id,
        "contract_id": new.contract_id,
        "currency": currency,
        "destination": new.destination,
        "valid_from": new.valid_from,
        **_columns(new.terms),
    }
    price_id = await insert_row(connection, "prices", row)
    if price_id is None:
        raise Conflict(
            f"A price of this service, contract and destination starts on {new.valid_from}: choose another day, or "
            "change that price.",
            field="validFrom",
        )
    return price_id


@dataclass(frozen=True, slots=True)
class PriceChange:
    """What of a price is to change; None leaves it as it is."""

    model: PriceModel | None = None
    tax_included: bool | None = None
    allowance: Decimal | None = None
    tiers: tuple[Tier, ...] | None = None


async def update(parts: Parts, viewer: Viewer, *, price_id: UUID, change: PriceChange) -> UUID:
    """Change what a price comes to, while nothing was charged from it; gives its id. Locks the contract of an own one.

    Raises NotFound, InvalidInput, and Conflict when it was charged from.
    """
    viewer.require(Scope.BOOKS_WRITE)
    given = {one.name: value for one in fields(change) if (value := getattr(change, one.name)) is not None}
    async with writing() as connection:
        await _lock_uncharged(connection, price_id)
        changed = replace(await rows.price_list(connection, price_id), **given)
        check_price(changed.model, changed.allowance, changed.tiers)
        await update_row(connection, "prices", price_id, _columns(changed))
        await record_event(
            connection,
            "updatePrice",
            ("price", price_id),
            actor=viewer.name,
            now=parts.clock.now(),
            details=_columns(changed),
        )
    return price_id


async def delete(parts: Parts, viewer: Viewer, *, price_id: UUID) -> UUID:
    """Delete a price that nothing was charged from; the one before it is in force again. Locks as `update` does."""
    viewer.require(Scope.BOOKS_WRITE)
    async with writing() as connection:
        await _lock_uncharged(connection, price_id)
        await rows.delete_price(connection, price_id)
        await record_event(connection, "deletePrice", ("price", price_id), actor=viewer.name, now=parts.clock.now())
    return price_id


async def _lock_uncharged(connection: asyncpg.Connection, price_id: UUID) -> None:
    is_there, contract_id = await rows.price_contract(connection, price_id)
    if contract_id is not None:
        await lock_contracts(connection, [contract_id])
    if not is_there or not await rows.lock_price(connection, price_id):
        raise NotFound("There is no such price.", field="price")
    if await rows.is_price_charged(connection, price_id):
        raise Conflict("Usage was charged from this price: set another one from a later day.", field="price")


async def _currency(connection: asyncpg.Connection, new: NewPrice) -> str:
    if new.contract_id is None:
        if new.currency is None:
            raise InvalidInput("A price for all contracts needs its currency, such as RUB.", field="currency")
        exponent(new.currency)
        return new.currency
    currency = await contract_currency(connection, new.contract_id)
    if currency is None:
        raise NotFound("There is no such contract.", field="contract")
    if new.currency not in (None, currency):
        raise InvalidInput(f"The contract is in {currency}: leave the currency out.", field="currency")
    return currency


async def _check_open(connection: asyncpg.Connection, new: NewPrice, currency: str) -> None:
    if new.contract_id is None:
        day = await rows.general_open_from(connection, new.service_id, currency)
    else:
        day = await rows.own_open_from(connection, new.contract_id)
    if day is not None and new.valid_from < day:
        raise Conflict(
            f"Days before {day} are charged or closed already: let the price start on {day} or later.",
            field="validFrom",
        )


def _check_destination(destination: str) -> None:
    if len(destination) > DESTINATION_LIMIT or not destination.isprintable():
        raise InvalidInput(
            f"The destination must be one line of at most {DESTINATION_LIMIT} printable characters.",
            field="destination",
        )


def _columns(terms: PriceTerms | PriceList) -> dict[str, object]:
    return {
        "model": terms.model.value,
        "tax_included": terms.tax_included,
        "allowance": terms.allowance,
        "tiers": orjson.dumps(to_json(terms.tiers)).decode(),
    }
