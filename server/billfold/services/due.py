"""Due: which drafts may still be issued, asked inside the issuing transaction, under the locks of their contracts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from billfold.database import issuing, occurrences
from billfold.database.used import usage_counts
from billfold.domain.errors import AlreadyIssued, CallerError, Conflict, IllegalState
from billfold.domain.periods import Period
from billfold.services.charging import Computed, overlap
from billfold.services.drafts import Composed, Draft, Failed, Skipped, Stale


@dataclass(frozen=True, slots=True)
class _Present:
    """What holds now: pending occurrences, charged days that overlap, revisions, and how much usage there is."""

    pending: set[UUID]
    overlapped: Mapping[UUID, Period]
    revisions: Mapping[UUID, int]
    counts: Mapping[UUID, int]


async def still_due(
    connection: asyncpg.Connection, composed: Sequence[Composed], *, is_last_try: bool
) -> tuple[list[Draft | Skipped], list[Failed | Stale]]:
    """Lock the contracts, and part what still stands from what does not.

    Stale is what was composed of something that has changed since, or whose days another document has charged; on the
    last try it is Failed, with Conflict.
    """
    standing = [one for one in composed if not isinstance(one, Failed)]
    present = await _present(connection, standing)
    due: list[Draft | Skipped] = []
    others: list[Failed | Stale] = [one for one in composed if isinstance(one, Failed)]
    for one in standing:
        if (error := _refusal(one, present)) is not None:
            others.append(Failed(one.assignment, error))
        elif not _is_stale(one, present):
            due.append(one)
        elif is_last_try:
            number = one.contract.reference.number
            error = Conflict(f"What contract {number} is billed for changes all the time: ask again in a moment.")
            others.append(Failed(one.assignment, error))
        else:
            others.append(Stale(one.assignment))
    return due, others


async def _present(connection: asyncpg.Connection, standing: Sequence[Draft | Skipped]) -> _Present:
    touched = [one for one in standing if isinstance(one, Draft) or isinstance(one.charged, Computed)]
    revisions = await issuing.lock_contracts(connection, {one.contract.id for one in touched})
    waiting = [one.assignment.occurrence_id for one in standing if one.assignment.occurrence_id]
    pending = await occurrences.pending_occurrences(connection, waiting)
    fresh = [one for one in touched if isinstance(one.charged, Computed)]
    if not fresh or (period := fresh[0].assignment.period) is None:
        return _Present(pending, {}, revisions, {})
    ids = [one.contract.id for one in fresh]
    overlapped = await issuing.overlapped_contracts(connection, ids, period)
    return _Present(pending, overlapped, revisions, await usage_counts(connection, ids, period))


def _refusal(one: Draft | Skipped, present: _Present) -> CallerError | None:
    number, period = one.contract.reference.number, one.assignment.period
    if one.assignment.occurrence_id and one.assignment.occurrence_id not in present.pending:
        return AlreadyIssued(f"Contract {number} has its {one.assignment.type} for {period} already.")
    if not isinstance(one.charged, Computed):
        return _closed(one, None)
    taken = present.overlapped.get(one.contract.id)
    if taken is not None and period is not None and taken != period:
        return overlap(one.contract, taken, period)
    return _closed(one, period)


def _closed(one: Draft | Skipped, period: Period | None) -> CallerError | None:
    """Refuse what would change closed books: a document of their days, or new charges for them."""
    closed = one.contract.closed_until
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
    if not isinstance(one.charged, Computed):
        return False
    contract = one.contract
    is_as_it_was = present.revisions.get(contract.id) == contract.revision
    is_all = present.counts.get(contract.id, 0) == one.charged.usage_count
    return contract.id in present.overlapped or not (is_as_it_was and is_all)
