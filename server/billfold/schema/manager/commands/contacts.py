"""Commands on contacts: create, change and delete a person at a client."""

from typing import Annotated

import strawberry
from strawberry import ID, UNSET, field

from billfold.schema.context import Info
from billfold.schema.manager.books import Contact
from billfold.schema.manager.inputs import INPUT, KEY, attributes, changed, idempotency_key, key_of
from billfold.schema.problems import Problem
from billfold.schema.resolvers import resolver
from billfold.services import contacts

_ROLE = "What the person is asked about: accounting, technical, management or other."


@strawberry.input(description="A new person at a client.")
class CreateContactInput:
    client: ID = field(description="The client.")
    name: str = field(description="The person's name.")
    role: str = field(description=_ROLE)
    email: str = field(description="The e-mail; a client has it once in a role.")
    idempotency_key: str | None = field(default=None, description=KEY)


@strawberry.input(description="What of a person is to be changed; what is left out stays.")
class UpdateContactInput:
    contact: ID = field(description="The person.")
    name: str | None = field(default=UNSET, description="The person's name.")
    role: str | None = field(default=UNSET, description=_ROLE)
    email: str | None = field(default=UNSET, description="The e-mail.")


@strawberry.input(description="Which person to delete.")
class DeleteContactInput:
    contact: ID = field(description="The person.")


@strawberry.type(description="A person who was deleted.")
class DeletedContact:
    id: ID = field(description="The id that the person had.")


ContactResult = Annotated[
    Contact | Problem, strawberry.union("ContactResult", description="The person, or why it is not as asked for.")
]
DeleteContactResult = Annotated[
    DeletedContact | Problem,
    strawberry.union("DeleteContactResult", description="The id of the deleted person, or why it is still there."),
]


@strawberry.type
class ContactCommands:
    """The commands on contacts."""

    @resolver("Add a person at a client.")
    async def create_contact(self, info: Info, input: Annotated[CreateContactInput, INPUT]) -> ContactResult:
        contact_id = await contacts.create_contact(
            info.context.parts,
            info.context.viewer,
            client_id=key_of("client", input.client, "client"),
            fields=attributes(input, "client", "idempotency_key"),
            idempotency_key=idempotency_key(info, input.idempotency_key),
        )
        return await changed(info, Contact, contact_id)

    @resolver("Change a person at a client.")
    async def update_contact(self, info: Info, input: Annotated[UpdateContactInput, INPUT]) -> ContactResult:
        contact_id = await contacts.update_contact(
            info.context.parts,
            info.context.viewer,
            contact_id=key_of("contact", input.contact, "contact"),
            fields=attributes(input, "contact"),
        )
        return await changed(info, Contact, contact_id)

    @resolver("Delete a person at a client.")
    async def delete_contact(self, info: Info, input: Annotated[DeleteContactInput, INPUT]) -> DeleteContactResult:
        contact_id = await contacts.delete_contact(
            info.context.parts, info.context.viewer, contact_id=key_of("contact", input.contact, "contact")
        )
        return DeletedContact(id=ID(f"contact_{contact_id}"))
