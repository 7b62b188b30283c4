"""Due: which drafts may still be issued, asked inside the issuing transaction, under the locks of their contracts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from billfold.database import issuing, occurrences
from billfold.database.accounts import count_documents
from billfold.database.corrections import standing_corrections
from billfold.database.documents_of_day import issued_on_day
from billfold.database.facts import ChargedPeriod
from billfold.database.rules import hold_rules
from billfold.database.used import usage_counts
from billfold.domain.errors import (
    AlreadyIssued,
    CallerError,
    Conflict,
    IllegalState,
    InvalidInput,
    LimitExceeded,
    NumberingConflict,
)
from billfold.domain.periods import Period, local_date
from billfold.domain.rules import Backdating, DocumentRule
from billfold.services.charging import Computed, overlap
from billfold.services.drafts import Composed, Draft, Failed, Skipped, Stale
from billfold.services.parking import park_locked, part_parked
from billfold.services.steps import DOCUMENTS_A_DAY


@dataclass(frozen=True, slots=True)
class _Present:
    """What holds now: pending occurrences, charged days that overlap, revisions, how much usage, and documents.

    `today` counts the documents that contracts were issued today, but for those by schedule; `ended` are the charged
    periods that are no more.
    """

    pending: set[UUID]
    overlapped: Mapping[UUID, Period]
    revisions: Mapping[UUID, int]
    counts: Mapping[UUID, int]
    corrections: Mapping[UUID, tuple[str, ...]] = field(default_factory=dict)
    rivalry: Mapping[UUID, int] = field(default_factory=dict)
    today: Mapping[UUID, int] = field(default_factory=dict)
    ended: frozenset[UUID] = frozenset()


async def still_due(
    connection: asyncpg.Connection, composed: Sequence[Composed], *, now: datetime, is_last_try: bool
) -> tuple[list[Draft | Skipped], list[Failed | Stale]]:
    """Lock the contracts, and part what still stands from what does not.

    Stale is what was composed of something that has changed since, or whose days another document has charged; on the
    last try it is Failed, with Conflict. What is of parked contracts is skipped, or refused by hand; a contract that
    passes its bound of documents a day is parked.
    """
    standing = [one for one in composed if not isinstance(one, Failed)]
    present = await _present(connection, standing, now)
    free, parked = await part_parked(connection, standing)
    due: list[Draft | Skipped] = [one for one in parked if isinstance(one, Skipped)]
    others: list[Failed | Stale] = [one for one in (*composed, *parked) if isinstance(one, Failed)]
    for one in free:
        if (error := _refusal(one, present)) is not None:
            others.append(Failed(one.assignment, error))
        elif not _is_stale(one, present):
            due.append(one)
        else:
            others.append(_overtaken(one, is_last_try=is_last_try))
    await _park_overrun(connection, free, others, now)
    return due, others


async def _park_overrun(
    connection: asyncpg.Connection,
    standing: Sequence[Draft | Skipped],
    others: Sequence[Failed | Stale],
    now: datetime,
) -> None:
    """Park the contracts that were refused because they have had their documents of the day."""
    failed = [one for one in others if isinstance(one, Failed)]
    refused = {one.assignment.contract_id for one in failed if isinstance(one.error, LimitExceeded)}
    for contract in [one.contract for one in standing if one.contract.id in refused]:
        today = local_date(now, contract.timezone)
        reason = f"It was issued {DOCUMENTS_A_DAY} documents on {today}, and more were asked for."
        await park_locked(connection, [contract.id], reason, actor="billfold", now=now)


async def still_ruled(
    connection: asyncpg.Connection,
    due: Sequence[Draft | Skipped],
    default: DocumentRule,
    *,
    now: datetime,
    is_last_try: bool,
) -> tuple[list[Draft | Skipped], list[Failed | Stale]]:
    """Keep the rules of drafts as they are until the transaction ends, and part what they bear from what they do not.

    Stale is what was composed by a rule that has changed since; Failed what is dated as the rule does not allow. To be
    called under the locks of the contracts, and before those of the series. `default` is the plugin's rule.
    """
    drafts = [one for one in due if isinstance(one, Draft)]
    if not drafts:
        return list(due), []
    enterprises = {one.contract.enterprise_id for one in drafts}
    rules = await hold_rules(connection, enterprises, drafts[0].assignment.type, default)
    kept: list[Draft | Skipped] = []
    others: list[Failed | Stale] = []
    for one in due:
        if isinstance(one, Skipped):
            kept.append(one)
        elif rules[one.contract.enterprise_id] != one.rule:
            others.append(_overtaken(one, is_last_try=is_last_try))
        elif (error := misdated(one, now)) is not None:
            others.append(Failed(one.assignment, error))
        else:
            kept.append(one)
    return kept, others


def misdated(draft: Draft, now: datetime) -> CallerError | None:
    """Refuse a date that the draft's rule does not allow: too far ahead, or asked for and past where none may be."""
    if draft.assignment.replaces:
        # A revision keeps the date of what it replaces, which the rule of that day allowed.
        return None
    today, on = local_date(now, draft.contract.timezone), draft.document.issue_date
    latest = today + timedelta(days=draft.rule.days_ahead)
    if on > latest:
        return InvalidInput(f"The document is dated {on}: date it {latest} at the latest.", field="issueDate")
    is_asked = draft.assignment.issue_date is not None and not draft.assignment.is_scheduled
    if is_asked and draft.rule.backdating is Backdating.REFUSED and on < today:
        return NumberingConflict(
            f"The rule refuses dates before today, such as {on}: date the document {today} or later.", field="issueDate"
        )
    return None


