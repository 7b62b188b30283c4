"""Checks of subscriptions: what their prices, quantities and days may be."""

from datetime import date
from uuid import UUID

import asyncpg

from billfold.database.contracts import closed_since, contract_currency
from billfold.database.services import is_service
from billfold.database.subscriptions import Subscription
from billfold.domain.errors import IllegalState, InvalidInput, LimitExceeded, NotFound
from billfold.domain.money import AMOUNT_LIMIT, fits_rate
from billfold.domain.subscriptions import SubscriptionTerms
from billfold.services.fields import read_fields
from billfold.services.typed_fields import day, day_or_none


def check_terms(terms: SubscriptionTerms) -> None:
    """Refuse a price or a quantity that cannot be kept, and a month that would cost more than an amount may be.

    Raises InvalidInput and LimitExceeded.
    """
    for field, number in (("price", terms.price), ("quantity", terms.quantity)):
        if not fits_rate(number) or number < 0:
            raise InvalidInput(
                f"The {field} {number} cannot be: give a number from 0 up, with at most 15 digits and 11 decimals.",
                field=field,
            )
    # Charging leaves room for the tax on top.
    if terms.price * terms.quantity > AMOUNT_LIMIT / 2:
        raise LimitExceeded(
            f"{terms.quantity} pieces at {terms.price} cost more a month than an amount may be: mend the price or the "
            "quantity.",
            field="price",
        )


def check_days(started_on: date, ended_on: date | None) -> None:
    """Refuse days that books do not have, and an end that leaves no day. Raises InvalidInput."""
    read_fields({"started_on": started_on, "ended_on": ended_on}, {"started_on": day, "ended_on": day_or_none})
    if ended_on is not None and ended_on <= started_on:
        raise InvalidInput(
            f"The subscription ends on {ended_on}, without a day after its start on {started_on}: the end is the first "
            "day without it.",
            field="endedOn",
        )


def check_within(subscription: Subscription, on: date, *, field: str) -> None:
    """Refuse a day on which the subscription is not there. Raises InvalidInput."""
    if on < subscription.started_on:
        raise InvalidInput(f"The subscription starts on {subscription.started_on}, after {on}.", field=field)
    if subscription.ended_on is not None and on >= subscription.ended_on:
        raise InvalidInput(f"The subscription ends on {subscription.ended_on}: take a day before.", field=field)


async def check_parents(connection: asyncpg.Connection, contract_id: UUID, service_id: UUID) -> None:
    """Raise NotFound unless contract and service are there."""
    if await contract_currency(connection, contract_id) is None:
        raise NotFound("There is no such contract.", field="contract")
    if not await is_service(connection, service_id):
        raise NotFound("There is no such service.", field="service")


async def check_contract_open(
    connection: asyncpg.Connection, contract_id: UUID, ended_on: date | None, *, field: str
) -> None:
    """Refuse an end after that of a closed contract, and no end at all. Raises IllegalState."""
    closed_on = await closed_since(connection, contract_id)
    if closed_on is not None and (ended_on is None or ended_on > closed_on):
        raise IllegalState(f"The contract is closed since {closed_on}: its subscriptions end by then.", field=field)
