"""The snapshot: a Document as canonical JSON, which is what gets sealed, hashed and printed."""

import hashlib
from dataclasses import replace

import orjson
from pydantic import TypeAdapter

from billfold.domain.document import Document, DocumentLine, Party, Totals

_DOCUMENT = TypeAdapter(Document)
_TOTALS = TypeAdapter(Totals)
_SAID = TypeAdapter(tuple[Party, Party, tuple[DocumentLine, ...]])
# What of a line is reckoned with.
_FIGURES = ("quantity", "unit_price", "tax_included", "tax_rate", "net", "tax", "gross")


def to_json(document: Document) -> bytes:
    """Give the document as canonical JSON: sorted keys, decimals as strings, UTF-8, no spaces."""
    return orjson.dumps(_DOCUMENT.dump_python(document, mode="json"), option=orjson.OPT_SORT_KEYS)


def from_json(snapshot: bytes) -> Document:
    """Read a document back; `from_json(to_json(d)) == d`. Raises pydantic.ValidationError on anything else."""
    return _DOCUMENT.validate_json(snapshot)


def content_digest(document: Document) -> str:
    """Give the digest of what a document says: parties, lines and sums, and without lines its details.

    It is the same whatever the document's id, number and dates, where its parties get their mail, and the money that
    comes in meanwhile.
    """
    said = (_unaddressed(document.seller), _unaddressed(document.buyer), _undated(document))
    return digest(orjson.dumps((*_sums(document), _SAID.dump_python(said, mode="json"))))


def sums_digest(document: Document) -> str:
    """Give the digest of what a document comes to: the figures of its lines and sums, and without lines its details.

    It is the same as long as these are, whatever the wording and the parties.
    """
    return digest(orjson.dumps(_sums(document)))


def _sums(document: Document) -> tuple[object, ...]:
    figures = [[str(getattr(line, name)) for name in _FIGURES] for line in document.lines]
    details = None if document.lines else document.details
    totals = _TOTALS.dump_python(document.totals, mode="json")
    return document.type, document.currency, figures, totals, details


def _unaddressed(party: Party) -> Party:
    return replace(party, email="", electronic_address="")


def _undated(document: Document) -> tuple[DocumentLine, ...]:
    """Give the lines, without the day of issue where they are of that day."""
    if document.period is not None:
        return document.lines
    return tuple(replace(line, period=None) if _is_of_issue(line, document) else line for line in document.lines)


def _is_of_issue(line: DocumentLine, document: Document) -> bool:
    return line.period is not None and line.period.start == line.period.last_day == document.issue_date


def digest(content: bytes) -> str:
    """Give the SHA-256 of a snapshot or a file, in lower-case hex."""
    return hashlib.sha256(content).hexdigest()