def _overtaken(one: Draft | Skipped, *, is_last_try: bool) -> Failed | Stale:
    if not is_last_try:
        return Stale(one.assignment)
    number = one.contract.reference.number
    error = Conflict(f"What contract {number} is billed for changes all the time: ask again in a moment.")
    return Failed(one.assignment, error)


async def _present(connection: asyncpg.Connection, standing: Sequence[Draft | Skipped], now: datetime) -> _Present:
    touched = [one for one in standing if isinstance(one, Draft) or isinstance(one.charged, Computed)]
    revisions = await issuing.lock_contracts(connection, {one.contract.id for one in touched})
    waiting = [one.assignment.occurrence_id for one in standing if one.assignment.occurrence_id]
    pending = await occurrences.pending_occurrences(connection, waiting)
    corrected = [one.assignment.correction.original_id for one in standing if one.assignment.correction]
    corrections = await standing_corrections(connection, corrected) if corrected else {}
    rivalry = await _rivalry(connection, standing)
    counted = [one.contract.id for one in standing if _is_another(one)]
    today = await issued_on_day(connection, counted, now) if counted else {}
    fresh = [one for one in touched if isinstance(one.charged, Computed)]
    ended = await issuing.ended_periods(
        connection, [one.charged.id for one in touched if isinstance(one.charged, ChargedPeriod)]
    )
    if not fresh or (period := fresh[0].assignment.period) is None:
        return _Present(pending, {}, revisions, {}, corrections, rivalry, today, ended)
    ids = [one.contract.id for one in fresh]
    overlapped = await issuing.overlapped_contracts(connection, ids, period)
    counts = await usage_counts(connection, ids, period)
    return _Present(pending, overlapped, revisions, counts, corrections, rivalry, today, ended)


async def _rivalry(connection: asyncpg.Connection, standing: Sequence[Draft | Skipped]) -> dict[UUID, int]:
    drafts = [one for one in standing if isinstance(one, Draft) and one.rivals]
    return await count_documents(connection, [one.contract.id for one in drafts], drafts[0].rivals) if drafts else {}


def _refusal(one: Draft | Skipped, present: _Present) -> CallerError | None:
    number, period = one.contract.reference.number, one.assignment.period
    correction = one.assignment.correction
    if correction and present.corrections.get(correction.original_id) != correction.earlier:
        return Conflict("Somebody else has corrected or voided the document meanwhile: look at it again.")
    if one.assignment.occurrence_id and one.assignment.occurrence_id not in present.pending:
        of = f"for {period}" if period else "of this run"
        return AlreadyIssued(f"Contract {number} has its {one.assignment.type} {of} already.")
    if _is_another(one) and present.today.get(one.contract.id, 0) >= DOCUMENTS_A_DAY:
        return LimitExceeded(
            f"Contract {number} was issued {DOCUMENTS_A_DAY} documents today, and more is rarely meant: see what issues"
            " them, unpark it, and go on tomorrow.",
            field="contract",
        )
    if not isinstance(one.charged, Computed):
        return in_closed_books(one)
    taken = present.overlapped.get(one.contract.id)
    if taken is not None and period is not None and taken != period:
        return overlap(one.contract, taken, period)
    return in_closed_books(one)


def _is_another(one: Draft | Skipped) -> bool:
    """Whether it is one more document of its day; the database makes what is scheduled once, however much is due."""
    assignment = one.assignment
    is_counted = not assignment.correction and not assignment.replaces and not assignment.is_scheduled
    return isinstance(one, Draft) and is_counted


def in_closed_books(one: Draft | Skipped) -> CallerError | None:
    """Refuse what would change closed books: a document of their days, or new charges for them."""
    closed, period = one.contract.closed_until, one.assignment.period if isinstance(one.charged, Computed) else None
    if closed is None or isinstance(one, Skipped):
        return None
    if one.document.issue_date < closed:
        return IllegalState(f"The books are closed until {closed}: date the document later.", field="issueDate")
    if period is not None and period.start < closed:
        return IllegalState(
            f"The books are closed until {closed}, and {period} was not charged then: ask for later days.",
            field="period",
        )
    return None


def _is_stale(one: Draft | Skipped, present: _Present) -> bool:
    if isinstance(one, Draft) and one.rivals and present.rivalry.get(one.contract.id, 0) != one.rivalry:
        return True
    if isinstance(one.charged, ChargedPeriod):
        return one.charged.id in present.ended
    if not isinstance(one.charged, Computed):
        return False
    contract = one.contract
    is_as_it_was = present.revisions.get(contract.id) == contract.revision
    is_all = present.counts.get(contract.id, 0) == one.charged.usage_count
    return contract.id in present.overlapped or not (is_as_it_was and is_all)
