"""The wire between the press and its children: frames of a JSON header and a body of bytes, each with its length."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import orjson

_LENGTHS = struct.Struct(">II")
LENGTHS_SIZE = _LENGTHS.size
# A chunk of a hundred large documents stays below; a broken child's noise does not.
_LARGEST_BYTES = 256_000_000


class BrokenWire(Exception):
    """The other side closed the wire or wrote what is no frame."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message. The header is plain JSON that only `press_process` and `press_child` write and read."""

    header: Mapping[str, Any]
    body: bytes = field(default=b"", repr=False)

    def encode(self) -> bytes:
        """Give the frame as bytes."""
        header = orjson.dumps(self.header)
        return _LENGTHS.pack(len(header), len(self.body)) + header + self.body


def lengths(prefix: bytes) -> tuple[int, int]:
    """Read the lengths of header and body. Raises BrokenWire when they cannot be right."""
    header, body = _LENGTHS.unpack(prefix)
    if header + body > _LARGEST_BYTES:
        raise BrokenWire(f"A frame of {header + body} bytes is above {_LARGEST_BYTES}.")
    return header, body


def decode(header: bytes, body: bytes) -> Frame:
    """Read a frame from its two parts. Raises BrokenWire when the header is not JSON."""
    try:
        return Frame(orjson.loads(header), body)
    except orjson.JSONDecodeError as error:
        raise BrokenWire("The header of a frame is not JSON.") from error


def read_frame(stream: BinaryIO) -> Frame | None:
    """Read the next frame, waiting for it; None when the other side has closed the wire."""
    prefix = stream.read(LENGTHS_SIZE)
    if len(prefix) < LENGTHS_SIZE:
        return None
    header, body = lengths(prefix)
    parts = stream.read(header), stream.read(body)
    return decode(*parts) if (len(parts[0]), len(parts[1])) == (header, body) else None
