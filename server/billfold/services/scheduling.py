"""Scheduling: makes the runs of document rules when their time has come, and tells when it comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID

import asyncpg
import structlog

from billfold.database import schedules as rows
from billfold.database.calendars import own_days
from billfold.database.client_dates import client_dates, known_days
from billfold.database.connection import reading, writing
from billfold.database.rules import keep_rules
from billfold.database.scheduled_runs import expect_scheduled
from billfold.database.schedules import ScheduledEnterprise, ScheduledRule
from billfold.domain.calendars import WorkCalendar
from billfold.domain.errors import BillfoldError, InvalidInput, NotFound
from billfold.domain.periods import Period, local_date, local_midnight
from billfold.domain.schedules import NEVER, InvoiceDates, Schedule, in_order, invoice_dates, wall_instant
from billfold.plugin_api.document_type import PeriodKind
from billfold.services.foreseen import foreseen_dates
from billfold.services.parts import Parts
from billfold.services.tick_runs import tick_runs
from billfold.services.ticks import Ticks, is_cutting

_log = structlog.get_logger()
_MOST_DATES = 100
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
        found = await client_dates(connection, client_id)
        if found is None:
            raise NotFound("There is no such client.", field="client")
        enterprise = next(one for one in await rows.read_schedules(connection, keys) if one.id == found[0])
        calendar = WorkCalendar(enterprise.country, await own_days(connection, enterprise.country))
        cutting_types = [key for key in keys if is_cutting(parts.plugins.document_type(key))]
        today = local_date(now, enterprise.timezone)
        known = await known_days(connection, client_id, type, cutting=cutting_types, today=today)
    rule = enterprise.rules[type].rule if type in enterprise.rules else declared.rule
    if type not in keys or not rule.is_automatic:
        return []
    cutting = _cutting(parts, enterprise)
    own = _own([found[1]]) if cutting else {}
    ticks = Ticks(declared, rule.schedule, enterprise.timezone, calendar, own, cutting)
    dates = own.get(found[1], NEVER).dates
    until = max(today + timedelta(days=31 * (count + 3)), *dates, _FIRST_DAY)
    return list(islice(foreseen_dates(ticks, found[1], known, until=until, now=now), count))


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
        lists = await rows.own_lists(connection, enterprise.id)
    types, cutting = parts.plugins.document_types, _cutting(parts, enterprise)
    own = _own(lists) if cutting else {}
    return [
        _Open(rule, days, Ticks(types[rule.type], rule.rule.schedule, enterprise.timezone, calendar, own, cutting))
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


def _cutting(parts: Parts, enterprise: ScheduledEnterprise) -> list[Schedule]:
    """Give the automatic schedules of types that charge clients on dates of their own."""
    types = parts.plugins.document_types
    rules = {key: enterprise.rules[key].rule if key in enterprise.rules else one.rule for key, one in types.items()}
    return [rule.schedule for key, rule in rules.items() if is_cutting(types[key]) and rule.is_automatic]


def _own(lists: Sequence[str]) -> dict[str, InvoiceDates]:
    """Read the lists of clients who decide themselves when they are charged."""
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
        if held is None or not _is_same(held, rule) or held.scheduled_until is None:
            return None
        if held.scheduled_until > one.ticks.instant(day):
            return 0
        now = parts.clock.now()
        runs = await tick_runs(parts, connection, enterprise, one.ticks, day)
        made = await expect_scheduled(connection, enterprise.id, rule.type, day, runs, now=now) if runs else []
        await rows.move_schedule(connection, rule.id, local_midnight(day + timedelta(days=1), zone))
    return len(made)


async def _pass(enterprise: ScheduledEnterprise, one: _Open) -> None:
    """Write that a rule was carried out for all its days, unless it was changed meanwhile."""
    async with writing() as connection:
        held = await rows.hold_schedule(connection, one.rule.id)
        if held is not None and _is_same(held, one.rule):
            await rows.move_schedule(connection, one.rule.id, local_midnight(one.days.until, enterprise.timezone))


def _is_same(held: ScheduledRule, known: ScheduledRule) -> bool:
    return (held.rule, held.timezone) == (known.rule, known.timezone)
