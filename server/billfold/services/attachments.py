"""Attachments: the further files of an issued document, asked of its plugin and written beside its PDF."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

from billfold.database.connection import reading
from billfold.database.document_usage import count_usage, stream_usage
from billfold.database.printing import PrintedFile, Unprinted
from billfold.domain.document import Document
from billfold.domain.periods import Period
from billfold.plugin_api.facts import AttachmentFacts, UsageRecord
from billfold.services.parts import Parts
from billfold.services.written_files import write_content


class _Feed:
    """The usage behind a document, for a thread that writes it: each call reads anew, batch by batch."""

    def __init__(self, contract_id: UUID, period: Period | None) -> None:
        self._loop = asyncio.get_running_loop()
        self._contract_id = contract_id
        self._period = period

    def __call__(self) -> Iterator[UsageRecord]:
        batches = self._batches()
        try:
            while (batch := asyncio.run_coroutine_threadsafe(_next(batches), self._loop).result()) is not None:
                yield from batch
        finally:
            asyncio.run_coroutine_threadsafe(batches.aclose(), self._loop).result()  # type: ignore[attr-defined]

    async def _batches(self) -> AsyncIterator[list[UsageRecord]]:
        if self._period is None:
            return
        async with reading() as connection, connection.transaction(readonly=True):
            async for batch in stream_usage(connection, self._contract_id, self._period):
                yield batch


async def _next(batches: AsyncIterator[list[UsageRecord]]) -> list[UsageRecord] | None:
    return await anext(batches, None)


async def written_attachments(parts: Parts, waiting: Unprinted, document: Document) -> list[PrintedFile]:
    """Write the further files of a document into the store; a type that attaches nothing has none.

    Raises PluginFailed, or what writing one of them raises. May be repeated: the same usage gives the same bytes.
    """
    if not parts.plugins.attaches(document.type):
        return []
    async with reading() as connection:
        period = document.period
        count = await count_usage(connection, waiting.contract_id, period) if period else 0
    facts = AttachmentFacts(waiting.timezone, count, _Feed(waiting.contract_id, period))
    # Not in the loop: a plugin that takes the usage at once waits for it.
    attachments = await asyncio.to_thread(parts.plugins.attachments, document, facts)
    written = []
    for one in attachments:
        stored = await write_content(parts, one.content)
        written.append(PrintedFile(one.kind, one.name, one.media_type, stored.size, stored.sha256, stored.key))
    return written
