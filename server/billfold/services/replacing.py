"""Replacing: an issued document gives way to its revision, inside the transaction that issues the revision.

What a revision is composed of are the books as they are once the old document is void: `books_for` shows them so, and
writes nothing.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import asyncpg

from billfold.database import documents
from billfold.database.audit import record_event
from billfold.database.connection import reading, writing
from billfold.database.corrections import later_correction
from billfold.database.facts import ChargedPeriod
from billfold.database.issuing import ended_periods, lock_contracts
from billfold.database.paid_by_hand import mark_paid
from billfold.database.revisions import Revisable, TiedMoney, expect_again, find_revisable, tied_money
from billfold.database.settling import add_allocations, funds_of, payables
from billfold.database.visibility import set_hidden
from billfold.domain.allocation import Share
from billfold.domain.errors import Conflict, IllegalState, NotFound
from billfold.domain.moves import DOCUMENTS, DocumentMove, move
from billfold.services.drafts import Assignment, Composed, Draft, Failed, Issued, Replacement, Skipped, Stale
from billfold.services.parts import Parts
from billfold.services.settling import release_document

Result = Issued | Skipped | Failed | Stale


@dataclass(frozen=True, slots=True)
class Replaced:
    """A document that is void for its revision, and the money that was tied to it."""

    document: Revisable
    money: tuple[TiedMoney, ...]


class StillStanding(Exception):
    """A revision was not issued, so what it was to replace stands: the transaction is to be rolled back."""

    def __init__(self, results: Sequence[Result]) -> None:
        super().__init__("a revision was not issued")
        self.results = list(results)


class _Shown(Exception):
    """The books were shown as they would be; the transaction is to be rolled back."""


async def find(parts: Parts, connection: asyncpg.Connection, document_id: UUID) -> Revisable:
    """Give a document that may be replaced by a revision.

    Raises NotFound, and IllegalState for one that is void, lies in closed books, is a correction or is corrected, or
    that its client has, where its type is not revised then.
    """
    found = await find_revisable(connection, document_id, parts.clock.now())
    if found is None:
        raise NotFound("There is no such document.", field="document")
    move(DOCUMENTS, found.status, DocumentMove.REVISE)
    if (closed_until := await documents.closed_books(connection, document_id)) is not None:
        raise _refused(
            f"The books that hold the document are closed until {closed_until}: enter a credit of a later day"
        )
    if found.is_correction:
        raise _refused("The document is a correction itself: void it, and correct its original once more")
    if (number := await later_correction(connection, document_id)) is not None:
        raise _refused(f"Document {number} corrects it: void that first, or correct the document once more")
    if found.is_received and not parts.plugins.document_type(found.type).is_revised_once_received:
        raise _refused(f"The client has the document already: {_instead(parts, found.type)}")
    return found


def _refused(reason: str) -> IllegalState:
    return IllegalState(f"{reason}.", field="document")


def _instead(parts: Parts, type: str) -> str:
    correcting = sorted(key for key, one in parts.plugins.document_types.items() if type in one.corrects)
    if correcting:
        return f"issue a correction instead, a {' or a '.join(correcting)}"
    return f"no type here corrects a document of type {type}, so void it and issue another"


@asynccontextmanager
async def books_for(parts: Parts, assignments: Sequence[Assignment]) -> AsyncIterator[asyncpg.Connection]:
    """Lend a connection that sees the books as the assignments find them: what they replace is void.

    Nothing of that is kept. Raises as `find` does.
    """
    replacements = [(one, one.replaces) for one in assignments if one.replaces]
    if not replacements:
        async with reading() as connection:
            yield connection
        return
    try:
        async with writing() as connection:
            for assignment, one in replacements:
                await _void(parts, connection, assignment.contract_id, one)
            yield connection
            raise _Shown
    except _Shown:
        return


async def void_replaced(
    parts: Parts, connection: asyncpg.Connection, composed: Sequence[Composed]
) -> dict[UUID, Replaced]:
    """Void what revisions are to replace, under the lock of its contract; gives it by its id.

    Raises as `find` does, and Conflict where the charges that a revision tells have ended meanwhile.
    """
    replaced: dict[UUID, Replaced] = {}
    for one in composed:
        if (replacement := one.assignment.replaces) is None or isinstance(one, Failed):
            continue
        void = await _void(parts, connection, one.assignment.contract_id, replacement)
        replaced[replacement.document_id] = void
        charged = one.charged if isinstance(one, Draft) else None
        if isinstance(charged, ChargedPeriod) and await ended_periods(connection, [charged.id]):
            raise Conflict("What the document is charged from has changed meanwhile: ask again.", field="document")
    return replaced


async def _void(parts: Parts, connection: asyncpg.Connection, contract_id: UUID, replacement: Replacement) -> Replaced:
    """Void a document without an event in the register: its number stands on the revision."""
    document_id, now = replacement.document_id, parts.clock.now()
    # As issuing locks it, so that the two locks of one transaction never wait for whoever came between them.
    await lock_contracts(connection, [contract_id])
    await documents.lock_document(connection, document_id)
    found = await find(parts, connection, document_id)
    money = await tied_money(connection, document_id)
    reason, actor = replacement.reason, replacement.actor
    await release_document(connection, document_id, actor=actor, reason=reason, now=now)
    await documents.mark_void(connection, document_id, reason=reason, now=now)
    await expect_again(connection, found.occurrence_id)
    return Replaced(found, tuple(money))


async def hand_over(
    connection: asyncpg.Connection, results: Sequence[Result], replaced: Mapping[UUID, Replaced], now: datetime
) -> None:
    """Give revisions the money that was tied to what they replace, as far as it goes.

    A hidden one stays hidden, and the word of a person that it is paid goes over where the sum is the same. Raises
    StillStanding where a revision was not issued.
    """
    issued = [one for one in results if isinstance(one, Issued) and one.draft.assignment.replaces]
    if len(issued) < len(replaced):
        raise StillStanding(results)
    for one in issued:
        if (replacement := one.draft.assignment.replaces) is not None:
            await _hand_over(connection, one, replacement, replaced[replacement.document_id], now=now)


async def _hand_over(
    connection: asyncpg.Connection, issued: Issued, replacement: Replacement, was: Replaced, *, now: datetime
) -> None:
    new_id, mark = UUID(issued.document.id), was.document.mark
    is_same = issued.document.totals.gross == was.document.gross
    if mark and is_same:
        await mark_paid(connection, new_id, actor=mark.by, reason=mark.reason, now=mark.at)
    if was.document.is_hidden:
        await set_hidden(connection, new_id, is_hidden=True)
    for tied in was.money:
        await _tie(connection, issued.draft.contract.id, new_id, tied, actor=replacement.actor, now=now)
    details = {"reason": replacement.reason, "document": new_id, "revision": replacement.revision}
    kept = {"paid_by_hand": "kept" if is_same else "dropped"} if mark else {}
    subject = ("document", replacement.document_id)
    await record_event(
        connection, "reviseDocument", subject, actor=replacement.actor, now=now, details={**details, **kept}
    )


async def _tie(
    connection: asyncpg.Connection, contract_id: UUID, document_id: UUID, tied: TiedMoney, *, actor: str, now: datetime
) -> None:
    item = (await payables(connection, [document_id]))[document_id].item
    funds = await funds_of(connection, tied.payment_id, tied.kept)
    amount = funds.share(replace(item, open=min(item.open, tied.amount)))
    if amount > 0:
        share = Share(tied.payment_id, document_id, amount, item.is_advance)
        await add_allocations(connection, [(contract_id, share)], tied.kind, actor=actor, now=now)
