"""Factur-X and ZUGFeRD: invoices as PDF/A-3 with an XML of EN 16931 (CII) inside, for buyers in the European Union."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element

from billfold.plugin_api import (
    Document,
    EuropeanInvoice,
    EuropeanLine,
    EuropeanParty,
    EuropeanPayment,
    EuropeanTax,
    ExportedFile,
    ExportFormat,
    HybridPdf,
    Period,
    Refused,
    european_invoice,
    hookimpl,
    xml_file,
    xml_node,
)

_GUIDELINE = "urn:cen.eu:en16931:2017"
_UNCEFACT = "urn:un:unece:uncefact:data:standard"
_NAMESPACES = {
    "rsm": f"{_UNCEFACT}:CrossIndustryInvoice:100",
    "ram": f"{_UNCEFACT}:ReusableAggregateBusinessInformationEntity:100",
    "qdt": f"{_UNCEFACT}:QualifiedDataType:100",
    "udt": f"{_UNCEFACT}:UnqualifiedDataType:100",
}
_UNSAFE = re.compile(r"[^\w.-]+")

Node = Element | None


@hookimpl
def export_formats() -> Sequence[ExportFormat]:
    """Declare the format."""
    return (
        ExportFormat(
            key="facturx",
            titles={
                "en": "Factur-X / ZUGFeRD (EN 16931, PDF with XML)",
                "ru": "Factur-X / ZUGFeRD (EN 16931, PDF с XML)",
            },
            types=frozenset({"invoice", "corrective-tax-invoice"}),
        ),
    )


@hookimpl
def export_documents(format: str, documents: Iterable[Document]) -> Iterator[ExportedFile | Refused]:
    """Give one hybrid PDF a document."""
    for document in documents:
        invoice = european_invoice(document)
        if isinstance(invoice, Refused):
            yield invoice
            continue
        name = _UNSAFE.sub("_", f"{document.seller.code}-{document.type}-{document.number}")
        yield ExportedFile(f"{name}.pdf", "application/pdf", HybridPdf(document, _cii(invoice)))


def _cii(invoice: EuropeanInvoice) -> bytes:
    return xml_file(
        "rsm:CrossIndustryInvoice",
        _NAMESPACES,
        xml_node(
            "rsm:ExchangedDocumentContext",
            xml_node("ram:GuidelineSpecifiedDocumentContextParameter", xml_node("ram:ID", _GUIDELINE)),
        ),
        xml_node(
            "rsm:ExchangedDocument",
            xml_node("ram:ID", invoice.number),
            xml_node("ram:TypeCode", invoice.kind.value),
            _day("ram:IssueDateTime", invoice.issued_on),
            xml_node("ram:IncludedNote", xml_node("ram:Content", invoice.note)),
        ),
        xml_node(
            "rsm:SupplyChainTradeTransaction",
            *(_line(line) for line in invoice.lines),
            _agreement(invoice),
            # The schema asks for it; when it was supplied is told by the period.
            Element("ram:ApplicableHeaderTradeDelivery"),
            _settlement(invoice),
        ),
    )


def _line(line: EuropeanLine) -> Node:
    price = xml_node(
        "ram:NetPriceProductTradePrice",
        xml_node("ram:ChargeAmount", _number(line.price)),
        xml_node("ram:BasisQuantity", _number(line.base_quantity), unitCode=line.unit),
    )
    quantity = xml_node("ram:BilledQuantity", _number(line.quantity), unitCode=line.unit)
    sum_of_line = "ram:SpecifiedTradeSettlementLineMonetarySummation"
    return xml_node(
        "ram:IncludedSupplyChainTradeLineItem",
        xml_node("ram:AssociatedDocumentLineDocument", xml_node("ram:LineID", line.id)),
        xml_node(
            "ram:SpecifiedTradeProduct",
            xml_node("ram:SellerAssignedID", line.service),
            xml_node("ram:Name", line.name),
        ),
        xml_node("ram:SpecifiedLineTradeAgreement", price),
        xml_node("ram:SpecifiedLineTradeDelivery", quantity),
        xml_node(
            "ram:SpecifiedLineTradeSettlement",
            xml_node(
                "ram:ApplicableTradeTax",
                xml_node("ram:TypeCode", "VAT"),
                xml_node("ram:CategoryCode", line.category),
                xml_node("ram:RateApplicablePercent", _number(line.rate)),
            ),
            _period(line.period),
            xml_node(sum_of_line, xml_node("ram:LineTotalAmount", _number(line.net))),
        ),
    )


def _agreement(invoice: EuropeanInvoice) -> Node:
    return xml_node(
        "ram:ApplicableHeaderTradeAgreement",
        xml_node("ram:BuyerReference", invoice.reference),
        _party("ram:SellerTradeParty", invoice.seller, _contact(invoice.seller)),
        _party("ram:BuyerTradeParty", invoice.buyer),
        xml_node("ram:ContractReferencedDocument", xml_node("ram:IssuerAssignedID", invoice.reference)),
    )


def _party(tag: str, party: EuropeanParty, contact: Node = None) -> Node:
    scheme, endpoint = party.endpoint or ("", "")
    return xml_node(
        tag,
        xml_node("ram:ID", party.id),
        xml_node("ram:Name", party.name),
        xml_node("ram:SpecifiedLegalOrganization", xml_node("ram:ID", party.registration)),
        contact,
        xml_node(
            "ram:PostalTradeAddress",
            xml_node("ram:LineOne", party.address),
            xml_node("ram:CountryID", party.country),
        ),
        xml_node("ram:URIUniversalCommunication", xml_node("ram:URIID", endpoint, schemeID=scheme)),
        xml_node("ram:SpecifiedTaxRegistration", xml_node("ram:ID", party.vat_number, schemeID="VA")),
        xml_node("ram:SpecifiedTaxRegistration", xml_node("ram:ID", party.tax_number, schemeID="FC")),
    )


def _contact(party: EuropeanParty) -> Node:
    return xml_node(
        "ram:DefinedTradeContact",
        xml_node("ram:TelephoneUniversalCommunication", xml_node("ram:CompleteNumber", party.phone)),
        xml_node("ram:EmailURIUniversalCommunication", xml_node("ram:URIID", party.email)),
    )


def _settlement(invoice: EuropeanInvoice) -> Node:
    return xml_node(
        "ram:ApplicableHeaderTradeSettlement",
        xml_node("ram:PaymentReference", invoice.purpose),
        xml_node("ram:InvoiceCurrencyCode", invoice.currency),
        _payment(invoice.payment) if invoice.payment else None,
        *(_tax(tax) for tax in invoice.taxes),
        _period(invoice.period),
        xml_node(
            "ram:SpecifiedTradePaymentTerms",
            xml_node("ram:Description", invoice.terms),
            _day("ram:DueDateDateTime", invoice.due_on),
        ),
        xml_node(
            "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
            xml_node("ram:LineTotalAmount", _number(invoice.net)),
            xml_node("ram:TaxBasisTotalAmount", _number(invoice.net)),
            xml_node("ram:TaxTotalAmount", _number(invoice.tax), currencyID=invoice.currency),
            xml_node("ram:GrandTotalAmount", _number(invoice.gross)),
            xml_node("ram:DuePayableAmount", _number(invoice.gross)),
        ),
        _preceding(invoice),
    )


def _payment(payment: EuropeanPayment) -> Node:
    return xml_node(
        "ram:SpecifiedTradeSettlementPaymentMeans",
        xml_node("ram:TypeCode", payment.means),
        xml_node(
            "ram:PayeePartyCreditorFinancialAccount",
            xml_node("ram:IBANID", payment.account if payment.is_iban else ""),
            xml_node("ram:AccountName", payment.payee),
            xml_node("ram:ProprietaryID", "" if payment.is_iban else payment.account),
        ),
        xml_node("ram:PayeeSpecifiedCreditorFinancialInstitution", xml_node("ram:BICID", payment.bank)),
    )


def _tax(tax: EuropeanTax) -> Node:
    return xml_node(
        "ram:ApplicableTradeTax",
        xml_node("ram:CalculatedAmount", _number(tax.tax)),
        xml_node("ram:TypeCode", "VAT"),
        xml_node("ram:ExemptionReason", tax.reason),
        xml_node("ram:BasisAmount", _number(tax.net)),
        xml_node("ram:CategoryCode", tax.category),
        xml_node("ram:ExemptionReasonCode", tax.reason_code),
        xml_node("ram:RateApplicablePercent", _number(tax.rate)),
    )


def _preceding(invoice: EuropeanInvoice) -> Node:
    if invoice.preceding is None:
        return None
    number, issued_on = invoice.preceding
    return xml_node(
        "ram:InvoiceReferencedDocument",
        xml_node("ram:IssuerAssignedID", number),
        _day("ram:FormattedIssueDateTime", issued_on, prefix="qdt"),
    )


def _period(period: Period | None) -> Node:
    if period is None:
        return None
    return xml_node(
        "ram:BillingSpecifiedPeriod",
        _day("ram:StartDateTime", period.start),
        _day("ram:EndDateTime", period.last_day),
    )


def _day(tag: str, day: date | None, prefix: str = "udt") -> Node:
    return xml_node(tag, xml_node(f"{prefix}:DateTimeString", f"{day:%Y%m%d}", format="102")) if day else None


def _number(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"
