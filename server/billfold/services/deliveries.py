"""Deliveries: send documents on request, and make the mails that are due."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from billfold.adapters.mail_messages import envelope_address
from billfold.adapters.mailer import MailRefused, MailUncertain
from billfold.database import deliveries as rows
from billfold.database.connection import reading, writing
from billfold.database.deliveries import Attempt, DueDelivery
from billfold.database.recipients import ask_deliveries, asked_deliveries
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import (
    CallerError,
    IllegalState,
    InvalidInput,
    LimitExceeded,
    NotFound,
    OperatorError,
    PassingError,
)
from billfold.domain.ids import new_id
from billfold.domain.lifecycle import DeliveryState
from billfold.services.idempotency import Remember, Request, once
from billfold.services.mails import compose_mail
from billfold.services.parts import Parts
from billfold.services.steps import BACKOFF, MAIL_LEASE, MAILS_A_JOB, MAILS_AT_ONCE, UNCERTAIN_ATTEMPTS, chunked

# The most that one request may ask for.
DOCUMENTS_LIMIT = 100
RECIPIENTS_LIMIT = 20


async def send(
    parts: Parts,
    viewer: Viewer,
    *,
    document_ids: Sequence[UUID],
    recipients: Sequence[str] | None,
    idempotency_key: str | None = None,
) -> list[UUID]:
    """Ask for documents to be mailed, to the recipients or to each client's own address; gives the deliveries' ids.

    Raises NotFound, IllegalState for a document that is void or not printed yet, InvalidInput for an address that
    cannot be one. Nothing is asked for when one of them is wrong.
    """
    viewer.require(Scope.DOCUMENTS_SEND)
    _check_request(document_ids, recipients)
    async with reading() as connection:
        found, unready = await rows.unprinted_among(connection, document_ids)
    if found != len(set(document_ids)):
        raise NotFound("One of the documents is not there.", field="documents")
    if unready:
        raise IllegalState(f"Documents {', '.join(unready)} are void or not printed yet.", field="documents")

    async def act(remember: Remember) -> str:
        asked_as = str(new_id())
        async with writing() as connection:
            asked = await ask_deliveries(connection, document_ids, recipients, asked_as=asked_as, now=parts.clock.now())
            await remember(connection, asked_as)
        due = [str(id_) for id_, state in asked if state is DeliveryState.PENDING]
        await parts.bell.ring("deliver", chunked(due, MAILS_A_JOB))
        return asked_as

    arguments = {"documents": sorted(map(str, document_ids)), "recipients": sorted(recipients or [])}
    asked_as = await once(viewer, Request("sendDocument", idempotency_key, arguments), act)
    async with reading() as connection:
        return await asked_deliveries(connection, asked_as)


async def deliver_chunk(parts: Parts, delivery_ids: Sequence[UUID] | None = None) -> int:
    """Make the next few deliveries that are due; gives how many it took. `delivery_ids` None takes any.

    At least once: a delivery is mailed twice only when the server never answered, with the same Message-ID.
    """
    now = parts.clock.now()
    async with writing() as connection:
        due = await rows.lease_deliveries(
            connection, ids=delivery_ids, count=MAILS_AT_ONCE, now=now, until=now + MAIL_LEASE
        )
    await asyncio.gather(*(_deliver(parts, one) for one in due))
    return len(due)


def _check_request(document_ids: Sequence[UUID], recipients: Sequence[str] | None) -> None:
    if not document_ids:
        raise InvalidInput("Name at least one document.", field="documents")
    if recipients is not None and not recipients:
        raise InvalidInput("Name at least one recipient, or none at all for the client's address.", field="recipients")
    if len(document_ids) > DOCUMENTS_LIMIT or len(recipients or ()) > RECIPIENTS_LIMIT:
        raise LimitExceeded(
            f"Ask for at most {DOCUMENTS_LIMIT} documents and {RECIPIENTS_LIMIT} recipients.", field="documents"
        )
    for recipient in recipients or ():
        envelope_address(recipient, field="recipients")


async def _deliver(parts: Parts, due: DueDelivery) -> None:
    started_at = parts.clock.now()
    try:
        reply = await parts.mailer.send(await compose_mail(parts, due))
    except MailUncertain as error:
        attempt = Attempt(
            _next_state(due.uncertain, UNCERTAIN_ATTEMPTS, DeliveryState.UNKNOWN), "UNCERTAIN", error.message
        )
    except (MailRefused, CallerError, OperatorError) as error:
        attempt = Attempt(DeliveryState.FAILED, "REFUSED", error.message)
    except PassingError as error:
        attempt = Attempt(_next_state(due.attempts - 1, len(BACKOFF), DeliveryState.FAILED), "DEFERRED", error.message)
    else:
        attempt = Attempt(DeliveryState.SENT, "SENT", reply)
    now = parts.clock.now()
    again_at = now + BACKOFF[min(due.attempts, len(BACKOFF)) - 1] if attempt.state is DeliveryState.PENDING else None
    async with writing() as connection:
        await rows.keep_attempt(connection, due, attempt, started_at=started_at, now=now, again_at=again_at)


def _next_state(before: int, most: int, final: DeliveryState) -> DeliveryState:
    """Try again, unless as many attempts came to the same before."""
    return DeliveryState.PENDING if before < most else final
