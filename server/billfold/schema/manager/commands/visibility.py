"""Commands on the visibility of single documents: hide one from its client, or show it again."""

from typing import Annotated

import strawberry
from strawberry import ID, field

from billfold.domain.access import Scope
from billfold.schema.context import Info
from billfold.schema.manager.commands.documents import DocumentResult
from billfold.schema.manager.documents import Document
from billfold.schema.manager.inputs import INPUT, changed, key_of
from billfold.schema.resolvers import resolver
from billfold.services import visibility


@strawberry.input(description="Which document its client may see or not.")
class SetDocumentVisibilityInput:
    document: ID = field(description="The document.")
    is_visible: bool = field(
        description="False hides it from the client at once. True takes that back; its type and rule still decide."
    )
    reason: str = field(default="", description="Why; it is kept in the audit log.")


@strawberry.type
class VisibilityCommands:
    """The commands on the visibility of single documents."""

    @resolver("Hide a document from its client, or show it again.")
    async def set_document_visibility(
        self, info: Info, input: Annotated[SetDocumentVisibilityInput, INPUT]
    ) -> DocumentResult:
        viewer = info.context.viewer
        # Who may not read the document is told so before anything is changed.
        viewer.require(Scope.DOCUMENTS_READ)
        document_id = key_of("document", input.document, "document")
        await visibility.set_visibility(
            info.context.parts, viewer, document_id=document_id, is_visible=input.is_visible, reason=input.reason
        )
        return await changed(info, Document, document_id)
