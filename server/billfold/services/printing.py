"""Printing: from sealed snapshots to stored PDFs, then to published documents with their deliveries."""

import asyncio
import re
from collections.abc import Sequence
from uuid import UUID

from billfold.database import printing as rows
from billfold.database.connection import writing
from billfold.database.printing import StoredFile, Unprinted
from billfold.database.runs import finish_runs
from billfold.domain.document import Document
from billfold.domain.errors import PassingError, TemplateFailed, UnknownDocumentType
from billfold.domain.snapshot import from_json
from billfold.plugin_api.document_type import Budget
from billfold.rendering.press import PrintOrder
from billfold.services.parts import Parts
from billfold.services.steps import (
    MAILS_A_JOB,
    PRINT_ATTEMPTS,
    PRINT_LEASE,
    PRINTS_A_JOB,
    PUBLISHES_A_JOB,
    chunked,
)

_UNSAFE_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


async def print_chunk(parts: Parts, document_ids: Sequence[UUID] | None = None) -> int:
    """Print and store the next chunk of documents that wait for their PDF; gives how many it took.

    Nothing is locked while the press works. May be run by many workers, and again after a crash: the same snapshot
    gives the same bytes under the same key. `document_ids` None takes any.
    """
    now = parts.clock.now()
    async with writing() as connection:
        waiting = await rows.lease_unprinted(
            connection, ids=document_ids, count=PRINTS_A_JOB, now=now, until=now + PRINT_LEASE
        )
    if not waiting:
        return 0
    stored = [file for file in await asyncio.gather(*(_print_one(parts, one) for one in waiting)) if file]
    async with writing() as connection:
        await rows.keep_printed(connection, stored, parts.clock.now())
    await parts.bell.ring("publish_documents", chunked([str(file.document_id) for file in stored], PUBLISHES_A_JOB))
    return len(waiting)


async def publish_chunk(parts: Parts, document_ids: Sequence[UUID] | None = None) -> int:
    """Publish the next chunk of printed documents and set up their deliveries; gives how many documents it took.

    Closes the runs that wait for nothing more. May be repeated.
    """
    now = parts.clock.now()
    async with writing() as connection:
        count, due = await rows.publish(connection, ids=document_ids, count=PUBLISHES_A_JOB, now=now)
        await finish_runs(connection, now)
    await parts.bell.ring("deliver", chunked([str(id_) for id_ in due], MAILS_A_JOB))
    return count


async def _print_one(parts: Parts, waiting: Unprinted) -> StoredFile | None:
    document = from_json(waiting.snapshot)
    order = PrintOrder(waiting.snapshot, waiting.template, _budget(parts, waiting.type))
    try:
        printed = await parts.press.print(order)
        stored = await parts.files.put(printed.pdf)
    except TemplateFailed as error:
        await _fail(parts, waiting, error.message, is_final=True)
        return None
    except PassingError as error:
        await _fail(parts, waiting, error.message, is_final=waiting.attempts >= PRINT_ATTEMPTS)
        return None
    name = file_name(parts, document)
    return StoredFile(waiting.id, name, stored.size, stored.sha256, stored.key)


async def _fail(parts: Parts, waiting: Unprinted, reason: str, *, is_final: bool) -> None:
    async with writing() as connection:
        await rows.keep_print_failure(connection, waiting.id, reason, is_final=is_final, now=parts.clock.now())


def _budget(parts: Parts, type: str) -> Budget:
    """Give the type's budget; a type whose plugin is gone prints within the usual one."""
    try:
        return parts.plugins.document_type(type).budget
    except UnknownDocumentType:
        return Budget()


def file_name(parts: Parts, document: Document) -> str:
    """Give the name of the PDF in the document's language, safe on every file system."""
    try:
        names = parts.plugins.document_type(document.type).file_names
    except UnknownDocumentType:
        names = {}
    mask = names.get(document.locale) or names.get("en") or "{title} {number}"
    name = (
        mask.replace("{number}", document.number)
        .replace("{date}", f"{document.issue_date:%d.%m.%Y}")
        .replace("{title}", document.title)
    )
    return f"{_UNSAFE_IN_NAMES.sub('-', name).strip(' .')[:150]}.pdf"
