"""Commands on bank statements: import a file, and say by hand what becomes of a line."""

from typing import Annotated

import strawberry
from strawberry import ID, field

from billfold.database.reading.conditions import Condition
from billfold.schema.context import Info
from billfold.schema.manager.inputs import INPUT, changed, key_of, keys_of
from billfold.schema.manager.statements import Statement, StatementImport, StatementLine
from billfold.schema.problems import Problem
from billfold.schema.reads import read_many
from billfold.schema.resolvers import resolver
from billfold.schema.scalars import FileContent
from billfold.services import statement_lines, statements


@strawberry.input(description="A bank's statement.")
class ImportStatementInput:
    file: FileContent = field(description="The bank's file for 1C, as it is.")
    name: str = field(default="", description="The name of the file, as errors and lists shall tell it.")


@strawberry.input(description="Whose money a line is.")
class ResolveStatementLineInput:
    line: ID = field(description="The line.")
    contract: ID = field(description="The contract, of the enterprise whose account it came to.")
    documents: list[ID] | None = field(
        default=None, description="The documents that it is for, of the contract: settled first, in this order."
    )


@strawberry.input(description="Which line is no client's money, and why.")
class DismissStatementLineInput:
    line: ID = field(description="The line.")
    reason: str = field(description="Why it is put aside.")


@strawberry.input(description="Which line was settled wrongly, and why.")
class ReopenStatementLineInput:
    line: ID = field(description="The line.")
    reason: str = field(description="Why it is opened again; its payment is cancelled for it.")


StatementResult = Annotated[
    StatementImport | Problem,
    strawberry.union("StatementResult", description="What became of the file, or why nothing of it was imported."),
]
StatementLineResult = Annotated[
    StatementLine | Problem, strawberry.union("StatementLineResult", description="The line, or why it did not change.")
]


@strawberry.type
class StatementCommands:
    """The commands on bank statements."""

    @resolver("Import a bank's statement; a file again, or one that overlaps, changes nothing that is there.")
    async def import_statement(self, info: Info, input: Annotated[ImportStatementInput, INPUT]) -> StatementResult:
        context = info.context
        done = await statements.import_statement(context.parts, context.viewer, input.file, input.name)
        asked, via = Condition("{t}.id = ?", (done.statement_id,)), ("StatementImport", "statement")
        (statement,) = await read_many(info, Statement, asked, "{t}.id", via=via)
        return StatementImport(
            statement=statement,
            matched=done.matched,
            credited=done.credited,
            unmatched=done.unmatched,
            known=done.known,
            ignored=done.ignored,
            warnings=list(done.warnings),
        )

    @resolver("Register the money of a line that waits for a contract.")
    async def resolve_statement_line(
        self, info: Info, input: Annotated[ResolveStatementLineInput, INPUT]
    ) -> StatementLineResult:
        line_id = await statement_lines.resolve(
            info.context.parts,
            info.context.viewer,
            line_id=key_of("statement_line", input.line, "line"),
            contract_id=key_of("contract", input.contract, "contract"),
            document_ids=keys_of("document", input.documents, "documents"),
        )
        return await changed(info, StatementLine, line_id)

    @resolver("Put a line aside that is no client's money.")
    async def dismiss_statement_line(
        self, info: Info, input: Annotated[DismissStatementLineInput, INPUT]
    ) -> StatementLineResult:
        parts, viewer = info.context.parts, info.context.viewer
        line_id = key_of("statement_line", input.line, "line")
        await statement_lines.dismiss(parts, viewer, line_id=line_id, reason=input.reason)
        return await changed(info, StatementLine, line_id)

    @resolver("Take back what became of a line: its payment is cancelled, and it waits again.")
    async def reopen_statement_line(
        self, info: Info, input: Annotated[ReopenStatementLineInput, INPUT]
    ) -> StatementLineResult:
        parts, viewer = info.context.parts, info.context.viewer
        line_id = key_of("statement_line", input.line, "line")
        await statement_lines.reopen(parts, viewer, line_id=line_id, reason=input.reason)
        return await changed(info, StatementLine, line_id)
