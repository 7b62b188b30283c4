"""The snapshot: a Document as canonical JSON, which is what gets sealed, hashed and printed."""

import hashlib

import orjson
from pydantic import TypeAdapter

from billfold.domain.document import Document

_DOCUMENT = TypeAdapter(Document)


def to_json(document: Document) -> bytes:
    """Give the document as canonical JSON: sorted keys, decimals as strings, UTF-8, no spaces."""
    return orjson.dumps(_DOCUMENT.dump_python(document, mode="json"), option=orjson.OPT_SORT_KEYS)


def from_json(snapshot: bytes) -> Document:
    """Read a document back; `from_json(to_json(d)) == d`. Raises pydantic.ValidationError on anything else."""
    return _DOCUMENT.validate_json(snapshot)


def digest(content: bytes) -> str:
    """Give the SHA-256 of a snapshot or a file, in lower-case hex."""
    return hashlib.sha256(content).hexdigest()
