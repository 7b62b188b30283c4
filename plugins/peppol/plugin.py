"""Peppol BIS Billing 3.0: invoices and credit notes as UBL, for buyers who receive through the Peppol network."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element

from billfold.plugin_api import (
    Document,
    EuropeanInvoice,
    EuropeanKind,
    EuropeanLine,
    EuropeanParty,
    EuropeanPayment,
    EuropeanTax,
    ExportedFile,
    ExportFormat,
    Period,
    Refused,
    european_invoice,
    hookimpl,
    xml_file,
    xml_node,
)

from .requirements import fault  # noqa: TID252  # The host names the package.

_CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
_PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
_UBL = "urn:oasis:names:specification:ubl:schema:xsd"
_NAMESPACES = {"cac": f"{_UBL}:CommonAggregateComponents-2", "cbc": f"{_UBL}:CommonBasicComponents-2"}
# A corrected invoice (384) is for German parties alone (P0112); elsewhere more to pay is a debit note.
_DEBIT_NOTE = "383"
_UNSAFE = re.compile(r"[^\w.-]+")

Node = Element | None


@hookimpl
def export_formats() -> Sequence[ExportFormat]:
    """Declare the format."""
    return (
        ExportFormat(
            key="peppol-bis-3",
            titles={"en": "Peppol BIS Billing 3.0 (UBL)", "ru": "Peppol BIS Billing 3.0 (UBL)"},
            types=frozenset({"invoice", "corrective-tax-invoice"}),
        ),
    )


@hookimpl
def export_documents(format: str, documents: Iterable[Document]) -> Iterator[ExportedFile | Refused]:
    """Give one XML file a document."""
    for document in documents:
        invoice = european_invoice(document)
        if isinstance(invoice, Refused):
            yield invoice
        elif reason := fault(invoice):
            yield Refused(document, reason)
        else:
            name = _UNSAFE.sub("_", f"{document.seller.code}-{document.type}-{document.number}")
            yield ExportedFile(f"{name}.xml", "application/xml", _ubl(invoice), document)


def _ubl(invoice: EuropeanInvoice) -> bytes:
    root = "CreditNote" if invoice.is_credit_note else "Invoice"
    code = _DEBIT_NOTE if invoice.kind is EuropeanKind.CORRECTION else invoice.kind.value
    return xml_file(
        root,
        {"": f"{_UBL}:{root}-2", **_NAMESPACES},
        xml_node("cbc:CustomizationID", _CUSTOMIZATION),
        xml_node("cbc:ProfileID", _PROFILE),
        xml_node("cbc:ID", invoice.number),
        _day("cbc:IssueDate", invoice.issued_on),
        _day("cbc:DueDate", invoice.due_on),
        xml_node(f"cbc:{root}TypeCode", code),
        xml_node("cbc:Note", invoice.note),
        xml_node("cbc:DocumentCurrencyCode", invoice.currency),
        xml_node("cbc:BuyerReference", invoice.reference),
        _period(invoice.period),
        _preceding(invoice),
        xml_node("cac:ContractDocumentReference", xml_node("cbc:ID", invoice.reference)),
        xml_node("cac:AccountingSupplierParty", _party(invoice.seller, _contact(invoice.seller))),
        xml_node("cac:AccountingCustomerParty", _party(invoice.buyer)),
        _payment(invoice.payment, invoice.purpose) if invoice.payment else None,
        xml_node("cac:PaymentTerms", xml_node("cbc:Note", invoice.terms)),
        xml_node(
            "cac:TaxTotal",
            _amount("cbc:TaxAmount", invoice.tax, invoice.currency),
            *(_tax(tax, invoice.currency) for tax in invoice.taxes),
        ),
        _totals(invoice),
        *(_line(line, invoice) for line in invoice.lines),
    )


def _party(party: EuropeanParty, contact: Node = None) -> Node:
    scheme, endpoint = party.endpoint or ("", "")
    return xml_node(
        "cac:Party",
        xml_node("cbc:EndpointID", endpoint, schemeID=scheme),
        xml_node("cac:PartyIdentification", xml_node("cbc:ID", party.id)),
        xml_node(
            "cac:PostalAddress",
            xml_node("cbc:StreetName", party.address),
            xml_node("cac:Country", xml_node("cbc:IdentificationCode", party.country)),
        ),
        _tax_number(party.vat_number, "VAT"),
        _tax_number(party.tax_number, "TAX"),
        xml_node(
            "cac:PartyLegalEntity",
            xml_node("cbc:RegistrationName", party.name),
            xml_node("cbc:CompanyID", party.registration),
        ),
        contact,
    )


def _tax_number(number: str, scheme: str) -> Node:
    if not number:
        return None
    return xml_node(
        "cac:PartyTaxScheme", xml_node("cbc:CompanyID", number), xml_node("cac:TaxScheme", xml_node("cbc:ID", scheme))
    )


def _contact(party: EuropeanParty) -> Node:
    return xml_node(
        "cac:Contact",
        xml_node("cbc:Telephone", party.phone),
        xml_node("cbc:ElectronicMail", party.email),
    )


def _payment(payment: EuropeanPayment, purpose: str) -> Node:
    return xml_node(
        "cac:PaymentMeans",
        xml_node("cbc:PaymentMeansCode", payment.means),
        xml_node("cbc:PaymentID", purpose),
        xml_node(
            "cac:PayeeFinancialAccount",
            xml_node("cbc:ID", payment.account),
            xml_node("cbc:Name", payment.payee),
            xml_node("cac:FinancialInstitutionBranch", xml_node("cbc:ID", payment.bank)),
        ),
    )


def _tax(tax: EuropeanTax, currency: str) -> Node:
    return xml_node(
        "cac:TaxSubtotal",
        _amount("cbc:TaxableAmount", tax.net, currency),
        _amount("cbc:TaxAmount", tax.tax, currency),
        xml_node(
            "cac:TaxCategory",
            xml_node("cbc:ID", tax.category),
            xml_node("cbc:Percent", _number(tax.rate)),
            xml_node("cbc:TaxExemptionReasonCode", tax.reason_code),
            xml_node("cbc:TaxExemptionReason", tax.reason),
            xml_node("cac:TaxScheme", xml_node("cbc:ID", "VAT")),
        ),
    )


def _totals(invoice: EuropeanInvoice) -> Node:
    return xml_node(
        "cac:LegalMonetaryTotal",
        _amount("cbc:LineExtensionAmount", invoice.net, invoice.currency),
        _amount("cbc:TaxExclusiveAmount", invoice.net, invoice.currency),
        _amount("cbc:TaxInclusiveAmount", invoice.gross, invoice.currency),
        _amount("cbc:PayableAmount", invoice.gross, invoice.currency),
    )


def _line(line: EuropeanLine, invoice: EuropeanInvoice) -> Node:
    kind, quantity = ("CreditNote", "Credited") if invoice.is_credit_note else ("Invoice", "Invoiced")
    return xml_node(
        f"cac:{kind}Line",
        xml_node("cbc:ID", line.id),
        xml_node(f"cbc:{quantity}Quantity", _number(line.quantity), unitCode=line.unit),
        _amount("cbc:LineExtensionAmount", line.net, invoice.currency),
        _period(line.period),
        xml_node(
            "cac:Item",
            xml_node("cbc:Name", line.name),
            xml_node("cac:SellersItemIdentification", xml_node("cbc:ID", line.service)),
            xml_node(
                "cac:ClassifiedTaxCategory",
                xml_node("cbc:ID", line.category),
                xml_node("cbc:Percent", _number(line.rate)),
                xml_node("cac:TaxScheme", xml_node("cbc:ID", "VAT")),
            ),
        ),
        xml_node(
            "cac:Price",
            _amount("cbc:PriceAmount", line.price, invoice.currency),
            xml_node("cbc:BaseQuantity", _number(line.base_quantity), unitCode=line.unit),
        ),
    )


def _preceding(invoice: EuropeanInvoice) -> Node:
    if invoice.preceding is None:
        return None
    number, issued_on = invoice.preceding
    reference = xml_node("cac:InvoiceDocumentReference", xml_node("cbc:ID", number), _day("cbc:IssueDate", issued_on))
    return xml_node("cac:BillingReference", reference)


def _period(period: Period | None) -> Node:
    if period is None:
        return None
    return xml_node("cac:InvoicePeriod", _day("cbc:StartDate", period.start), _day("cbc:EndDate", period.last_day))


def _day(tag: str, day: date | None) -> Node:
    return xml_node(tag, f"{day:%Y-%m-%d}") if day else None


def _amount(tag: str, amount: Decimal, currency: str) -> Node:
    return xml_node(tag, _number(amount), currencyID=currency)


def _number(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"
