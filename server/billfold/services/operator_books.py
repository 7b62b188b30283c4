"""An operator's books: every file of a directory, the ordinary ones first, then the rules and the numbers."""

from collections.abc import Callable
from pathlib import Path

from billfold.domain.access import Viewer
from billfold.services.imports import FileResult, ImportResult, import_books
from billfold.services.parts import Parts
from billfold.services.rule_books import import_rule_books


async def import_operator_books(
    parts: Parts, viewer: Viewer, directory: Path, *, progress: Callable[[FileResult], None] | None = None
) -> ImportResult:
    """Import all that the directory holds; `progress` is called after each file.

    May be repeated. Raises what `import_books` and `import_rule_books` raise; files before the one that fails stay.
    """
    books = await import_books(viewer, directory, progress=progress)
    rules = await import_rule_books(parts, viewer, directory, progress=progress)
    return ImportResult((*books.files, *rules), books.ignored)
