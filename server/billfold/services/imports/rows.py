"""Rows of a CSV file, plain or gzipped, one after the other: the file is never in memory as a whole."""

import csv
import gzip
import zlib
from collections.abc import Iterator
from io import BufferedIOBase
from pathlib import Path

from billfold.services.imports.failures import ImportFailed

# A line without an end, such as a gzip bomb, must not fill the memory.
MAX_LINE_BYTES = 1024 * 1024
_BOM = b"\xef\xbb\xbf"


def read_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Give each row with the physical line on which it starts, the header first; blank lines are passed over.

    Raises ImportFailed for what is not UTF-8 (a BOM is allowed), not CSV, or cannot be read.
    """
    reader = csv.reader(_lines(path), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reason = f"this is not CSV ({error}): quote cells that hold commas, quotes or line ends."
            raise ImportFailed(path.name, line, None, reason) from error
        if cells:
            yield line, cells


def _lines(path: Path) -> Iterator[str]:
    number = 1
    try:
        with _open(path) as file:
            while raw := file.readline(MAX_LINE_BYTES + 1):
                yield _decode(path, number, raw)
                number += 1
    except (OSError, EOFError, zlib.error) as error:
        raise ImportFailed(path.name, number, None, f"the file cannot be read ({error}): save it again.") from error


def _open(path: Path) -> BufferedIOBase:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")


def _decode(path: Path, number: int, raw: bytes) -> str:
    if len(raw) > MAX_LINE_BYTES:
        raise ImportFailed(path.name, number, None, f"the line is longer than {MAX_LINE_BYTES} bytes: break it up.")
    try:
        return raw.removeprefix(_BOM).decode() if number == 1 else raw.decode()
    except UnicodeDecodeError as error:
        reason = f"byte {error.start + 1} of the line is not UTF-8: save the file as UTF-8."
        raise ImportFailed(path.name, number, None, reason) from error
