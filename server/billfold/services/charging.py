"""Charging: what contracts owe for a period, computed for many of them in a few queries, and written in one go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

import asyncpg

from billfold.database import issuing
from billfold.database.facts import (
    ChargedPeriod,
    charged_periods,
    subscribed_services,
    waiting_charges,
)
from billfold.database.parties import BilledContract, billed_contracts
from billfold.database.prices import price_lists
from billfold.database.used import Usage, rated_before, take_late_usage, usage_of
from billfold.domain.adjustments import edited
from billfold.domain.billing import Billed, bill
from billfold.domain.charging import Charge
from billfold.domain.edits import Edits
from billfold.domain.errors import AlreadyIssued, CallerError, IllegalState
from billfold.domain.periods import Period, next_month
from billfold.domain.rating import DatedPrice
from billfold.domain.subscriptions import SubscribedService, charge_subscription
from billfold.domain.tax import Taxation
from billfold.domain.usage import Tariff, charge_usage

# Late usage is rated by the prices of its own day; nobody bills what is older (domain/periods.check_billable).
_YEARS_BACK = 3


@dataclass(frozen=True, slots=True)
class Computed:
    """What a contract is to be charged for a period, not yet written; `usage_count` are the records behind it.

    `adjustments` are the charges that edits of a draft write beside the computed ones, after them.
    """

    billed: Billed
    usage_count: int
    adjustments: tuple[Charge, ...] = ()

    @property
    def charges(self) -> tuple[Charge, ...]:
        """The charges in the order of their positions."""
        return (*self.billed.charges, *self.adjustments)


Charged = ChargedPeriod | Computed


def taxation_of(contract: BilledContract) -> Taxation:
    """Give how the contract's seller is taxed."""
    return Taxation(contract.enterprise_code, contract.regimes, contract.tax_rounding)


async def charge_contracts(
    connection: asyncpg.Connection, contracts: Mapping[UUID, BilledContract], period: Period
) -> dict[UUID, Charged | CallerError]:
    """Give the charges of every contract for the period, in the order of their lines.

    A contract that is charged for this very period already gives its ChargedPeriod, which stays as it is; the others
    give charges computed now, or the error that keeps one contract from being charged, such as AlreadyIssued where some
    of the days are charged already. Writes nothing.
    """
    charged = await charged_periods(connection, list(contracts), period)
    tables = await _read(connection, {id_: one for id_, one in contracts.items() if id_ not in charged}, period)
    # What was charged for this very period between these two readings is a document of the same days, and no overlap.
    if meanwhile := [id_ for id_, taken in tables.overlapped.items() if taken == period]:
        charged |= await charged_periods(connection, meanwhile, period)
    return {id_: charged.get(id_) or _computed(tables, contract, period) for id_, contract in contracts.items()}


def as_edited(charged: Charged, edits: Edits | None, contract: BilledContract, period: Period) -> Charged:
    """Give what is to be charged with somebody's edits. Raises IllegalState for a period that is charged already."""
    if edits is None or edits.is_empty:
        return charged
    if isinstance(charged, ChargedPeriod):
        raise IllegalState(
            f"{period} is charged already, and its lines say what was charged: void or correct its documents.",
            field="lines",
        )
    currency, taxation = contract.reference.currency, taxation_of(contract)
    adjustments = edited(charged.billed.charges, edits, period=period, taxation=taxation, currency=currency)
    return replace(charged, adjustments=adjustments)


def overlap(contract: BilledContract, taken: Period, period: Period) -> AlreadyIssued:
    """Give the error of a period some of whose days are charged already."""
    return AlreadyIssued(
        f"Contract {contract.reference.number} is charged for {taken} already, which overlaps {period}: ask for a "
        "period that does not, or void the earlier document.",
        field="period",
    )


@dataclass(frozen=True, slots=True)
class _Tables:
    subscribed: Mapping[UUID, list[SubscribedService]]
    usage: Usage
    tariffs: Mapping[UUID, Tariff]
    waiting: Mapping[UUID, list[Charge]]
    overlapped: Mapping[UUID, Period]


async def _read(connection: asyncpg.Connection, contracts: Mapping[UUID, BilledContract], period: Period) -> _Tables:
    ids = list(contracts)
    if not ids:
        return _Tables({}, Usage(), {}, {}, {})
    back = Period(period.start.replace(year=period.start.year - _YEARS_BACK, day=1), period.until)
    prices = await price_lists(connection, ids, back)
    usage = await usage_of(connection, ids, period, _cuts(contracts, prices, period))
    rated = [one for used in (usage.used, usage.late) for own in used.values() for one in own if one.unit_price is None]
    months = Period(back.start, next_month(period.last_day))
    before = await rated_before(connection, ids, months) if rated else {}
    return _Tables(
        subscribed=await subscribed_services(connection, ids, period),
        usage=usage,
        tariffs={id_: Tariff(prices.get(id_, ()), before.get(id_, {})) for id_ in ids},
        waiting=await waiting_charges(connection, ids, period.until),
        overlapped=await issuing.overlapped_contracts(connection, ids, period),
    )


