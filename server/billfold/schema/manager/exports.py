"""Exports on the managers' face: formats, and what was exported. Their rows come ready."""

from typing import Annotated

import strawberry
from strawberry import field

from billfold.domain.access import Scope
from billfold.plugin_api.files import ExportFormat as DeclaredFormat
from billfold.schema.connections import FILTER, After, Before, Connection, First, Last, page_request
from billfold.schema.context import Info
from billfold.schema.document_types import DocumentType, LocalizedText, finder
from billfold.schema.manager.documents import Document, File
from billfold.schema.manager.filters import ExportFilter
from billfold.schema.nodes import Node
from billfold.schema.reads import read_page
from billfold.schema.resolvers import resolver
from billfold.schema.scalars import InstantText


@strawberry.type(description="A format that documents are exported in.")
class ExportFormat:
    key: str = field(description="The key, such as `registry-xlsx`.")
    titles: list[LocalizedText] = field(description="The title in each language.")
    types: list[DocumentType] = field(description="The document types that it takes; none stands for all.")


@strawberry.type(description="A document that an export could not hold, and why.")
class RefusedDocument:
    document: Document = field(description="The document.")
    reason: str = field(description="What the format, or a rule of it, has against it.")


@strawberry.type(description="Documents that were written as a file for another system.")
class Export(Node):
    format: str = field(description="The format, by key.")
    documents: int = field(description="How many documents it holds.")
    refused_documents: int = field(description="How many it could not hold.")
    refused: list[RefusedDocument] = field(description="Those that it could not hold.")
    file: File = field(description="The file: one that the format makes, or an archive of several.")
    created_at: InstantText = field(description="When it was made; what changed later is not in it.")
    created_by: str = field(description="Who asked for it.")


@strawberry.type
class Exports:
    """The fields of the query on exports."""

    @resolver("The formats that the installed plugins export documents in, by key.")
    def export_formats(self, info: Info) -> list[ExportFormat]:
        info.context.viewer.require(Scope.DOCUMENTS_READ)
        formats = info.context.parts.plugins.export_formats
        return [_shown(info, declared) for _, (_, declared) in sorted(formats.items())]

    @resolver("The exports that were made, the newest first.")
    async def exports(
        self,
        info: Info,
        filter: Annotated[ExportFilter | None, FILTER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Export]:
        return await read_page(info, "exports", Export, page_request(filter, None, (first, after, last, before)))


def _shown(info: Info, declared: DeclaredFormat) -> ExportFormat:
    find = finder(info.context.document_types)
    return ExportFormat(
        key=declared.key,
        titles=[LocalizedText(locale=locale, text=text) for locale, text in sorted(declared.titles.items())],
        types=[find(key) for key in sorted(declared.types)],
    )
