"""The hooks that a plugin may implement: pure, synchronous, quick; frozen values in, a value out.

An implementation may take fewer arguments than its spec names.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from billfold.domain.document import Document
    from billfold.domain.rules import DocumentRule
    from billfold.domain.visibility import Visibility
    from billfold.plugin_api.document_type import DocumentType
    from billfold.plugin_api.facts import AttachmentFacts, Content, DocumentFacts, Nothing
    from billfold.plugin_api.files import Attachment, ExportedFile, ExportFormat, Refused

hookspec = pluggy.HookspecMarker("billfold")
hookimpl = pluggy.HookimplMarker("billfold")


@hookspec
def document_type() -> "DocumentType":  # type: ignore[empty-body]  # A spec is a signature.
    """Declare the document type that this plugin owns. Asked once, at start."""


@hookspec(firstresult=True)
def document_content(facts: "DocumentFacts") -> "Content | Nothing":  # type: ignore[empty-body]  # A spec is a signature.
    """Make the lines and details of one document from the facts, or say why there is none. Asked of the owner.

    Stops at first non-None result.
    """


@hookspec(firstresult=True)
def document_template(document: "Document") -> str:  # type: ignore[empty-body]  # A spec is a signature.
    """Name the template of the document, such as `invoice/invoice.html`. Asked of the owner.

    Stops at first non-None result.
    """


@hookspec(firstresult=True)
def document_number_series(document: "Document", rule: "DocumentRule") -> str | None:
    """Name the series, within the enterprise, whose counter numbers the document. Asked of the owner.

    None, or no implementation, takes the rule's scope and reset. Stops at first non-None result.
    """


@hookspec(firstresult=True)
def document_number(document: "Document", rule: "DocumentRule", counter: int) -> str | None:
    """Write the number of the document from its counter. Asked of the owner.

    None, or no implementation, takes the rule's mask. Stops at first non-None result.
    """


@hookspec
def document_visibility(document: "Document", rule: "DocumentRule") -> "Visibility | None":
    """Vote on who may see the document. The owner and every plugin that owns no type vote; the strictest wins.

    None abstains; when nobody votes, nobody sees it.
    """


@hookspec(firstresult=True)
def document_attachments(document: "Document", facts: "AttachmentFacts") -> "Sequence[Attachment] | None":
    """Give the further files of an issued document, such as its usage as CSV and XLSX. Asked of the owner.

    Asked when the document is printed. None, or no implementation, is no file. Stops at first non-None result.
    """


@hookspec
def export_formats() -> "Sequence[ExportFormat]":  # type: ignore[empty-body]  # A spec is a signature.
    """Declare the formats that this plugin exports documents in. Asked once, at start, of every plugin."""


@hookspec(firstresult=True)
def export_documents(  # type: ignore[empty-body]  # A spec is a signature.
    format: str, documents: "Iterable[Document]"
) -> "Iterable[ExportedFile | Refused]":
    """Write documents in one of the plugin's formats; `documents` are read while they are asked for, once.

    Asked of the plugin that declares the format. Stops at first non-None result.
    """
