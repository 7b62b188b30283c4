"""Contacts: the people at a client, created, changed and deleted. The log does not keep who they are."""

from collections.abc import Mapping
from uuid import UUID

from billfold.database.audit import record_event
from billfold.database.connection import writing
from billfold.database.single_rows import delete_row, lock_row, update_row
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import Conflict, NotFound
from billfold.services.creating import Creation, create
from billfold.services.fields import read_fields
from billfold.services.imports.parties import CONTACT
from billfold.services.parts import Parts


async def create_contact(
    parts: Parts, viewer: Viewer, *, client_id: UUID, fields: Mapping[str, object], idempotency_key: str | None = None
) -> UUID:
    """Create a person at a client, of name, role and e-mail; gives the id.

    Raises InvalidInput, NotFound for the client, and Conflict when the client has the e-mail in this role.
    """
    viewer.require(Scope.BOOKS_WRITE)
    values = {"client_id": client_id, **read_fields(fields, CONTACT, needed=CONTACT)}
    parents = {"client": ("clients", client_id)}
    creation = Creation(
        "createContact", "contact", "contacts", values, taken=_taken(), parents=parents, told=("client_id", "role")
    )
    return await create(parts, viewer, creation, idempotency_key=idempotency_key)


async def update_contact(parts: Parts, viewer: Viewer, *, contact_id: UUID, fields: Mapping[str, object]) -> UUID:
    """Change the fields given. May be repeated. Locks the contact. Raises NotFound, and what `create_contact` does."""
    viewer.require(Scope.BOOKS_WRITE)
    values = read_fields(fields, CONTACT)
    async with writing() as connection:
        if await lock_row(connection, "contacts", contact_id, ["id"]) is None:
            raise NotFound("No contact has this id.", field="contact")
        if not await update_row(connection, "contacts", contact_id, values):
            raise _taken()
        now = parts.clock.now()
        subject = ("contact", contact_id)
        await record_event(
            connection, "updateContact", subject, actor=viewer.name, now=now, details={"fields": [*values]}
        )
    return contact_id


async def delete_contact(parts: Parts, viewer: Viewer, *, contact_id: UUID) -> UUID:
    """Delete a person, of whom the log keeps no more than the client and the role. Raises NotFound."""
    viewer.require(Scope.BOOKS_WRITE)
    async with writing() as connection:
        contact = await lock_row(connection, "contacts", contact_id, ["client_id", "role"])
        if contact is None:
            raise NotFound("No contact has this id.", field="contact")
        await delete_row(connection, "contacts", contact_id)
        now = parts.clock.now()
        subject = ("contact", contact_id)
        await record_event(connection, "deleteContact", subject, actor=viewer.name, now=now, details=contact)
    return contact_id


def _taken() -> Conflict:
    return Conflict("The client has this e-mail in this role already: change that contact.", field="email")
