"""The source of an export: documents read in chunks while a plugin takes them, and what became of each."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from billfold.database.exports import ExportedDocument
from billfold.database.reading.exports import SealedDocument, sealed_documents
from billfold.domain.access import Viewer
from billfold.domain.document import Document, DocumentStatus, Party
from billfold.domain.snapshot import from_json
from billfold.services.steps import chunked

CHUNK = 200
# A statement has a limit of its own below this.
_READ_SECONDS = 120.0


class ExportSource:
    """Gives documents, once, to a thread beside the event loop that reads them.

    `given` are those that were taken, with the status that they had; `refusals` the reasons of those that the export
    does not hold.
    """

    def __init__(self, viewer: Viewer, now: datetime, ids: Sequence[UUID], loop: asyncio.AbstractEventLoop) -> None:
        self._viewer = viewer
        self._now = now
        self._ids = ids
        self._loop = loop
        self._first_day: date | None = None
        self._last_day: date | None = None
        self.given: dict[UUID, DocumentStatus] = {}
        self.refusals: dict[UUID, str] = {}

    def documents(self) -> Iterator[Document]:
        """Give the documents as they were sealed, with the status that they have now; not for the event loop.

        A party that was sealed without an electronic address has the one of now: where a document is sent is no part
        of what it says.
        """
        for chunk in chunked(self._ids, CHUNK):
            asked = asyncio.run_coroutine_threadsafe(sealed_documents(self._viewer, self._now, chunk), self._loop)
            for sealed in asked.result(_READ_SECONDS):
                yield self._document(sealed)

    def _document(self, sealed: SealedDocument) -> Document:
        found = from_json(sealed.snapshot)
        document = replace(
            found,
            id=str(sealed.id),
            status=sealed.status,
            seller=_reached(found.seller, sealed.seller_address),
            buyer=_reached(found.buyer, sealed.buyer_address),
        )
        self.given[sealed.id] = sealed.status
        self._first_day = min(self._first_day or document.issue_date, document.issue_date)
        self._last_day = max(self._last_day or document.issue_date, document.issue_date)
        return document

    def refuse(self, document: Document, reason: str) -> bool:
        """Note that the export does not hold a document; says whether it is one that was given."""
        try:
            key = UUID(document.id)
        except ValueError:
            return False
        if key in self.given:
            self.refusals[key] = reason
        return key in self.given

    @property
    def period(self) -> str:
        """The months that the documents are of, by their dates: `2026-10`, or `2026-10_2026-12`."""
        months = [f"{day:%Y-%m}" for day in (self._first_day, self._last_day) if day]
        return "_".join(dict.fromkeys(months))

    def contents(self) -> Iterator[ExportedDocument]:
        """Give what is to be kept of each document, in order."""
        return (ExportedDocument(key, status, self.refusals.get(key, "")) for key, status in self.given.items())


def _reached(party: Party, address: str) -> Party:
    return party if party.electronic_address or not address else replace(party, electronic_address=address)
