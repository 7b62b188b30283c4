"""Subscriptions: make one, change its terms from a day on, let it rest and run again, end it.

Days that are charged or in closed books never change; terms of later days stay as they were entered.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import asyncpg

from billfold.database import subscriptions as rows
from billfold.database.audit import record_event
from billfold.database.connection import writing
from billfold.database.issuing import lock_contracts
from billfold.database.subscriptions import Subscription
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import IllegalState, InvalidInput, NotFound
from billfold.domain.subscriptions import Proration, SubscriptionTerms
from billfold.domain.terms import History, changed, differ_until, in_force, resumed, suspended
from billfold.services.idempotency import Remember, Request, once
from billfold.services.open_days import check_open
from billfold.services.parts import Parts
from billfold.services.subscription_checks import (
    check_contract_open,
    check_days,
    check_parents,
    check_terms,
    check_within,
)


@dataclass(frozen=True, slots=True)
class NewSubscription:
    """A subscription to be made; the price is for a month and one piece, `ended_on` is exclusive."""

    contract_id: UUID
    service_id: UUID
    started_on: date
    price: Decimal
    tax_included: bool
    ended_on: date | None = None
    quantity: Decimal = Decimal(1)
    proration: Proration = Proration.BY_DAY


@dataclass(frozen=True, slots=True)
class TermsChange:
    """What changes from a day on; None is as it was on that day. `proration` changes the subscription as a whole."""

    day: date
    price: Decimal | None = None
    quantity: Decimal | None = None
    tax_included: bool | None = None
    proration: Proration | None = None


async def create(parts: Parts, viewer: Viewer, new: NewSubscription, *, idempotency_key: str | None = None) -> UUID:
    """Subscribe a contract to a service; gives the id.

    Locks the contract. Raises NotFound, InvalidInput, LimitExceeded, Conflict where its days are charged or closed,
    and IllegalState when it would go beyond the end of a closed contract.
    """
    viewer.require(Scope.BOOKS_WRITE)
    first = SubscriptionTerms(new.started_on, new.price, new.quantity, new.tax_included)
    check_terms(first)
    check_days(new.started_on, new.ended_on)
    subscription = Subscription(new.contract_id, new.service_id, new.ended_on, new.proration, (first,))

    async def act(remember: Remember) -> str:
        async with writing() as connection:
            await lock_contracts(connection, [new.contract_id])
            await check_parents(connection, new.contract_id, new.service_id)
            await check_contract_open(connection, new.contract_id, new.ended_on, field="endedOn")
            await check_open(connection, new.contract_id, new.started_on, new.ended_on, field="startedOn")
            id_ = await rows.insert_subscription(connection, subscription)
            await _record(connection, parts, viewer, "createSubscription", id_, details=asdict(new))
            await remember(connection, str(id_))
        return str(id_)

    return UUID(await once(viewer, Request("createSubscription", idempotency_key, asdict(new)), act))


async def change(parts: Parts, viewer: Viewer, *, subscription_id: UUID, change: TermsChange) -> UUID:
    """Change what a subscription costs from a day on, up to its next change; on its first day, correct it.

    Locks the contract. Twice on a day, the last one holds. Raises NotFound, InvalidInput for a day outside the
    subscription, LimitExceeded, and Conflict where the days are charged or closed. May be repeated.
    """
    viewer.require(Scope.BOOKS_WRITE)
    price, quantity, tax_included = change.price, change.quantity, change.tax_included
    has_terms = (price, quantity, tax_included) != (None, None, None)
    if not has_terms and change.proration is None:
        raise InvalidInput("Nothing is to be changed: give price, quantity, taxIncluded or proration.", field="price")
    async with _locked(subscription_id) as (connection, before):
        check_within(before, change.day, field="from")
        details: dict[str, object] = {"from": change.day}
        if has_terms:
            after = changed(before.history, change.day, price=price, quantity=quantity, tax_included=tax_included)
            check_terms(in_force(after, change.day))
            details |= await _lay(connection, subscription_id, before, after, day=change.day)
        if change.proration is not None and change.proration is not before.proration:
            await check_open(connection, before.contract_id, before.started_on, before.ended_on, field="proration")
            await rows.set_proration(connection, subscription_id, change.proration)
            details["proration"] = [before.proration, change.proration]
        await _record(connection, parts, viewer, "changeSubscription", subscription_id, details=details)
    return subscription_id


async def suspend(
    parts: Parts, viewer: Viewer, *, subscription_id: UUID, start: date, until: date | None = None
) -> UUID:
    """Let a subscription rest from a day until, but without, another one; without that, until it is resumed.

    Nothing is charged for these days; changes within them hold when it runs again. Locks the contract. Raises NotFound,
    InvalidInput for days outside the subscription, Conflict where they are charged or closed. May be repeated.
    """
    viewer.require(Scope.BOOKS_WRITE)
    if until is not None and until <= start:
        raise InvalidInput(
            f"The rest ends on {until}, before it begins on {start}: correct one of them.", field="until"
        )
    async with _locked(subscription_id) as (connection, before):
        check_within(before, start, field="from")
        if start == before.started_on:
            raise InvalidInput(
                f"The subscription starts on {start}: let it rest from a later day, or end it.", field="from"
            )
        if until is not None and before.ended_on is not None and until >= before.ended_on:
            raise InvalidInput(f"The subscription ends on {before.ended_on}: leave until out.", field="until")
        after = suspended(before.history, start, until)
        details = await _lay(connection, subscription_id, before, after, day=start)
        details |= {"from": start, "until": until}
        await _record(connection, parts, viewer, "suspendSubscription", subscription_id, details=details)
    return subscription_id


async def resume(parts: Parts, viewer: Viewer, *, subscription_id: UUID, start: date) -> UUID:
    """Let a subscription that rests on a day run again from that day on; a later rest of its own stays.

    Locks the contract. Raises NotFound, InvalidInput for a day outside the subscription, IllegalState when it does not
    rest on the day, Conflict where the days are charged or closed.
    """
    viewer.require(Scope.BOOKS_WRITE)
    async with _locked(subscription_id) as (connection, before):
        check_within(before, start, field="from")
        if not in_force(before.history, start).is_suspended:
            raise IllegalState(f"The subscription is not suspended on {start}: it runs already.", field="from")
        after = resumed(before.history, start)
        details = await _lay(connection, subscription_id, before, after, day=start)
        await _record(
            connection, parts, viewer, "resumeSubscription", subscription_id, details=details | {"from": start}
        )
    return subscription_id


async def end(parts: Parts, viewer: Viewer, *, subscription_id: UUID, on: date) -> UUID:
    """Let a subscription end: `on` is the first day without it. Changes from that day on go.

    An end that was set before moves, as long as the days between are open. Locks the contract. Raises NotFound,
    InvalidInput for a day before its start, Conflict where the days are charged or closed, IllegalState beyond the end
    of a closed contract. May be repeated.
    """
    viewer.require(Scope.BOOKS_WRITE)
    async with _locked(subscription_id) as (connection, before):
        if on < before.started_on:
            raise InvalidInput(
                f"The subscription starts on {before.started_on}: it cannot end before, on {on}.", field="on"
            )
        await check_contract_open(connection, before.contract_id, on, field="on")
        if on != before.ended_on:
            first = on if before.ended_on is None else min(on, before.ended_on)
            last = None if before.ended_on is None else max(on, before.ended_on)
            await check_open(connection, before.contract_id, first, last, field="on")
            await rows.set_end(connection, subscription_id, on)
            dropped = [terms for terms in before.history[1:] if terms.valid_from >= on]
            details = {"endedOn": [before.ended_on, on], "dropped": dropped}
            await _record(connection, parts, viewer, "endSubscription", subscription_id, details=details)
    return subscription_id


@asynccontextmanager
async def _locked(subscription_id: UUID) -> AsyncIterator[tuple[asyncpg.Connection, Subscription]]:
    """Open a transaction, lock the contract of a subscription, and only then read the subscription."""
    async with writing() as connection:
        contract_id = await rows.contract_of(connection, subscription_id)
        if contract_id is None:
            raise NotFound("There is no such subscription.", field="subscription")
        await lock_contracts(connection, [contract_id])
        yield connection, await rows.read_subscription(connection, subscription_id)


async def _lay(
    connection: asyncpg.Connection, subscription_id: UUID, before: Subscription, after: History, *, day: date
) -> dict[str, object]:
    """Write terms that differ from `day` on, if their days are open; gives what they were and what they are."""
    ends = [end for end in (differ_until(before.history, after, day), before.ended_on) if end is not None]
    await check_open(connection, before.contract_id, day, min(ends, default=None), field="from")
    await rows.write_history(connection, subscription_id, after)
    return {
        "before": [terms for terms in before.history if terms not in after],
        "after": [terms for terms in after if terms not in before.history],
    }


async def _record(
    connection: asyncpg.Connection,
    parts: Parts,
    viewer: Viewer,
    operation: str,
    subscription_id: UUID,
    *,
    details: Mapping[str, object],
) -> None:
    now = parts.clock.now()
    subject = ("subscription", subscription_id)
    await record_event(connection, operation, subject, actor=viewer.name, now=now, details=details)