def _cuts(
    contracts: Mapping[UUID, BilledContract], prices: Mapping[UUID, Sequence[DatedPrice]], period: Period
) -> set[date]:
    """Give the days inside the period at which the price or the tax of usage may change."""
    days = {month.start for month in period.months()}
    for id_, contract in contracts.items():
        days |= taxation_of(contract).changes()
        days |= {price.valid_from for price in prices.get(id_, ())}
    return {day for day in days if period.start < day < period.until}


def _computed(tables: _Tables, contract: BilledContract, period: Period) -> Computed | CallerError:
    currency, taxation = contract.reference.currency, taxation_of(contract)
    tariff = tables.tariffs[contract.id]
    if (taken := tables.overlapped.get(contract.id)) is not None:
        return overlap(contract, taken, period)
    try:
        own = [
            charge
            for subscription in tables.subscribed.get(contract.id, [])
            for charge in charge_subscription(subscription, period, taxation=taxation, currency=currency)
        ]
        used, late = tables.usage.used.get(contract.id, []), tables.usage.late.get(contract.id, [])
        own += charge_usage(used, late, period, tariff=tariff, taxation=taxation, currency=currency)
    except CallerError as error:
        return error
    billed = bill(own, tables.waiting.get(contract.id, []), rounding=taxation.rounding)
    return Computed(billed, tables.usage.counts.get(contract.id, 0))


async def write_charges(
    connection: asyncpg.Connection, computed: Mapping[UUID, Computed], period: Period, now: datetime
) -> dict[UUID, UUID]:
    """Write the charges of contracts for a period in the caller's transaction; gives the charged periods by contract.

    The contracts must be locked. One-off charges are taken over, what a period below zero came to and what is left of a
    split credit waits on, and late usage is noted as charged.
    """
    if not computed:
        return {}
    periods = await issuing.open_charge_periods(connection, list(computed), period)
    placed = [
        issuing.PlacedCharge(id_, periods[id_], position, charge)
        for id_, one in computed.items()
        for position, charge in enumerate(one.charges, start=1)
    ]
    rests = {one.billed.rest.id: (id_, one.billed.rest) for id_, one in computed.items() if one.billed.rest}
    await issuing.take_charges(connection, [one for one in placed if one.charge.id and one.charge.id not in rests])
    await issuing.cancel_split(connection, [id_ for id_ in rests if id_], now)
    await issuing.copy_charges(connection, [one for one in placed if not one.charge.id or one.charge.id in rests])
    waiting = [(id_, charge) for id_, one in computed.items() for charge in one.billed.carried]
    waiting += rests.values()
    carried = [issuing.PlacedCharge(id_, None, None, charge) for id_, charge in waiting]
    await issuing.copy_charges(connection, carried)
    await take_late_usage(connection, list(computed), period)
    return periods


async def write_differences(
    connection: asyncpg.Connection, contract_id: UUID, charges: Sequence[Charge], on: date
) -> UUID:
    """Write what a correction charges in the caller's transaction; gives the charged period, one of no billed days.

    The contract must be locked.
    """
    period = Period(on, on + timedelta(days=1))
    periods = await issuing.open_charge_periods(connection, [contract_id], period, is_correction=True)
    placed = [
        issuing.PlacedCharge(contract_id, periods[contract_id], position, charge)
        for position, charge in enumerate(charges, start=1)
    ]
    await issuing.copy_charges(connection, placed)
    return periods[contract_id]


async def charge_periods(
    connection: asyncpg.Connection, contract_ids: Sequence[UUID], period: Period, *, now: datetime
) -> dict[UUID, Computed]:
    """Charge contracts for a period in the caller's transaction, without a document; gives what was written.

    The contracts must be locked and have no charged days in the period. Even those that owe nothing get a charged
    period, so that usage which comes later is known to be late. Raises the error of the first contract that cannot be
    charged, naming it.
    """
    contracts = await billed_contracts(connection, contract_ids, issue_date=None, now=now)
    computed: dict[UUID, Computed] = {}
    for id_, charged in (await charge_contracts(connection, contracts, period)).items():
        if isinstance(charged, CallerError):
            raise type(charged)(f"Contract {contracts[id_].reference.number}: {charged.message}", field=charged.field)
        if isinstance(charged, Computed):
            computed[id_] = charged
    await write_charges(connection, computed, period, now)
    return computed
