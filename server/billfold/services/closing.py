"""Closing a contract: its services end on a day, and what is still due is billed by a final document.

Closing the books of an enterprise is another thing, and not here.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import asyncpg

from billfold.database import contracts as rows
from billfold.database import subscriptions
from billfold.database.audit import record_event
from billfold.database.connection import reading, writing
from billfold.database.issuing import lock_contracts
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import CallerError, IllegalState, InvalidInput, NotFound, NothingToBill
from billfold.domain.payments import check_text
from billfold.domain.periods import Period
from billfold.plugin_api.document_type import PeriodKind
from billfold.services import documents
from billfold.services.idempotency import Remember, Request, once
from billfold.services.open_days import check_open, first_open_day
from billfold.services.parts import Parts


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed contract: its final document, or what kept that from being issued; neither when nothing is due."""

    contract_id: UUID
    document_id: UUID | None = None
    problem: CallerError | None = None


async def close(
    parts: Parts,
    viewer: Viewer,
    *,
    contract_id: UUID,
    on: date,
    type: str = "invoice",
    reason: str = "",
    idempotency_key: str | None = None,
) -> Closed:
    """Close a contract: `on` is the first day without service. Then issue the document of the days that are still open.

    Locks the contract. Raises NotFound, InvalidInput for a day before the signing, Conflict for one in charged or
    closed days, IllegalState when it is closed since another day. A document that cannot be issued is told in the
    result, and the contract stays closed. May be repeated: the same call issues what is missing.
    """
    viewer.require(Scope.BOOKS_WRITE)
    viewer.require(Scope.DOCUMENTS_ISSUE)
    _check_type(parts, type)
    reason = check_text(reason, field="reason")

    async def act(remember: Remember) -> str:
        async with writing() as connection:
            if not await _is_closed(connection, contract_id, on):
                await _close(connection, parts, viewer, contract_id, on=on, reason=reason)
            await remember(connection, str(contract_id))
        return str(contract_id)

    arguments = {"contract": contract_id, "on": on, "type": type, "reason": reason}
    await once(viewer, Request("closeContract", idempotency_key, arguments), act)
    return await _issue_final(parts, viewer, contract_id, type=type, on=on)


def _check_type(parts: Parts, type: str) -> None:
    if PeriodKind.PERIOD not in parts.plugins.document_type(type).period_kinds:
        raise InvalidInput(
            f"Document type {type!r} is not made by period: name one that is, such as invoice.", field="type"
        )


async def _is_closed(connection: asyncpg.Connection, contract_id: UUID, on: date) -> bool:
    """Lock the contract and say whether it is closed since this day already; raise unless it may be closed then."""
    await lock_contracts(connection, [contract_id])
    standing = await rows.find_contract(connection, contract_id)
    if standing is None:
        raise NotFound("There is no such contract.", field="contract")
    number, signed_on = standing.terms.number, standing.terms.signed_on
    if standing.closed_on is not None and standing.closed_on != on:
        raise IllegalState(f"Contract {number} is closed since {standing.closed_on} already.", field="on")
    if on < signed_on:
        raise InvalidInput(
            f"Contract {number} was signed on {signed_on}: it cannot be closed before, on {on}.", field="on"
        )
    return standing.closed_on is not None


async def _close(
    connection: asyncpg.Connection, parts: Parts, viewer: Viewer, contract_id: UUID, *, on: date, reason: str
) -> None:
    await check_open(connection, contract_id, on, None, field="on")
    await rows.set_closed(connection, contract_id, on)
    ended = await subscriptions.end_subscriptions(connection, contract_id, on)
    await record_event(
        connection,
        "closeContract",
        ("contract", contract_id),
        actor=viewer.name,
        now=parts.clock.now(),
        details={"on": on, "reason": reason, "ended": [f"subscription_{id_}" for id_ in ended]},
    )


async def _issue_final(parts: Parts, viewer: Viewer, contract_id: UUID, *, type: str, on: date) -> Closed:
    async with reading() as connection:
        standing = await rows.final_document(connection, contract_id, type, on)
        period = None if standing else await _open_period(connection, contract_id, on)
    if period is None:
        return Closed(contract_id, standing)
    try:
        document_id = await documents.issue_for_period(parts, viewer, type=type, contract_id=contract_id, period=period)
    except NothingToBill:
        return Closed(contract_id)
    except CallerError as error:
        # The same call beside this one may have won.
        async with reading() as connection:
            standing = await rows.final_document(connection, contract_id, type, on)
        return Closed(contract_id, standing, None if standing else error)
    return Closed(contract_id, document_id)


async def _open_period(connection: asyncpg.Connection, contract_id: UUID, on: date) -> Period | None:
    """Give the days of a closed contract that are not charged yet; None when there are none.

    They follow the last charged period. Where nothing is charged, they are those of the last month, from the first
    start of a subscription if that is in it.
    """
    days = await rows.settled_days(connection, contract_id)
    start = first_open_day(days)
    if not days.charged:
        month = (on - timedelta(days=1)).replace(day=1)
        first = await subscriptions.first_start(connection, contract_id)
        begun = first if first is not None and month < first < on else month
        start = begun if start is None else max(begun, start)
    return Period(start, on) if start is not None and start < on else None
