"""The query of the clients' face."""

from collections.abc import Callable, Mapping
from typing import Annotated

import strawberry
from strawberry import ID

from billfold.database.reading.conditions import Condition
from billfold.domain.access import Scope
from billfold.domain.errors import Forbidden
from billfold.plugin_api.document_type import DocumentType
from billfold.schema.connections import FILTER, After, Connection, First, page_request
from billfold.schema.context import Info
from billfold.schema.portal.types import (
    PortalClient,
    PortalDocument,
    PortalDocumentFilter,
    PortalDocumentType,
    PortalTitle,
)
from billfold.schema.reads import by_id, read_one, read_page
from billfold.schema.resolvers import resolver


@strawberry.type(description="What a client may read.")
class Query:
    @resolver("The client who calls.")
    async def me(self, info: Info) -> PortalClient:
        found = await read_one(info, PortalClient, Condition("TRUE"))
        if found is None:
            raise Forbidden("This token is of no client.")
        return found

    @resolver("The documents that the client may see, the newest first.")
    async def documents(
        self,
        info: Info,
        filter: Annotated[PortalDocumentFilter | None, FILTER] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[PortalDocument]:
        return await read_page(
            info, "documents", PortalDocument, page_request(filter, None, (first, after, None, None))
        )

    @resolver("The document with an id; null when it is not there or not visible.")
    async def document(
        self, info: Info, id: Annotated[ID, strawberry.argument(description="The global id.")]
    ) -> PortalDocument | None:
        return await read_one(info, PortalDocument, by_id("document", id))

    @resolver("The document types that the token reaches, by key.")
    def document_types(self, info: Info) -> list[PortalDocumentType]:
        viewer = info.context.viewer
        viewer.require(Scope.PORTAL_READ)
        return [type_ for key, type_ in info.context.document_types.items() if not viewer.types or key in viewer.types]


def portal_types(declared: Mapping[str, DocumentType]) -> dict[str, PortalDocumentType]:
    """Make the types of the plugins as clients see them, by key."""
    return {key: _shown(key, type_.titles) for key, type_ in sorted(declared.items())}


def portal_finder(known: Mapping[str, PortalDocumentType]) -> Callable[[str], PortalDocumentType]:
    """Give the function that finds a type; one whose plugin is gone has its key for a title."""
    return lambda key: known.get(key) or _shown(key, {"en": key})


def _shown(key: str, titles: Mapping[str, str]) -> PortalDocumentType:
    shown = [PortalTitle(locale=locale, text=text) for locale, text in sorted(titles.items())]
    return PortalDocumentType(key=key, titles=shown)
