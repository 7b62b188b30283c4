"""Visibility by hand: one document is hidden from its client, or shown again; the client's door obeys at once."""

from uuid import UUID

from billfold.database.audit import record_event
from billfold.database.connection import writing
from billfold.database.visibility import set_hidden
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import InvalidInput, NotFound
from billfold.services.parts import Parts

REASON_LIMIT = 1_000


async def set_visibility(
    parts: Parts, viewer: Viewer, *, document_id: UUID, is_visible: bool, reason: str = ""
) -> UUID:
    """Hide one document from its client, or take that back; gives its id. May be repeated.

    A document that is not hidden is still seen only as its type, the operator's rule and its hour allow. What the rule
    would still mail of a hidden one is skipped. Locks the document. Raises NotFound, InvalidInput for a long reason.
    """
    viewer.require(Scope.DOCUMENTS_SEND)
    reason = reason.strip()
    if len(reason) > REASON_LIMIT:
        raise InvalidInput(f"The reason has {len(reason)} characters: shorten it to {REASON_LIMIT}.", field="reason")
    async with writing() as connection:
        is_new = await set_hidden(connection, document_id, is_hidden=not is_visible)
        if is_new is None:
            raise NotFound("There is no such document.", field="document")
        if is_new:
            await record_event(
                connection,
                "setDocumentVisibility",
                ("document", document_id),
                actor=viewer.name,
                now=parts.clock.now(),
                details={"is_visible": is_visible, "reason": reason},
            )
    return document_id
