"""Written files: whatever a plugin gives as the content of a file, made into bytes and put into the store."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from billfold.adapters.file_store import StoredFile
from billfold.adapters.tables import write_table
from billfold.database.connection import reading
from billfold.database.exports import sealed_template
from billfold.domain.document import Document
from billfold.domain.errors import UnknownDocumentType
from billfold.domain.snapshot import to_json
from billfold.plugin_api.document_type import Budget
from billfold.plugin_api.files import FileContent, HybridPdf, Paper, Table
from billfold.rendering.hybrid import print_hybrid
from billfold.rendering.press import PrintOrder
from billfold.services.parts import Parts


async def write_content(parts: Parts, content: FileContent) -> StoredFile:
    """Put the content into the file store; a table is never held in memory as a whole.

    The rows of a table are taken in a thread, so they may wait there for this event loop. Raises what the press raises
    for paper, and what the rows raise. May be repeated where the content can: the same bytes are stored once.
    """
    if not isinstance(content, Table):
        return await parts.files.put(await _bytes(parts, content))
    with TemporaryDirectory(prefix="billfold-table-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / f"table.{content.format.value}"
        await asyncio.to_thread(write_table, content, path)
        return await parts.files.put_file(path)


async def write_content_to(parts: Parts, content: FileContent, path: Path) -> None:
    """Write the content into a new file of this machine; raises as `write_content` does."""
    if isinstance(content, Table):
        await asyncio.to_thread(write_table, content, path)
    else:
        await asyncio.to_thread(path.write_bytes, await _bytes(parts, content))


async def _bytes(parts: Parts, content: bytes | Paper | HybridPdf) -> bytes:
    if isinstance(content, bytes):
        return content
    if isinstance(content, Paper):
        return (await parts.press.print(_order(parts, content.document, content.template))).pdf
    template = await _template(parts, content.document)
    return await print_hybrid(parts.press, _order(parts, content.document, template), content)


def _order(parts: Parts, document: Document, template: str) -> PrintOrder:
    return PrintOrder(to_json(document), template, budget_of(parts, document.type))


async def _template(parts: Parts, document: Document) -> str:
    """Give the template that the document was issued with; one that is no issued document's has its type's."""
    async with reading() as connection:
        sealed = await sealed_template(connection, document.id)
    return sealed or parts.plugins.template(document)


def budget_of(parts: Parts, type: str) -> Budget:
    """Give the type's budget; a type whose plugin is gone prints within the usual one."""
    try:
        return parts.plugins.document_type(type).budget
    except UnknownDocumentType:
        return Budget()
