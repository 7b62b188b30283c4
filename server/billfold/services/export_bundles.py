"""Bundles: the files that a plugin gives for an export, checked, written, and put together as one."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from billfold.adapters.archives import MEDIA_TYPE, ZipArchive
from billfold.domain.document import Document
from billfold.domain.errors import InvalidInput, PluginFailed, TemplateFailed
from billfold.plugin_api.files import ExportedFile, ExportFormat, HybridPdf, Refused, Table
from billfold.rendering.electronic_invoices import validate
from billfold.services.export_sources import ExportSource
from billfold.services.parts import Parts
from billfold.services.steps import PRINTS_AT_ONCE
from billfold.services.written_files import write_content_to

# So many files are held in memory, and checked by one process, whose start takes longer than most checks.
FILES_AT_ONCE = 100
# Of the rules that a file breaks, so many are told.
_TOLD_FAULTS = 3
_PERIOD = "{period}"
# By these names, near the start, an XML file says that it is an electronic invoice of the European standard.
_INVOICES = (
    b"urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    b"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
    b"urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
)
_HEAD_BYTES = 2_000


@dataclass(frozen=True, slots=True)
class Bundle:
    """The one file that an export is, on this machine."""

    path: Path
    name: str
    media_type: str


async def write_bundle(parts: Parts, declared: ExportFormat, source: ExportSource, folder: Path) -> Bundle:
    """Let the plugin write the documents of the source; gives its file, or the archive of its files, in the folder.

    The plugin works in a thread; a hundred files at most are held in memory. Raises PluginFailed, and InvalidInput
    where every document is refused.
    """
    writer = _Writer(parts, declared, source)
    items = parts.plugins.export(declared.key, source.documents())
    with _Gathered(declared, source, folder) as gathered:
        async for batch in writer.batches(items):
            places = [gathered.place() for _ in batch]
            for file, place, is_written in zip(batch, places, await writer.write(batch, places), strict=True):
                if is_written:
                    await asyncio.to_thread(gathered.add, file, place)
    return gathered.bundle(writer.plugin)


class _Writer:
    """Takes what the plugin gives, and writes the files."""

    def __init__(self, parts: Parts, declared: ExportFormat, source: ExportSource) -> None:
        self._parts = parts
        self._source = source
        self._printing = asyncio.Semaphore(PRINTS_AT_ONCE)
        self.plugin = parts.plugins.export_formats[declared.key][0].name

    async def batches(self, items: Iterator[ExportedFile | Refused]) -> AsyncIterator[list[ExportedFile]]:
        """Give files as they come, many at once; a table alone, for its rows take documents themselves."""
        batch: list[ExportedFile] = []
        while (item := await asyncio.to_thread(next, items, None)) is not None:
            if isinstance(item, Refused):
                self._refuse(item.document, item.reason)
                continue
            if batch and (isinstance(item.content, Table) or len(batch) == FILES_AT_ONCE):
                yield batch
                batch = []
            batch.append(item)
            if isinstance(item.content, Table):
                yield batch
                batch = []
        if batch:
            yield batch

    async def write(self, files: Sequence[ExportedFile], places: Sequence[Path]) -> list[bool]:
        """Check and write files; says which of them the export holds. A document at fault is refused alone."""
        faults = await self._faults(files)
        asked = [self._write(*one) for one in zip(files, places, faults, strict=True)]
        # All end before the first failure is told, for they write into one folder.
        done = await asyncio.gather(*asked, return_exceptions=True)
        for result in done:
            if isinstance(result, BaseException):
                raise result
        return [result is True for result in done]

    async def _faults(self, files: Sequence[ExportedFile]) -> list[list[str]]:
        """Give the rules of electronic invoices that each file breaks; a file of another kind breaks none."""
        invoices = {at: xml for at, file in enumerate(files) if (xml := _invoice_of(file)) is not None}
        found = dict(zip(invoices, await validate(list(invoices.values())), strict=True))
        return [found.get(at, []) for at in range(len(files))]

    async def _write(self, file: ExportedFile, path: Path, faults: Sequence[str]) -> bool:
        document = file.content.document if isinstance(file.content, HybridPdf) else file.document
        if faults:
            told = " ".join(faults[:_TOLD_FAULTS])
            self._refuse(document, f"The file {file.name} breaks rules of electronic invoices: {told}")
            return False
        try:
            async with self._printing:
                await write_content_to(self._parts, file.content, path)
        except TemplateFailed as error:
            self._refuse(document, error.message)
            return False
        return True

    def _refuse(self, document: Document | None, reason: str) -> None:
        if document is None or not self._source.refuse(document, reason):
            raise PluginFailed(f"Plugin {self.plugin}: export_documents refused no document of the export: {reason}")


def _invoice_of(file: ExportedFile) -> bytes | None:
    xml = file.content.xml if isinstance(file.content, HybridPdf) else file.content
    is_invoice = isinstance(xml, bytes) and any(name in xml[:_HEAD_BYTES] for name in _INVOICES)
    return xml if isinstance(xml, bytes) and is_invoice else None


class _Gathered(ExitStack):
    """The files of an export on this machine; the second one makes it an archive."""

    def __init__(self, declared: ExportFormat, source: ExportSource, folder: Path) -> None:
        super().__init__()
        self._declared = declared
        self._source = source
        self._folder = folder
        self._count = 0
        self._only: tuple[ExportedFile, Path] | None = None
        self._archive: ZipArchive | None = None

    def place(self) -> Path:
        """Give the place for the next file."""
        self._count += 1
        return self._folder / str(self._count)

    def add(self, file: ExportedFile, path: Path) -> None:
        """Take a file that is written; blocks."""
        if self._archive is None and self._only is None and not self._declared.is_archive:
            self._only = file, path
            return
        if self._archive is None:
            self._archive = self.enter_context(ZipArchive(self._folder / "archive"))
            if self._only is not None:
                self._pack(self._archive, *self._only)
        self._pack(self._archive, file, path)

    def _pack(self, archive: ZipArchive, file: ExportedFile, path: Path) -> None:
        archive.add(self._named(file), path)
        path.unlink()

    def _named(self, file: ExportedFile) -> str:
        return file.name.replace(_PERIOD, self._source.period)

    def bundle(self, plugin: str) -> Bundle:
        """Give the file, when all is closed. Raises InvalidInput where there is none."""
        source, key = self._source, self._declared.key
        if self._archive is not None:
            return Bundle(self._folder / "archive", f"{key}-{source.period}.zip", MEDIA_TYPE)
        if self._only is not None:
            file, path = self._only
            return Bundle(path, self._named(file), file.media_type)
        if not source.refusals:
            raise PluginFailed(f"Plugin {plugin}: export_documents gave no file for {len(source.given)} documents.")
        first = next(iter(source.refusals.values()))
        raise InvalidInput(
            f"None of the {len(source.given)} documents can be exported as {key}. The first: {first}", field="filter"
        )
