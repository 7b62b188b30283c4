"""The runs of a tick: which contracts are due, with which periods, and the date that their documents bear."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg

from billfold.database import schedules as rows
from billfold.database.scheduled_runs import ScheduledRun
from billfold.database.schedules import DueContract, DueTick, ScheduledEnterprise
from billfold.domain.cuts import NOTHING, Taken
from billfold.domain.ids import new_id
from billfold.domain.periods import Period, local_date
from billfold.services.parts import Parts
from billfold.services.ticks import Ticks, is_charging, is_cutting


async def tick_runs(
    parts: Parts, connection: asyncpg.Connection, enterprise: ScheduledEnterprise, ticks: Ticks, day: date
) -> list[ScheduledRun]:
    """Give the runs of a tick, one a period, with their contracts."""
    key = ticks.declared.key
    lists = None if ticks.is_for_all(day) else ticks.lists(day)
    own = list(ticks.own) if is_charging(ticks.declared) else []
    tick = DueTick(key, day, ticks.reach_until(day), own, lists)
    contracts = await rows.due_contracts(connection, enterprise.id, tick)
    taken = await _taken(parts, connection, ticks, day, contracts)
    members: dict[Period, list[UUID]] = {}
    for contract in contracts:
        for period in ticks.periods(contract, day, taken.get(contract.id, NOTHING)):
            members.setdefault(period, []).append(contract.id)
    dated = _dated(parts, enterprise, ticks, day)
    return [
        ScheduledRun(
            id=new_id(),
            key=f"{enterprise.id}/{key}/{day}/{period}/{dated or ''}",
            period=period,
            issue_date=dated,
            due_at=ticks.due_at(day),
            contract_ids=ids,
        )
        for period, ids in sorted(members.items())
    ]


async def _taken(
    parts: Parts, connection: asyncpg.Connection, ticks: Ticks, day: date, contracts: Sequence[DueContract]
) -> dict[UUID, Taken]:
    """Read what others charge of the days that a tick is for; nothing where its type charges none."""
    open_days = {contract.id: days for contract in contracts if (days := ticks.open_days(contract, day))}
    if not open_days or not is_charging(ticks.declared):
        return {}
    types = [one for one in parts.plugins.document_types.values() if one.key != ticks.declared.key]
    return await rows.taken_days(
        connection,
        open_days,
        others=[one.key for one in types if is_charging(one)],
        cutting=[one.key for one in types if is_cutting(one)],
    )


def _dated(parts: Parts, enterprise: ScheduledEnterprise, ticks: Ticks, day: date) -> date | None:
    """Give the date that documents of a tick bear: today, where theirs lies in closed books."""
    dated, closed = ticks.issue_date(day), enterprise.closed_until
    if dated is not None and closed is not None and dated < closed:
        return local_date(parts.clock.now(), ticks.zone)
    return dated
