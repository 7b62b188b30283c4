"""Closing the books of an enterprise: what is not charged yet is charged, and then nothing dated before changes."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import asyncpg

from billfold.database import closing_books as rows
from billfold.database.audit import record_event
from billfold.database.closing_books import Books
from billfold.database.connection import reading, writing
from billfold.database.issuing import lock_contracts
from billfold.domain.access import Scope, Viewer
from billfold.domain.charging import Charge
from billfold.domain.errors import Conflict, IllegalState, InvalidInput, NotFound
from billfold.domain.money import ZERO
from billfold.domain.periods import Period
from billfold.services.charging import charge_periods
from billfold.services.parts import Parts
from billfold.services.steps import CONTRACTS_A_JOB, chunked

# Somebody may void a document or sign a contract between the charging and the closing; more often is no accident.
TRIES = 3
# The last transaction waits for everybody who is writing for a contract of the enterprise.
_LOCK_TIMEOUT = "30s"
# So many charged periods are marked in the last transaction, which everybody waits for; those beyond before it.
_PERIODS_AT_ONCE = 20_000
_EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class ChargedSums:
    """What closing charged in one currency."""

    currency: str
    charges: int
    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class ClosedBooks:
    """Books that are closed: `contracts` were charged by this closing, and what that came to by currency."""

    enterprise_id: UUID
    until: date
    contracts: int
    charged: tuple[ChargedSums, ...]


async def close_books(
    parts: Parts,
    viewer: Viewer,
    *,
    enterprise_id: UUID,
    until: date,
    start: date | None = None,
    progress: Callable[[int], None] = lambda _contracts: None,
) -> ClosedBooks:
    """Close the books of an enterprise up to, but without, the day `until`.

    Contracts are charged for each month, or rest of one, that no document has charged: 100 at once, each in a
    transaction of their own, so that a failure leaves what was charged and the books open. Even what owes nothing is
    charged, so that usage that comes later is known to be late. The last transaction locks all contracts and closes.
    Charging begins where the books were closed last; at the first time, on the day `start`, or else with the first
    month that anything of the enterprise was charged for, or the last month to be closed: what was before is in the
    opening balances.
    `progress` is told how many contracts' months were charged. May be repeated: the same day changes nothing. Raises
    NotFound, InvalidInput for a day to come, IllegalState for books that are closed further or that would keep a gap,
    Conflict when others keep changing them, and what keeps a contract from being charged, naming it.
    """
    viewer.require(Scope.BOOKS_WRITE)
    async with reading() as connection:
        books = _checked(await rows.read_books(connection, enterprise_id, parts.clock.now()), until)
    if books.closed_until == until:
        return ClosedBooks(enterprise_id, until, 0, ())
    _check_start(books, start, until)
    days = _Days(enterprise_id, start, until)
    charged: dict[UUID, list[Charge]] = defaultdict(list)
    for _ in range(TRIES):
        await _charge_open_days(parts, days, charged, progress=progress)
        done = ClosedBooks(enterprise_id, until, sum(1 for own in charged.values() if own), _sums(charged.values()))
        if await _close(parts, viewer, days, done):
            return done
    raise Conflict(f"Contracts of {books.code} keep changing: close the books when nobody works on them.")


@dataclass(frozen=True, slots=True)
class _Days:
    """The days to be charged; `start` counts only where nothing was closed before."""

    enterprise_id: UUID
    start: date | None
    until: date


async def _charge_open_days(
    parts: Parts, days: _Days, charged: dict[UUID, list[Charge]], *, progress: Callable[[int], None]
) -> None:
    async with reading() as connection:
        open_days = await rows.open_days(connection, days.enterprise_id, days.until, start=days.start)
    months: dict[Period, list[UUID]] = defaultdict(list)
    for contract_id, run in open_days:
        for month in run.months():
            months[month].append(contract_id)
    # The oldest first: tiers and allowances of a month know what was charged in it before.
    for month in sorted(months):
        for chunk in chunked(sorted(months[month]), CONTRACTS_A_JOB):
            for contract_id, charges in (await _charge_month(parts, days, chunk, month)).items():
                charged[contract_id] += charges
            progress(len(chunk))


async def _charge_month(
    parts: Parts, days: _Days, contract_ids: Sequence[UUID], month: Period
) -> dict[UUID, tuple[Charge, ...]]:
    async with writing() as connection:
        await lock_contracts(connection, contract_ids)
        # Somebody may have charged them since they were found.
        found = await rows.open_days(
            connection, days.enterprise_id, month.until, start=days.start, contract_ids=contract_ids
        )
        still_open = [id_ for id_, run in found if run.start <= month.start and run.until == month.until]
        computed = await charge_periods(connection, still_open, month, now=parts.clock.now())
    return {contract_id: one.charges for contract_id, one in computed.items()}


async def _close(parts: Parts, viewer: Viewer, days: _Days, done: ClosedBooks) -> bool:
    """Close the books, unless something before the day is not charged again."""
    now = parts.clock.now()
    await _mark_most(days)
    async with writing(lock_timeout=_LOCK_TIMEOUT) as connection:
        await rows.lock_all_contracts(connection, done.enterprise_id)
        books = _checked(await rows.read_books(connection, done.enterprise_id, now, is_locked=True), done.until)
        if await rows.open_days(connection, days.enterprise_id, days.until, start=days.start):
            return False
        if books.closed_until != done.until:
            await _write(connection, viewer, parts, done)
    return True


async def _mark_most(days: _Days) -> None:
    """Mark charged periods until few are left; should the closing fail after all, they only wait to be closed."""
    is_more = True
    while is_more:
        async with writing() as connection:
            is_more = await rows.mark_closed(connection, days.enterprise_id, days.until, beyond=_PERIODS_AT_ONCE)


async def _write(connection: asyncpg.Connection, viewer: Viewer, parts: Parts, done: ClosedBooks) -> None:
    await rows.close(connection, done.enterprise_id, done.until)
    details = {"until": done.until, "contracts": done.contracts, "charged": [asdict(one) for one in done.charged]}
    await record_event(
        connection,
        "closePeriod",
        ("enterprise", done.enterprise_id),
        actor=viewer.name,
        now=parts.clock.now(),
        details=details,
    )


def _checked(books: Books | None, until: date) -> Books:
    if books is None:
        raise NotFound("There is no such enterprise.", field="enterprise")
    if not _EARLIEST <= until <= books.today:
        raise InvalidInput(
            f"The books are closed until a day from {_EARLIEST} to today, {books.today}, not until {until}.",
            field="until",
        )
    if books.closed_until is not None and until < books.closed_until:
        raise IllegalState(
            f"The books of {books.code} are closed until {books.closed_until} already and stay so.", field="until"
        )
    return books


def _check_start(books: Books, start: date | None, until: date) -> None:
    if start is not None and start >= until:
        raise InvalidInput(f"The days {start}..{until} are none: the first must be before the last.", field="period")
    if start is not None and books.closed_until is not None and start > books.closed_until:
        raise IllegalState(
            f"The books of {books.code} are closed until {books.closed_until}: close the days from there on, not from "
            f"{start}.",
            field="period",
        )


def _sums(charged: Iterable[Sequence[Charge]]) -> tuple[ChargedSums, ...]:
    by_currency: dict[str, list[Charge]] = defaultdict(list)
    for own in charged:
        for charge in own:
            by_currency[charge.currency].append(charge)
    return tuple(
        ChargedSums(
            currency,
            len(own),
            net=sum((charge.net for charge in own), ZERO),
            tax=sum((charge.tax for charge in own), ZERO),
            gross=sum((charge.gross for charge in own), ZERO),
        )
        for currency, own in sorted(by_currency.items())
    )
