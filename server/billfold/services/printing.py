"""Printing: from sealed snapshots to stored PDFs, then to published documents with their deliveries."""

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from billfold.database import printing as rows
from billfold.database.connection import writing
from billfold.database.printing import PrintedFile, Unprinted
from billfold.database.run_outcomes import finish_runs
from billfold.domain.document import Document
from billfold.domain.errors import BillfoldError, PluginFailed, TemplateFailed, UnknownDocumentType
from billfold.domain.lifecycle import FileKind
from billfold.domain.snapshot import from_json
from billfold.rendering.orders import Mark
from billfold.rendering.press import PrintOrder
from billfold.services.attachments import written_attachments
from billfold.services.parts import Parts
from billfold.services.steps import BACKOFF, MAILS_A_JOB, PRINT_LEASE, PRINTS_AT_ONCE, PUBLISHES_A_JOB, chunked
from billfold.services.written_files import budget_of

PDF_TYPE = "application/pdf"
_UNSAFE_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


async def print_chunk(parts: Parts, document_ids: Sequence[UUID] | None = None) -> int:
    """Print and store the next few documents that wait for their PDF; gives how many it took.

    Nothing is locked while the press works, and each PDF is kept as soon as it is there. May be run by many workers,
    and again after a crash: the same snapshot gives the same bytes under the same key. `document_ids` None takes any.
    """
    now = parts.clock.now()
    async with writing() as connection:
        waiting = await rows.lease_unprinted(
            connection, ids=document_ids, count=PRINTS_AT_ONCE, now=now, until=now + PRINT_LEASE
        )
    printed = await asyncio.gather(*(_print_one(parts, one) for one in waiting))
    ready = [str(one.id) for one, is_printed in zip(waiting, printed, strict=True) if is_printed]
    await parts.bell.ring("publish_documents", chunked(ready, PUBLISHES_A_JOB))
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


async def _print_one(parts: Parts, waiting: Unprinted) -> bool:
    """Print, store and keep one document; says whether it is printed. What is wrong with it is its own outcome."""
    keeping = asyncio.create_task(_keep_lease(parts, waiting))
    try:
        files = await _files(parts, waiting)
    except (TemplateFailed, PluginFailed) as error:
        await _fail(parts, waiting, error.message, again_at=None)
        return False
    except (BillfoldError, ValueError) as error:
        await _fail(parts, waiting, str(error), again_at=_next_attempt(parts, waiting))
        return False
    finally:
        keeping.cancel()
    async with writing() as connection:
        await rows.keep_printed(connection, waiting, files, parts.clock.now())
    return True


async def _keep_lease(parts: Parts, waiting: Unprinted) -> None:
    """Hold the document while its files are written: a million rows take longer than a lease."""
    while True:
        await asyncio.sleep(PRINT_LEASE.total_seconds() / 3)
        async with writing() as connection:
            await rows.keep_lease(connection, waiting, parts.clock.now() + PRINT_LEASE)


async def _files(parts: Parts, waiting: Unprinted) -> list[PrintedFile]:
    """Give the PDF of a document with its attachments, or the PDF of a void one, all of them in the store."""
    document = from_json(waiting.snapshot)
    mark = Mark.VOID if waiting.is_void else None
    order = PrintOrder(waiting.snapshot, waiting.template, budget_of(parts, waiting.type), mark=mark)
    stored = await parts.files.put((await parts.press.print(order)).pdf)
    kind = FileKind.VOID if waiting.is_void else FileKind.PDF
    pdf = PrintedFile(kind, file_name(parts, document), PDF_TYPE, stored.size, stored.sha256, stored.key)
    return [pdf] if waiting.is_void else [pdf, *await written_attachments(parts, waiting, document)]


def _next_attempt(parts: Parts, waiting: Unprinted) -> datetime | None:
    return parts.clock.now() + BACKOFF[waiting.attempts] if waiting.attempts < len(BACKOFF) else None


async def _fail(parts: Parts, waiting: Unprinted, reason: str, *, again_at: datetime | None) -> None:
    async with writing() as connection:
        await rows.keep_print_failure(connection, waiting, reason, again_at=again_at, now=parts.clock.now())


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
