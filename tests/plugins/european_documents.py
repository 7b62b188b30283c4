"""Documents for the formats of EN 16931: a spread of what they must hold, between parties that Peppol reaches."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from billfold.domain.document import BankDetails, Document, DocumentLine, DocumentReference, Party, PartyKind
from billfold.domain.money import round_amount
from billfold.domain.periods import Period
from tests.factories import OCTOBER, make_buyer, make_document, make_line, make_lines, make_seller, make_sole_seller

PEPPOL = {"electronic_address": "0088:7300010000001"}
ORIGINAL = DocumentReference(
    id="019a5f00-0000-7000-8000-000000000017",
    type="tax-invoice",
    title="Счёт-фактура",
    number="17",
    issue_date=date(2026, 10, 31),
    net=Decimal("2200.00"),
    tax=Decimal("484.00"),
    gross=Decimal("2684.00"),
)


def make_european_document(*lines: DocumentLine, **overrides: Any) -> Document:
    """Make an invoice between two parties of the network."""
    values: dict[str, Any] = {"seller": make_seller(**PEPPOL), "buyer": make_buyer(**PEPPOL)}
    return make_document(lines=lines or (net_line(),), **{**values, **overrides})


def net_line(position: int = 1, price: str = "2200.00", **overrides: Any) -> DocumentLine:
    """Make a line whose price has no tax inside."""
    return make_line(position, price=Decimal(price), tax_included=False, **overrides)


def make_german_seller() -> Party:
    """Make a seller with a VAT number and an IBAN."""
    return Party(
        code="nordlicht",
        kind=PartyKind.FOREIGN,
        name="Nordlicht Telekom GmbH",
        inn="DE123456789",
        ogrn="HRB 12345",
        address="Hafenstraße 1, 20457 Hamburg",
        country="DE",
        email="billing@nordlicht.example",
        phone="+49 40 000000",
        bank=BankDetails("Commerzbank", "COBADEFFXXX", "DE89 3704 0044 0532 0130 00"),
        **PEPPOL,
    )


def make_belgian_buyer(**overrides: Any) -> Party:
    """Make a buyer with a VAT number, reached by it in Peppol."""
    buyer = Party(
        code="c0300",
        kind=PartyKind.FOREIGN,
        name="Mouette SA",
        inn="BE0403019261",
        address="Rue Haute 1, 1000 Bruxelles",
        country="BE",
        electronic_address="0208:0403019261",
    )
    return replace(buyer, **overrides)


def many_lines(count: int) -> tuple[DocumentLine, ...]:
    """Make lines with prices that hold their tax, which is rounded once on their sum (22 % of all)."""
    lines = make_lines(count)
    gross = sum(line.gross for line in lines)
    odd = round_amount(gross * 22 / 122, "RUB") - sum(line.tax for line in lines)
    last = lines[-1]
    return (*lines[:-1], replace(last, tax=last.tax + odd, net=last.net - odd))


def make_correction(*lines: DocumentLine) -> Document:
    """Make a correction of ORIGINAL; its lines are the differences."""
    return make_european_document(
        *lines,
        type="corrective-tax-invoice",
        title="Корректировочный счёт-фактура",
        number="19",
        due_date=None,
        is_payable=False,
        payment_purpose="",
        original=ORIGINAL,
    )


def valid_documents() -> Mapping[str, Document]:
    """Give documents that both formats take, by what is particular of them."""
    euro = {"currency": "EUR", "locale": "en"}
    german = {"seller": make_german_seller(), "buyer": make_belgian_buyer(), **euro}
    exempt = {"tax_note": "освобождение по п. 1 ст. 145 НК РФ (УСН)"}
    credit = net_line(price="-100.00", description="Credit for 12 hours without service")
    late = net_line(2, "0.0045", quantity=Decimal(60_000), unit="шт", unit_code="796", period=_SEPTEMBER)
    return {
        "one_rate": make_european_document(net_line(), late),
        "several_rates": make_european_document(
            net_line(), net_line(2, rate=Decimal(10)), net_line(3, rate=None), net_line(4, rate=Decimal(0))
        ),
        "exempt": make_european_document(net_line(rate=None), **exempt),
        "zero_rate": make_european_document(net_line(rate=Decimal(0))),
        "tax_included": make_european_document(make_line(), make_line(2, price=Decimal(390), quantity=Decimal(3))),
        "part_of_a_month": make_european_document(
            net_line(net=Decimal("283.87"), tax=Decimal("62.45"), gross=Decimal("346.32"))
        ),
        "yen": make_european_document(net_line(price="1200", currency="JPY"), currency="JPY"),
        "dinar": make_european_document(net_line(price="12.50", currency="KWD"), currency="KWD"),
        "euro": make_european_document(net_line(rate=Decimal(19), currency="EUR"), **german),
        "sole_proprietor": make_european_document(seller=make_sole_seller(**PEPPOL)),
        "person": make_european_document(buyer=make_buyer(PartyKind.PERSON, **PEPPOL)),
        "foreign_buyer": make_european_document(buyer=make_buyer(PartyKind.FOREIGN, **PEPPOL), **euro),
        "outside_vat": make_european_document(net_line(rate=None), seller=make_seller(inn="", ogrn="", **PEPPOL)),
        "discount": make_european_document(net_line(), replace(credit, position=2)),
        "prepayment": make_european_document(make_line(price=Decimal("1000.00"), period=None), period=None),
        "two_hundred_lines": make_european_document(*many_lines(200)),
        "hostile_names": make_european_document(
            net_line(description="\x07<script>&amp;\n«ёлочки» 🚀 " + "я" * 200, unit="parsec", unit_code="")
        ),
        "without_bank": make_european_document(seller=make_seller(bank=None, phone="", **PEPPOL)),
        "credit_note": make_correction(net_line(price="-2200.00"), net_line(2, "100.00")),
        "correction": make_correction(net_line(price="350.00")),
    }


_SEPTEMBER = Period(date(2026, 9, 1), OCTOBER.start)
