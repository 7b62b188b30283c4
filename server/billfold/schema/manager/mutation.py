"""The mutation of the managers' face, put together from the commands."""

import strawberry

from billfold.schema.manager.commands.documents import DocumentCommands
from billfold.schema.manager.commands.runs import RunCommands
from billfold.schema.manager.commands.tokens import TokenCommands


@strawberry.type(description="What managers may command. Each command gives what it changed, or a Problem.")
class Mutation(DocumentCommands, RunCommands, TokenCommands):
    """The commands; each calls one service, and reads what it changed."""
