"""Scheduling: makes the runs of document rules when their time has come, and tells when it comes next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID

import asyncpg
import structlog

from billfold.database import schedules as rows
from billfold.database.calendars import own_days
from billfold.database.connection import reading, writing
from billfold.database.rules import keep_rules
from billfold.database.scheduled_runs import ScheduledRun, expect_scheduled
from billfold.database.schedules import DueContract, ScheduledEnterprise, ScheduledRule
from billfold.domain.calendars import WorkCalendar
from billfold.domain.cuts import Billed
from billfold.domain.errors import BillfoldError, InvalidInput, NotFound
from billfold.domain.ids import new_id
from billfold.domain.periods import Period, local_date, local_midnight
from billfold.domain.schedules import NEVER, InvoiceDates, in_order, invoice_dates, wall_instant, year_before
from billfold.plugin_api.document_type import PeriodKind
from billfold.services.parts import Parts
from billfold.services.ticks import Ticks, is_cutting

_log = structlog.get_logger()
_MOST_DATES = 100
_LONGEST_SHIFT = timedelta(days=31)
_FIRST_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class _Open:
    """A rule with the days that it has not been carried out for, and its ticks."""

    rule: ScheduledRule
    days: Period
    ticks: Ticks


async def schedule_due(parts: Parts) -> int:
    """Write the runs of every tick that has come, in the order of their times; gives how many there are.

    May be repeated, and done by many processes at once: each tick is one transaction, under the lock of its rule, that
    moves on how far the rule was carried out. What was missed is caught up, oldest first. Without is_scheduling, none.
    """
    if not parts.is_scheduling:
        return 0
    keys, count = _keys(parts), 0
    for enterprise in await _prepared(parts, keys):
        try:
            count += await _carry_out(parts, enterprise, keys)
        except (BillfoldError, asyncpg.PostgresError) as error:
            # The others' schedules go on; the next sweep tries this one again.
            _log.warning("schedule held up", enterprise=str(enterprise.id), error=type(error).__name__)
    return count


async def next_dates(parts: Parts, client_id: UUID, type: str, count: int) -> list[date]:
    """Give the dates that the client's next `count` documents of a type bear, earliest first, each once.

    Fewer where no more are foreseen, and none where the rule makes none by itself. Raises NotFound for the client,
    UnknownDocumentType, InvalidInput for a count outside 1 to 100.
    """
    declared = parts.plugins.document_type(type)
    if not 1 <= count <= _MOST_DATES:
        raise InvalidInput(f"{count} dates cannot be told: ask for 1 to {_MOST_DATES}.", field="count")
    keys, now = _keys(parts), parts.clock.now()
    async with reading() as connection:
        found = await rows.client_dates(connection, client_id)
        if found is None:
            raise NotFound("There is no such client.", field="client")
        enterprise = next(one for one in await rows.read_schedules(connection, keys) if one.id == found[0])
        calendar = WorkCalendar(enterprise.country, await own_days(connection, enterprise.country))
    rule = enterprise.rules[type].rule if type in enterprise.rules else declared.rule
    if type not in keys or not rule.is_automatic:
        return []
    own = _own(parts, enterprise, [found[1]])
    ticks = Ticks(declared, rule.schedule, enterprise.timezone, calendar, own)
    dates = own.get(found[1], NEVER).dates
    until = max(local_date(now, enterprise.timezone) + timedelta(days=31 * (count + 3)), *dates, _FIRST_DAY)
    return list(islice(_foreseen(ticks, DueContract(client_id, found[1], Billed(_FIRST_DAY)), until, now), count))


def _foreseen(ticks: Ticks, contract: DueContract, last: date, now: datetime) -> Iterator[date]:
    """Give the dates of documents that are still to come, each once."""
    told: set[date] = set()
    since = local_date(now, ticks.zone) - _LONGEST_SHIFT
    for day in ticks.days(Period(since, last + timedelta(days=1)), ()):
        if ticks.due_at(day) <= now:
            continue
        for period in ticks.periods(contract, day):
            dated = ticks.issue_date(day) or period.last_day
            if dated not in told:
                yield dated
            told.add(dated)


def _keys(parts: Parts) -> list[str]:
    types = parts.plugins.document_types
    follows = {key: one.follows & types.keys() for key, one in types.items() if PeriodKind.PERIOD in one.period_kinds}
    return in_order(follows)


async def _prepared(parts: Parts, keys: Sequence[str]) -> list[ScheduledEnterprise]:
    """Read the rules; where some are missing or have just become automatic, write that first."""
    now = parts.clock.now()
    async with reading() as connection:
        enterprises = await rows.read_schedules(connection, keys)
    automatic = [key for key in keys if parts.plugins.document_type(key).rule.is_automatic]
    missing = {key: [one.id for one in enterprises if key not in one.rules] for key in automatic}
    if not any(missing.values()) and not any(_is_unsettled(rule) for one in enterprises for rule in one.rules.values()):
        return enterprises
    async with writing() as connection:
        for key, ids in missing.items():
            await keep_rules(connection, ids, key, parts.plugins.document_type(key).rule)
        await rows.rest_schedules(connection)
        for one in await rows.read_schedules(connection, keys):
            midnight = local_midnight(local_date(now, one.timezone), one.timezone)
            for rule in one.rules.values():
                if rule.rule.is_automatic and rule.scheduled_until is None:
                    await rows.begin_schedule(connection, rule.id, midnight)
        return await rows.read_schedules(connection, keys)


def _is_unsettled(rule: ScheduledRule) -> bool:
    return rule.rule.is_automatic == (rule.scheduled_until is None)


async def _carry_out(parts: Parts, enterprise: ScheduledEnterprise, keys: Sequence[str]) -> int:
    """Carry out what is due of one enterprise; where somebody else is at it, the rest is left to them."""
    opened = await _open(parts, enterprise, keys)
    if not opened:
        return 0
    async with reading() as connection:
        span = Period(min(one.days.start for one in opened), max(one.days.until for one in opened))
        closings = await rows.closings(connection, enterprise.id, span)
    due = [
        (one.ticks.instant(day), at, day, one)
        for at, one in enumerate(opened)
        for day in one.ticks.days(one.days, [day for day in closings if one.days.start <= day < one.days.until])
    ]
    count = 0
    for _, _, day, one in sorted(due, key=lambda tick: tick[:3]):
        made = await _tick(parts, enterprise, one, day)
        if made is None:
            return count
        count += made
    for one in opened:
        await _pass(enterprise, one)
    return count


async def _open(parts: Parts, enterprise: ScheduledEnterprise, keys: Sequence[str]) -> list[_Open]:
    rules = [enterprise.rules[key] for key in keys if key in enterprise.rules]
    spans = [(rule, days) for rule in rules if (days := _days(rule, enterprise.timezone, parts.clock.now()))]
    if not spans:
        return []
    async with reading() as connection:
        calendar = WorkCalendar(enterprise.country, await own_days(connection, enterprise.country))
        own = _own(parts, enterprise, await rows.own_lists(connection, enterprise.id))
    types = parts.plugins.document_types
    return [
        _Open(rule, days, Ticks(types[rule.type], rule.rule.schedule, enterprise.timezone, calendar, own))
        for rule, days in spans
    ]


def _days(rule: ScheduledRule, zone: str, now: datetime) -> Period | None:
    """Give the days whose time has come and that the rule was not carried out for; None when there are none."""
    if not rule.rule.is_automatic or rule.scheduled_until is None:
        return None
    today = local_date(now, zone)
    is_over = wall_instant(today, rule.rule.schedule.at, zone) <= now
    start, until = local_date(rule.scheduled_until, zone), today + timedelta(days=1 if is_over else 0)
    return Period(start, until) if start < until else None


def _own(parts: Parts, enterprise: ScheduledEnterprise, lists: Sequence[str]) -> dict[str, InvoiceDates]:
    """Read the lists of clients who decide themselves when they are charged; none where nothing automatic does it."""
    types = parts.plugins.document_types
    rules = {key: enterprise.rules[key].rule if key in enterprise.rules else one.rule for key, one in types.items()}
    if not any(is_cutting(types[key]) and rule.is_automatic for key, rule in rules.items()):
        return {}
    return {text: dates for text in lists if (dates := _dates(text)) != NEVER}


def _dates(text: str) -> InvoiceDates:
    try:
        return invoice_dates(text)
    except InvalidInput:
        # It was written past every check; its client is billed as the rule says.
        return NEVER


async def _tick(parts: Parts, enterprise: ScheduledEnterprise, one: _Open, day: date) -> int | None:
    """Carry out one tick in one transaction; None when somebody else holds the rule, or has changed it meanwhile."""
    zone, rule = enterprise.timezone, one.rule
    async with writing() as connection:
        held = await rows.hold_schedule(connection, rule.id)
        if held is None or held.rule != rule.rule or held.scheduled_until is None:
            return None
        if held.scheduled_until > one.ticks.instant(day):
            return 0
        now = parts.clock.now()
        runs = await _runs(parts, connection, enterprise, one.ticks, day)
        made = await expect_scheduled(connection, enterprise.id, rule.type, day, runs, now=now) if runs else []
        await rows.move_schedule(connection, rule.id, local_midnight(day + timedelta(days=1), zone))
    return len(made)


async def _runs(
    parts: Parts, connection: asyncpg.Connection, enterprise: ScheduledEnterprise, ticks: Ticks, day: date
) -> list[ScheduledRun]:
    """Give the runs of a tick, one a period, with their contracts."""
    key, types = ticks.declared.key, parts.plugins.document_types
    lists = None if ticks.is_for_all(day) else ticks.lists(day)
    contracts = await rows.due_contracts(connection, enterprise.id, key, day, lists=lists)
    asking = [contract.id for contract in contracts if ticks.asks_made(contract)]
    cutting = [rule.type for rule in enterprise.rules.values() if is_cutting(types[rule.type])]
    year = Period(year_before(day), day)
    made = await rows.expected_periods(connection, asking, cutting, year) if asking else {}
    members: dict[Period, list[UUID]] = {}
    for contract in contracts:
        for period in ticks.periods(contract, day, made.get(contract.id, ())):
            members.setdefault(period, []).append(contract.id)
    dated, closed = ticks.issue_date(day), enterprise.closed_until
    if dated is not None and closed is not None and dated < closed:
        dated = local_date(parts.clock.now(), ticks.zone)
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


async def _pass(enterprise: ScheduledEnterprise, one: _Open) -> None:
    """Write that a rule was carried out for all its days, unless it was changed meanwhile."""
    async with writing() as connection:
        held = await rows.hold_schedule(connection, one.rule.id)
        if held is not None and held.rule == one.rule.rule:
            await rows.move_schedule(connection, one.rule.id, local_midnight(one.days.until, enterprise.timezone))
