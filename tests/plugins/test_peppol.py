"""The Peppol plugin: documents as UBL of Peppol BIS Billing 3.0."""

from decimal import Decimal

import pytest
from lxml.etree import _Element as Element
from lxml.etree import fromstring

from billfold.plugin_api import Document, ExportedFile, Refused
from billfold.rendering.invoice_rules import InvoiceRules
from plugins.peppol import plugin
from tests.factories import make_line, make_seller
from tests.plugins.european_documents import (
    PEPPOL,
    make_belgian_buyer,
    make_correction,
    make_european_document,
    make_german_seller,
    net_line,
    valid_documents,
)

CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"


@pytest.fixture(scope="module")
def rules() -> InvoiceRules:
    return InvoiceRules()


def xml_of(document: Document) -> bytes:
    """Give the XML of an exported document."""
    (file,) = plugin.export_documents("peppol-bis-3", [document])
    assert isinstance(file, ExportedFile), file
    assert isinstance(file.content, bytes)
    return file.content


def refusal_of(document: Document) -> str:
    """Give the reason why a document is refused."""
    (refused,) = plugin.export_documents("peppol-bis-3", [document])
    assert isinstance(refused, Refused), refused
    return refused.reason


def text(root: Element, path: str) -> str | None:
    """Give the text of the node at the end of a path of names with their prefix."""
    found: str | None = root.findtext(path.replace("cbc:", CBC).replace("cac:", CAC))
    return found


@pytest.mark.parametrize("name", valid_documents())
def test_documents_keep_the_rules_of_the_norm(name: str, rules: InvoiceRules) -> None:
    assert rules.failures(xml_of(valid_documents()[name])) == []


def test_it_takes_invoices_and_corrections() -> None:
    (declared,) = plugin.export_formats()

    assert declared.key == "peppol-bis-3"
    assert declared.types == {"invoice", "corrective-tax-invoice"}


def test_each_document_is_a_file() -> None:
    documents = [make_european_document(), make_european_document(number="43")]

    files = list(plugin.export_documents("peppol-bis-3", documents))

    assert [file.name for file in files if isinstance(file, ExportedFile)] == [
        "primer-invoice-42.xml",
        "primer-invoice-43.xml",
    ]


def test_it_names_the_profile_the_addresses_and_the_reference() -> None:
    root = fromstring(xml_of(make_european_document()))

    assert text(root, "cbc:ProfileID") == "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
    assert text(root, "cbc:CustomizationID") == (
        "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
    )
    assert text(root, "cbc:BuyerReference") == "100042"
    (seller, buyer) = root.iter(f"{CBC}EndpointID")
    assert (seller.get("schemeID"), seller.text) == ("0088", "7300010000001")
    assert (buyer.get("schemeID"), buyer.text) == ("0088", "7300010000001")


def test_the_figures_are_those_of_the_document() -> None:
    root = fromstring(xml_of(make_european_document(net_line())))

    assert text(root, "cac:LegalMonetaryTotal/cbc:LineExtensionAmount") == "2200.00"
    assert text(root, "cac:TaxTotal/cbc:TaxAmount") == "484.00"
    assert text(root, "cac:LegalMonetaryTotal/cbc:PayableAmount") == "2684.00"
    assert text(root, "cac:PaymentMeans/cbc:PaymentID") == (
        "Оплата по счету № 42 от 01.11.2026, в т.ч. НДС 22% 2200.00"
    )


@pytest.mark.parametrize("name", valid_documents())
def test_price_and_quantity_give_the_sum_of_a_line(name: str) -> None:
    root = fromstring(xml_of(valid_documents()[name]))

    for line in (*root.iter(f"{CAC}InvoiceLine"), *root.iter(f"{CAC}CreditNoteLine")):
        quantity = Decimal(text(line, "cbc:InvoicedQuantity") or text(line, "cbc:CreditedQuantity") or "")
        price = Decimal(text(line, "cac:Price/cbc:PriceAmount") or "")
        base = Decimal(text(line, "cac:Price/cbc:BaseQuantity") or 1)
        # The slack of Peppol's rule R120 is 0.02.
        assert abs(Decimal(text(line, "cbc:LineExtensionAmount") or "") - quantity * price / base) < Decimal("0.01")


