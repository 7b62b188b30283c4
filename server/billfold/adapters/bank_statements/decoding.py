"""Decoding: what a file is, in which encoding, and its lines; what the file itself claims is not believed."""

import codecs
import io
import re
from collections.abc import Iterator

from billfold.domain.errors import InvalidInput

# The first line of every such file; some write the letter C in Cyrillic.
TITLE = "1CCLIENTBANKEXCHANGE"
_SAMPLE_BYTES = 65_536
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ENCODINGS = ("utf-8", "cp1251", "cp866")
# Keys that every bank writes; the right encoding is the one in which most of them can be read.
_KEYS = re.compile(
    r"^\s*(?:ВЕРСИЯФОРМАТА|КОДИРОВКА|ОТПРАВИТЕЛЬ|ПОЛУЧАТЕЛЬ|ДАТАНАЧАЛА|ДАТАКОНЦА|РАСЧСЧ[ЕЁ]Т|СЕКЦИЯРАСЧСЧ[ЕЁ]Т"
    r"|СЕКЦИЯДОКУМЕНТ|НОМЕР|СУММА|КОНЕЦФАЙЛА)\s*(?:=|$)",
    re.MULTILINE | re.IGNORECASE,
)
_LOOKS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "an XLSX workbook or another ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an XLS workbook or another old Office file"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzipped file"),
    (b"{\\rtf", "an RTF document"),
    (b"OFXHEADER", "an OFX file"),
    (b":20:", "an MT940 statement"),
    (b"{1:", "an MT940 statement"),
    (b"{", "a JSON file"),
)


def statement_lines(content: bytes, name: str) -> Iterator[str]:
    """Give the lines of a statement file, decoded. Raises InvalidInput for a file of another kind, saying of which."""
    encoding = _encoding(content, name)
    # A byte that the old Russian encodings do not have is a blot in a name; in UTF it is a broken file.
    errors = "strict" if encoding.startswith("utf") else "replace"
    lines = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, errors=errors, newline=None)
    try:
        yield from lines
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{name} begins in {encoding} and does not keep to it: ask the bank for the file again.", field="file"
        ) from error


def is_title(line: str) -> bool:
    """Say whether a line is the title of a statement file."""
    return line.strip(" \t\r\n\ufeff").upper().replace("С", "C") == TITLE


def _encoding(content: bytes, name: str) -> str:
    sample = content[:_SAMPLE_BYTES]
    marked = next((encoding for bom, encoding in _BOMS if content.startswith(bom)), None)
    keys = {encoding: _known_keys(sample, encoding) for encoding in ((marked,) if marked else _ENCODINGS)}
    best = max(keys, key=lambda encoding: keys[encoding])
    text = _decoded(sample, best)
    if not is_title(next((line for line in text.splitlines() if line.strip(" \t\ufeff")), "")):
        raise InvalidInput(
            f"{name} looks like {_looks_like(content, text)}: what is wanted is the bank's statement for 1C,"
            " a text file that begins with the line 1CClientBankExchange.",
            field="file",
        )
    if not keys[best]:
        raise InvalidInput(
            f"{name} has the title 1CClientBankExchange and no key that can be read in {', '.join(keys)}:"
            " ask the bank for the file in Windows-1251.",
            field="file",
        )
    return best


def _known_keys(sample: bytes, encoding: str) -> int:
    try:
        return len(_KEYS.findall(_decoded(sample, encoding).replace("\r", "\n")))
    except UnicodeDecodeError:
        return -1


def _decoded(sample: bytes, encoding: str) -> str:
    errors = "strict" if encoding.startswith("utf") else "replace"
    return codecs.getincrementaldecoder(encoding)(errors).decode(sample)


def _looks_like(content: bytes, text: str) -> str:
    start = content.lstrip()[:4096]
    if not start:
        return "an empty file"
    known = next((kind for mark, kind in _LOOKS if start.startswith(mark)), None)
    if known is not None:
        return known
    head = text.lstrip("\ufeff \r\n\t")[:4096]
    if head.startswith("<"):
        return "a camt XML statement" if "camt.05" in head else "an XML or HTML file"
    first = head.partition("\n")[0]
    if max(first.count(separator) for separator in ",;\t") >= 2:
        return "a CSV table"
    return "another kind of file"
