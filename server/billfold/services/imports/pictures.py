"""Pictures: logos, stamps and signatures, as the data: URI that the books keep; a logo may lie beside brands.csv.

An SVG is held to plain shapes: what is drawn on every document may run no script and fetch nothing.
"""

import re
from base64 import b64decode, b64encode
from pathlib import Path
from xml.etree import ElementTree

from billfold.domain.errors import InvalidInput
from billfold.services.imports.cells import Reader

MAX_PICTURE_BYTES = 256 * 1024
MAX_PIXELS = 16_000_000
_MEDIA_TYPES = {".svg": "image/svg+xml", ".png": "image/png"}
PICTURE_SUFFIXES = frozenset(_MEDIA_TYPES)

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_DATA_URI = re.compile(r"data:(image/svg\+xml|image/png);base64,([A-Za-z0-9+/]+={0,2})")
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_SHAPES = frozenset(
    {"svg", "g", "title", "desc", "defs", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
    | {"text", "tspan", "linearGradient", "radialGradient", "stop", "clipPath"}
)
_FETCHING = re.compile(r"(?i)url\((?!\s*['\"]?#)|@import|javascript:")


def logo_in(folder: Path) -> Reader:
    """Give the reader of a logo's file name; the file lies in the folder."""

    def read(name: str) -> str:
        return _data_uri(folder, name) if name else ""

    return read


def picture(noun: str) -> Reader:
    """Give the reader of a picture that is a data: URI already, held to the same rules; empty is none."""

    def read(text: str) -> str:
        if text:
            _check_uri(noun, text)
        return text

    return read


def _check_uri(noun: str, text: str) -> None:
    match = _DATA_URI.fullmatch(text)
    try:
        content = b64decode(match[2], validate=True) if match else b""
    except ValueError:
        content = b""
    if match is None or not 0 < len(content) <= MAX_PICTURE_BYTES:
        raise InvalidInput(
            f"the {noun} is not a data: URI of at most {MAX_PICTURE_BYTES} bytes: write data:image/png;base64,... or "
            "data:image/svg+xml;base64,..."
        )
    told = f"The {noun} given"
    _check_png(told, content) if match[1] == "image/png" else _check_svg(told, content)


def _data_uri(folder: Path, name: str) -> str:
    path = folder / name
    media_type = _MEDIA_TYPES.get(path.suffix)
    if media_type is None or not _FILE_NAME.fullmatch(name):
        raise InvalidInput(f"Logo {name[:40]!r} is not a file name: write the name of an .svg or .png in the folder.")
    # A link could lead out of the folder, to anything that the server may read.
    if path.is_symlink() or not path.is_file():
        raise InvalidInput(f"Logo {name} is not there: put the file beside brands.csv.")
    if path.stat().st_size > MAX_PICTURE_BYTES:
        raise InvalidInput(f"Logo {name} is larger than {MAX_PICTURE_BYTES} bytes: make it smaller.")
    content, told = path.read_bytes(), f"Logo {name}"
    _check_png(told, content) if path.suffix == ".png" else _check_svg(told, content)
    return f"data:{media_type};base64,{b64encode(content).decode()}"


def _check_png(told: str, content: bytes) -> None:
    width, height = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    if not content.startswith(_PNG_HEAD) or content[12:16] != b"IHDR" or not 0 < width * height <= MAX_PIXELS:
        raise InvalidInput(f"{told} is not a PNG of at most {MAX_PIXELS} pixels: save it again.")


def _check_svg(told: str, content: bytes) -> None:
    # Without a DOCTYPE there are no entities to expand.
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise InvalidInput(f"{told} has a DOCTYPE: remove it.")
    try:
        root = ElementTree.fromstring(content)  # noqa: S314  # No DOCTYPE, and 256 KB at most.
    except ElementTree.ParseError as error:
        raise InvalidInput(f"{told} is not SVG ({error}): save it again.") from error
    for element in root.iter():
        _check_element(told, element)


def _check_element(told: str, element: ElementTree.Element) -> None:
    shape = _local(element.tag)
    if shape not in _SHAPES:
        raise InvalidInput(f"{told} holds <{shape}>: use plain shapes only.")
    for attribute, value in element.attrib.items():
        plain = _local(attribute)
        if plain == "href" or plain.lower().startswith("on") or _FETCHING.search(value):
            raise InvalidInput(f"{told} fetches or runs something by {plain}: use plain shapes only.")


def _local(name: str) -> str:
    return name.rpartition("}")[2]
