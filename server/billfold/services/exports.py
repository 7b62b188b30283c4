"""Exports: documents written by a plugin as a file for another system, and the record of what the file holds."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from billfold.adapters.file_store import StoredFile
from billfold.database import exports as rows
from billfold.database.audit import record_event
from billfold.database.connection import reading, writing
from billfold.database.exports import Export, NewExport
from billfold.database.reading.exports import documents_to_export
from billfold.database.stored_files import NewFile, keep_stored_file
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import InvalidInput, LimitExceeded, NotFound
from billfold.domain.lifecycle import FileKind
from billfold.plugin_api.files import ExportFormat
from billfold.services.export_bundles import Bundle, write_bundle
from billfold.services.export_sources import ExportSource
from billfold.services.idempotency import Remember, Request, once
from billfold.services.parts import Parts

__all__ = ["DOCUMENTS_LIMIT", "Export", "ExportRequest", "export_documents"]

# What one call may hold; the command line has no such limit.
DOCUMENTS_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """In which format, and which documents: `filters` are those of the list `documents`, by the same names."""

    format: str
    filters: Mapping[str, Any]


async def export_documents(
    parts: Parts,
    viewer: Viewer,
    request: ExportRequest,
    *,
    limit: int | None = DOCUMENTS_LIMIT,
    idempotency_key: str | None = None,
) -> Export:
    """Export issued and void documents, in the order of issue; gives the export, with what the format refused.

    Raises InvalidInput for an unknown format and where every document is refused, NotFound where no document fits,
    LimitExceeded for more than `limit` (None is no limit), PluginFailed for what the plugin fails with. Nothing is kept
    of an export that fails.
    """
    viewer.require(Scope.DOCUMENTS_EXPORT)
    viewer.require(Scope.DOCUMENTS_READ)
    declared = _format(parts, request.format)

    async def act(remember: Remember) -> str:
        return str(await _export(parts, viewer, declared, filters=request.filters, limit=limit, remember=remember))

    arguments = {"format": request.format, "filters": request.filters}
    export_id = await once(viewer, Request("exportDocuments", idempotency_key, arguments), act)
    async with reading() as connection:
        return await rows.find_export(connection, UUID(export_id))


def _format(parts: Parts, key: str) -> ExportFormat:
    if key not in parts.plugins.export_formats:
        known = ", ".join(sorted(parts.plugins.export_formats)) or "none"
        raise InvalidInput(f"Export format {key!r} is unknown: installed are {known}.", field="format")
    return parts.plugins.export_formats[key][1]


async def _export(
    parts: Parts,
    viewer: Viewer,
    declared: ExportFormat,
    *,
    filters: Mapping[str, Any],
    limit: int | None,
    remember: Remember,
) -> UUID:
    # Whatever is changed while documents are read counts as changed after the export.
    now = parts.clock.now()
    ids = await _chosen(viewer, now, declared, filters=filters, limit=limit)
    source = ExportSource(viewer, now, ids, asyncio.get_running_loop())
    with TemporaryDirectory(prefix="billfold-export-", ignore_cleanup_errors=True) as folder:
        bundle = await write_bundle(parts, declared, source, Path(folder))
        stored = await parts.files.put_file(bundle.path)
    async with writing() as connection:
        file_id = await keep_stored_file(connection, _new_file(bundle, stored), actor=viewer.name, now=now)
        refused = len(source.refusals)
        new = NewExport(declared.key, file_id, len(source.given) - refused, refused)
        export_id = await rows.keep_export(connection, new, source.contents(), actor=viewer.name, exported_at=now)
        await record_event(
            connection,
            "exportDocuments",
            ("export", export_id),
            actor=viewer.name,
            now=now,
            details={"format": new.format, "name": bundle.name, "documents": new.documents, "refused": new.refused},
        )
        await remember(connection, str(export_id))
    return export_id


async def _chosen(
    viewer: Viewer, now: datetime, declared: ExportFormat, *, filters: Mapping[str, Any], limit: int | None
) -> list[UUID]:
    types = sorted(declared.types)
    most = None if limit is None else limit + 1
    ids = await documents_to_export(viewer, now, filters, types=types, most=most)
    if not ids:
        taken = f" of the types {', '.join(types)}, which {declared.key} takes," if types else ""
        raise NotFound(f"No issued or void document{taken} fits: ask for others, or for more days.", field="filter")
    if limit is not None and len(ids) > limit:
        raise LimitExceeded(
            f"More than {limit:,} documents fit: ask for fewer, or say billfold export at the command line.",
            field="filter",
        )
    return ids


def _new_file(bundle: Bundle, stored: StoredFile) -> NewFile:
    return NewFile(FileKind.EXPORT, bundle.name, bundle.media_type, stored.size, stored.sha256, stored.key)
