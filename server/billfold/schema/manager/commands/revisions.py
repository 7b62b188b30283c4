"""The command that makes an issued document anew, under its number."""

from typing import Annotated

import strawberry
from strawberry import ID, field

from billfold.schema.context import Info
from billfold.schema.manager.commands.documents import DocumentResult
from billfold.schema.manager.documents import Document
from billfold.schema.manager.inputs import INPUT, KEY, changed, idempotency_key, key_of
from billfold.schema.resolvers import resolver
from billfold.services import revising


@strawberry.input(description="Which document to make anew, and why.")
class ReviseDocumentInput:
    document: ID = field(description="The document; it is void then.")
    reason: str = field(description="Why it is revised, in 1 to 1,000 characters; it is kept with the old one.")
    description: str = field(default="", description="What a document for an amount says; empty says what it said.")
    idempotency_key: str | None = field(default=None, description=KEY)


@strawberry.type
class RevisionCommands:
    """The command on revisions."""

    @resolver("Make an issued document anew from the books of now, under its number and date; the old one is void.")
    async def revise_document(self, info: Info, input: Annotated[ReviseDocumentInput, INPUT]) -> DocumentResult:
        context = info.context
        revision = await revising.revise(
            context.parts,
            context.viewer,
            document_id=key_of("document", input.document, "document"),
            reason=input.reason,
            description=input.description,
            idempotency_key=idempotency_key(info, input.idempotency_key),
        )
        return await changed(info, Document, revision)
