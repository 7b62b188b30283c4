"""Papers: which function a document has in the format, and what its details say, read once."""

from dataclasses import dataclass
from enum import StrEnum

from billfold.plugin_api import Document, TaxDocumentDetails

_ACT, _TAX_INVOICE, _TRANSFER = "act", "tax-invoice", "universal-transfer"
TYPES = frozenset({_ACT, _TAX_INVOICE, _TRANSFER})


class Function(StrEnum):
    """What a document is in law: a tax invoice, a tax invoice and an act in one, or an act."""

    TAX_INVOICE = "СЧФ"
    INVOICE_AND_ACT = "СЧФДОП"
    ACT = "ДОП"


class _Details(TaxDocumentDetails):
    # Each is there in the details of one type: of the universal transfer document, and of the tax invoice.
    status: int | None = None
    is_advance: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A document with its function and its details; `is_advance` tells a tax invoice of money that came before."""

    document: Document
    function: Function
    details: TaxDocumentDetails
    is_advance: bool

    @property
    def is_invoice(self) -> bool:
        """Whether it is a tax invoice in law."""
        return self.function is not Function.ACT

    @property
    def tells_supply(self) -> bool:
        """Whether it is an act in law."""
        return self.function is not Function.TAX_INVOICE


def read_paper(document: Document) -> Paper:
    """Read the details of a document of one of the TYPES. Raises ValidationError when they are not its type's."""
    details = _Details.model_validate(dict(document.details))
    function = _function(document, details)
    is_advance = function is Function.TAX_INVOICE and details.is_advance
    return Paper(document, function, details, is_advance)


def _function(document: Document, details: _Details) -> Function:
    if document.type == _TAX_INVOICE:
        return Function.TAX_INVOICE
    if document.type == _ACT:
        return Function.ACT
    charges_vat = any(line.tax_rate is not None for line in document.lines)
    status = details.status or (1 if charges_vat else 2)
    return Function.INVOICE_AND_ACT if status == 1 else Function.ACT
