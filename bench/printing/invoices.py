"""The printed invoice: ever another document of the same shape, and all the words that go on its paper.

Every document has its own number, buyer and quantities, for a printer that remembers earlier pages would otherwise be
measured on its memory.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from billfold.bootstrap import shipped
from billfold.domain.document import Document, DocumentLine, Party, total_up
from billfold.domain.words import amount_in_words
from billfold.rendering import locales
from billfold.rendering.figures import figures
from billfold.rendering.labels import Labels
from billfold.rendering.purposes import payment_purpose
from billfold.rendering.qr import payment_payload
from tests.factories import LOGO, make_buyer, make_document, make_line, make_lines

FONTS = shipped() / "document_templates" / "fonts"
LOGO_DATA_URI = LOGO
ACCENT = "#1f4e79"


@dataclass(frozen=True, slots=True)
class Texts:
    """What an invoice says, as strings: every printer gets the same. Rows are pairs of a label and its text."""

    heading: str
    brand: str
    contacts: str
    bank: dict[str, str]
    parties: list[tuple[str, str]]
    columns: list[str]
    lines: list[list[str]]
    totals: list[tuple[str, str]]
    summary: str
    words: str
    purpose_label: str
    purpose: str
    qr_label: str
    qr_payload: str
    signatures: list[tuple[str, str]]
    page: str
    of: str


def make_invoice(lines: int, number: int) -> Document:
    """Make an invoice that is like no other of its size."""
    rows = tuple(_varied(line, number) for line in make_lines(lines))
    buyer = make_buyer(name=f"ООО «Юпитер Логистик {number}»")
    return make_document(rows, number=str(number), buyer=buyer)


def _varied(line: DocumentLine, number: int) -> DocumentLine:
    quantity = line.quantity + Decimal((line.position * 31 + number * 17) % 997)
    priced = make_line(line.position, price=line.unit_price, quantity=quantity)
    return replace(priced, description=line.description, unit=line.unit, unit_code=line.unit_code)


def texts(document: Document) -> Texts:
    """Write everything that goes on paper, with Billfold's own filters, so that no peer pays for slower ones."""
    shown = figures(document)
    currency = document.currency
    return Texts(
        heading=_heading(document),
        brand=document.brand.name,
        contacts=" · ".join((document.brand.phone, document.brand.email, document.brand.website)),
        bank=_bank(document.seller),
        parties=_parties(document),
        columns=[
            _label(f"column.{name}") for name in ("position", "description", "quantity", "unit", "price", "amount")
        ],
        lines=[
            [
                str(line.position),
                line.description,
                locales.format_quantity(line.quantity, "ru"),
                line.unit,
                locales.format_unit_price(line.price, currency, "ru"),
                locales.format_amount(line.amount, currency, "ru"),
            ]
            for line in shown.lines
        ],
        totals=_totals(document),
        summary=_label(
            "total.summary",
            count=len(document.lines),
            amount=f"{locales.format_amount(document.totals.gross, currency, 'ru')} {_label('currency.RUB')}",
        ),
        words=amount_in_words(document.totals.gross, currency, "ru"),
        purpose_label=_label("payment.purpose"),
        purpose=payment_purpose(document),
        qr_label=_label("payment.qr"),
        qr_payload=payment_payload(document) or "",
        signatures=_signatures(document.seller),
        page=_label("page.word"),
        of=_label("page.of"),
    )


@cache
def _labels() -> Labels:
    return Labels([shipped() / "document_templates"])


def _label(key: str, **values: object) -> str:
    return _labels().text(key, "ru", values)


def _heading(document: Document) -> str:
    issued = locales.format_long_date(document.issue_date, "ru")
    return _label("document.heading", title=document.title, number=document.number, date=issued)


def _bank(seller: Party) -> dict[str, str]:
    bank = seller.bank
    assert bank is not None
    return {
        "name": bank.name,
        "name_label": _label("bank.bank"),
        "bic_label": _label("bank.bic"),
        "bic": bank.bic,
        "account_label": _label("bank.account"),
        "corr_account": bank.corr_account,
        "account": bank.account,
        "inn": f"{_label('bank.inn')} {seller.inn}",
        "kpp": f"{_label('bank.kpp')} {seller.kpp}",
        "payee": seller.name,
        "payee_label": _label("bank.payee"),
    }


def _parties(document: Document) -> list[tuple[str, str]]:
    contract, period, due = document.contract, document.period, document.due_date
    assert contract is not None
    assert period is not None
    assert due is not None
    signed = locales.format_short_date(contract.signed_on, "ru")
    return [
        (_label("party.seller"), _requisites(document.seller)),
        (_label("party.buyer"), _requisites(document.buyer)),
        (_label("party.basis"), _label("party.contract", number=contract.number, date=signed)),
        (_label("party.period"), locales.format_period(period, "ru")),
        (_label("party.due"), locales.format_long_date(due, "ru")),
    ]


def _requisites(party: Party) -> str:
    phone = _label("party.phone", value=party.phone.replace(" ", "\u00a0")) if party.phone else ""
    items = [
        party.name,
        _label("party.inn", value=party.inn),
        _label("party.kpp", value=party.kpp),
        party.address,
        phone,
    ]
    return ", ".join(item for item in items if item)


def _totals(document: Document) -> list[tuple[str, str]]:
    totals = document.totals
    vat = locales.format_amount(total_up(document.lines).taxes[0].tax, document.currency, "ru")
    gross = locales.format_amount(totals.gross, document.currency, "ru")
    return [
        (_label("total.subtotal"), gross),
        (_label("total.vat_included", rate="22%"), vat),
        (_label("total.to_pay", currency=_label("currency.RUB")), gross),
    ]


def _signatures(seller: Party) -> list[tuple[str, str]]:
    director, accountant = seller.director, seller.accountant
    assert director is not None
    assert accountant is not None
    return [(director.position, director.name), (accountant.position, accountant.name)]
