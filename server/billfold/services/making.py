"""Making: compose and issue, again for what has changed in between; of a run, or what is asked for by hand."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import cast
from uuid import UUID

import asyncpg

from billfold.database.connection import reading
from billfold.database.documents import find_documents
from billfold.database.outages import DATABASE_ERRORS, is_outage
from billfold.database.parking import PARKED
from billfold.domain.errors import Conflict, PassingError
from billfold.domain.ids import new_id
from billfold.services.composing import compose
from billfold.services.drafts import Assignment, Composed, Failed, Issued, Made, Skipped, Stale
from billfold.services.idempotency import Remember
from billfold.services.issuing import issue
from billfold.services.parts import Parts

# The first two may be overtaken by somebody who changes what is billed; more often than that is no accident.
TRIES = 3


# The id of what is issued, or why nothing is.
Answer = str | Exception


@dataclass(frozen=True, slots=True)
class Order:
    """One document that somebody waits for, the id that it is to have, and what is to be remembered of it."""

    assignment: Assignment
    document_id: UUID
    remember: Remember


async def make(
    parts: Parts, type: str, assignments: Sequence[Assignment], *, remember: Remember | None = None
) -> list[Made]:
    """Compose and issue the documents of one type, for assignments that share one period and issue date.

    What was composed of subscriptions, charges or usage that have changed before it was issued is composed anew.
    Raises as `issue` does. May be repeated: what is issued is never issued again.
    """
    return [one async for made in _tries(parts, type, assignments, remember) for one in made]


async def make_by_hand(parts: Parts, assignment: Assignment, remember: Remember) -> str:
    """Make one document, together with what others ask for at the same moment; gives its id.

    They share a transaction, and so its locks and round trips; what is wrong with one is told to who has asked for it.
    Raises as `issue` does, NothingToBill where nothing is due, and what keeps the document from being made.
    """
    document_id = assignment.document_id or new_id()
    order = Order(replace(assignment, document_id=document_id), document_id, remember)
    key = (assignment.type, assignment.period, assignment.issue_date)
    return await parts.gathering.join(key, order, partial(_made, parts), apart=assignment.contract_id)


async def _made(parts: Parts, orders: Sequence[Order]) -> list[Answer]:
    """Make a lot of orders, and give what became of each, in their order; a lost connection is no reason to give up."""
    answers: dict[UUID, Answer] = {}
    for attempt in range(1, TRIES + 1):
        try:
            await _answer_all(parts, orders, answers)
            break
        except DATABASE_ERRORS as error:
            if attempt == TRIES or not is_outage(error):
                raise
        # It may have been lost just as the transaction was through.
        async with reading() as connection:
            issued = await find_documents(connection, [one.document_id for one in orders])
        answers.update((id_, str(id_)) for id_ in issued)
    return [answers[one.document_id] for one in orders]


async def _answer_all(parts: Parts, orders: Sequence[Order], answers: dict[UUID, Answer]) -> None:
    """Answer the orders that have no answer yet; where one brings the others down, in halves, so that it is found."""
    left = [one for one in orders if one.document_id not in answers]
    if not left:
        return
    try:
        await _answer_some(parts, left, answers)
    except Exception as error:
        # Whatever one of them brings about, even what nobody foresaw, is not for the others to hear; but what all of
        # them would have to wait for once more is.
        if isinstance(error, PassingError) or is_outage(error):
            raise
        left = [one for one in left if one.document_id not in answers]
        if len(left) == 1:
            answers[left[0].document_id] = error
            return
        await _answer_all(parts, left[: len(left) // 2], answers)
        await _answer_all(parts, left[len(left) // 2 :], answers)


async def _answer_some(parts: Parts, orders: Sequence[Order], answers: dict[UUID, Answer]) -> None:
    """Answer orders one try after another, each as soon as it is certain: a later try may be brought down."""
    keep = {str(one.document_id): one.remember for one in orders}

    async def remember(connection: asyncpg.Connection, document_id: str) -> None:
        await keep[document_id](connection, document_id)

    assignments = [one.assignment for one in orders]
    async for results in _tries(parts, assignments[0].type, assignments, remember):
        answers.update(_answer(one) for one in results)


def _answer(made: Made) -> tuple[UUID, Answer]:
    if isinstance(made, Issued):
        return UUID(made.document.id), made.document.id
    # Every order names the id that its document is to have.
    document_id = cast("UUID", made.assignment.document_id)
    return document_id, made.problem if isinstance(made, Skipped) else made.error


async def _tries(
    parts: Parts, type: str, assignments: Sequence[Assignment], remember: Remember | None
) -> AsyncIterator[list[Made]]:
    for attempt in range(1, TRIES + 1):
        composed = [_as_planned(one) for one in await compose(parts, type, assignments)]
        results = await issue(parts, type, composed, remember=remember, is_last_try=attempt == TRIES)
        yield [one for one in results if not isinstance(one, Stale)]
        assignments = [one.assignment for one in results if isinstance(one, Stale)]
        if not assignments:
            break


def _as_planned(composed: Composed) -> Composed:
    """Fail what comes to nothing now, though the plan of its run has shown a document; what is parked may wait."""
    assignment = composed.assignment
    is_planned = bool(assignment.foreseen and assignment.run_id)
    if not is_planned or not isinstance(composed, Skipped) or composed.reason == PARKED:
        return composed
    told = f"Nothing is due any more ({composed.reason}), though the plan showed a document: retry the run to skip it."
    return Failed(assignment, Conflict(told))
