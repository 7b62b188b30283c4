"""XML trees: nodes that leave out what is empty, written as a file with the same bytes for the same content.

Names carry their prefix, as `cbc:ID`; the root declares the prefixes as attributes `xmlns:cbc`.
"""

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element, indent, tostring

# What XML 1.0 cannot hold, such as control characters and halves of a surrogate pair.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_node(tag: str, *content: Element | str | None, **attributes: str) -> Element | None:
    """Give a node that holds the nodes or the text; None, which a parent leaves out, where there is nothing to hold."""
    held = [one for one in content if one is not None and one != ""]
    if not held:
        return None
    node = Element(tag, {name: _clean(value) for name, value in attributes.items()})
    for one in held:
        if isinstance(one, str):
            node.text = _clean(one)
        else:
            node.append(one)
    return node


def xml_file(tag: str, namespaces: Mapping[str, str], *content: Element | None) -> bytes:
    """Write a file in UTF-8 whose root declares the namespaces, by prefix; the prefix "" is the default one."""
    declared = {f"xmlns:{prefix}" if prefix else "xmlns": uri for prefix, uri in namespaces.items()}
    root = Element(tag, declared)
    root.extend([one for one in content if one is not None])
    indent(root)
    # Written as text and encoded at once: node by node takes twice the time.
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'.encode()


def _clean(text: str) -> str:
    return _FORBIDDEN.sub(" ", text)
