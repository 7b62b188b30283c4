"""Parking: a contract of which nothing is issued until somebody has looked at it, by hand or where bounds are passed.

Its usage, charges and payments go on, and its documents may be voided.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from billfold.database import parking as rows
from billfold.database.audit import record_event
from billfold.database.connection import writing
from billfold.database.issuing import lock_contracts
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import IllegalState, NotFound
from billfold.domain.payments import check_reason
from billfold.services.drafts import Draft, Failed, Skipped
from billfold.services.parts import Parts


async def park(parts: Parts, viewer: Viewer, *, contract_id: UUID, reason: str) -> UUID:
    """Issue nothing more of a contract until it is unparked. May be repeated; the first reason stays.

    Locks the contract, so that what is being issued is waited for. Raises NotFound, InvalidInput without a reason.
    """
    viewer.require(Scope.BOOKS_WRITE)
    reason = check_reason(reason, "the contract is parked")
    async with writing() as connection:
        await _lock(connection, contract_id)
        await park_locked(connection, [contract_id], reason, actor=viewer.name, now=parts.clock.now())
    return contract_id


async def unpark(parts: Parts, viewer: Viewer, *, contract_id: UUID) -> UUID:
    """Let documents of a contract be issued again; by itself that issues none. May be repeated.

    Locks the contract. Raises NotFound.
    """
    viewer.require(Scope.BOOKS_WRITE)
    async with writing() as connection:
        await _lock(connection, contract_id)
        if await rows.unpark_contract(connection, contract_id):
            subject, now = ("contract", contract_id), parts.clock.now()
            await record_event(connection, "unparkContract", subject, actor=viewer.name, now=now)
    return contract_id


async def park_locked(
    connection: asyncpg.Connection, contract_ids: Collection[UUID], reason: str, *, actor: str, now: datetime
) -> None:
    """Park contracts that the caller has locked, and log it; those that are parked already stay as they are."""
    for contract_id in await rows.park_contracts(connection, contract_ids, reason, now):
        subject, details = ("contract", contract_id), {"reason": reason}
        await record_event(connection, "parkContract", subject, actor=actor, now=now, details=details)


async def part_parked(
    connection: asyncpg.Connection, standing: Sequence[Draft | Skipped]
) -> tuple[list[Draft | Skipped], list[Skipped | Failed]]:
    """Part what is of parked contracts, skipped in runs and refused by hand, from the rest.

    To be called under the locks of the contracts.
    """
    reasons = await rows.parked_reasons(connection, [one.contract.id for one in standing])
    free = [one for one in standing if one.contract.id not in reasons]
    return free, [_parked(one, reasons[one.contract.id]) for one in standing if one.contract.id in reasons]


def _parked(one: Draft | Skipped, reason: str) -> Skipped | Failed:
    if not one.assignment.is_by_hand:
        return Skipped(one.assignment, rows.PARKED, one.contract)
    number = one.contract.reference.number
    error = IllegalState(
        f"Contract {number} is parked: {reason.rstrip('.')}. Mend that, unpark the contract, and ask again.",
        field="contract",
    )
    return Failed(one.assignment, error)


async def _lock(connection: asyncpg.Connection, contract_id: UUID) -> None:
    if contract_id not in await lock_contracts(connection, [contract_id]):
        raise NotFound("There is no such contract.", field="contract")
