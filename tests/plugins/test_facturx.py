"""The Factur-X plugin: documents as CII of EN 16931, inside their PDF."""

from dataclasses import replace
from decimal import Decimal

import pytest
from lxml.etree import _Element as Element
from lxml.etree import fromstring

from billfold.plugin_api import Document, DocumentStatus, ExportedFile, HybridPdf, PartyKind, Refused
from billfold.rendering.invoice_rules import InvoiceRules
from plugins.facturx import plugin
from tests.factories import make_buyer, make_line, make_seller
from tests.plugins.european_documents import (
    make_belgian_buyer,
    make_correction,
    make_european_document,
    make_german_seller,
    net_line,
    valid_documents,
)

RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
TOTALS = "SpecifiedTradeSettlementHeaderMonetarySummation"


@pytest.fixture(scope="module")
def rules() -> InvoiceRules:
    return InvoiceRules()


def xml_of(document: Document) -> bytes:
    """Give the XML of an exported document."""
    (file,) = plugin.export_documents("facturx", [document])
    assert isinstance(file, ExportedFile), file
    assert isinstance(file.content, HybridPdf)
    assert file.content.document == document
    return file.content.xml


def refusal_of(document: Document) -> str:
    """Give the reason why a document is refused."""
    (refused,) = plugin.export_documents("facturx", [document])
    assert isinstance(refused, Refused), refused
    assert refused.document == document
    return refused.reason


def texts(root: Element, path: str) -> list[str | None]:
    """Give the texts of the nodes at the end of a path of names without their prefix."""
    return [node.text for node in root.findall(".//" + "/".join(f"{RAM}{name}" for name in path.split("/")))]


@pytest.mark.parametrize("name", valid_documents())
def test_documents_keep_the_rules_of_the_norm(name: str, rules: InvoiceRules) -> None:
    assert rules.failures(xml_of(valid_documents()[name])) == []


def test_it_takes_invoices_and_corrections() -> None:
    (declared,) = plugin.export_formats()

    assert declared.key == "facturx"
    assert declared.types == {"invoice", "corrective-tax-invoice"}


def test_a_file_is_named_by_seller_type_and_number() -> None:
    (file,) = plugin.export_documents("facturx", [make_european_document(number="A/42")])

    assert isinstance(file, ExportedFile)
    assert (file.name, file.media_type) == ("primer-invoice-A_42.pdf", "application/pdf")


def test_the_same_document_gives_the_same_bytes() -> None:
    assert xml_of(make_european_document()) == xml_of(make_european_document())


def test_the_figures_are_those_of_the_document() -> None:
    root = fromstring(xml_of(make_european_document(net_line(), net_line(2, "10.01", rate=Decimal(10)))))

    assert texts(root, f"{TOTALS}/LineTotalAmount") == ["2210.01"]
    assert texts(root, f"{TOTALS}/TaxTotalAmount") == ["485.00"]
    assert texts(root, f"{TOTALS}/GrandTotalAmount") == ["2695.01"]
    assert texts(root, f"{TOTALS}/DuePayableAmount") == ["2695.01"]
    assert texts(root, "ApplicableTradeTax/CalculatedAmount") == ["484.00", "1.00"]
    assert texts(root, "ApplicableTradeTax/BasisAmount") == ["2200.00", "10.01"]


def test_a_price_with_tax_is_told_without_it() -> None:
    document = make_european_document(make_line(price=Decimal("390.00"), quantity=Decimal(3)))

    root = fromstring(xml_of(document))

    # 1170.00 with 22 % inside are 959.02 without.
    assert texts(root, "NetPriceProductTradePrice/ChargeAmount") == ["319.673"]
    assert texts(root, "SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount") == ["959.02"]


def test_a_price_of_too_many_digits_is_told_for_the_whole_quantity() -> None:
    line = make_line(price=Decimal("2.4045"), quantity=Decimal(421_000_007))

    root = fromstring(xml_of(make_european_document(line)))

    assert texts(root, "NetPriceProductTradePrice/ChargeAmount") == [f"{line.net}"]
    assert texts(root, "NetPriceProductTradePrice/BasisQuantity") == ["421000007"]


def test_price_and_quantity_give_a_sum_without_decimals_to_two() -> None:
    # R120 of Peppol knows no currency without decimals: 3 x 820.3 is 2460.90 there, and not 2461.
    line = net_line(net=Decimal(2461), tax=Decimal(541), gross=Decimal(3002), quantity=Decimal(3), currency="JPY")

    root = fromstring(xml_of(make_european_document(line, currency="JPY")))

    assert texts(root, "NetPriceProductTradePrice/ChargeAmount") == ["820.333"]


@pytest.mark.parametrize(
    ("name", "code"), [("one_rate", "380"), ("prepayment", "386"), ("credit_note", "381"), ("correction", "384")]
)
def test_the_code_tells_what_it_is(name: str, code: str) -> None:
    root = fromstring(xml_of(valid_documents()[name]))

    assert texts(root, "TypeCode")[0] == code


def test_a_credit_note_has_amounts_above_zero_and_names_the_original() -> None:
    root = fromstring(xml_of(make_correction(net_line(price="-2200.00"))))

    assert texts(root, f"{TOTALS}/GrandTotalAmount") == ["2684.00"]
    assert texts(root, "SpecifiedLineTradeDelivery/BilledQuantity") == ["1"]
    assert texts(root, "InvoiceReferencedDocument/IssuerAssignedID") == ["17"]
    assert texts(root, "PayeePartyCreditorFinancialAccount/ProprietaryID") == []


