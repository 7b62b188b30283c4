"""Contracts: make one and change it; `closing.py` closes it."""

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from billfold.database import contracts as rows
from billfold.database.audit import record_event
from billfold.database.connection import writing
from billfold.database.contracts import Billing, Contract, StandingContract
from billfold.database.issuing import lock_contracts
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import IllegalState, InvalidInput, NotFound
from billfold.domain.money import AMOUNT_LIMIT, exponent, round_amount
from billfold.services.fields import read_fields
from billfold.services.idempotency import Remember, Request, once
from billfold.services.imports.cells import short_text
from billfold.services.parts import Parts
from billfold.services.settling import settle_contracts
from billfold.services.typed_fields import day, day_or_none, one_of, present, whole

_READERS = {
    "number": short_text(limit=100, is_needed=True),
    "client_id": present,
    "enterprise_id": present,
    "signed_on": day,
    "valid_to": day_or_none,
    "currency": present,
    "billing": one_of(Billing),
    "payment_terms_days": whole(0, 366),
    "credit_limit": present,
    "opening_balance": present,
}
_NEEDED = ("number", "client_id", "enterprise_id", "signed_on", "currency", "billing")
# Money of a billed contract is of one client, one seller and one currency.
_LASTING = {"client_id": "client", "enterprise_id": "enterprise", "currency": "currency"}


async def create(
    parts: Parts, viewer: Viewer, *, given: Mapping[str, object], idempotency_key: str | None = None
) -> UUID:
    """Make a contract from its attributes by their names; gives its id.

    Raises InvalidInput with the field that is wrong, NotFound for an unknown client or enterprise, and Conflict when
    the enterprise has a contract of this number.
    """
    viewer.require(Scope.BOOKS_WRITE)
    values: dict[str, Any] = read_fields(given, _READERS, needed=_NEEDED)
    contract = _in_its_currency(Contract(**values))
    _check(contract)

    async def act(remember: Remember) -> str:
        async with writing() as connection:
            id_ = await rows.insert_contract(connection, contract)
            await record_event(
                connection,
                "createContract",
                ("contract", id_),
                actor=viewer.name,
                now=parts.clock.now(),
                details=values,
            )
            await remember(connection, str(id_))
        return str(id_)

    return UUID(await once(viewer, Request("createContract", idempotency_key, values), act))


async def update(parts: Parts, viewer: Viewer, *, contract_id: UUID, given: Mapping[str, object]) -> UUID:
    """Change the given attributes of a contract; a changed opening balance settles what is open.

    Locks the contract. Raises what `create` does, and IllegalState for what may not change any more: client, enterprise
    and currency once it is billed, the opening balance while some of it is allocated or the books are closed. May be
    repeated.
    """
    viewer.require(Scope.BOOKS_WRITE)
    values: dict[str, Any] = read_fields(given, _READERS)
    async with writing() as connection:
        await lock_contracts(connection, [contract_id])
        standing = await rows.find_contract(connection, contract_id)
        if standing is None:
            raise NotFound("There is no such contract.", field="contract")
        contract = _in_its_currency(dataclasses.replace(standing.terms, **values))
        _check(contract)
        _check_standing(standing, contract)
        if contract.opening_balance != standing.terms.opening_balance:
            await _check_opening(connection, contract_id, contract)
        if contract != standing.terms:
            await rows.update_contract(connection, contract_id, contract)
            await _record_update(connection, parts, viewer, contract_id, before=standing.terms, values=values)
        if contract.opening_balance != standing.terms.opening_balance:
            await settle_contracts(connection, [contract_id], actor=viewer.name, now=parts.clock.now())
    return contract_id


async def _record_update(
    connection: asyncpg.Connection,
    parts: Parts,
    viewer: Viewer,
    contract_id: UUID,
    *,
    before: Contract,
    values: Mapping[str, object],
) -> None:
    await record_event(
        connection,
        "updateContract",
        ("contract", contract_id),
        actor=viewer.name,
        now=parts.clock.now(),
        details={name: [getattr(before, name), value] for name, value in values.items()},
    )


def _in_its_currency(contract: Contract) -> Contract:
    """Give the amounts the decimals of the currency. Raises InvalidInput for an unknown currency, or too many."""
    return dataclasses.replace(
        contract,
        credit_limit=_amount(contract.credit_limit, contract.currency, field="creditLimit"),
        opening_balance=_amount(contract.opening_balance, contract.currency, field="openingBalance"),
    )


def _amount(amount: Decimal, currency: str, *, field: str) -> Decimal:
    digits = exponent(currency)
    if not amount.is_finite() or abs(amount) > AMOUNT_LIMIT:
        raise InvalidInput(f"{amount:.4g} is more than an amount may be, {AMOUNT_LIMIT}: correct it.", field=field)
    rounded = round_amount(amount, currency)
    if rounded != amount:
        raise InvalidInput(f"{amount} is no amount of {currency}: give at most {digits} decimals.", field=field)
    return rounded


def _check(contract: Contract) -> None:
    if contract.credit_limit < 0:
        raise InvalidInput(
            f"The credit limit {contract.credit_limit} is negative: give a sum from 0 up.", field="creditLimit"
        )
    if contract.valid_to is not None and contract.valid_to < contract.signed_on:
        raise InvalidInput(
            f"The last day {contract.valid_to} is before the signing, {contract.signed_on}: correct one of them.",
            field="validTo",
        )


async def _check_opening(connection: asyncpg.Connection, contract_id: UUID, contract: Contract) -> None:
    """Refuse a change of the opening balance, which is of the first days, once these are in closed books."""
    closed_until = (await rows.settled_days(connection, contract_id)).closed_until
    if closed_until is not None and contract.signed_on < closed_until:
        raise IllegalState(
            f"The books of contract {contract.number} are closed until {closed_until}: its opening balance stays. "
            "Register a payment or a charge instead.",
            field="openingBalance",
        )


def _check_standing(standing: StandingContract, contract: Contract) -> None:
    """Refuse what may not change any more."""
    before = standing.terms
    for name, field in _LASTING.items():
        if standing.is_billed and getattr(before, name) != getattr(contract, name):
            raise IllegalState(
                f"Contract {before.number} is billed already: its {field} stays. Make another contract.", field=field
            )
    if standing.opening_allocated and before.opening_balance != contract.opening_balance:
        raise IllegalState(
            f"{standing.opening_allocated} {before.currency} of the opening balance is allocated already: release "
            "that, or register a payment or a charge instead.",
            field="openingBalance",
        )
    if standing.closed_on is not None and contract.signed_on > standing.closed_on:
        raise InvalidInput(
            f"The contract is closed since {standing.closed_on}: it was not signed later than that.", field="signedOn"
        )
