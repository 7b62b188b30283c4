"""Charging: what contracts owe for a period, for many contracts in three queries."""

from collections.abc import Mapping
from uuid import UUID

import asyncpg

from billfold.database.facts import (
    ChargedPeriod,
    charged_periods,
    subscribed_services,
    used_services,
)
from billfold.database.parties import BilledContract
from billfold.domain.charging import Charge, SubscribedService, UsedService, charge_subscription, charge_usage
from billfold.domain.errors import CallerError
from billfold.domain.periods import Period


async def charge_contracts(
    connection: asyncpg.Connection, contracts: Mapping[UUID, BilledContract], period: Period
) -> dict[UUID, ChargedPeriod | tuple[Charge, ...] | CallerError]:
    """Give the charges of every contract for the period, in the order of their lines.

    A contract that is charged for this very period already gives its ChargedPeriod, which stays as it is; the others
    give charges computed now, or the error that keeps one contract from being charged. Writes nothing.
    """
    ids = list(contracts)
    charged = await charged_periods(connection, ids, period)
    open_ids = [id_ for id_ in ids if id_ not in charged]
    subscribed = await subscribed_services(connection, open_ids, period)
    used = await used_services(connection, open_ids, period)
    computed = {
        id_: _charges(contracts[id_], subscribed.get(id_, []), used.get(id_, []), period=period) for id_ in open_ids
    }
    return {**computed, **charged}


def _charges(
    contract: BilledContract, subscribed: list[SubscribedService], used: list[UsedService], *, period: Period
) -> tuple[Charge, ...] | CallerError:
    regime, currency = contract.regime, contract.reference.currency
    try:
        subscriptions = [
            charge
            for subscription in subscribed
            for charge in charge_subscription(subscription, period, regime=regime, currency=currency)
        ]
        usage = [charge_usage(service, period, regime=regime, currency=currency) for service in used]
    except CallerError as error:
        return error
    return (*subscriptions, *usage)