def test_what_is_taken_off_is_a_quantity_below_zero() -> None:
    root = fromstring(xml_of(make_european_document(net_line(), net_line(2, "-100.00"))))

    assert texts(root, "SpecifiedLineTradeDelivery/BilledQuantity") == ["1", "-1"]
    assert texts(root, "NetPriceProductTradePrice/ChargeAmount") == ["2200.00", "100.00"]


def test_an_iban_is_paid_in_euro_between_accounts() -> None:
    document = make_european_document(
        net_line(currency="EUR", rate=Decimal(19)),
        currency="EUR",
        seller=make_german_seller(),
        buyer=make_belgian_buyer(),
    )

    root = fromstring(xml_of(document))

    assert texts(root, "SpecifiedTradeSettlementPaymentMeans/TypeCode") == ["58"]
    assert texts(root, "PayeePartyCreditorFinancialAccount/IBANID") == ["DE89370400440532013000"]
    assert texts(root, "PayeeSpecifiedCreditorFinancialInstitution/BICID") == ["COBADEFFXXX"]
    assert texts(root, "SpecifiedTaxRegistration/ID") == ["DE123456789", "BE0403019261"]


def test_an_inn_is_a_tax_number_and_no_vat_number() -> None:
    root = fromstring(xml_of(make_european_document()))

    (number,) = root.findall(f".//{RAM}SellerTradeParty/{RAM}SpecifiedTaxRegistration/{RAM}ID")
    assert (number.text, number.get("schemeID")) == ("7700000016", "FC")


def test_without_vat_tells_its_ground() -> None:
    root = fromstring(xml_of(valid_documents()["exempt"]))

    assert texts(root, "ApplicableTradeTax/CategoryCode") == ["E", "E"]
    assert texts(root, "ApplicableTradeTax/ExemptionReason") == ["освобождение по п. 1 ст. 145 НК РФ (УСН)"]


def test_late_usage_keeps_its_period_to_itself() -> None:
    root = fromstring(xml_of(valid_documents()["one_rate"]))

    assert len(texts(root, "BillingSpecifiedPeriod/StartDateTime")) == 2


@pytest.mark.parametrize(
    ("unit", "okei", "code"),
    [("мес", "362", "MON"), ("упак", "778", "XPK"), ("мин.", "", "MIN"), ("GB", "", "E34"), ("parsec", "", "C62")],
)
def test_units_have_codes_of_the_list(unit: str, okei: str, code: str) -> None:
    root = fromstring(xml_of(make_european_document(net_line(unit=unit, unit_code=okei))))

    (quantity,) = root.findall(f".//{RAM}BilledQuantity")
    assert quantity.get("unitCode") == code


def test_vat_rounded_on_each_line_is_refused() -> None:
    lines = tuple(net_line(position, "0.12") for position in range(1, 101))

    reason = refusal_of(make_european_document(*lines))

    assert reason == (
        "The VAT at 22% was rounded on each line: 3.00 RUB in all, while EN 16931 asks for 2.64 on their sum of 12.00 "
        "(BR-CO-17). Set the tax rounding of the enterprise primer to RATE, which holds for what is charged from then "
        "on; for this one, void all documents of its period and issue them anew."
    )


def test_a_corrected_rate_is_refused() -> None:
    line = net_line(net=Decimal("0.00"), tax=Decimal("264.00"), gross=Decimal("264.00"))

    reason = refusal_of(make_correction(line))

    assert reason == (
        "The VAT at 22% changes by 264.00 RUB and its sum by 0.00, which no rate gives (BR-CO-17): where a rate was "
        "wrong, void the original and issue it anew."
    )


def test_a_correction_may_be_off_by_a_unit_a_line() -> None:
    line = net_line(net=Decimal("-10.00"), tax=Decimal("-2.21"), gross=Decimal("-12.21"))

    root = fromstring(xml_of(make_correction(line)))

    assert texts(root, "ApplicableTradeTax/CalculatedAmount") == ["2.21"]


def test_amounts_of_three_decimals_are_refused() -> None:
    reason = refusal_of(make_european_document(net_line(price="12.345", currency="KWD"), currency="KWD"))

    assert reason.startswith("12.345 KWD has more decimals than the two that EN 16931 allows (BR-DEC)")


@pytest.mark.parametrize(
    ("document", "start"),
    [
        (make_european_document(number="", status=DocumentStatus.DRAFT), "It has no number yet"),
        (make_european_document(status=DocumentStatus.VOID), "It is void"),
        (make_european_document(seller=make_seller(inn="")), "The seller ООО «Пример Связь» has no tax number"),
        (
            make_european_document(buyer=make_buyer(PartyKind.FOREIGN, country="")),
            "Silknet JSC / სილქნეტი has no",
        ),
    ],
)
def test_what_the_norm_cannot_hold_is_refused(document: Document, start: str) -> None:
    assert refusal_of(document).startswith(start)


def test_a_refused_document_leaves_the_others() -> None:
    good, bad = make_european_document(), make_european_document(number="")

    given = list(plugin.export_documents("facturx", iter([good, bad, replace(good, number="43")])))

    assert [type(one) for one in given] == [ExportedFile, Refused, ExportedFile]