def test_less_to_pay_is_a_credit_note() -> None:
    root = fromstring(xml_of(make_correction(net_line(price="-2200.00"))))

    assert root.tag == "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote"
    assert text(root, "cbc:CreditNoteTypeCode") == "381"
    assert text(root, "cac:CreditNoteLine/cbc:CreditedQuantity") == "1"
    assert text(root, "cac:LegalMonetaryTotal/cbc:PayableAmount") == "2684.00"
    assert text(root, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID") == "17"


def test_more_to_pay_is_a_debit_note() -> None:
    root = fromstring(xml_of(make_correction(net_line(price="350.00"))))

    assert text(root, "cbc:InvoiceTypeCode") == "383"
    assert text(root, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:IssueDate") == "2026-10-31"
    assert text(root, "cac:PaymentTerms/cbc:Note") == "По договору № 100042"


@pytest.mark.parametrize(
    ("right", "wrong", "broken"),
    [
        (b">2684.00</cbc:TaxInclusiveAmount>", b">2685.00</cbc:TaxInclusiveAmount>", ["BR-CO-15", "BR-CO-16"]),
        (b">2684.00</cbc:PayableAmount>", b">2685.00</cbc:PayableAmount>", ["BR-CO-16"]),
    ],
)
def test_a_total_that_is_off_breaks_the_rules(
    right: bytes, wrong: bytes, broken: list[str], rules: InvoiceRules
) -> None:
    xml = xml_of(make_european_document(net_line()))

    failures = rules.failures(xml.replace(right, wrong))

    assert [failure[1:9] for failure in failures] == broken


@pytest.mark.parametrize("address", ["", "2BM-7700000016-2012", "billing@example.org"])
def test_a_party_outside_the_network_is_refused(address: str) -> None:
    reason = refusal_of(make_european_document(seller=make_seller(electronic_address=address)))

    assert reason == (
        "ООО «Пример Связь» has no address in Peppol (R010, R020): enter its electronic address as scheme:id, such as "
        "0088:7300010000001; a document that was issued with another one is issued anew."
    )


@pytest.mark.parametrize("address", ["0088:7300010000002", "0088:730001", "0192:991825828", "0208:0403019262"])
def test_an_address_with_wrong_check_digits_is_refused(address: str) -> None:
    reason = refusal_of(make_european_document(buyer=make_belgian_buyer(electronic_address=address)))

    assert reason == (
        f"Mouette SA has a wrong address in Peppol: the check digits of {address} do not fit. Correct it, and issue "
        "the document anew."
    )


@pytest.mark.parametrize("address", ["0088:7300010000001", "0192:991825827", "0208:0403019261", "9930:DE123456789"])
def test_right_addresses_are_taken(address: str) -> None:
    document = make_european_document(buyer=make_belgian_buyer(electronic_address=address))

    assert address.partition(":")[2].encode() in xml_of(document)


def test_a_document_without_a_contract_is_refused() -> None:
    reason = refusal_of(make_european_document(contract=None))

    assert reason.startswith("It names no contract, whose number Peppol takes for the buyer's reference (R003)")


def test_a_seller_whose_country_asks_for_the_city_is_refused() -> None:
    document = make_european_document(seller=make_seller(country="NL", inn="NL123456789B01", **PEPPOL))

    assert refusal_of(document).startswith("Sellers in NL must tell city and post code apart in Peppol")


def test_germans_among_themselves_are_refused_and_others_are_not() -> None:
    euro = {"currency": "EUR", "seller": make_german_seller()}
    line = net_line(currency="EUR", rate=Decimal(19))
    buyer = make_belgian_buyer()

    assert xml_of(make_european_document(line, buyer=buyer, **euro)).startswith(b"<?xml")
    assert refusal_of(make_european_document(line, buyer=make_german_seller(), **euro)).startswith("Sellers in DE must")


def test_what_breaks_the_norm_is_refused_before_peppol() -> None:
    reason = refusal_of(make_european_document(make_line(price=Decimal("0.99")), number=""))

    assert reason == "It has no number yet: issue it first."
