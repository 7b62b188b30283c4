"""Together: the operations of a migration that share one state, since a state for each costs a tenth of a second."""

from collections.abc import Sequence
from typing import Any

from tortoise.migrations.operations import TortoiseOperation


class Together(TortoiseOperation):
    """Carries operations out one after the other between the state before all of them and the state after.

    So none of them may build on the model that another one of them left half done: one change a column.
    """

    def __init__(self, operations: Sequence[TortoiseOperation]) -> None:
        self.operations = tuple(operations)

    def describe(self) -> str:
        """Say what is done, for the tool's own log."""
        return "; ".join(operation.describe() for operation in self.operations)

    def state_forward(self, app_label: str, state: Any) -> None:
        """Change the state by all operations, and make its models anew once."""
        reload_models = state.reload_models
        touched: set[tuple[str, str]] = set()
        state.reload_models = touched.update
        try:
            for operation in self.operations:
                operation.state_forward(app_label, state)
        finally:
            del state.reload_models
        reload_models(touched)

    async def database_forward(self, app_label: str, old_state: Any, new_state: Any, state_editor: Any = None) -> None:
        """Carry all operations out, in order."""
        for operation in self.operations:
            await operation.database_forward(app_label, old_state, new_state, state_editor)

    async def database_backward(self, app_label: str, old_state: Any, new_state: Any, state_editor: Any = None) -> None:
        """Take all operations back, the last first."""
        for operation in reversed(self.operations):
            await operation.database_backward(app_label, old_state, new_state, state_editor)
