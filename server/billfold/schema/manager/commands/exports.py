"""The command that exports documents."""

from typing import Annotated

import strawberry
from strawberry import field

from billfold.database.reading.conditions import Condition
from billfold.schema.connections import page_request
from billfold.schema.context import Info
from billfold.schema.manager.documents import File, stored_file
from billfold.schema.manager.exports import Export
from billfold.schema.manager.filters import DocumentFilter
from billfold.schema.manager.inputs import INPUT, KEY, idempotency_key
from billfold.schema.problems import Problem
from billfold.schema.reads import read_many
from billfold.schema.resolvers import resolver
from billfold.services.exports import ExportRequest, export_documents


@strawberry.input(description="In which format to export, and which documents.")
class ExportDocumentsInput:
    format: str = field(description="The format, by key; `exportFormats` lists them.")
    filter: DocumentFilter | None = field(
        default=None,
        description="What the documents must fit, as in `documents`; of those, issued and void ones are taken.",
    )
    idempotency_key: str | None = field(default=None, description=KEY)


ExportResult = Annotated[
    File | Problem, strawberry.union("ExportResult", description="The file, or why there is none.")
]


@strawberry.type
class ExportCommands:
    """The command that exports documents."""

    @resolver("Export issued and void documents as one file for another system, at most 10,000 at once.")
    async def export_documents(self, info: Info, input: Annotated[ExportDocumentsInput, INPUT]) -> ExportResult:
        context = info.context
        made = await export_documents(
            context.parts,
            context.viewer,
            ExportRequest(input.format, page_request(input.filter, None, (None, None, None, None)).filters),
            idempotency_key=idempotency_key(info, input.idempotency_key),
        )
        asked = Condition("{t}.id = ?", (made.id,))
        (export,) = await read_many(info, Export, asked, "{t}.id", via=("File", "export"))
        return stored_file(made.file_id, made.file, at=made.created_at, export=export)
