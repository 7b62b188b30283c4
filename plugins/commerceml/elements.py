"""Elements: how texts are put under an element, and how long they may be."""

from collections.abc import Mapping
from typing import Final
from xml.etree.ElementTree import Element, SubElement

# Of names and addresses, and of remarks.
NAME_LIMIT: Final = 255
REMARK_LIMIT: Final = 3000


def add(parent: Element, values: Mapping[str, str]) -> None:
    """Add an element with a text for each of the values, in their order."""
    for tag, text in values.items():
        SubElement(parent, tag).text = text
